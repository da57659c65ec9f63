"""The launch template of a node group: disk, metadata, network, user data."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cdktf_cdktf_provider_aws.key_pair import KeyPair
from cdktf_cdktf_provider_aws.launch_template import (
    LaunchTemplate,
    LaunchTemplateBlockDeviceMappings,
    LaunchTemplateBlockDeviceMappingsEbs,
    LaunchTemplateCapacityReservationSpecification,
    LaunchTemplateCapacityReservationSpecificationCapacityReservationTarget,
    LaunchTemplateInstanceMarketOptions,
    LaunchTemplateMetadataOptions,
    LaunchTemplateMonitoring,
    LaunchTemplateNetworkInterfaces,
    LaunchTemplatePlacement,
    LaunchTemplateTagSpecifications,
)
from cdktf_cdktf_provider_aws.placement_group import PlacementGroup
from constructs import Construct

from modules.aws_data.instance_types import instance_type
from modules.cluster.user_data.node_group import ClusterDetails, user_data
from modules.naming import addressed, aws_name
from modules.security_scan import accepted
from modules.settings import Disk, NodeGroup


class NodeLaunchTemplate(Construct):
    """Launch template of one node group.

    A node group with a launch template cannot have `remote_access` or `disk_size`, so SSH and disk are here.

    Args:
        platform_name: name prefix.
        group: node group settings.
        cluster: details that nodes with an AMI of your own need to join it.
        max_pods: maximum pods per node.
        security_group_ids: security groups of the nodes' interfaces (tokens).
        tags: tags of instances, volumes and interfaces, which do not inherit the provider's default tags.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        platform_name: str,
        group: NodeGroup,
        cluster: ClusterDetails,
        max_pods: int,
        security_group_ids: Sequence[str],
        tags: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id_)
        self.group = group
        self.platform_name = platform_name
        name = aws_name(platform_name, group.name)
        instance_tags = {**tags, "Name": name, **group.tags}
        self.resource = addressed(
            group.name,
            LaunchTemplate(
                self,
                "template",
                name=name,
                update_default_version=True,
                image_id=group.ami_id,
                key_name=self._key_name(),
                ebs_optimized="true",
                # encoded by Terraform, so that the JSON is readable; a JSON string is also a Terraform string
                user_data=f"${{base64encode({json.dumps(user_data(group, max_pods, cluster))})}}",
                block_device_mappings=self._disks(group.disk),
                metadata_options=LaunchTemplateMetadataOptions(
                    http_endpoint="enabled",
                    http_tokens="required",
                    # 1: pods cannot reach the instance metadata, so they cannot use the node role
                    http_put_response_hop_limit=2 if group.pods_use_node_role else 1,
                    instance_metadata_tags="disabled",
                ),
                monitoring=LaunchTemplateMonitoring(enabled=True),
                tag_specifications=[
                    LaunchTemplateTagSpecifications(resource_type=kind, tags=instance_tags)
                    for kind in ("instance", "network-interface", "volume")
                ],
                tags=dict(group.tags) or None,
                **self._interfaces(security_group_ids),
                **self._placement(),
                **self._capacity(),
            ),
        )
        if group.pods_use_node_role:
            accepted(
                self.resource,
                CKV_AWS_341="Settings enable pods_use_node_role: pods need one hop more than the node.",
            )

    def _disks(self, disk: Disk) -> list[LaunchTemplateBlockDeviceMappings]:
        """The configured disk; for Bottlerocket also its OS disk, of the AMI's size: images are on the second disk."""
        ami = self.group.ami_type()
        always: dict[str, Any] = {"kms_key_id": disk.kms_key_arn, "encrypted": "true", "delete_on_termination": "true"}
        mappings = [
            LaunchTemplateBlockDeviceMappings(
                device_name=ami.data_device,
                ebs=LaunchTemplateBlockDeviceMappingsEbs(
                    volume_size=disk.size_gib,
                    volume_type=disk.volume_type,
                    iops=disk.iops,
                    throughput=disk.throughput_mibps,
                    snapshot_id=disk.snapshot_id,
                    **always,
                ),
            )
        ]
        if ami.root_device != ami.data_device:
            system = LaunchTemplateBlockDeviceMappingsEbs(volume_type="gp3", **always)
            mappings.insert(0, LaunchTemplateBlockDeviceMappings(device_name=ami.root_device, ebs=system))
        return mappings

    def _key_name(self) -> str | None:
        ssh = self.group.ssh
        if ssh is None or ssh.key_name is not None:
            return ssh.key_name if ssh is not None else None
        name = aws_name(self.platform_name, self.group.name)
        return addressed(self.group.name, KeyPair(self, "key", key_name=name, public_key=ssh.public_key or "")).key_name

    def _interfaces(self, security_group_ids: Sequence[str]) -> dict[str, Any]:
        """The default interface, or one EFA interface per network card, which then have the security groups.

        Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html
        """
        if not self.group.efa:
            return {"vpc_security_group_ids": list(security_group_ids)}
        cards = instance_type(self.group.instance_types[0]).max_efa_interfaces
        return {
            "network_interfaces": [
                LaunchTemplateNetworkInterfaces(
                    device_index=min(card, 1),
                    network_card_index=card,
                    interface_type="efa",
                    security_groups=list(security_group_ids),
                    delete_on_termination="true",
                )
                for card in range(cards)
            ]
        }

    def _placement(self) -> dict[str, Any]:
        if not self.group.efa:
            return {}
        name = aws_name(self.platform_name, self.group.name)
        placement = addressed(self.group.name, PlacementGroup(self, "placement", name=name, strategy="cluster"))
        return {"placement": LaunchTemplatePlacement(group_name=placement.name)}

    def _capacity(self) -> dict[str, Any]:
        """Source: https://docs.aws.amazon.com/eks/latest/userguide/capacity-blocks-mng.html."""
        if self.group.capacity_reservation_id is None:
            return {}
        capacity: dict[str, Any] = {
            "capacity_reservation_specification": LaunchTemplateCapacityReservationSpecification(
                capacity_reservation_target=LaunchTemplateCapacityReservationSpecificationCapacityReservationTarget(
                    capacity_reservation_id=self.group.capacity_reservation_id
                )
            )
        }
        if self.group.capacity_type == "CAPACITY_BLOCK":
            capacity["instance_market_options"] = LaunchTemplateInstanceMarketOptions(market_type="capacity-block")
            # for a capacity block, EKS requires the instance type in the launch template only
            capacity["instance_type"] = self.group.instance_types[0]
        return capacity
