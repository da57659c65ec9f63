"""Managed node groups: role, launch template, group, autoscaler tags, schedules."""

from collections.abc import Iterator, Mapping, Sequence

from cdktf import ITerraformDependable, Precondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.autoscaling_group_tag import AutoscalingGroupTagA, AutoscalingGroupTagTag
from cdktf_cdktf_provider_aws.autoscaling_schedule import AutoscalingSchedule
from cdktf_cdktf_provider_aws.data_aws_ec2_instance_type_offerings import (
    DataAwsEc2InstanceTypeOfferings,
    DataAwsEc2InstanceTypeOfferingsFilter,
)
from cdktf_cdktf_provider_aws.eks_node_group import (
    EksNodeGroup,
    EksNodeGroupLaunchTemplate,
    EksNodeGroupNodeRepairConfig,
    EksNodeGroupScalingConfig,
    EksNodeGroupTaint,
    EksNodeGroupUpdateConfig,
)
from constructs import Construct

from modules.aws_data.instance_types import instance_type, known
from modules.aws_data.node_policies import node_policies
from modules.aws_data.regions import PARTITIONS
from modules.cluster.launch_template import NodeLaunchTemplate
from modules.cluster.user_data.node_group import TAINT_EFFECTS, ClusterDetails
from modules.iam.role import Iam, Role, Trust
from modules.naming import addressed, slug
from modules.settings import NodeGroup
from modules.settings.types import PolicyArn

NODE_TEMPLATE = "k8s.io/cluster-autoscaler/node-template"


def unseen_devices(group: NodeGroup) -> dict[str, int]:
    """Devices of a node that cluster-autoscaler does not derive from the type of a group without nodes: all but NVIDIA GPUs.

    Args:
        group: node group settings; types that are not in the table count as none.

    Source: https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/aws_manager.go
    (buildNodeFromTemplate)
    """
    types = [instance_type(name) for name in group.instance_types if known(name)]
    found = {}
    if group.accelerator == "neuron":
        found["aws.amazon.com/neuron"] = min((one.neuron_devices for one in types), default=0)
        found["aws.amazon.com/neuroncore"] = min((one.neuron_cores for one in types), default=0)
    if group.efa:
        found["vpc.amazonaws.com/efa"] = min((one.max_efa_interfaces for one in types), default=0)
    return {name: count for name, count in found.items() if count}


class ManagedNodeGroup(Construct):
    """One managed node group with its dedicated resources.

    Args:
        iam: shared settings of the platform's roles.
        cluster: details that nodes with an AMI of your own need to join it.
        cluster_version: its Kubernetes version (token), also used for nodes.
        group: node group settings.
        max_pods: maximum pods per node.
        subnet_ids: subnets of the node group (tokens).
        zones: names of its zones if known at synthesis, to check that they offer the types.
        security_group_id: security group of the nodes (token).
        tags: tags of instances and volumes.
        depends_on: add-ons required for nodes to become Ready.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        iam: Iam,
        cluster: ClusterDetails,
        cluster_version: str,
        group: NodeGroup,
        max_pods: int,
        subnet_ids: Sequence[str],
        zones: Sequence[str],
        security_group_id: str,
        tags: Mapping[str, str],
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, id_)
        self.group = group
        self.zones = zones
        self.role = self._role(iam)
        template = NodeLaunchTemplate(
            self,
            "launch-template",
            platform_name=iam.name_prefix,
            group=group,
            cluster=cluster,
            max_pods=max_pods,
            security_group_ids=[security_group_id, *group.additional_security_group_ids],
            tags=tags,
        ).resource
        self.resource = addressed(
            group.name,
            EksNodeGroup(
                self,
                "group",
                cluster_name=cluster.name,
                node_group_name=group.name,
                # with an AMI of your own, EKS refuses a version, a release and a type of AMI
                version=cluster_version if group.ami_id is None else None,
                release_version=group.ami_release_version,
                node_role_arn=self.role.arn,
                subnet_ids=list(subnet_ids),
                # for a capacity block, EKS accepts the type only in the launch template
                instance_types=list(group.instance_types) if group.capacity_type != "CAPACITY_BLOCK" else None,
                capacity_type=group.capacity_type,
                ami_type=group.ami_type().name if group.ami_id is None else None,
                labels=dict(group.labels) or None,
                taint=[
                    EksNodeGroupTaint(key=taint.key, value=taint.value or None, effect=taint.effect)
                    for taint in group.taints
                ]
                or None,
                force_update_version=group.force_update or None,
                launch_template=EksNodeGroupLaunchTemplate(
                    id=template.id, version=f"${{{template.fqn}.latest_version}}"
                ),
                scaling_config=EksNodeGroupScalingConfig(
                    min_size=group.min_size, desired_size=group.desired_size, max_size=group.max_size
                ),
                update_config=EksNodeGroupUpdateConfig(max_unavailable=group.max_unavailable)
                if group.max_unavailable is not None
                else EksNodeGroupUpdateConfig(max_unavailable_percentage=group.max_unavailable_percentage),
                tags=dict(group.tags) or None,
                node_repair_config=EksNodeGroupNodeRepairConfig(enabled=group.node_repair),
                lifecycle=TerraformResourceLifecycle(
                    ignore_changes=self._moved_by_others(), precondition=self._offered()
                ),
                depends_on=[*self.role.rights, *depends_on],
            ),
        )
        self._autoscaler_tags()
        self._schedules()

    def _role(self, iam: Iam) -> Role:
        managed = node_policies(session_manager=self.group.session_manager)
        own: Sequence[PolicyArn] = self.group.role_policy_arns
        return Role(
            self,
            "role",
            iam=iam,
            name=f"node-{self.group.name}",
            trust=Trust("Service", (PARTITIONS[iam.partition].ec2_principal,)),
            policy_arns=[*(iam.managed(policy) for policy in managed), *own],
        )

    def _moved_by_others(self) -> list[str]:
        """Ignore sizes changed by autoscaler and schedules."""
        sizes = ["desired_size", "min_size", "max_size"] if self.group.schedules else ["desired_size"]
        return [f"scaling_config[0].{size}" for size in sizes]

    def _offered(self) -> list[Precondition]:
        """Check at plan that the zones offer the instance types; EC2 fails only when a node starts."""
        types = list(self.group.instance_types)
        filters = [DataAwsEc2InstanceTypeOfferingsFilter(name="instance-type", values=types)]
        if self.zones:
            filters.append(DataAwsEc2InstanceTypeOfferingsFilter(name="location", values=list(self.zones)))
        offers = addressed(
            self.group.name,
            DataAwsEc2InstanceTypeOfferings(self, "offerings", location_type="availability-zone", filter=filters),
        )
        wanted = len(self.zones) or 1
        where = ", ".join(self.zones) or "any zone of the region"
        return [
            Precondition(
                condition=f"${{length(distinct({offers.fqn}.locations)) >= {wanted}}}",
                error_message=f"cluster.node_groups {self.group.name}: {', '.join(types)} not offered in {where}; choose other "
                "types, or zones that offer them.",
            )
        ]

    def _asg(self) -> str:
        return f"${{{self.resource.fqn}.resources[0].autoscaling_groups[0].name}}"

    def _template_tags(self) -> Iterator[tuple[str, str]]:
        for key, value in sorted(self.group.labels.items()):
            yield f"{NODE_TEMPLATE}/label/{key}", value
        for taint in self.group.taints:
            yield f"{NODE_TEMPLATE}/taint/{taint.key}", f"{taint.value}:{TAINT_EFFECTS[taint.effect]}"
        for resource, count in sorted(unseen_devices(self.group).items()):
            yield f"{NODE_TEMPLATE}/resources/{resource}", str(count)

    def _autoscaler_tags(self) -> None:
        """Source: https://github.com/kubernetes/autoscaler/tree/master/cluster-autoscaler/cloudprovider/aws (auto-discovery setup)."""
        for key, value in self._template_tags() if self.group.autoscaler_tags else ():
            name = f"{self.group.name}_{key.removeprefix(NODE_TEMPLATE)}"
            addressed(
                name,
                AutoscalingGroupTagA(
                    self,
                    slug(name),
                    autoscaling_group_name=self._asg(),
                    tag=AutoscalingGroupTagTag(key=key, value=value, propagate_at_launch=False),
                ),
            )

    def _schedules(self) -> None:
        for schedule in self.group.schedules:
            addressed(
                f"{self.group.name}_{schedule.name}",
                AutoscalingSchedule(
                    self,
                    f"schedule-{schedule.name}",
                    scheduled_action_name=schedule.name,
                    autoscaling_group_name=self._asg(),
                    recurrence=schedule.cron,
                    time_zone=schedule.time_zone,
                    min_size=schedule.min_size,
                    desired_capacity=schedule.desired_size,
                    max_size=schedule.max_size,
                ),
            )
