"""Docker Hub's limit for pulls without a sign-in, and how many pulls the nodes behind one address can make.

An image counts once on a node, whatever the number of its layers, and on no more nodes than it has pods.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from modules.settings import Cluster, Network, NodeGroup, Platform


@dataclass(frozen=True)
class PullLimit:
    """A limit for each IPv4 address."""

    pulls: int
    hours: int
    source: str
    as_of: date
    """Day of the change that set it."""


LIMIT = PullLimit(100, 6, "https://docs.docker.com/docker-hub/usage/pulls/", date(2025, 3, 27))
"""Source: also https://github.com/docker/docs/pull/22326, which announces it."""


@dataclass(frozen=True)
class HubPulls:
    """Pulls from Docker Hub through one address."""

    pods: tuple[int, ...]
    """For each image that runs all the time, the number of its pods."""
    addresses: int
    """NAT gateways."""
    desired_nodes: int
    """Nodes behind one address at `desired_size`."""
    most_nodes: int
    """The same at `max_size`."""

    @property
    def at_desired(self) -> int:
        """Most pulls when all nodes of a first apply start."""
        return self._pulls(self.desired_nodes)

    @property
    def at_most(self) -> int:
        """Most pulls when all nodes start at `max_size`."""
        return self._pulls(self.most_nodes)

    def _pulls(self, nodes: int) -> int:
        return sum(min(nodes, pods) for pods in self.pods)

    @property
    def exceeds(self) -> bool:
        """Whether the limit can be exceeded."""
        return self.at_most > LIMIT.pulls


def hub_pulls(platform: Platform, pods: Sequence[int]) -> HubPulls | None:
    """Pulls through the address with the most nodes; None: it is not known how many nodes share an address.

    Args:
        platform: platform with valid settings.
        pods: for each image from Docker Hub that runs all the time, the number of its pods.
    """
    network, cluster = platform.network, platform.cluster
    if not isinstance(network, Network) or not isinstance(cluster, Cluster) or adds_nodes(platform):
        return None
    zones = platform.zone_names()
    nodes = [_behind_one(network.nat, cluster.node_groups, zones, key) for key in ("desired_size", "max_size")]
    return HubPulls(tuple(pods), {"none": 0, "single": 1}.get(network.nat, len(zones)), *nodes)


def _behind_one(nat: str, groups: Sequence[NodeGroup], zones: Sequence[str], key: str) -> int:
    if nat == "none":
        return 0
    if nat == "single":
        return sum(getattr(group, key) for group in groups)
    return max(_in_zone(groups, zone, zones, key) for zone in zones)


def adds_nodes(platform: Platform) -> bool:
    """Whether nodes are added that are in no node group."""
    auto_mode = isinstance(platform.cluster, Cluster) and platform.cluster.auto_mode is not None
    return auto_mode or (platform.kubeflow is not None and bool(platform.kubeflow.node_pools))


def _in_zone(groups: Sequence[NodeGroup], zone: str, zones: Sequence[str], key: str) -> int:
    """Nodes in a zone, of groups that are spread evenly over their zones."""
    total = 0
    for group in groups:
        own = group.zones or zones
        total += math.ceil(getattr(group, key) / len(own)) if zone in own else 0
    return total
