"""Every choice a person may make, one model a section: `from modules.settings import Platform, Network, Cluster, NodeGroup`."""

from modules.settings.addons import Addon, Addons, AutoMode, VpcCni
from modules.settings.cluster import AccessEntry, Cluster, ExistingCluster
from modules.settings.fargate import FargateProfile, FargateSelector
from modules.settings.kubeflow import KnativeDomain, Kubeflow, NodePool
from modules.settings.network import FULLY_PRIVATE_ENDPOINTS, ExistingNetwork, FlowLogs, Network
from modules.settings.node_group import Disk, NodeGroup, Schedule, Ssh, Taint
from modules.settings.platform import LAYERS, Moved, Platform, Removed, problems_of_all
from modules.settings.service_account_role import ServiceAccountRole, Statement
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
    "KnativeDomain",
    "Kubeflow",
    "Moved",
    "Network",
    "NodeGroup",
    "NodePool",
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
