"""External access, in the services stack."""

from typing import Any

from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderAssumeRole, AwsProviderDefaultTags

from modules.exposure.exposure import Exposure, ExposureContext
from modules.kubeflow.chosen import auto_mode_balances
from modules.naming import tags
from modules.settings import ExistingLoadBalancer, Kubeflow, LoadBalancer, PortForward
from modules.settings.exposure import HostedZone
from stacks.service_network import ServiceNetwork
from stacks.stack import PlatformStack


def expose(stack: PlatformStack, kubeflow: Kubeflow, network: ServiceNetwork) -> dict[str, Any]:
    """Create the configured exposure and return its outputs."""
    settings = kubeflow.exposure
    if isinstance(settings, PortForward):
        return {"dashboard_url": settings.url}
    made = isinstance(settings, LoadBalancer)
    subnets = network.public_subnet_ids if facing_the_internet(settings) else network.private_subnet_ids if made else ()
    group_id = network.load_balancer_security_group_id if made else None
    context = ExposureContext(
        account=stack.account,
        platform_name=stack.platform.name,
        vpc_id=network.vpc_id,
        balancer_subnet_ids=subnets,
        pod_group_ids={} if group_id is not None else network.pod_security_group_ids,
        balancer_group_id=group_id,
        auto_mode_cluster=stack.platform.name if auto_mode_balances(kubeflow) else None,
        knative_domain=kubeflow.knative_domain.name if kubeflow.knative_domain is not None else None,
        zone_provider=zone_provider(stack, settings),
        protect=stack.platform.deletion_protection,
    )
    return Exposure(stack, "exposure", settings=settings, context=context).outputs()


def facing_the_internet(settings: LoadBalancer | ExistingLoadBalancer) -> bool:
    """Whether a created load balancer is in the public subnets."""
    return isinstance(settings, LoadBalancer) and settings.scheme == "internet-facing"


def zone_provider(stack: PlatformStack, settings: LoadBalancer | ExistingLoadBalancer) -> AwsProvider | None:
    """AWS provider with the role of the account of the zone or its parent zone."""
    zone = settings.zone
    if zone is None:
        return None
    role_arn = zone.parent_role_arn if isinstance(zone, HostedZone) else zone.role_arn
    if role_arn is None:
        return None
    platform = stack.platform
    before = (
        [AwsProviderAssumeRole(role_arn=platform.assume_role_arn, external_id=platform.assume_role_external_id)]
        if platform.assume_role_arn is not None
        else []
    )
    return AwsProvider(
        stack,
        "aws-zone",
        alias="zone",
        region=platform.region,
        default_tags=[AwsProviderDefaultTags(tags=tags(platform))],
        assume_role=[*before, AwsProviderAssumeRole(role_arn=role_arn)],
    )
