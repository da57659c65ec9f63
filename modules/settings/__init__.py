"""Every choice a person may make, one model a section: `from modules.settings import Platform, Network, Cluster, NodeGroup`."""

from modules.settings.addons import Addon, Addons, AutoMode, VpcCni
from modules.settings.artifacts import ArtifactBucket, ExistingBucket, InClusterStore
from modules.settings.auth import Cognito, Dex, ExistingCognito, NoAuth, Oidc
from modules.settings.cluster import AccessEntry, Cluster, ExistingCluster
from modules.settings.database import AuroraMysql, ExistingDatabase, InClusterDatabase, RdsMysql
from modules.settings.exposure import ExistingLoadBalancer, LoadBalancer, PortForward
from modules.settings.fargate import FargateProfile, FargateSelector
from modules.settings.file_systems import Efs, ExistingEfs, ExistingFsxLustre, FsxLustre
from modules.settings.kubeflow import KnativeDomain, Kubeflow, NodePool
from modules.settings.metrics import ManagedPrometheus
from modules.settings.network import FULLY_PRIVATE_ENDPOINTS, ExistingNetwork, FlowLogs, Network
from modules.settings.node_group import Disk, NodeGroup, Schedule, Ssh, Taint
from modules.settings.notebooks import Notebooks
from modules.settings.platform import LAYERS, Moved, Platform, Removed, problems_of_all
from modules.settings.profile import Profile
from modules.settings.repositories import Repositories
from modules.settings.service_account_role import ServiceAccountRole, Statement
from modules.settings.services import Services
from modules.settings.state import State

__all__ = [
    "FULLY_PRIVATE_ENDPOINTS",
    "LAYERS",
    "AccessEntry",
    "Addon",
    "Addons",
    "ArtifactBucket",
    "AuroraMysql",
    "AutoMode",
    "Cluster",
    "Cognito",
    "Dex",
    "Disk",
    "Efs",
    "ExistingBucket",
    "ExistingCluster",
    "ExistingCognito",
    "ExistingDatabase",
    "ExistingEfs",
    "ExistingFsxLustre",
    "ExistingLoadBalancer",
    "ExistingNetwork",
    "FargateProfile",
    "FargateSelector",
    "FlowLogs",
    "FsxLustre",
    "InClusterDatabase",
    "InClusterStore",
    "KnativeDomain",
    "Kubeflow",
    "LoadBalancer",
    "ManagedPrometheus",
    "Moved",
    "Network",
    "NoAuth",
    "NodeGroup",
    "NodePool",
    "Notebooks",
    "Oidc",
    "Platform",
    "PortForward",
    "Profile",
    "RdsMysql",
    "Removed",
    "Repositories",
    "Schedule",
    "ServiceAccountRole",
    "Services",
    "Ssh",
    "State",
    "Statement",
    "Taint",
    "VpcCni",
    "problems_of_all",
]
