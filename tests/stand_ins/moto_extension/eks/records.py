"""What the extension keeps of a cluster. It is an attribute of moto's own Cluster object, so it is deleted with the cluster."""

import uuid
from collections import defaultdict
from typing import Any

from moto.core.utils import utcnow
from moto.eks.exceptions import ResourceNotFoundException
from moto.eks.models import Cluster
from moto.eks.responses import EKSResponse

Record = dict[str, Any]


def parameters(response: EKSResponse) -> Record:
    """The request by AWS's parameter names: body, query and path."""
    response.parse_parameters(response.normalized_request)
    return dict(response.params)


def cluster_of(response: EKSResponse, name: str) -> Cluster:
    """The cluster of that name in moto; ResourceNotFoundException when there is none."""
    return response.eks_backend.describe_cluster(name)


def records(cluster: Cluster, kind: str) -> dict[str, Record]:
    """All records of a kind (`addon`, `access-entry`, `pod-identity`, `update`) by their key."""
    kinds: dict[str, dict[str, Record]] = cluster.__dict__.setdefault("extension", defaultdict(dict))
    return kinds[kind]


def find(cluster: Cluster, kind: str, key: str) -> Record:
    """One record.

    Raises:
        ResourceNotFoundException: AWS's 404, which Terraform reads as deleted.
    """
    record = records(cluster, kind).get(key)
    if record is None:
        raise ResourceNotFoundException(message=f"No {kind} found for: {key} in cluster {cluster.name}.")
    return record


def arn(response: EKSResponse, kind: str, *path: str) -> str:
    """ARN of a part of a cluster: `arn:aws:eks:<region>:<account>:<kind>/<path>`."""
    return f"arn:{response.partition}:eks:{response.region}:{response.current_account}:{kind}/{'/'.join(path)}"


def updated(cluster: Cluster, kind: str) -> Record:
    """The answer to every update operation: done at once, kept for DescribeUpdate."""
    update: Record = {
        "id": str(uuid.uuid4()),
        "status": "Successful",
        "type": kind,
        "params": [],
        "errors": [],
        "createdAt": utcnow(),
    }
    records(cluster, "update")[update["id"]] = update
    return update
