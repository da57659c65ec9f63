"""What the settings of the way in do."""

from collections.abc import Mapping
from typing import Any

from modules.settings import (
    AccessLogs,
    Dex,
    ExistingCluster,
    ExistingLoadBalancer,
    ExistingWaf,
    ExistingZone,
    HostedZone,
    InClusterDatabase,
    InClusterStore,
    Kubeflow,
    LoadBalancer,
    Services,
    Waf,
)
from tests.documents import GONE
from tests.effects import ACCOUNT, READY, Effect, Expected

HOST, OTHER = "kubeflow.example.com", "ml.example.com"
CERTIFICATE = f"arn:aws:acm:us-west-2:{ACCOUNT}:certificate/12345678-1234-1234-1234-123456789012"
LISTENER = f"arn:aws:elasticloadbalancing:us-west-2:{ACCOUNT}:listener/app/edge/0123456789abcdef/0123456789abcde"
WEB_ACL = f"arn:aws:wafv2:us-west-2:{ACCOUNT}:regional/webacl/edge/12345678-1234-1234-1234-123456789012"
ROLE, OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/dns", f"arn:aws:iam::{ACCOUNT}:role/other"
ZONES = ("Z0123456789ABCDEFGHIJ", "Z9876543210ABCDEFGHIJ")
BALANCER = LoadBalancer(
    host=HOST,
    allowed_cidrs=("198.51.100.0/24",),
    zone=HostedZone(name="example.com", parent_zone_id=ZONES[0], parent_role_arn=ROLE),
    waf=Waf(),
)
LEAN = LoadBalancer(host=HOST, allowed_cidrs=("198.51.100.0/24",), certificate_arn=CERTIFICATE, access_logs=None)
FACING = LEAN.with_changes(scheme="internet-facing")
THEIRS = ExistingLoadBalancer(
    host=HOST,
    listener_arn=f"{LISTENER}1",
    security_group_id="sg-0123456789abcdef0",
    zone=ExistingZone(zone_id=ZONES[0], role_arn=ROLE),
)
KUBEFLOW = Kubeflow(
    auth=Dex(users=("ada@example.com",)), services=Services(artifacts=InClusterStore(), database=InClusterDatabase())
)
RESOURCE = "services resource"
RULE = f"{RESOURCE} aws_lb_listener_rule gateway"


def reached(exposure: LoadBalancer | ExistingLoadBalancer) -> Any:
    return READY.with_changes(kubeflow=KUBEFLOW.with_changes(exposure=exposure))


def changed(base: LoadBalancer | ExistingLoadBalancer, does: Mapping[str, Expected], **changes: Any) -> Effect:
    return Effect(reached(base.with_changes(**changes)), does, reached(base))


def existing_cluster(exposure: LoadBalancer, **cluster: Any) -> Any:
    """On an existing cluster."""
    theirs = ExistingCluster(name="theirs", **cluster)
    return reached(exposure).with_changes(network=None, cluster=theirs)


EFFECTS = (
    Effect(
        existing_cluster(
            LEAN,
            private_subnet_ids=("subnet-0123456789abcdef0", "subnet-0123456789abcdef1"),
            node_security_group_id="sg-0123456789abcdef0",
        ),
        {
            "ExistingCluster.private_subnet_ids": {
                f"{RESOURCE} aws_lb kubeflow subnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
            },
            "ExistingCluster.node_security_group_id": {
                "services data aws_security_group nodes id": "sg-0123456789abcdef0"
            },
        },
        existing_cluster(LEAN),
    ),
    Effect(
        existing_cluster(FACING, public_subnet_ids=("subnet-0123456789abcdef0", "subnet-0123456789abcdef1")),
        {
            "ExistingCluster.public_subnet_ids": {
                f"{RESOURCE} aws_lb kubeflow subnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
            }
        },
        existing_cluster(FACING, public_subnet_ids=("subnet-0123456789abcdef2", "subnet-0123456789abcdef3")),
    ),
    Effect(
        reached(LEAN),
        {
            "Kubeflow.exposure": {
                f"{RESOURCE} aws_lb kubeflow name": "base-kubeflow",
                "services output dashboard_url value": f"https://{HOST}",
                "kubeflow output dashboard_url value": f"https://{HOST}",
                "kubeflow resource helm_release gateway_target_group namespace": "istio-system",
                "kubeflow values gateway_target_group tokens target_group_arn": "${data.terraform_remote_state.services.outputs.target_group_arn}",
            }
        },
        READY.with_changes(kubeflow=KUBEFLOW),
    ),
    changed(
        LEAN,
        {
            "LoadBalancer.host": {
                f"{RULE} condition 0 host_header values": [OTHER],
                "kubeflow output dashboard_url value": f"https://{OTHER}",
            },
            "LoadBalancer.scheme": {f"{RESOURCE} aws_lb kubeflow internal": False},
            "LoadBalancer.allowed_cidrs": {
                f"{RESOURCE} aws_vpc_security_group_ingress_rule entrance_443_198_51_100_0_24": GONE,
            },
            "LoadBalancer.from_anywhere": {
                f"{RESOURCE} aws_vpc_security_group_ingress_rule entrance_443_0_0_0_0_0 cidr_ipv4": "0.0.0.0/0",
            },
            "LoadBalancer.tls_policy": {
                f"{RESOURCE} aws_lb_listener https ssl_policy": "ELBSecurityPolicy-TLS13-1-3-2021-06"
            },
            "LoadBalancer.idle_timeout_seconds": {f"{RESOURCE} aws_lb kubeflow idle_timeout": 60},
            "LoadBalancer.access_logs": {f"{RESOURCE} aws_lb kubeflow access_logs bucket": "theirs"},
            "AccessLogs.bucket": {f"{RESOURCE} aws_lb kubeflow access_logs bucket": "theirs"},
            "LoadBalancer.waf": {f"{RESOURCE} aws_wafv2_web_acl_association kubeflow web_acl_arn": WEB_ACL},
            "ExistingWaf.web_acl_arn": {f"{RESOURCE} aws_wafv2_web_acl_association kubeflow web_acl_arn": WEB_ACL},
        },
        host=OTHER,
        scheme="internet-facing",
        allowed_cidrs=("0.0.0.0/0",),
        from_anywhere=True,
        tls_policy="ELBSecurityPolicy-TLS13-1-3-2021-06",
        idle_timeout_seconds=60,
        access_logs=AccessLogs(bucket="theirs"),
        waf=ExistingWaf(web_acl_arn=WEB_ACL),
    ),
    changed(
        BALANCER,
        {
            "LoadBalancer.certificate_arn": {
                f"{RESOURCE} aws_lb_listener https certificate_arn": CERTIFICATE,
                f"{RESOURCE} aws_acm_certificate": GONE,
            }
        },
        certificate_arn=CERTIFICATE,
    ),
    changed(
        BALANCER,
        {
            "LoadBalancer.validation_minutes": {
                f"{RESOURCE} aws_acm_certificate_validation hosts timeouts create": "60m"
            },
            "HostedZone.name": {
                f"{RESOURCE} aws_route53_zone hosts name": HOST,
                f"{RESOURCE} aws_route53_record delegation name": HOST,
            },
            "HostedZone.parent_zone_id": {f"{RESOURCE} aws_route53_record delegation zone_id": ZONES[1]},
            "HostedZone.parent_role_arn": {"services provider aws 1 assume_role 0 role_arn": OTHER_ROLE},
            "AccessLogs.prefix": {f"{RESOURCE} aws_lb kubeflow access_logs prefix": "logs"},
            "AccessLogs.retention_days": {
                f"{RESOURCE} aws_s3_bucket_lifecycle_configuration access_logs rule 0 expiration 0 days": 30
            },
            "Waf.requests_per_5_minutes": {
                f"{RESOURCE} aws_wafv2_web_acl kubeflow rule 0 statement rate_based_statement limit": 100
            },
            "Waf.log_retention_days": {f"{RESOURCE} aws_cloudwatch_log_group waf retention_in_days": 30},
        },
        validation_minutes=60,
        zone=HostedZone(name=HOST, parent_zone_id=ZONES[1], parent_role_arn=OTHER_ROLE),
        access_logs=AccessLogs(prefix="logs", retention_days=30),
        waf=Waf(requests_per_5_minutes=100, log_retention_days=30),
    ),
    changed(
        BALANCER,
        {"LoadBalancer.zone": {"services data aws_route53_zone hosts zone_id": ZONES[1]}},
        zone=ExistingZone(zone_id=ZONES[1]),
    ),
    changed(
        THEIRS,
        {
            "ExistingLoadBalancer.host": {f"{RULE} condition 0 host_header values": [OTHER]},
            "ExistingLoadBalancer.listener_arn": {
                f"{RULE} listener_arn": f"{LISTENER}2",
                "services data aws_lb_listener https arn": f"{LISTENER}2",
            },
            "ExistingLoadBalancer.security_group_id": {
                f"{RESOURCE} aws_vpc_security_group_ingress_rule load_balancer_to_nodes_8080 referenced_security_group_id": "sg-0123456789abcdef1"
            },
            "ExistingLoadBalancer.rule_priority": {f"{RULE} priority": 7},
            "ExistingZone.zone_id": {"services data aws_route53_zone hosts zone_id": ZONES[1]},
            "ExistingZone.role_arn": {"services provider aws 1 assume_role 0 role_arn": OTHER_ROLE},
        },
        host=OTHER,
        listener_arn=f"{LISTENER}2",
        security_group_id="sg-0123456789abcdef1",
        rule_priority=7,
        zone=ExistingZone(zone_id=ZONES[1], role_arn=OTHER_ROLE),
    ),
    changed(
        THEIRS,
        {"ExistingLoadBalancer.zone": {f"{RESOURCE} aws_route53_record": GONE}},
        zone=None,
    ),
)
