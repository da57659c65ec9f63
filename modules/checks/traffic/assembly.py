"""What the evaluator is given for one platform: all objects with those of two example teams, and its security groups."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from ipaddress import IPv4Network

from modules.checks.rendered import PlatformObjects
from modules.checks.traffic.cluster import Cluster as Model
from modules.checks.traffic.derived import USER, derived
from modules.checks.traffic.injection import brings_injector
from modules.checks.traffic.security_groups import rules_of
from modules.checks.traffic.started import operator_pods, team_objects
from modules.checks.traffic.table import forbidden, required
from modules.checks.traffic.verdict import LOAD_BALANCER, Flow, Outside, SecurityGroups
from modules.kubeflow.chosen import platform_parts
from modules.kubeflow.manifest import Identity, Object, identity
from modules.network.plan import public_block
from modules.settings import Cluster, Kubeflow, Network, Platform, PortForward, Team
from modules.teams.callers import callers
from modules.teams.objects import TeamContext
from modules.teams.objects import objects as objects_of_team

TEAMS = ("team-one", "team-two")
"""Example teams with the platform's defaults for teams: its own teams differ only in users and quotas."""
LOAD_BALANCER_ELSEWHERE = IPv4Network("172.31.0.0/16")
"""Addresses of a load balancer in an existing VPC, whose CIDR is not in the settings."""


@dataclass(frozen=True)
class TrafficInputs:
    """All that decides about connections."""

    objects: tuple[Object, ...] = field(repr=False)
    early: frozenset[Identity] = field(repr=False)
    """Objects of what is installed before the sidecar injector, or without waiting for it."""
    security_groups: SecurityGroups
    balancer: Outside | None
    """Load balancer of the gateway; None: a port-forward."""

    @cached_property
    def cluster(self) -> Model:
        """Model of the cluster."""
        return Model(self.objects, self.early)

    @cached_property
    def required(self) -> list[Flow]:
        """Connections that must be open."""
        return [*derived(self.cluster), *required(self.cluster, self.balancer)]

    @cached_property
    def forbidden(self) -> list[Flow]:
        """Connections that must be closed."""
        return forbidden(self.cluster)


def traffic_inputs(platform: Platform, kubeflow: Kubeflow, found: PlatformObjects) -> TrafficInputs:
    """Those of a platform, offline.

    Args:
        platform: platform with valid settings.
        kubeflow: its Kubeflow settings.
        found: its objects.
    """
    objects = with_users([*found], platform, kubeflow)
    return TrafficInputs(
        tuple(objects), before_injector(platform, found), security_groups(platform), balancer(platform, kubeflow)
    )


def with_users(objects: Sequence[Object], platform: Platform, kubeflow: Kubeflow) -> list[Object]:
    """Objects of a platform, with example teams and the pods that operators start."""
    made = [*objects, *(one for team in TEAMS for one in _team(team, platform, kubeflow))]
    return [*made, *operator_pods(made)]


def _team(name: str, platform: Platform, kubeflow: Kubeflow) -> Iterator[Object]:
    reach = callers(kubeflow) if kubeflow.team_defaults.isolated else ()
    context = TeamContext(region=platform.region, callers=reach)
    yield from objects_of_team(Team(name=name, owner=USER), context, has_role=False)
    yield from team_objects(name, USER)


def before_injector(platform: Platform, found: PlatformObjects) -> frozenset[Identity]:
    """Objects of components that do not wait for the one with the injector, by stacks and dependencies."""
    waiting = _waiting(platform, {name for name, objects in found.components.items() if brings_injector(objects)})
    early = [objects for name, objects in found.components.items() if name not in waiting]
    return frozenset(identity(one) for objects in early for one in objects)


def _waiting(platform: Platform, injectors: set[str]) -> set[str]:
    waiting: set[str] = set()
    stack_waits = False
    for part in platform_parts(platform):
        here = {component.name for component in part.components}
        for component in part.components:  # in install order
            if stack_waits or component.edges & here & (injectors | waiting):
                waiting.add(component.name)
        stack_waits = stack_waits or bool(injectors & here)
    return waiting


def security_groups(platform: Platform) -> SecurityGroups:
    """Rules between groups, and the groups that pods may carry; none are known of an existing cluster."""
    cluster = platform.cluster
    if not isinstance(cluster, Cluster):
        return SecurityGroups()
    groups = ["nodes"] if cluster.node_groups else []
    groups += ["cluster_group"] if cluster.uses_cluster_group else []
    return SecurityGroups(tuple(rules_of(cluster)), tuple(groups))


def balancer(platform: Platform, kubeflow: Kubeflow) -> Outside | None:
    """The load balancer, with an address in its subnets."""
    if isinstance(kubeflow.exposure, PortForward):
        return None
    cidr = platform.network.cidr if isinstance(platform.network, Network) else LOAD_BALANCER_ELSEWHERE
    facing = getattr(kubeflow.exposure, "scheme", "") == "internet-facing"
    return replace(LOAD_BALANCER, address=str((public_block(cidr) if facing else cidr)[4]))
