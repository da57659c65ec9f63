"""A platform with all that runs in it: its releases, two teams with their pods, and its security groups."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from modules.checks.traffic.cluster import Cluster
from modules.checks.traffic.derived import USER, derived
from modules.checks.traffic.injection import brings_injector
from modules.checks.traffic.security_groups import rules
from modules.checks.traffic.started import operator_pods, team_objects
from modules.checks.traffic.table import required
from modules.checks.traffic.verdict import LOAD_BALANCER, Flow, Outside, SecurityGroups
from modules.kubeflow.manifest import Identity, Object, identity
from modules.network.plan import public_block
from modules.settings import ExistingCluster, Network, Platform, PortForward, Team
from modules.teams.objects import TeamContext
from modules.teams.objects import objects as objects_of_team
from stacks.platform import build
from stacks.teams import callers
from tests.platform_objects import Release, releases_of
from tests.platforms import PLATFORMS
from tests.release_order import order_of

LOAD_BALANCER_ELSEWHERE = IPv4Network("172.31.0.0/16")
"""Of a VPC that is not made here."""
TEAMS = ("team-one", "team-two")


@dataclass(frozen=True)
class World:
    """What the evaluator is given for one platform."""

    objects: tuple[Object, ...]
    early: frozenset[Identity]
    security_groups: SecurityGroups
    balancer: Outside | None

    @functools.cached_property
    def cluster(self) -> Cluster:
        return Cluster(self.objects, self.early)

    @functools.cached_property
    def required(self) -> list[Flow]:
        return [*derived(self.cluster), *required(self.cluster, self.balancer)]

    def without(self, dropped: Object) -> Cluster:
        """The cluster without one object."""
        return Cluster([one for one in self.objects if one is not dropped], self.early)

    def with_instead(self, old: Object, new: Object) -> Cluster:
        """The cluster with another object in the place of one."""
        return Cluster([new if one is old else one for one in self.objects], self.early)


@functools.cache
def world(name: str) -> World:
    """That of one of the variants."""
    platform = PLATFORMS[name]
    assert platform.kubeflow is not None
    releases = releases_of(name)
    objects = [one for release in releases for one in release.objects]
    objects += [one for team in TEAMS for one in _team(platform, team)]
    objects += operator_pods(objects)
    documents = build(platform).documents
    return World(
        tuple(objects),
        _early(releases, order_of(name)),
        SecurityGroups(tuple(rules(documents.values())), _pod_groups(platform)),
        _balancer(platform),
    )


def _balancer(platform: Platform) -> Outside | None:
    """The load balancer, with an address in the subnets that it stands in."""
    assert platform.kubeflow is not None
    if isinstance(platform.kubeflow.exposure, PortForward):
        return None
    cidr = platform.network.cidr if isinstance(platform.network, Network) else LOAD_BALANCER_ELSEWHERE
    facing = getattr(platform.kubeflow.exposure, "scheme", "") == "internet-facing"
    return replace(LOAD_BALANCER, address=str((public_block(cidr) if facing else cidr)[4]))


def _team(platform: Platform, name: str) -> list[Object]:
    assert platform.kubeflow is not None
    reach = callers(platform.kubeflow) if platform.kubeflow.team_defaults.isolated else ()
    context = TeamContext(region=platform.region, callers=reach)
    return [*objects_of_team(Team(name=name, owner=USER), context, has_role=False), *team_objects(name, USER)]


def _early(releases: Sequence[Release], earlier: dict[str, frozenset[str]]) -> frozenset[Identity]:
    """Objects of releases that do not wait for the injector's."""
    injectors = {release.name for release in releases if brings_injector(release.objects)}
    waiting = [release for release in releases if injectors & earlier[release.name]]
    return frozenset(identity(one) for release in releases if release not in waiting for one in release.objects)


def _pod_groups(platform: Platform) -> tuple[str, ...]:
    """Security groups that pods of a platform may carry; none are known of another's cluster."""
    cluster = platform.cluster
    if isinstance(cluster, ExistingCluster):
        return ()
    groups = ["nodes"] if cluster.node_groups else []
    return (*groups, "cluster_group") if cluster.auto_mode or cluster.fargate_profiles else tuple(groups)
