"""Managed node groups with a real AutoScalingGroup behind each, and the access entries that nodes get.

The group launches no instances: Terraform never looks at them, and moto's instances would hold the subnets.
"""

import uuid
from typing import Any

from moto.autoscaling.models import FakeAutoScalingGroup, autoscaling_backends
from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.eks.exceptions import InvalidParameterException
from moto.eks.models import Cluster, Nodegroup
from moto.eks.responses import EKSResponse

from modules.aws_data.kubernetes_versions import minor_number

from .access import add_entry_of_nodes
from .records import Record, cluster_of, parameters, records, updated

moto_create_nodegroup = EKSResponse.create_nodegroup
moto_update_nodegroup_config = EKSResponse.update_nodegroup_config
moto_list_nodegroups = EKSResponse.list_nodegroups
moto_delete_nodegroup = EKSResponse.delete_nodegroup
moto_create_fargate_profile = EKSResponse.create_fargate_profile


class NodeGroupScaling(FakeAutoScalingGroup):
    """The group behind a node group; what moves its sizes (autoscaler, schedule) shows in EKS too, as on AWS."""

    def __init__(self, node_group: Nodegroup, **given: Any):
        self._node_group = node_group
        super().__init__(**given)

    def update(self, **given: Any) -> None:  # type: ignore[override]
        """UpdateAutoScalingGroup; the desired size is kept where the new bounds allow it."""
        low, high = (given[key] if given[key] is not None else getattr(self, key) for key in ("min_size", "max_size"))
        if given["desired_capacity"] is None:
            given["desired_capacity"] = min(max(self.desired_capacity or 0, low), high)
        super().update(**given)

    def set_desired_capacity(self, new_capacity: int | None) -> None:
        """SetDesiredCapacity."""
        self.desired_capacity = self.min_size if new_capacity is None else new_capacity
        self._node_group.scaling_config = {
            "minSize": self.min_size or 0,
            "maxSize": self.max_size or 0,
            "desiredSize": self.desired_capacity or 0,
        }


def create_nodegroup(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html."""
    wanted = parameters(self)
    cluster = cluster_of(self, wanted["clusterName"])
    _check_sizes(wanted.get("scalingConfig", {}))
    image_id, instance_type = _from_launch_template(self, wanted)
    if image_id and wanted.get("amiType", "CUSTOM") != "CUSTOM":
        raise InvalidParameterException(
            message="You cannot specify an AMI Type other than CUSTOM, when specifying an image id in your launch template."
        )
    created = moto_create_nodegroup(self)
    group: Any = created.result["nodegroup"]  # type: ignore[index]
    group.version = wanted.get("version", cluster.version)
    group.release_version = image_id or wanted.get("releaseVersion", f"{group.version}.1-20260101")
    group.ami_type = "CUSTOM" if image_id else wanted.get("amiType", "AL2023_x86_64_STANDARD")
    group.disk_size = wanted.get("diskSize", None if "launchTemplate" in wanted else 20)
    group.instance_types = wanted.get("instanceTypes") or (None if instance_type else ["t3.medium"])
    group.remote_access = wanted.get("remoteAccess")
    group.update_config = wanted.get("updateConfig", {"maxUnavailable": 1})
    group.node_repair_config = wanted.get("nodeRepairConfig", {"enabled": False})
    _add_scaling_group(self, cluster, group)
    add_entry_of_nodes(self, cluster, group.node_role, "EC2_LINUX")
    return created


def update_nodegroup_config(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateNodegroupConfig.html."""
    wanted = parameters(self)
    cluster = cluster_of(self, wanted["clusterName"])
    sizes = wanted.get("scalingConfig", {})
    _check_sizes(sizes)
    answer = moto_update_nodegroup_config(self)
    if sizes:
        scaling = _scaling_group(self, cluster.nodegroups[wanted["nodegroupName"]])
        scaling.min_size, scaling.max_size = sizes["minSize"], sizes["maxSize"]
        scaling.set_desired_capacity(sizes.get("desiredSize", scaling.desired_capacity))
    update: Record = answer.result["update"]  # type: ignore[index]
    records(cluster, "update")[update["id"]] = update
    return answer


def update_nodegroup_version(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateNodegroupVersion.html."""
    wanted = parameters(self)
    cluster = cluster_of(self, wanted["clusterName"])
    group = self.eks_backend.describe_nodegroup(cluster.name, wanted["nodegroupName"])
    version = wanted.get("version", group.version)
    if minor_number(version) > minor_number(cluster.version):
        raise InvalidParameterException(
            message=f"Nodegroup version {version} is newer than the cluster's {cluster.version}"
        )
    if version != group.version:
        group.release_version = f"{version}.1-20260101"
    group.version, group.release_version = version, wanted.get("releaseVersion", group.release_version)
    if "launchTemplate" in wanted:
        group.launch_template = {**(group.launch_template or {}), **wanted["launchTemplate"]}
    return ActionResult({"update": updated(cluster, "VersionUpdate")})


def delete_nodegroup(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_DeleteNodegroup.html."""
    deleted = moto_delete_nodegroup(self)
    scaling = _scaling_group(self, deleted.result["nodegroup"])  # type: ignore[index]
    backend = autoscaling_backends[self.current_account][self.region]
    backend.delete_auto_scaling_group(scaling.name)
    for key, action in list(backend.scheduled_actions.items()):
        if action.auto_scaling_group_name == scaling.name:
            del backend.scheduled_actions[key]
    ec2_backends[self.current_account][self.region].delete_launch_template(scaling.name, None)
    return deleted


def create_fargate_profile(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateFargateProfile.html."""
    wanted = parameters(self)
    created = moto_create_fargate_profile(self)
    add_entry_of_nodes(self, cluster_of(self, wanted["clusterName"]), wanted["podExecutionRoleArn"], "FARGATE_LINUX")
    return created


def _scaling_group(response: EKSResponse, group: Nodegroup) -> FakeAutoScalingGroup:
    backend = autoscaling_backends[response.current_account][response.region]
    return backend.autoscaling_groups[group.resources["autoScalingGroups"][0]["name"]]  # type: ignore[index]


def _from_launch_template(response: EKSResponse, wanted: Record) -> tuple[str, str]:
    """Image id and instance type that the launch template sets, each "" when it does not."""
    if "launchTemplate" not in wanted:
        return "", ""
    given, ec2 = wanted["launchTemplate"], ec2_backends[response.current_account][response.region]
    template = ec2.get_launch_template(given["id"]) if "id" in given else ec2.get_launch_template_by_name(given["name"])
    version = template.get_version(given.get("version", "$Default"))
    return version.image_id, version.instance_type


def _add_scaling_group(response: EKSResponse, cluster: Cluster, group: Nodegroup) -> None:
    """EKS's own AutoScalingGroup, with EKS's own launch template and tags."""
    name = f"eks-{group.nodegroup_name}-{uuid.uuid4()}"
    ec2 = ec2_backends[response.current_account][response.region]
    ec2.create_launch_template(name, "", {}, {})
    tags = {
        "eks:cluster-name": cluster.name,
        "eks:nodegroup-name": group.nodegroup_name,
        f"kubernetes.io/cluster/{cluster.name}": "owned",
        "k8s.io/cluster-autoscaler/enabled": "true",
        f"k8s.io/cluster-autoscaler/{cluster.name}": "owned",
    }
    sizes = group.scaling_config
    backend = autoscaling_backends[response.current_account][response.region]
    backend.autoscaling_groups[name] = NodeGroupScaling(  # type: ignore[abstract]
        group,
        name=name,
        availability_zones=[],
        desired_capacity=sizes["desiredSize"],
        max_size=sizes["maxSize"],
        min_size=sizes["minSize"],
        launch_config_name="",
        launch_template={"LaunchTemplateName": name, "Version": "1"},
        vpc_zone_identifier=",".join(group.subnets),
        default_cooldown=300,
        health_check_period=15,
        health_check_type="EC2",
        load_balancers=[],
        target_group_arns=[],
        placement_group=None,
        termination_policies=["AllocationStrategy", "OldestLaunchTemplate", "OldestInstance"],
        autoscaling_backend=backend,
        ec2_backend=ec2,
        tags=[{"Key": key, "Value": value, "PropagateAtLaunch": True} for key, value in tags.items()],
        mixed_instances_policy=None,
        capacity_rebalance=group.capacity_type == "SPOT",
    )
    group.resources = {"autoScalingGroups": [{"name": name}]}


def _check_sizes(sizes: Record) -> None:
    low, desired, high = (sizes.get(key) for key in ("minSize", "desiredSize", "maxSize"))
    if None not in (low, desired, high) and not low <= desired <= high:  # type: ignore[operator]
        raise InvalidParameterException(
            message=f"Desired capacity {desired} must be between minimum {low} and maximum {high}"
        )


def list_nodegroups(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_ListNodegroups.html; moto crashes without the cluster."""
    cluster_of(self, self._get_param("name"))
    return moto_list_nodegroups(self)


OPERATIONS = (
    create_nodegroup,
    list_nodegroups,
    update_nodegroup_config,
    update_nodegroup_version,
    delete_nodegroup,
    create_fargate_profile,
)
