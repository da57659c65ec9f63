"""The services stack's way in of small platforms, with nothing else in it."""

from collections.abc import Mapping
from typing import Any

from modules.account import Account
from modules.exposure.exposure import Exposure, ExposureContext
from modules.settings import ExistingLoadBalancer, HostedZone, LoadBalancer
from tests.documents import bare_stack, synthesized

HOST, MODELS = "kubeflow.team.example.net", "models.team.example.net"
LISTENER = "arn:aws:elasticloadbalancing:us-west-2:111122223333:listener/app/edge/0123456789abcdef/0123456789abcdef"
USUAL: Mapping[str, Any] = {
    "host": HOST,
    "allowed_cidrs": ("198.51.100.0/24",),
    "zone": HostedZone(name="team.example.net"),
}
THEIRS = ExistingLoadBalancer(host=HOST, listener_arn=LISTENER, security_group_id="sg-0123456789abcdef9")


def exposed(
    settings: ExistingLoadBalancer | None = None, *, context: Mapping[str, Any] | None = None, **changes: Any
) -> dict[str, Any]:
    """The document of one way in.

    Args:
        settings: an existing load balancer; None: one that is created.
        context: what differs in its surroundings.
        changes: settings of one made here.
    """
    stack = bare_stack()
    usual = {
        "account": Account(stack, "account", region="us-west-2"),
        "platform_name": "prod",
        "vpc_id": "vpc-1",
        "balancer_subnet_ids": ("subnet-1", "subnet-2"),
        "pod_group_ids": {},
        "balancer_group_id": "sg-balancer",
        "auto_mode_cluster": None,
        "knative_domain": MODELS,
        "zone_provider": None,
        "protect": True,
    }
    Exposure(
        stack,
        "exposure",
        settings=settings or LoadBalancer(**{**USUAL, **changes}),
        context=ExposureContext(**{**usual, **(context or {})}),
    )
    return synthesized(stack)
