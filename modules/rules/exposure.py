"""Rules about exposure: load balancers, hosts, certificates and networks."""

from collections.abc import Iterator

from modules.aws_data.regions import REGIONS
from modules.kubeflow.auth.kinds import strategy_of
from modules.rules.blocks import cover_internet, documentation_blocks, documentation_hosts
from modules.rules.rule import Problem, each_once, placeholder, rule, warning
from modules.settings.cluster import ExistingCluster
from modules.settings.exposure import (
    ExistingLoadBalancer,
    ExistingWaf,
    ExistingZone,
    HostedZone,
    LoadBalancer,
    PortForward,
)
from modules.settings.network import ExistingNetwork, Network
from modules.settings.platform import Platform

MOST_CIDRS = 30
"""A security group takes 60 rules, and each network gets two: ports 80 and 443.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
"""


def host_in_zone(path: str, host: str, zone: HostedZone | ExistingZone | None) -> Iterator[Problem]:
    """A new zone holds records of its own domain only; the domain of an existing one is known at plan."""
    if isinstance(zone, HostedZone) and host != zone.name and not host.endswith(f".{zone.name}"):
        yield path, f"{host} is not in the zone {zone.name}", f"use a name that ends with .{zone.name}, or another zone"


LEAST_SUBNETS = 2
"""An Application Load Balancer requires two zones.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
"""


def outside(platform: Platform) -> LoadBalancer | ExistingLoadBalancer | None:
    """The load balancer of the platform; None: it has none."""
    exposure = platform.kubeflow.exposure if platform.kubeflow is not None else PortForward()
    return None if isinstance(exposure, PortForward) else exposure


@rule(Platform)
def authentication_is_required(platform: Platform) -> Iterator[Problem]:
    """A load balancer requires authentication."""
    kubeflow = platform.kubeflow
    if outside(platform) is not None and kubeflow is not None and not strategy_of(kubeflow.auth).authenticates:
        yield (
            "kubeflow.exposure",
            f"auth={type(kubeflow.auth).__name__}(…) gives every client of the load balancer full access",
            "use another kind of authentication or PortForward()",
        )


@rule(Platform)
def subnets_of_the_load_balancer(platform: Platform) -> Iterator[Problem]:
    """Subnets of the scheme exist in two zones."""
    exposure = outside(platform)
    if not isinstance(exposure, LoadBalancer):
        return
    place: Network | ExistingNetwork | ExistingCluster | None = platform.network
    path = "network"
    if isinstance(platform.cluster, ExistingCluster):
        place, path = platform.cluster, "cluster"
    if exposure.scheme == "internal":
        if isinstance(place, ExistingCluster) and len(place.private_subnet_ids) == 1:
            yield (
                f"{path}.private_subnet_ids",
                "a load balancer requires subnets in two zones",
                "add a second subnet, or remove the setting",
            )
    elif isinstance(place, Network):
        if place.fully_private:
            yield (
                "kubeflow.exposure.scheme",
                "the network is fully_private and has no public subnets",
                'set scheme="internal" or fully_private=False',
            )
    elif place is not None and len(place.public_subnet_ids) < LEAST_SUBNETS:
        yield (
            f"{path}.public_subnet_ids",
            f"an internet-facing load balancer requires subnets in two zones, not {len(place.public_subnet_ids)}",
            'add subnets or set kubeflow.exposure.scheme="internal"',
        )


@rule(Platform)
def hosts_of_models(platform: Platform) -> Iterator[Problem]:
    """Knative's hosts are in the new zone, and their TLS ends at the load balancer."""
    exposure = outside(platform)
    if exposure is None or platform.kubeflow is None or platform.kubeflow.knative_domain is None:
        return
    domain = platform.kubeflow.knative_domain
    yield from host_in_zone("kubeflow.knative_domain.name", domain.name, exposure.zone)
    if domain.tls_secret_name is not None:
        yield (
            "kubeflow.knative_domain.tls_secret_name",
            "TLS ends at the load balancer, whose certificate covers the domain",
            "remove it",
        )
    if exposure.host.endswith(f".{domain.name}"):
        yield (
            "kubeflow.knative_domain.name",
            f"the domain contains the dashboard's host {exposure.host}, which a model could take over",
            f"use a domain of its own, such as models.{domain.name}",
        )


@rule(Platform)
def names_of_the_load_balancer(platform: Platform) -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html."""
    if isinstance(outside(platform), LoadBalancer) and platform.name.startswith("internal-"):
        yield "name", "AWS rejects load balancer names that begin with internal-", "rename the platform"


@rule(Platform)
def arns_of_the_region(platform: Platform) -> Iterator[Problem]:
    """Certificate, web ACL and listener are in the region."""
    exposure = outside(platform)
    if exposure is None or platform.region not in REGIONS:
        return
    arns: dict[str, str | None] = {}
    if isinstance(exposure, LoadBalancer):
        arns["certificate_arn"] = exposure.certificate_arn
        arns["waf.web_acl_arn"] = exposure.waf.web_acl_arn if isinstance(exposure.waf, ExistingWaf) else None
    else:
        arns["listener_arn"] = exposure.listener_arn
    for name, arn in arns.items():
        if arn is not None and arn.split(":")[3] != platform.region:
            yield (
                f"kubeflow.exposure.{name}",
                f"it is in {arn.split(':')[3]}, and the load balancer in {platform.region}",
                f"use one in {platform.region}",
            )


@placeholder(LoadBalancer)
def documentation_networks(exposure: LoadBalancer) -> Iterator[Problem]:
    """Networks and hosts reserved for documentation."""
    yield from documentation_blocks(exposure.allowed_cidrs)
    yield from documentation_hosts("host", exposure.host)


@placeholder(ExistingLoadBalancer)
def documentation_host(exposure: ExistingLoadBalancer) -> Iterator[Problem]:
    """A host reserved for documentation."""
    yield from documentation_hosts("host", exposure.host)


@warning(LoadBalancer)
def open_networks(exposure: LoadBalancer) -> Iterator[Problem]:
    """Networks that can reach the sign-in page, where they may not be intended."""
    if exposure.from_anywhere:
        yield (
            "",
            "the sign-in page is reachable from the internet (from_anywhere)",
            "list your networks in allowed_cidrs unless that is intended",
        )


@rule(HostedZone)
def parent_zone_role(zone: HostedZone) -> Iterator[Problem]:
    """The role is for the parent zone."""
    if zone.parent_role_arn is not None and zone.parent_zone_id is None:
        yield (
            "parent_role_arn",
            "parent_zone_id is not set, and the role is used for that zone only",
            "set parent_zone_id or remove the role",
        )


@rule(LoadBalancer)
def allowed_networks(load_balancer: LoadBalancer) -> Iterator[Problem]:
    """Networks that can reach the load balancer."""
    yield from each_once("allowed_cidrs", load_balancer.allowed_cidrs)
    anywhere = cover_internet(load_balancer.allowed_cidrs)
    if anywhere and not load_balancer.from_anywhere:
        yield (
            "allowed_cidrs",
            "0.0.0.0/0 exposes the sign-in page to the internet",
            "list your networks or set from_anywhere=True",
        )
    if load_balancer.from_anywhere and not anywhere:
        yield "from_anywhere", "0.0.0.0/0 is not in allowed_cidrs", "set it to False"
    if len(load_balancer.allowed_cidrs) > MOST_CIDRS:
        yield (
            "allowed_cidrs",
            f"a security group accepts at most {MOST_CIDRS} networks, not {len(load_balancer.allowed_cidrs)}",
            "merge them into larger blocks",
        )


MOST_HOST_CHARACTERS = 64
"""Of the first name of a certificate; further names can have 253.

Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
"""


@rule(LoadBalancer)
def certificate(load_balancer: LoadBalancer) -> Iterator[Problem]:
    """A certificate, or the zone that validates one."""
    if load_balancer.certificate_arn is None and load_balancer.zone is None:
        yield (
            "certificate_arn",
            "a certificate is required",
            "set certificate_arn, or zone to create and validate one",
        )
    if load_balancer.certificate_arn is None and len(load_balancer.host) > MOST_HOST_CHARACTERS:
        yield (
            "host",
            f"{load_balancer.host} has {len(load_balancer.host)} characters, and ACM issues certificates for a first name of up to "
            f"{MOST_HOST_CHARACTERS}",
            "use a shorter host, or set certificate_arn",
        )


@rule(LoadBalancer)
def load_balancer_host(load_balancer: LoadBalancer) -> Iterator[Problem]:
    """The host is in the zone."""
    yield from host_in_zone("host", load_balancer.host, load_balancer.zone)


@rule(ExistingLoadBalancer)
def existing_load_balancer_host(load_balancer: ExistingLoadBalancer) -> Iterator[Problem]:
    """The host is in the zone."""
    yield from host_in_zone("host", load_balancer.host, load_balancer.zone)
