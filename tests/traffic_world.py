"""Traffic of whole platforms as it is installed: objects of official charts, too, order and security groups of the JSON."""

import functools
from collections.abc import Sequence

from modules.checks.traffic.assembly import TrafficInputs, balancer, security_groups, with_users
from modules.checks.traffic.cluster import Cluster
from modules.checks.traffic.injection import brings_injector
from modules.checks.traffic.security_groups import rules
from modules.checks.traffic.verdict import SecurityGroups
from modules.kubeflow.manifest import Identity, Object, identity
from tests.platform_objects import Release, releases_of
from tests.platforms import PLATFORMS, built
from tests.release_order import order_of


class World(TrafficInputs):
    """What the evaluator is given for one platform, and the same with a change."""

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
    objects = with_users([one for release in releases for one in release.objects], platform, platform.kubeflow)
    groups = SecurityGroups(tuple(rules(built(name).documents.values())), security_groups(platform).pod_groups)
    return World(tuple(objects), _early(releases, order_of(name)), groups, balancer(platform, platform.kubeflow))


def _early(releases: Sequence[Release], earlier: dict[str, frozenset[str]]) -> frozenset[Identity]:
    """Objects of releases that do not wait for the injector's."""
    injectors = {release.name for release in releases if brings_injector(release.objects)}
    waiting = [release for release in releases if injectors & earlier[release.name]]
    return frozenset(identity(one) for release in releases if release not in waiting for one in release.objects)
