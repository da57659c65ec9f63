"""The settings of a platform, one model per section; `kubeflow_aws` exports them to a main.py."""

from modules.settings.addons import Addon, AddonRole, Addons, AutoMode, OtherAddon, VpcCni
from modules.settings.artifacts import ArtifactBucket, BucketVolumes, ExistingBucket, InClusterStore
from modules.settings.auth import Cognito, CognitoGroup, Dex, ExistingCognito, NoAuth, Oidc
from modules.settings.backup import Backup, BackupCopy, BackupLock
from modules.settings.certificates import Dns01Issuer
from modules.settings.cluster import (
    AccessEntry,
    AccessPolicy,
    Cluster,
    ExistingCluster,
    NodePorts,
    SchedulerScoring,
)
from modules.settings.component import Component, HelmChart, Kustomization
from modules.settings.connectors import GithubConnector, GithubOrganization, LdapConnector, OidcConnector, SamlConnector
from modules.settings.database import (
    AuroraMysql,
    ExistingDatabase,
    InClusterDatabase,
    ProgramDatabase,
    ProgramDatabases,
    RdsMysql,
)
from modules.settings.exposure import (
    AccessLogs,
    ExistingLoadBalancer,
    ExistingWaf,
    ExistingZone,
    HostedZone,
    LoadBalancer,
    PortForward,
    Waf,
)
from modules.settings.fargate import FargateProfile, FargateSelector
from modules.settings.file_systems import BucketLink, Efs, ExistingEfs, ExistingFsxLustre, FsxLustre
from modules.settings.imported import Import, ImportedResource, read_import
from modules.settings.kubeflow import KnativeDomain, Kubeflow
from modules.settings.metrics import ExistingPrometheus, ManagedPrometheus
from modules.settings.network import FULLY_PRIVATE_ENDPOINTS, ExistingNetwork, FlowLogs, Network
from modules.settings.node_group import Disk, NodeGroup, Schedule, Ssh, Taint
from modules.settings.node_pool import DisruptionBudget, NodePool
from modules.settings.notebooks import Notebooks
from modules.settings.platform import Moved, Platform, Removed
from modules.settings.repositories import PullThrough, Repositories
from modules.settings.runner import HcpRoles
from modules.settings.service_account_role import ServiceAccountRole, Statement
from modules.settings.services import Services
from modules.settings.state import State
from modules.settings.team import Contributor, Queue, Quota, Team, TeamDefaults, TeamPermissions

__all__ = [
    "FULLY_PRIVATE_ENDPOINTS",
    "AccessEntry",
    "AccessLogs",
    "AccessPolicy",
    "Addon",
    "AddonRole",
    "Addons",
    "ArtifactBucket",
    "AuroraMysql",
    "AutoMode",
    "Backup",
    "BackupCopy",
    "BackupLock",
    "BucketLink",
    "BucketVolumes",
    "Cluster",
    "Cognito",
    "CognitoGroup",
    "Component",
    "Contributor",
    "Dex",
    "Disk",
    "DisruptionBudget",
    "Dns01Issuer",
    "Efs",
    "ExistingBucket",
    "ExistingCluster",
    "ExistingCognito",
    "ExistingDatabase",
    "ExistingEfs",
    "ExistingFsxLustre",
    "ExistingLoadBalancer",
    "ExistingNetwork",
    "ExistingPrometheus",
    "ExistingWaf",
    "ExistingZone",
    "FargateProfile",
    "FargateSelector",
    "FlowLogs",
    "FsxLustre",
    "GithubConnector",
    "GithubOrganization",
    "HcpRoles",
    "HelmChart",
    "HostedZone",
    "Import",
    "ImportedResource",
    "InClusterDatabase",
    "InClusterStore",
    "KnativeDomain",
    "Kubeflow",
    "Kustomization",
    "LdapConnector",
    "LoadBalancer",
    "ManagedPrometheus",
    "Moved",
    "Network",
    "NoAuth",
    "NodeGroup",
    "NodePool",
    "NodePorts",
    "Notebooks",
    "Oidc",
    "OidcConnector",
    "OtherAddon",
    "Platform",
    "PortForward",
    "ProgramDatabase",
    "ProgramDatabases",
    "PullThrough",
    "Queue",
    "Quota",
    "RdsMysql",
    "Removed",
    "Repositories",
    "SamlConnector",
    "Schedule",
    "SchedulerScoring",
    "ServiceAccountRole",
    "Services",
    "Ssh",
    "State",
    "Statement",
    "Taint",
    "Team",
    "TeamDefaults",
    "TeamPermissions",
    "VpcCni",
    "Waf",
    "read_import",
]
