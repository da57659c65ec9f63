"""The constructs for programs of your own: stacks, roles of service accounts, and an existing cluster's outputs.

Import this module before `cdktf`, `constructs` and the providers: their bindings then load in one second instead of twenty.
"""

from modules.cluster.existing import ExistingEksCluster
from modules.iam.oidc_role import OidcProvider, OidcRole, PodIdentityRole
from modules.iam.role import Iam
from stacks.cluster import ClusterStack
from stacks.network import NetworkStack
from stacks.stack import AWS_PROVIDER

__all__ = [
    "AWS_PROVIDER",
    "ClusterStack",
    "ExistingEksCluster",
    "Iam",
    "NetworkStack",
    "OidcProvider",
    "OidcRole",
    "PodIdentityRole",
]
