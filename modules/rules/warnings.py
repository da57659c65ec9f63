"""What settings may say and should still be seen: printed at each synth."""

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from modules.rules.auth import auth_warnings
from modules.rules.database import database_warnings
from modules.rules.ends import end_warnings
from modules.rules.exposure import exposure_warnings
from modules.rules.images import mirror_warnings
from modules.rules.network import fullest_zone
from modules.rules.private_network import private_network_warnings
from modules.rules.runner import runner_warnings
from modules.rules.teams import team_warnings
from modules.settings.auth import Dex
from modules.settings.cluster import Cluster
from modules.settings.network import Network
from modules.settings.section import Problem
from modules.settings.types import DOCUMENTATION_CIDRS

if TYPE_CHECKING:
    from modules.settings.platform import Platform

DOCUMENTATION_EMAIL = re.compile(r"[@.]example(\.(com|net|org))?$", re.IGNORECASE)
"""Source: https://www.rfc-editor.org/rfc/rfc2606"""
SESSION_MANAGER_ENDPOINTS = ("ec2messages", "ssm", "ssmmessages")
"""Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html."""


def warnings_of(platform: "Platform", today: date) -> Iterator[Problem]:
    """Path and sentence of each warning; for a platform without problems."""
    cluster = platform.cluster
    if platform.kubeflow is not None and isinstance(platform.kubeflow.auth, Dex):
        for user in platform.kubeflow.auth.users:
            if DOCUMENTATION_EMAIL.search(user):
                yield "kubeflow.auth", f"{user} is an address that nobody has; write your own in its place in main.py"
    yield from auth_warnings(platform)
    yield from exposure_warnings(platform)
    yield from team_warnings(platform)
    yield from database_warnings(platform)
    yield from private_network_warnings(platform)
    yield from mirror_warnings(platform.kubeflow) if platform.kubeflow is not None else ()
    yield from end_warnings(platform, today)
    if not isinstance(cluster, Cluster):
        return
    yield from runner_warnings(platform)
    for block in (*cluster.public_access_cidrs, *cluster.private_access_cidrs):
        if any(block.subnet_of(example) for example in DOCUMENTATION_CIDRS):
            yield (
                "cluster",
                f"{block} is a documentation range that nobody has; write your own network in its place in main.py",
            )
    if cluster.public_access_from_anywhere:
        yield "cluster", "the API server answers the whole internet (public_access_from_anywhere)"
    for group in cluster.node_groups:
        if group.pods_use_node_role:
            yield (
                "cluster",
                f"every pod on node group {group.name} can use the rights of the nodes' role (pods_use_node_role)",
            )
    if isinstance(platform.network, Network):
        yield from _network(platform, platform.network, cluster)


def _network(platform: "Platform", network: Network, cluster: Cluster) -> Iterator[Problem]:
    """Ways that are missing, and addresses that run out when every node is there and full."""
    missing = [name for name in SESSION_MANAGER_ENDPOINTS if name not in network.interface_endpoints]
    if network.nat == "none" and missing and any(group.session_manager for group in cluster.node_groups):
        yield (
            "network.interface_endpoints",
            f"Session Manager does not reach the nodes without {', '.join(missing)}; add them, or set session_manager=False",
        )
    zone, nodes, needed, free = fullest_zone(platform, per_pod=True)
    if needed > free:
        yield (
            "network.cidr",
            f"{nodes} nodes full of pods take {needed:,} addresses in {zone}, and its private subnet has {free:,}; give a "
            "secondary_cidr or a larger block before it gets that far",
        )
