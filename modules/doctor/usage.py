"""What an account uses of a quota now, and which part of it belongs to the platform."""

from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from modules.aws_data.instance_types import instance_type, known
from modules.aws_data.service_quotas import vcpu_quota
from modules.doctor.account import Place
from modules.live.aws import code_of

RUNNING = {"Name": "instance-state-name", "Values": ["pending", "running"]}


def is_own(place: Place, tags: Iterable[dict[str, str]]) -> bool:
    """Whether a resource has the tag of the platform (`modules/naming.py`)."""
    return {"Key": "kubeflow-platform", "Value": place.platform.name} in list(tags)


def vpcs(place: Place) -> tuple[int, int]:
    """VPCs of the region, and of the platform."""
    found = place.aws.get("ec2", "describe_vpcs")["Vpcs"]
    return len(found), sum(is_own(place, one.get("Tags", ())) for one in found)


def elastic_ips(place: Place) -> tuple[int, int]:
    """Elastic IP addresses of the region, and of the platform."""
    found = place.aws.get("ec2", "describe_addresses")["Addresses"]
    return len(found), sum(is_own(place, one.get("Tags", ())) for one in found)


def clusters(place: Place) -> tuple[int, int]:
    """Clusters of the region, and of the platform."""
    found = place.aws.get("eks", "list_clusters")["clusters"]
    return len(found), found.count(place.cluster_name)


def node_group_names(place: Place) -> list[str]:
    """Managed node groups of the cluster; empty if there is no cluster."""
    try:
        return list(place.aws.get("eks", "list_nodegroups", clusterName=place.cluster_name)["nodegroups"])
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":
            return []
        raise


def databases(place: Place) -> tuple[int, int]:
    """DB instances of the region, and of the platform."""
    found = place.aws.get("rds", "describe_db_instances")["DBInstances"]
    return len(found), sum(_is_database(place, one["DBInstanceIdentifier"]) for one in found)


def database_clusters(place: Place) -> tuple[int, int]:
    """Aurora clusters of the region, and of the platform."""
    found = place.aws.get("rds", "describe_db_clusters")["DBClusters"]
    return len(found), sum(_is_database(place, one["DBClusterIdentifier"]) for one in found)


def _is_database(place: Place, identifier: str) -> bool:
    name = f"{place.platform.name}-kubeflow"
    return identifier == name or identifier.startswith(f"{name}-")


def load_balancers(place: Place) -> tuple[int, int]:
    """Application Load Balancers of the region, and of the platform."""
    found = [
        one
        for one in place.aws.get("elbv2", "describe_load_balancers")["LoadBalancers"]
        if one["Type"] == "application"
    ]
    return len(found), sum(one["LoadBalancerName"] == f"{place.platform.name}-kubeflow" for one in found)


def instances(place: Place) -> Iterator[Any]:
    """Running instances of the region."""
    for reservation in place.aws.get("ec2", "describe_instances", Filters=[RUNNING])["Reservations"]:
        yield from reservation["Instances"]


def owner_of(place: Place, instance: Any) -> str | None:
    """The managed node group or the node pool of the cluster that an instance belongs to, by the tags of EKS and Karpenter.

    Source: https://karpenter.sh/docs/concepts/nodeclasses/#spectags
    """
    tags = {one["Key"]: one["Value"] for one in instance.get("Tags", ())}
    if place.cluster_name not in (tags.get("eks:cluster-name"), tags.get("eks:eks-cluster-name")):
        return None
    return tags.get("eks:nodegroup-name") or tags.get("karpenter.sh/nodepool")


def vcpus_in_use(place: Place, quota_code: str, owners: frozenset[str] | None = None) -> int:
    """Count vCPUs of running instances that count against a quota.

    Args:
        place: the platform and its account.
        quota_code: code of the quota.
        owners: count only nodes of these node groups and node pools of the cluster; None: all instances.
    """
    total = 0
    for one in instances(place):
        spot = one.get("InstanceLifecycle") == "spot"
        quota = vcpu_quota(one["InstanceType"], "SPOT" if spot else "ON_DEMAND")
        if quota is not None and quota.code == quota_code and (owners is None or owner_of(place, one) in owners):
            total += vcpus(place, one["InstanceType"])
    return total


def vcpus(place: Place, name: str) -> int:
    """Count vCPUs of an instance type, from the table; from EC2 for types that are newer than it."""
    if known(name):
        return instance_type(name).vcpus
    found = place.aws.get("ec2", "describe_instance_types", InstanceTypes=[name])["InstanceTypes"]
    return int(found[0]["VCpuInfo"]["DefaultVCpus"])
