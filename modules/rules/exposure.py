"""Rules between the way in and the rest of the platform."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modules.aws_data.regions import REGIONS
from modules.settings.auth import NoAuth
from modules.settings.cluster import ExistingCluster
from modules.settings.exposure import ExistingLoadBalancer, ExistingWaf, LoadBalancer, PortForward, host_in_zone
from modules.settings.network import ExistingNetwork, Network
from modules.settings.section import Problem
from modules.settings.types import DOCUMENTATION_CIDRS

if TYPE_CHECKING:
    from modules.settings.platform import Platform

LEAST_SUBNETS = 2
"""An Application Load Balancer stands in two zones or more.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
"""


def outside(platform: "Platform") -> LoadBalancer | ExistingLoadBalancer | None:
    """How the platform is reached from outside; None: it is not."""
    exposure = platform.kubeflow.exposure if platform.kubeflow is not None else PortForward()
    return None if isinstance(exposure, PortForward) else exposure


def nobody_gets_in_unasked(platform: "Platform") -> Iterator[Problem]:
    """Without sign-in everybody who reaches the gateway is one user."""
    if outside(platform) is not None and platform.kubeflow is not None and isinstance(platform.kubeflow.auth, NoAuth):
        yield (
            "kubeflow.exposure",
            "everybody who reaches it would be in, since auth is NoAuth; choose a way to sign in, or PortForward()",
        )


def subnets_of_the_load_balancer(platform: "Platform") -> Iterator[Problem]:
    """There are subnets of its kind, in two zones."""
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
                "one subnet; a load balancer needs two, in two zones: give another, or none",
            )
    elif isinstance(place, Network):
        if place.fully_private:
            yield (
                "kubeflow.exposure.scheme",
                'the network is fully_private and has no public subnets; set scheme="internal", or fully_private=False',
            )
    elif place is not None and len(place.public_subnet_ids) < LEAST_SUBNETS:
        yield (
            f"{path}.public_subnet_ids",
            f"the number of subnets is {len(place.public_subnet_ids)}; an internet-facing load balancer needs them in 2 zones: give 2 or "
            'more, or set kubeflow.exposure.scheme="internal"',
        )


def hosts_of_models(platform: "Platform") -> Iterator[Problem]:
    """Knative's hosts are in the zone made here, and their TLS ends at the load balancer."""
    exposure = outside(platform)
    if exposure is None or platform.kubeflow is None or platform.kubeflow.knative_domain is None:
        return
    domain = platform.kubeflow.knative_domain
    yield from host_in_zone("kubeflow.knative_domain.name", domain.name, exposure.zone)
    if domain.tls_secret_name is not None:
        yield (
            "kubeflow.knative_domain.tls_secret_name",
            "TLS ends at the load balancer, whose certificate covers the domain; leave it out",
        )
    if exposure.host.endswith(f".{domain.name}"):
        yield (
            "kubeflow.knative_domain.name",
            f"the dashboard's host {exposure.host} is in it, and a service of that name would take its place; give a domain of its own, "
            f"such as models.{domain.name}",
        )


def names_of_the_load_balancer(platform: "Platform") -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html."""
    if isinstance(outside(platform), LoadBalancer) and platform.name.startswith("internal-"):
        yield "name", "AWS takes no load balancer whose name begins with internal-; give the platform another name"


def arns_of_the_region(platform: "Platform") -> Iterator[Problem]:
    """A load balancer uses what is in its own region."""
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
                f"it is in {arn.split(':')[3]}, and the load balancer in {platform.region}; give one of that region",
            )


EXPOSURE_CHECKS = (
    nobody_gets_in_unasked,
    subnets_of_the_load_balancer,
    hosts_of_models,
    names_of_the_load_balancer,
    arns_of_the_region,
)


def exposure_warnings(platform: "Platform") -> Iterator[Problem]:
    """Who may come to the sign-in page, where it may be more, or other people, than was meant."""
    exposure = outside(platform)
    if not isinstance(exposure, LoadBalancer):
        return
    if exposure.from_anywhere:
        yield "kubeflow.exposure", "the sign-in page answers the whole internet (from_anywhere)"
    for block in exposure.allowed_cidrs:
        if any(block.subnet_of(example) for example in DOCUMENTATION_CIDRS):
            yield (
                "kubeflow.exposure",
                f"{block} is a documentation range that nobody has; write your own network in its place in main.py",
            )
