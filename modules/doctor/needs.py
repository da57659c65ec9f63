"""What a platform needs of each quota in addition to what its account uses now."""

from collections.abc import Iterator
from dataclasses import dataclass

from modules.aws_data.service_quotas import (
    CLUSTERS,
    DB_CLUSTERS,
    DB_INSTANCES,
    ELASTIC_IPS,
    LOAD_BALANCERS,
    NODE_GROUPS,
    VPCS,
    Quota,
    vcpu_quota,
)
from modules.doctor import usage
from modules.doctor.account import Place
from modules.rules.database import made_database
from modules.settings import AuroraMysql, Cluster, LoadBalancer, Network, NodeGroup


@dataclass(frozen=True)
class Need:
    """Use and further need of one quota."""

    used: int
    now: int
    """For the first apply, of what does not exist yet."""
    at_most: int
    """When every node group has its maximum size."""


@dataclass(frozen=True)
class Counted:
    """A quota that a platform needs, and the function that counts it, so that a missing permission concerns it alone."""

    quota: Quota
    place: Place
    wanted: int = 0
    """Number of resources of the platform."""
    groups: tuple[NodeGroup, ...] = ()
    """Node groups whose vCPUs count."""

    def need(self) -> Need:
        """Use and need."""
        if self.quota == NODE_GROUPS:
            return _node_groups(self.place, self.groups)
        if self.groups:
            return _vcpus(self.place, self.quota, self.groups)
        used, own = COUNTS[self.quota](self.place)
        missing = max(0, self.wanted - own)
        return Need(used, missing, missing)


COUNTS = {
    VPCS: usage.vpcs,
    ELASTIC_IPS: usage.elastic_ips,
    CLUSTERS: usage.clusters,
    DB_INSTANCES: usage.databases,
    DB_CLUSTERS: usage.database_clusters,
    LOAD_BALANCERS: usage.load_balancers,
}
"""Quota to the function that counts its use: in the account, and by the platform."""


def counted(place: Place) -> Iterator[Counted]:
    """Quotas that the platform needs."""
    platform = place.platform
    for quota, wanted in _resources(place):
        if wanted:
            yield Counted(quota, place, wanted)
    if not isinstance(platform.cluster, Cluster) or not platform.cluster.node_groups:
        return
    yield Counted(NODE_GROUPS, place, groups=platform.cluster.node_groups)
    by_quota: dict[Quota, list[NodeGroup]] = {}
    for group in platform.cluster.node_groups:
        if group.capacity_type == "CAPACITY_BLOCK":  # reserved, and not counted
            continue
        family = vcpu_quota(group.instance_types[0], group.capacity_type)
        if family is not None:
            by_quota.setdefault(family, []).append(group)
    for quota, groups in by_quota.items():
        yield Counted(quota, place, groups=tuple(groups))


def _resources(place: Place) -> Iterator[tuple[Quota, int]]:
    platform = place.platform
    network, database = platform.network, made_database(platform)
    if isinstance(network, Network):
        yield VPCS, 1
        yield ELASTIC_IPS, {"none": 0, "single": 1, "one_per_zone": len(platform.zone_names())}[network.nat]
    if isinstance(platform.cluster, Cluster):
        yield CLUSTERS, 1
    if isinstance(database, AuroraMysql):
        yield DB_CLUSTERS, 1
        yield DB_INSTANCES, database.instances
    elif database is not None:
        yield DB_INSTANCES, 1
    if platform.kubeflow is not None and isinstance(platform.kubeflow.exposure, LoadBalancer):
        yield LOAD_BALANCERS, 1


def _node_groups(place: Place, groups: tuple[NodeGroup, ...]) -> Need:
    existing = usage.node_group_names(place)
    missing = sum(group.name not in existing for group in groups)
    return Need(len(existing), missing, missing)


def _vcpus(place: Place, quota: Quota, groups: tuple[NodeGroup, ...]) -> Need:
    """Count vCPUs of node groups; the nodes of existing groups are in use already, up to their maximum size."""
    existing = usage.node_group_names(place)
    own = frozenset(group.name for group in groups if group.name in existing)
    running = usage.vcpus_in_use(place, quota.code, own) if own else 0
    each = {group.name: usage.vcpus(place, group.instance_types[0]) for group in groups}
    now = sum(group.desired_size * each[group.name] for group in groups if group.name not in existing)
    largest = sum(group.max_size * each[group.name] for group in groups)
    return Need(usage.vcpus_in_use(place, quota.code), now, max(now, largest - running))
