"""Every choice a person may make, one model a section: `from modules.settings import Platform, Network, Cluster, NodeGroup`."""

from modules.settings.cluster import AccessEntry, Addon, Addons, AutoMode, Cluster, ExistingCluster, VpcCni
from modules.settings.network import FULLY_PRIVATE_ENDPOINTS, ExistingNetwork, FlowLogs, Network
from modules.settings.node_group import (
    Disk,
    FargateProfile,
    FargateSelector,
    NodeGroup,
    Schedule,
    ServiceAccountRole,
    Ssh,
    Statement,
    Taint,
)
from modules.settings.platform import LAYERS, Moved, Platform, Removed, problems_of_all
from modules.settings.state import State

__all__ = [
    "FULLY_PRIVATE_ENDPOINTS",
    "LAYERS",
    "AccessEntry",
    "Addon",
    "Addons",
    "AutoMode",
    "Cluster",
    "Disk",
    "ExistingCluster",
    "ExistingNetwork",
    "FargateProfile",
    "FargateSelector",
    "FlowLogs",
    "Moved",
    "Network",
    "NodeGroup",
    "Platform",
    "Removed",
    "Schedule",
    "ServiceAccountRole",
    "Ssh",
    "State",
    "Statement",
    "Taint",
    "VpcCni",
    "problems_of_all",
]
