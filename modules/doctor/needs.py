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
    CapacityType,
    Quota,
    vcpu_quota,
)
from modules.doctor import usage
from modules.doctor.account import Place
from modules.kubeflow.made_database import made_database
from modules.settings import AuroraMysql, Cluster, LoadBalancer, Network, NodeGroup, NodePool


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
    pools: tuple[NodePool, ...] = ()
    """Karpenter's node pools whose vCPUs can count."""

    def need(self) -> Need:
        """Use and need."""
        if self.quota == NODE_GROUPS:
            return _node_groups(self.place, self.groups)
        if self.groups or self.pools:
            return _vcpus(self.place, self.quota, self.groups, self.pools)
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
    groups = platform.cluster.node_groups if isinstance(platform.cluster, Cluster) else ()
    if groups:
        yield Counted(NODE_GROUPS, place, groups=groups)
    quotas_of_groups = [(group, quotas_of_group(group)) for group in groups]
    pools = platform.kubeflow.node_pools if platform.kubeflow is not None else ()
    quotas_of_pools = [(pool, quotas_of_pool(pool)) for pool in pools]
    for quota in dict.fromkeys(quota for _, found in (*quotas_of_groups, *quotas_of_pools) for quota in found):
        yield Counted(
            quota,
            place,
            groups=tuple(group for group, found in quotas_of_groups if quota in found),
            pools=tuple(pool for pool, found in quotas_of_pools if quota in found),
        )


def quotas_of_group(group: NodeGroup) -> list[Quota]:
    """The quota of vCPUs of a node group; none for a capacity block, which is reserved."""
    if group.capacity_type == "CAPACITY_BLOCK":
        return []
    quota = vcpu_quota(group.instance_types[0], group.capacity_type)
    return [quota] if quota is not None else []


def quotas_of_pool(pool: NodePool) -> list[Quota]:
    """All quotas of vCPUs that Karpenter can use for a pool; it chooses by price at the time."""
    capacity_types: dict[str, CapacityType] = {"on-demand": "ON_DEMAND", "spot": "SPOT"}
    found = [
        vcpu_quota(category, capacity_types[capacity])
        for category in pool.categories()
        for capacity in pool.capacity_types
        # reserved capacity counts when it is reserved
        if capacity != "reserved"
    ]
    return list(dict.fromkeys(quota for quota in found if quota is not None))


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


def _vcpus(place: Place, quota: Quota, groups: tuple[NodeGroup, ...], pools: tuple[NodePool, ...]) -> Need:
    """Count vCPUs of nodes. Those that run already are part of the maximum; pools start at zero."""
    existing = usage.node_group_names(place) if groups else []
    own = frozenset(group.name for group in groups if group.name in existing)
    running = usage.vcpus_in_use(place, quota.code, own | {pool.name for pool in pools})
    each = {group.name: usage.vcpus(place, group.instance_types[0]) for group in groups}
    now = sum(group.desired_size * each[group.name] for group in groups if group.name not in existing)
    largest = sum(group.max_size * each[group.name] for group in groups) + sum(pool.cpu_limit for pool in pools)
    return Need(usage.vcpus_in_use(place, quota.code), now, max(now, largest - running))
