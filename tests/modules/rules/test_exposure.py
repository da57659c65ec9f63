"""How the platform is reached: what settings refuse."""

from typing import Any

import pytest

from modules.rules import problems_of_all
from modules.settings import (
    FULLY_PRIVATE_ENDPOINTS,
    AccessLogs,
    Dex,
    ExistingCluster,
    ExistingLoadBalancer,
    ExistingWaf,
    ExistingZone,
    HostedZone,
    InClusterDatabase,
    InClusterStore,
    KnativeDomain,
    Kubeflow,
    LoadBalancer,
    Network,
    NoAuth,
    Platform,
    PortForward,
    Services,
)
from modules.settings.exposure import AnyExposure
from tests.modules.settings.valid import COPIED, Rows, existing_network, on_kubeflow, platform

CERTIFICATE = "arn:aws:acm:us-west-2:111122223333:certificate/12345678-1234-1234-1234-123456789012"
LISTENER = "arn:aws:elasticloadbalancing:us-west-2:111122223333:listener/app/edge/0123456789abcdef/0123456789abcdef"
WEB_ACL = "arn:aws:wafv2:us-west-2:111122223333:regional/webacl/edge/12345678-1234-1234-1234-123456789012"
HOST = "kubeflow.example.com"
USUAL: dict[str, Any] = {"host": HOST, "allowed_cidrs": ("10.0.0.0/8",), "certificate_arn": CERTIFICATE}
SUBNETS = ("subnet-0123456789abcdef0", "subnet-0123456789abcdef1")
DEFAULT_SERVICES = Services()
IN_CLUSTER = Services(artifacts=InClusterStore(), database=InClusterDatabase())


def balancer(**changes: Any) -> LoadBalancer:
    return LoadBalancer(**{**USUAL, **changes})


def theirs(**changes: Any) -> ExistingLoadBalancer:
    usual = {"host": HOST, "listener_arn": LISTENER, "security_group_id": "sg-0123456789abcdef0"}
    return ExistingLoadBalancer(**{**usual, **changes})


def exposed(**changes: Any) -> Platform:
    return on_kubeflow(exposure=balancer(**changes))


def on(exposure: LoadBalancer | ExistingLoadBalancer, **changes: Any) -> Platform:
    """A platform that is reached so."""
    return platform(**{"kubeflow": Kubeflow(auth=Dex(users=("ada@example.com",)), exposure=exposure), **changes})


def existing_cluster(exposure: LoadBalancer, services: Services = DEFAULT_SERVICES, **changes: Any) -> Platform:
    kubeflow = Kubeflow(auth=Dex(users=("ada@example.com",)), exposure=exposure, services=services)
    return on(exposure, kubeflow=kubeflow, network=None, cluster=ExistingCluster(name="theirs", **changes))


ROWS: Rows = {
    "another_kind": (
        on_kubeflow(exposure=HostedZone(name="example.com")),
        "kubeflow.exposure: is none of the sections that may stand here; give PortForward() or LoadBalancer(…) or "
        "ExistingLoadBalancer(…)",
    ),
    "another_kind_of_zone": (
        exposed(zone=PortForward()),
        "kubeflow.exposure.zone: is none of the sections that may stand here; give HostedZone(…) or ExistingZone(…)",
    ),
    "another_kind_of_waf": (
        exposed(waf=PortForward()),
        "kubeflow.exposure.waf: is none of the sections that may stand here; give Waf(…) or ExistingWaf(…)",
    ),
    "no_network_at_all": (
        exposed(allowed_cidrs=()),
        "kubeflow.exposure.allowed_cidrs: is empty; give one at least",
    ),
    "everybody_unasked": (
        exposed(allowed_cidrs=("0.0.0.0/1", "128.0.0.0/1")),
        "kubeflow.exposure.allowed_cidrs: 0.0.0.0/0 shows the sign-in page to everybody; give your networks, or say from_anywhere=True",
    ),
    "everybody_asked_for_and_not_given": (
        exposed(from_anywhere=True),
        "kubeflow.exposure.from_anywhere: is said, and 0.0.0.0/0 is not in allowed_cidrs; leave it out",
    ),
    "a_network_twice": (
        exposed(allowed_cidrs=("10.0.0.0/8", "10.0.0.0/8")),
        "kubeflow.exposure.allowed_cidrs: 10.0.0.0/8 stands there twice; name it once",
    ),
    "too_many_networks": (
        exposed(allowed_cidrs=tuple(f"10.{index}.0.0/16" for index in range(31))),
        "kubeflow.exposure.allowed_cidrs: 31 networks; a security group takes 30: sum them up to larger blocks",
    ),
    "no_tls": (
        exposed(certificate_arn=None),
        "kubeflow.exposure.certificate_arn: nothing is public without TLS: give certificate_arn, or the zone in which a certificate "
        "made here can be validated",
    ),
    "host_outside_of_the_zone": (
        exposed(zone=HostedZone(name="other.com")),
        f"kubeflow.exposure.host: {HOST} is not in the zone other.com; give a name that ends with .other.com, or another zone",
    ),
    "host_of_theirs_outside_of_the_zone": (
        on(theirs(zone=HostedZone(name="beflow.example.com"))),
        f"kubeflow.exposure.host: {HOST} is not in the zone beflow.example.com; give a name that ends with .beflow.example.com, or "
        "another zone",
    ),
    "role_without_a_parent": (
        exposed(zone=HostedZone(name="example.com", parent_role_arn="arn:aws:iam::111122223333:role/dns")),
        "kubeflow.exposure.zone.parent_role_arn: there is no zone to take it for; give parent_zone_id, or leave it out",
    ),
    "without_sign_in": (
        on_kubeflow(exposure=balancer(), auth=NoAuth(user="ada@example.com")),
        "kubeflow.exposure: auth=NoAuth(…) checks no identity, so every client that reaches it has access; set another auth, "
        "or PortForward()",
    ),
    "theirs_without_sign_in": (
        on_kubeflow(exposure=theirs(), auth=NoAuth(user="ada@example.com")),
        "kubeflow.exposure: auth=NoAuth(…) checks no identity, so every client that reaches it has access; set another auth, "
        "or PortForward()",
    ),
    "internet_on_a_fully_private_network": (
        on_kubeflow(exposure=balancer(scheme="internet-facing"), services=COPIED).with_changes(
            network=Network(nat="none", fully_private=True, interface_endpoints=FULLY_PRIVATE_ENDPOINTS)
        ),
        'kubeflow.exposure.scheme: the network is fully_private and has no public subnets; set scheme="internal", or fully_private=False',
    ),
    "internet_without_public_subnets": (
        on(balancer(scheme="internet-facing"), network=existing_network()),
        "network.public_subnet_ids: the number of subnets is 0; an internet-facing load balancer needs them in 2 zones: give 2 or more, or "
        'set kubeflow.exposure.scheme="internal"',
    ),
    "internet_on_a_cluster_without_public_subnets": (
        existing_cluster(balancer(scheme="internet-facing"), public_subnet_ids=SUBNETS[:1]),
        "cluster.public_subnet_ids: the number of subnets is 1; an internet-facing load balancer needs them in 2 zones: give 2 or more, or "
        'set kubeflow.exposure.scheme="internal"',
    ),
    "internal_with_one_subnet": (
        existing_cluster(balancer(), private_subnet_ids=SUBNETS[:1], services=IN_CLUSTER),
        "cluster.private_subnet_ids: one subnet; a load balancer needs two, in two zones: give another, or none",
    ),
    "models_outside_of_the_zone": (
        on_kubeflow(
            exposure=balancer(zone=HostedZone(name="example.com")),
            knative_domain=KnativeDomain(name="models.other.com"),
        ),
        "kubeflow.knative_domain.name: models.other.com is not in the zone example.com; give a name that ends with .example.com, or "
        "another zone",
    ),
    "tls_twice": (
        on_kubeflow(
            exposure=balancer(), knative_domain=KnativeDomain(name="models.example.com", tls_secret_name="wildcard")
        ),
        "kubeflow.knative_domain.tls_secret_name: TLS ends at the load balancer, whose certificate covers the domain; leave it out",
    ),
    "host_among_the_models": (
        on_kubeflow(exposure=balancer(), knative_domain=KnativeDomain(name="example.com")),
        f"kubeflow.knative_domain.name: the dashboard's host {HOST} is in it, and a service of that name would take its place; give a domain "
        "of its own, such as models.example.com",
    ),
    "name_that_aws_keeps": (
        on(balancer(), name="internal-ml"),
        "name: AWS takes no load balancer whose name begins with internal-; give the platform another name",
    ),
    "without_the_controller": (
        on_kubeflow(exposure=balancer(), disable=("aws-load-balancer-controller",)),
        "kubeflow.disable: aws-load-balancer-controller is required by gateway-target-group; take it out of disable, or disable those, too",
    ),
    "certificate_of_another_region": (
        exposed(certificate_arn=CERTIFICATE.replace("us-west-2", "us-east-1")),
        "kubeflow.exposure.certificate_arn: it is in us-east-1, and the load balancer in us-west-2; give one of that region",
    ),
    "web_acl_of_another_region": (
        exposed(waf=ExistingWaf(web_acl_arn=WEB_ACL.replace("us-west-2", "us-east-1"))),
        "kubeflow.exposure.waf.web_acl_arn: it is in us-east-1, and the load balancer in us-west-2; give one of that region",
    ),
    "listener_of_another_region": (
        on(theirs(listener_arn=LISTENER.replace("us-west-2", "us-east-1"))),
        "kubeflow.exposure.listener_arn: it is in us-east-1, and the load balancer in us-west-2; give one of that region",
    ),
    "certificate_arn": (
        exposed(certificate_arn="mine"),
        "kubeflow.exposure.certificate_arn: 'mine' is not the ARN of a certificate in ACM",
    ),
    "web_acl_arn": (
        exposed(waf=ExistingWaf(web_acl_arn="mine")),
        "kubeflow.exposure.waf.web_acl_arn: 'mine' is not the ARN of a regional web ACL of WAF (not of CloudFront)",
    ),
    "listener_arn": (
        on(theirs(listener_arn="mine")),
        "kubeflow.exposure.listener_arn: 'mine' is not the ARN of a listener of an Application Load Balancer",
    ),
    "log_bucket": (
        exposed(access_logs=AccessLogs(bucket="Mine")),
        "kubeflow.exposure.access_logs.bucket: 'Mine' is not the name of an S3 bucket that is there already",
    ),
    "log_prefix": (
        exposed(access_logs=AccessLogs(prefix="logs/")),
        "kubeflow.exposure.access_logs.prefix: 'logs/' is not a prefix without a slash at either end",
    ),
    "zone_id": (
        exposed(zone=ExistingZone(zone_id="example.com")),
        "kubeflow.exposure.zone.zone_id: 'example.com' is not the id of a Route 53 zone, such as Z0123456789ABCDEFGHIJ",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_is_wrong_is_said(row: str) -> None:
    wrong, *lines = ROWS[row]
    assert problems_of_all([wrong]) == [f"{wrong.name}: {line}" for line in lines]


RIGHT = {
    "internal": exposed(),
    "certificate_made_here": exposed(zone=HostedZone(name="example.com"), certificate_arn=None),
    "host_is_the_zone": exposed(zone=HostedZone(name=HOST)),
    "everybody": exposed(allowed_cidrs=("0.0.0.0/0",), from_anywhere=True, scheme="internet-facing"),
    "theirs": on(theirs()),
    "theirs_without_public_subnets": on(theirs(), network=existing_network()),
    "public_subnets": on(
        balancer(scheme="internet-facing"),
        network=existing_network(public_subnet_ids=("subnet-0a0a0a0a", "subnet-0b0b0b0b")),
    ),
    "models": on_kubeflow(exposure=balancer(), knative_domain=KnativeDomain(name="models.example.com")),
    "port_forward_without_sign_in": on_kubeflow(auth=NoAuth(user="ada@example.com")),
}


@pytest.mark.parametrize("right", RIGHT.values(), ids=RIGHT)
def test_what_is_right_is_taken(right: Platform) -> None:
    assert problems_of_all([right]) == []


@pytest.mark.parametrize(
    ("exposure", "url"),
    [
        (PortForward(), "http://localhost:8080"),
        (balancer(), f"https://{HOST}"),
        (theirs(), f"https://{HOST}"),
    ],
)
def test_its_address_is_known_from_the_settings(exposure: AnyExposure, url: str) -> None:
    assert exposure.url == url
