"""Platforms whose life cycles are recorded: together they have each Terraform type that moto can answer for.

What moto has no API for, and which source has it instead, is in modules/installer_policy/unmeasured.py.
"""

from dataclasses import dataclass

from modules.cluster.webhook_ports import WEBHOOK_PORTS
from modules.kubeflow.catalogue import CATALOGUE
from modules.settings import (
    AccessEntry,
    Addon,
    Addons,
    ArtifactBucket,
    AuroraMysql,
    Cluster,
    Cognito,
    CognitoGroup,
    Contributor,
    Dex,
    Disk,
    Efs,
    ExistingBucket,
    ExistingCluster,
    ExistingLoadBalancer,
    ExistingNetwork,
    ExistingZone,
    FargateProfile,
    FargateSelector,
    HostedZone,
    InClusterDatabase,
    Kubeflow,
    LoadBalancer,
    ManagedPrometheus,
    Network,
    NodeGroup,
    NodePool,
    Platform,
    RdsMysql,
    Repositories,
    Schedule,
    ServiceAccountRole,
    Services,
    Ssh,
    State,
    Statement,
    Taint,
    Team,
    TeamPermissions,
    Waf,
)

REGION = "us-west-2"
WITHOUT_PARTS = tuple(one.name for one in CATALOGUE if one.default and one.name != "default-storage-class")
"""Components that a recording of the services stack alone does without."""
STATE_BUCKET = "terraform-states"
ADA, GRACE = "ada@team.example.net", "grace@team.example.net"
ADMIN = "role/platform-admins"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBEOlqYKrfXCxnhWZqZyFVnvnNKXzSTcO2mSHgT3sTRy me"


@dataclass(frozen=True)
class Life:
    """What happens to a platform, in this order: created as `first`, changed to `then`, destroyed.

    Args:
        first: the settings of the first apply.
        then: the settings of the second, with something changed and something replaced on each stack.
    """

    first: Platform
    then: Platform


def made(zone_id: str) -> Life:
    """A platform that makes all it needs: network, cluster, services, and Kubeflow with a team."""

    def platform(later: bool) -> Platform:
        night = Schedule(name="night", cron="0 20 * * MON-FRI", min_size=0, desired_size=0, max_size=9 if later else 5)
        return Platform(
            name="made",
            region=REGION,
            tags={"later": "yes"} if later else {"first": "yes"},
            deletion_protection=False,
            state=State.s3(bucket=STATE_BUCKET, region=REGION),
            network=Network(
                zones=3 if later else 2,
                secondary_cidr="100.64.0.0/16",
                interface_endpoints=("ecr.api", "sts") if later else ("ecr.api", "ecr.dkr"),
            ),
            cluster=Cluster(
                kubernetes_version="1.35" if later else "1.34",
                public_access_cidrs=("198.51.100.0/24", "203.0.113.0/24") if later else ("198.51.100.0/24",),
                log_types=("api", "audit") if later else ("api",),
                log_retention_days=30 if later else 365,
                admins=(ADMIN,),
                viewers=("user/auditor",),
                access=(
                    AccessEntry(
                        name="ci",
                        principal="role/ci",
                        policy="AmazonEKSEditPolicy" if later else "AmazonEKSViewPolicy",
                        namespaces=("team-a",),
                        kubernetes_groups=("deployers",) if later else (),
                    ),
                ),
                addons=Addons(aws_efs_csi_driver=Addon()),
                node_groups=(
                    NodeGroup(
                        name="nodes",
                        labels={"example.com/pool": "later" if later else "first"},
                        ssh=Ssh(public_key=KEY, source_cidrs=("10.1.0.0/16",)),
                        max_size=9 if later else 5,
                        schedules=(night,),
                    ),
                    NodeGroup(
                        name="spot", capacity_type="SPOT", instance_types=("m6i.large" if later else "m6i.xlarge",)
                    ),
                ),
                fargate_profiles=(
                    FargateProfile(name="later" if later else "first", selectors=(FargateSelector(namespace="jobs"),)),
                ),
            ),
            service_account_roles=(
                ServiceAccountRole(
                    namespace="jobs",
                    service_account="reader",
                    role_name="later" if later else None,
                    statements=(Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::data/*",)),),
                ),
            ),
            kubeflow=Kubeflow(
                enable=(
                    "karpenter-crds",
                    "karpenter",
                    "karpenter-node-pools",
                    "kube-prometheus-stack",
                    "aws-for-fluent-bit",
                ),
                karpenter_node_group="nodes",
                node_pools=(NodePool(name="general"),),
                service_account_auth="irsa",
                auth=Cognito(
                    domain_prefix="made-kubeflow",
                    users=(ADA, GRACE, "alan@team.example.net") if later else (ADA, GRACE),
                    groups=(CognitoGroup(name="later" if later else "first", users=(ADA,)),),
                    mfa="optional" if later else "off",
                ),
                services=Services(
                    artifacts=ArtifactBucket(empty_on_destroy=True),
                    database=RdsMysql(
                        instance_class="db.m7g.large" if later else "db.t4g.medium",
                        parameters={"max_connections": "600" if later else "500"},
                    ),
                    efs=Efs(backup=not later, infrequent_access_days=7 if later else 30),
                    repositories=Repositories(
                        names=("later", "both") if later else ("first", "both"), keep_images=9 if later else 5
                    ),
                    metrics=ManagedPrometheus(log_retention_days=30 if later else 365),
                    credential_recovery_days=0,
                    credentials_version=2 if later else 1,
                ),
                exposure=LoadBalancer(
                    host="kubeflow.team.example.net",
                    scheme="internet-facing",
                    allowed_cidrs=("198.51.100.0/24",) if later else ("203.0.113.0/24",),
                    zone=HostedZone(name="team.example.net", parent_zone_id=zone_id),
                    waf=Waf(requests_per_5_minutes=3000 if later else 2000),
                ),
                teams=(
                    Team(
                        name="later" if later else "first",
                        owner=ADA,
                        deletion_protection=False,
                        contributors=(Contributor(user=GRACE),),
                        aws=TeamPermissions(
                            policy_arns=("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",),
                            statements=(Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::data/*",)),),
                        ),
                    ),
                ),
            ),
        )

    return Life(platform(False), platform(True))


def guest(subnet_ids: tuple[str, ...], listener_arn: str, security_group_id: str, zone_id: str) -> Life:
    """Kubeflow on an existing cluster, bucket, zone and load balancer."""

    def platform(later: bool) -> Platform:
        return Platform(
            name="guest",
            region=REGION,
            tags={"later": "yes"} if later else {"first": "yes"},
            deletion_protection=False,
            cluster=ExistingCluster(
                name="theirs",
                open_webhook_ports=WEBHOOK_PORTS,
                network_policies="vpc_cni_addon",
                private_subnet_ids=subnet_ids,
            ),
            kubeflow=Kubeflow(
                auth=Dex(users=(ADA,)),
                service_account_auth="pod_identity",
                provider_auth="token",
                split=False,
                services=Services(
                    artifacts=ExistingBucket(name="theirs"),
                    database=AuroraMysql(backup_days=7 if later else 14),
                    credential_delivery="csi",
                    credential_recovery_days=0,
                ),
                exposure=ExistingLoadBalancer(
                    host="kubeflow.team.example.net",
                    listener_arn=listener_arn,
                    security_group_id=security_group_id,
                    rule_priority=8 if later else 7,
                    zone=ExistingZone(zone_id=zone_id),
                ),
                teams=(Team(name="later" if later else "first", owner=ADA, deletion_protection=False),),
            ),
        )

    return Life(platform(False), platform(True))


def tagged(vpc_id: str, subnet_ids: tuple[str, ...]) -> Life:
    """An existing network whose subnets get tags."""

    def platform(later: bool) -> Platform:
        network = ExistingNetwork(
            vpc_id=vpc_id,
            private_subnet_ids=subnet_ids[:-1] if later else subnet_ids,
            tag_subnets=True,
        )
        cluster = Cluster(private_access_cidrs=("10.0.0.0/8",), admins=(ADMIN,), node_groups=(NodeGroup(name="nodes"),))
        return Platform(name="tagged", region=REGION, network=network, cluster=cluster, deletion_protection=False)

    return Life(platform(False), platform(True))


def files() -> Life:
    """What holds files, images and metrics, with what tests/e2e/test_storage.py changes."""

    def platform(later: bool) -> Platform:
        of_efs = {"throughput_mode": "provisioned", "provisioned_mibps": 128, "backup": False} if later else {}
        return Platform(
            name="files",
            region=REGION,
            deletion_protection=False,
            cluster=ExistingCluster(name="theirs", oidc_provider="made", open_webhook_ports=WEBHOOK_PORTS),
            kubeflow=Kubeflow(
                enable=("kube-prometheus-stack",),
                disable=WITHOUT_PARTS,
                services=Services(
                    artifacts=ArtifactBucket(empty_on_destroy=True),
                    database=InClusterDatabase(),
                    efs=Efs(infrequent_access_days=7 if later else 30, **of_efs),
                    repositories=Repositories(
                        names=("trainer",), immutable_tags=not later, keep_images=10 if later else 100
                    ),
                    metrics=ManagedPrometheus(log_retention_days=30 if later else 365),
                    credential_recovery_days=0,
                ),
            ),
        )

    return Life(platform(False), platform(True))


def upgraded() -> Life:
    """A cluster whose nodes stay while versions, scaling, labels, taints and tags change."""

    def platform(later: bool) -> Platform:
        nodes = NodeGroup(
            name="nodes",
            labels={"pool": "later"} if later else {},
            taints=(Taint(key="slow", effect="PREFER_NO_SCHEDULE"),) if later else (),
            min_size=2 if later else 1,
            desired_size=4 if later else 3,
            max_size=8 if later else 5,
            max_unavailable_percentage=50 if later else 33,
            disk=Disk(size_gib=200 if later else 100),
        )
        return Platform(
            name="upgraded",
            region=REGION,
            tags={"later": "yes"} if later else {"first": "yes"},
            deletion_protection=False,
            network=Network(zones=2),
            cluster=Cluster(
                kubernetes_version="1.36" if later else "1.35",
                public_access_cidrs=("198.51.100.0/24", "203.0.113.0/24") if later else ("198.51.100.0/24",),
                admins=(ADMIN,),
                node_groups=(nodes,),
            ),
        )

    return Life(platform(False), platform(True))


def database(name: str, first: RdsMysql | AuroraMysql, then: RdsMysql | AuroraMysql) -> Life:
    """A MySQL database on an existing cluster, with an existing bucket."""

    def platform(settings: RdsMysql | AuroraMysql, version: int) -> Platform:
        return Platform(
            name=name,
            region=REGION,
            deletion_protection=False,
            cluster=ExistingCluster(name="theirs"),
            kubeflow=Kubeflow(
                auth=Dex(users=(ADA,)),
                services=Services(
                    artifacts=ExistingBucket(name="theirs"),
                    database=settings,
                    credential_recovery_days=0,
                    credentials_version=version,
                ),
            ),
        )

    return Life(platform(first, 1), platform(then, 2))


RDS, AURORA = RdsMysql(engine_version="8.0"), AuroraMysql()
RDS_LATER = RdsMysql(
    engine_version="8.4", instance_class="db.r7g.large", backup_days=9, parameters={"max_connections": "500"}
)
AURORA_LATER = AuroraMysql(
    engine_version="8.4.mysql_aurora.8.4.7",
    instance_class="db.r7g.xlarge",
    backup_days=9,
    parameters={"max_connections": "500"},
)


ID = "0123456789abcdef0"
RECORDED = {
    "made": made("Z0123456789ABCDEFGHIJ"),
    "guest": guest(
        (f"subnet-{ID}", f"subnet-{ID[::-1]}"),
        "arn:aws:elasticloadbalancing:us-west-2:123456789012:listener/app/edge/0123456789abcdef/0123456789abcdef",
        f"sg-{ID}",
        "Z0123456789ABCDEFGHIJ",
    ),
    "files": files(),
    "upgraded": upgraded(),
    "rds": database("rds", RDS, RDS_LATER),
    "aurora": database("aurora", AURORA, AURORA_LATER),
    "tagged": tagged(f"vpc-{ID}", (f"subnet-{ID}", f"subnet-{ID[::-1]}", f"subnet-1{ID[1:]}")),
}
"""The same with made-up ids, for tests without AWS."""
