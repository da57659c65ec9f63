"""Clusters: what moto's own drop, every kind of update, and tags by any ARN."""

import base64
import uuid
from pathlib import Path
from typing import Any

import moto
from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models import ec2_backends
from moto.eks.exceptions import InvalidParameterException, InvalidRequestException, ResourceNotFoundException
from moto.eks.models import Cluster
from moto.eks.responses import EKSResponse
from moto.logs.models import logs_backends

from modules.aws_data.kubernetes_versions import DEFAULT_KUBERNETES_VERSION, minor_number

from .access import add_entry, add_entry_of_nodes
from .records import Record, cluster_of, find, parameters, records, updated

# Any certificate will do, but Kubernetes clients parse it; moto ships one for its proxy.
CERTIFICATE = base64.b64encode((Path(moto.__file__).parent / "moto_proxy" / "ca.crt").read_bytes()).decode()
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
CLUSTER_ADMIN = "arn:{}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"

moto_create_cluster = EKSResponse.create_cluster
moto_delete_cluster = EKSResponse.delete_cluster


def create_cluster(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html."""
    wanted = parameters(self)
    _check_auto_mode(wanted, self_managed_addons=wanted.get("bootstrapSelfManagedAddons", True))
    _check_zones(self, wanted["resourcesVpcConfig"]["subnetIds"])
    created = moto_create_cluster(self)
    cluster: Any = created.result["cluster"]  # type: ignore[index]
    cluster.version = wanted.get("version", DEFAULT_KUBERNETES_VERSION)
    cluster.platformVersion = "eks.1"
    cluster.certificate_authority = {"data": CERTIFICATE}
    suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
    key = uuid.uuid4().hex.upper()
    cluster.identity = {"oidc": {"issuer": f"https://oidc.eks.{self.region}.{suffix}/id/{key}"}}
    cluster.endpoint = f"https://{key}.gr7.{self.region}.eks.{suffix}"
    cluster.logging = _merged_logging({}, wanted.get("logging", {}))
    cluster.resources_vpc_config = _vpc_config(self, cluster, wanted["resourcesVpcConfig"])
    # AWS does not return bootstrapClusterCreatorAdminPermissions, and neither does this.
    access = wanted.get("accessConfig", {})
    cluster.access_config = {"authenticationMode": access.get("authenticationMode", "CONFIG_MAP")}
    cluster.upgrade_policy = wanted.get("upgradePolicy", {"supportType": "EXTENDED"})
    cluster.zonal_shift_config = wanted.get("zonalShiftConfig")
    cluster.deletion_protection = wanted.get("deletionProtection", False)
    cluster.compute_config = wanted.get("computeConfig")
    cluster.storage_config = wanted.get("storageConfig")
    defaults = {"serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4", "elasticLoadBalancing": {"enabled": False}}
    cluster.kubernetes_network_config = {**defaults, **wanted.get("kubernetesNetworkConfig", {})}
    if access.get("bootstrapClusterCreatorAdminPermissions", True):
        creator = add_entry(self, cluster, f"arn:{self.partition}:iam::{self.current_account}:root", "STANDARD")
        policy = CLUSTER_ADMIN.format(self.partition)
        creator["policies"][policy] = {"policyArn": policy, "accessScope": {"type": "cluster", "namespaces": []}}
    _after_change(self, cluster)
    return created


def delete_cluster(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_DeleteCluster.html."""
    cluster: Any = cluster_of(self, parameters(self)["name"])
    if cluster.deletion_protection:
        raise InvalidRequestException(message=f"Cluster {cluster.name} has deletion protection enabled")
    deleted = moto_delete_cluster(self)
    ec2 = ec2_backends[self.current_account][self.region]
    ec2.delete_security_group(group_id=cluster.resources_vpc_config["clusterSecurityGroupId"])
    return deleted


def update_cluster_config(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterConfig.html."""
    wanted = parameters(self)
    cluster: Any = cluster_of(self, wanted["name"])
    _check_auto_mode(wanted, self_managed_addons=False)
    cluster.resources_vpc_config.update(wanted.get("resourcesVpcConfig", {}))
    cluster.kubernetes_network_config.update(wanted.get("kubernetesNetworkConfig", {}))
    cluster.logging = _merged_logging(cluster.logging, wanted.get("logging", {}))
    cluster.access_config.update(wanted.get("accessConfig", {}))
    cluster.upgrade_policy = wanted.get("upgradePolicy", cluster.upgrade_policy)
    cluster.zonal_shift_config = wanted.get("zonalShiftConfig", cluster.zonal_shift_config)
    cluster.deletion_protection = wanted.get("deletionProtection", cluster.deletion_protection)
    if "computeConfig" in wanted:
        cluster.compute_config = {**(cluster.compute_config or {}), **wanted["computeConfig"]}
        cluster.storage_config = wanted.get("storageConfig")
    _after_change(self, cluster)
    kinds = {
        "resourcesVpcConfig": "EndpointAccessUpdate",
        "logging": "LoggingUpdate",
        "accessConfig": "AccessConfigUpdate",
    }
    return ActionResult({"update": updated(cluster, next((kinds[k] for k in kinds if k in wanted), "ConfigUpdate"))})


def update_cluster_version(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterVersion.html."""
    wanted = parameters(self)
    cluster = cluster_of(self, wanted["name"])
    if minor_number(wanted["version"]) - minor_number(cluster.version) != 1:
        raise InvalidParameterException(
            message=f"Unsupported Kubernetes minor version update from {cluster.version} to {wanted['version']}"
        )
    cluster.version = wanted["version"]
    return ActionResult({"update": updated(cluster, "VersionUpdate")})


def associate_encryption_config(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_AssociateEncryptionConfig.html."""
    wanted = parameters(self)
    cluster = cluster_of(self, wanted["clusterName"])
    cluster.encryption_config = wanted["encryptionConfig"]
    return ActionResult({"update": updated(cluster, "AssociateEncryptionConfig")})


def describe_update(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeUpdate.html."""
    wanted = parameters(self)
    return ActionResult({"update": find(cluster_of(self, wanted["name"]), "update", wanted["updateId"])})


def tag_resource(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_TagResource.html."""
    wanted = parameters(self)
    _tags_of(self, wanted["resourceArn"]).update(wanted["tags"])
    return EmptyResult()


def untag_resource(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_UntagResource.html."""
    wanted = parameters(self)
    tags = _tags_of(self, wanted["resourceArn"])
    for key in wanted["tagKeys"]:
        tags.pop(key, None)
    return EmptyResult()


def list_tags_for_resource(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_ListTagsForResource.html."""
    return ActionResult({"tags": _tags_of(self, parameters(self)["resourceArn"])})


def _tags_of(response: EKSResponse, resource_arn: str) -> dict[str, str]:
    for cluster in response.eks_backend.clusters.values():
        tags = {cluster.arn: cluster.tags}
        tags |= {group.arn: group.tags for group in cluster.nodegroups.values()}
        tags |= {profile.fargate_profile_arn: profile.tags for profile in cluster.fargate_profiles.values()}
        for kind, key in (
            ("addon", "addonArn"),
            ("access-entry", "accessEntryArn"),
            ("pod-identity", "associationArn"),
        ):
            tags |= {record[key]: record["tags"] for record in records(cluster, kind).values()}
        if resource_arn in tags:
            return tags[resource_arn]
    raise ResourceNotFoundException(message=f"No resource found for: {resource_arn}")


def _vpc_config(response: EKSResponse, cluster: Cluster, given: Record) -> Record:
    """The given configuration with what AWS adds: VPC, cluster security group, endpoint defaults."""
    ec2 = ec2_backends[response.current_account][response.region]
    vpc_id = ec2.get_subnet(given["subnetIds"][0]).vpc_id
    group = ec2.create_security_group(
        f"eks-cluster-sg-{cluster.name}-{uuid.uuid4().int % 10**9}",
        "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes",
        vpc_id=vpc_id,
        tags={f"kubernetes.io/cluster/{cluster.name}": "owned", "aws:eks:cluster-name": cluster.name},
    )
    defaults = {
        "securityGroupIds": [],
        "endpointPublicAccess": True,
        "endpointPrivateAccess": False,
        "publicAccessCidrs": ["0.0.0.0/0"],
    }
    return {**defaults, **given, "vpcId": vpc_id, "clusterSecurityGroupId": group.id}


def _merged_logging(before: Record, change: Record) -> Record:
    enabled = {kind for entry in before.get("clusterLogging", []) if entry["enabled"] for kind in entry["types"]}
    for entry in change.get("clusterLogging", []):
        enabled = enabled | set(entry["types"]) if entry["enabled"] else enabled - set(entry["types"])
    on, off = [t for t in LOG_TYPES if t in enabled], [t for t in LOG_TYPES if t not in enabled]
    return {"clusterLogging": [{"types": t, "enabled": e} for t, e in ((on, True), (off, False)) if t]}


def _after_change(response: EKSResponse, cluster: Any) -> None:
    """What EKS makes by itself: the log group when there is none, the access entry of Auto Mode's node role."""
    if any(entry["enabled"] for entry in cluster.logging["clusterLogging"]):
        logs_backends[response.current_account][response.region].ensure_log_group(f"/aws/eks/{cluster.name}/cluster")
    compute = cluster.compute_config or {}
    if compute.get("enabled") and compute.get("nodePools"):
        add_entry_of_nodes(response, cluster, compute["nodeRoleArn"], "EC2")


def _check_auto_mode(wanted: Record, *, self_managed_addons: bool) -> None:
    """Source: https://docs.aws.amazon.com/eks/latest/userguide/automode-get-started-cli.html."""
    compute, storage = wanted.get("computeConfig", {}), wanted.get("storageConfig", {}).get("blockStorage", {})
    balancing = wanted.get("kubernetesNetworkConfig", {}).get("elasticLoadBalancing", {})
    switches = {part.get("enabled", False) for part in (compute, storage, balancing)}
    if len(switches) > 1:
        raise InvalidParameterException(
            message="computeConfig.enabled, storageConfig.blockStorage.enabled and "
            "kubernetesNetworkConfig.elasticLoadBalancing.enabled must all be true or all be false"
        )
    if True in switches and self_managed_addons:
        raise InvalidParameterException(message="bootstrapSelfManagedAddons must be false with EKS Auto Mode")


def _check_zones(response: EKSResponse, subnet_ids: list[str]) -> None:
    ec2 = ec2_backends[response.current_account][response.region]
    if len({ec2.get_subnet(subnet_id).availability_zone for subnet_id in subnet_ids}) < 2:
        raise InvalidParameterException(message="Subnets specified must be in at least two different AZs")


OPERATIONS = (
    create_cluster,
    delete_cluster,
    update_cluster_config,
    update_cluster_version,
    associate_encryption_config,
    describe_update,
    tag_resource,
    untag_resource,
    list_tags_for_resource,
)
