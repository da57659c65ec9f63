"""EKS as the Terraform AWS provider needs it: what moto leaves out of its clusters and node groups, and all it lacks.

moto 5.2.5 knows clusters, managed node groups and Fargate profiles. It drops accessConfig and upgradePolicy, invents
remoteAccess, makes no AutoScalingGroup and answers UpdateClusterConfig with the cluster in place of the update, which
makes the provider 5.100 panic. Add-ons, access entries, pod identities, updates and versions it does not know.

Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_Operations.html
"""

from moto.eks.responses import EKSResponse
from moto.eks.urls import response, url_paths

from . import access, addons, clusters, node_groups, versions

OPERATIONS = (
    *access.OPERATIONS,
    *addons.OPERATIONS,
    *clusters.OPERATIONS,
    *node_groups.OPERATIONS,
    *versions.OPERATIONS,
)


def install() -> None:
    """Put the operations into moto. Only before the first EKS request: moto builds its URL map then."""
    # moto finds the operation from botocore's model (method and URI), so the paths are not distinguished here.
    url_paths["{0}/clusters/(?P<name>[^/]+)/(?P<rest>.+)$"] = response.dispatch
    url_paths["{0}/addons/(?P<rest>.+)$"] = response.dispatch
    url_paths["{0}/cluster-versions$"] = response.dispatch
    for operation in OPERATIONS:
        setattr(EKSResponse, operation.__name__, operation)
