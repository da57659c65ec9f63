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
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import COPIED, existing_network, on_kubeflow, platform

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
    "host_too_long_for_a_certificate": (
        exposed(host=f"{'a' * 60}.example.com", certificate_arn=None, zone=HostedZone(name="example.com")),
        "kubeflow.exposure.host: up to 64",
    ),
    "another_kind": (
        on_kubeflow(exposure=HostedZone(name="example.com")),
        "kubeflow.exposure: here",
    ),
    "another_kind_of_zone": (
        exposed(zone=PortForward()),
        "kubeflow.exposure.zone: here",
    ),
    "another_kind_of_waf": (
        exposed(waf=PortForward()),
        "kubeflow.exposure.waf: here",
    ),
    "no_network_at_all": (
        exposed(allowed_cidrs=()),
        "kubeflow.exposure.allowed_cidrs: empty",
    ),
    "everybody_unasked": (
        exposed(allowed_cidrs=("0.0.0.0/1", "128.0.0.0/1")),
        "kubeflow.exposure.allowed_cidrs: 0.0.0.0/0",
    ),
    "everybody_asked_for_and_not_given": (
        exposed(from_anywhere=True),
        "kubeflow.exposure.from_anywhere: allowed_cidrs",
    ),
    "a_network_twice": (
        exposed(allowed_cidrs=("10.0.0.0/8", "10.0.0.0/8")),
        "kubeflow.exposure.allowed_cidrs: 10.0.0.0/8",
    ),
    "too_many_networks": (
        exposed(allowed_cidrs=tuple(f"10.{index}.0.0/16" for index in range(31))),
        "kubeflow.exposure.allowed_cidrs: security",
    ),
    "no_tls": (
        exposed(certificate_arn=None),
        "kubeflow.exposure.certificate_arn: certificate",
    ),
    "host_outside_of_the_zone": (
        exposed(zone=HostedZone(name="other.com")),
        "kubeflow.exposure.host: other.com",
    ),
    "host_of_theirs_outside_of_the_zone": (
        on(theirs(zone=HostedZone(name="beflow.example.com"))),
        "kubeflow.exposure.host: beflow.example.com",
    ),
    "role_without_a_parent": (
        exposed(zone=HostedZone(name="example.com", parent_role_arn="arn:aws:iam::111122223333:role/dns")),
        "kubeflow.exposure.zone.parent_role_arn: parent_zone_id",
    ),
    "without_sign_in": (
        on_kubeflow(exposure=balancer(), auth=NoAuth(user="ada@example.com")),
        "kubeflow.exposure: NoAuth",
    ),
    "theirs_without_sign_in": (
        on_kubeflow(exposure=theirs(), auth=NoAuth(user="ada@example.com")),
        "kubeflow.exposure: NoAuth",
    ),
    "internet_on_a_fully_private_network": (
        on_kubeflow(exposure=balancer(scheme="internet-facing"), services=COPIED).with_changes(
            network=Network(nat="none", fully_private=True, interface_endpoints=FULLY_PRIVATE_ENDPOINTS)
        ),
        "kubeflow.exposure.scheme: fully_private",
    ),
    "internet_without_public_subnets": (
        on(balancer(scheme="internet-facing"), network=existing_network()),
        "network.public_subnet_ids: internet-facing",
    ),
    "internet_on_a_cluster_without_public_subnets": (
        existing_cluster(balancer(scheme="internet-facing"), public_subnet_ids=SUBNETS[:1]),
        "cluster.public_subnet_ids: internet-facing",
    ),
    "internal_with_one_subnet": (
        existing_cluster(balancer(), private_subnet_ids=SUBNETS[:1], services=IN_CLUSTER),
        "cluster.private_subnet_ids: balancer",
    ),
    "models_outside_of_the_zone": (
        on_kubeflow(
            exposure=balancer(zone=HostedZone(name="example.com")),
            knative_domain=KnativeDomain(name="models.other.com"),
        ),
        "kubeflow.knative_domain.name: models.other.com",
    ),
    "tls_twice": (
        on_kubeflow(
            exposure=balancer(), knative_domain=KnativeDomain(name="models.example.com", tls_secret_name="wildcard")
        ),
        "kubeflow.knative_domain.tls_secret_name: covers",
    ),
    "host_among_the_models": (
        on_kubeflow(exposure=balancer(), knative_domain=KnativeDomain(name="example.com")),
        "kubeflow.knative_domain.name: dashboard",
    ),
    "name_that_aws_keeps": (
        on(balancer(), name="internal-ml"),
        "name: AWS",
    ),
    "without_the_controller": (
        on_kubeflow(exposure=balancer(), disable=("aws-load-balancer-controller",)),
        "kubeflow.disable: aws-load-balancer-controller",
    ),
    "certificate_of_another_region": (
        exposed(certificate_arn=CERTIFICATE.replace("us-west-2", "us-east-1")),
        "kubeflow.exposure.certificate_arn: us-east-1",
    ),
    "web_acl_of_another_region": (
        exposed(waf=ExistingWaf(web_acl_arn=WEB_ACL.replace("us-west-2", "us-east-1"))),
        "kubeflow.exposure.waf.web_acl_arn: us-east-1",
    ),
    "listener_of_another_region": (
        on(theirs(listener_arn=LISTENER.replace("us-west-2", "us-east-1"))),
        "kubeflow.exposure.listener_arn: us-east-1",
    ),
    "certificate_arn": (
        exposed(certificate_arn="mine"),
        "kubeflow.exposure.certificate_arn: ACM",
    ),
    "web_acl_arn": (
        exposed(waf=ExistingWaf(web_acl_arn="mine")),
        "kubeflow.exposure.waf.web_acl_arn: CloudFront",
    ),
    "listener_arn": (
        on(theirs(listener_arn="mine")),
        "kubeflow.exposure.listener_arn: Application",
    ),
    "log_bucket": (
        exposed(access_logs=AccessLogs(bucket="Mine")),
        "kubeflow.exposure.access_logs.bucket: existing",
    ),
    "log_prefix": (
        exposed(access_logs=AccessLogs(prefix="logs/")),
        "kubeflow.exposure.access_logs.prefix: without",
    ),
    "zone_id": (
        exposed(zone=ExistingZone(zone_id="example.com")),
        "kubeflow.exposure.zone.zone_id: Z0123456789ABCDEFGHIJ",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []


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
