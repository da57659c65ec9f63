"""Plan-time check of the instance type table against AWS."""

from collections.abc import Iterator

from cdktf import Postcondition, TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_aws.data_aws_ec2_instance_type import DataAwsEc2InstanceType
from constructs import Construct

from modules.aws_data.instance_types import instance_type, known
from modules.naming import addressed, slug
from modules.settings import Cluster

CARD = "one([for card in {real}.network_cards : card.maximum_interfaces if card.index == {real}.default_network_card_index])"
"""Interfaces of the default network card, the only one used for pod addresses: a p5.48xlarge has 32 cards."""


class CapacityCheck(Construct):
    """A `check` block for each instance type in use, comparing interfaces and addresses with the table.

    A check only warns: the pod limit would be wrong, but the nodes would start. Types without the local disks that a group
    uses fail the plan.

    Args:
        cluster: cluster settings.

    Source: https://developer.hashicorp.com/terraform/language/checks
    """

    def __init__(self, scope: Construct, id_: str, *, cluster: Cluster) -> None:
        super().__init__(scope, id_)
        names = sorted({name for group in cluster.node_groups for name in group.instance_types})
        for name in names:
            disks = list(_local_disks(cluster, name))
            lifecycle = TerraformResourceLifecycle(postcondition=disks) if disks else None
            real = addressed(name, DataAwsEc2InstanceType(self, slug(name), instance_type=name, lifecycle=lifecycle))
            if not known(name):
                continue
            ours = instance_type(name)
            TerraformStack.of(self).add_override(
                f"check.capacity_{slug(name)}",
                {
                    "assert": [
                        {
                            "condition": f"${{{CARD.format(real=real.fqn)} == {ours.max_enis} && "
                            f"{real.fqn}.maximum_ipv4_addresses_per_interface == {ours.ipv4_per_eni}}}",
                            "error_message": f"{name}: AWS reports other network interfaces than the table ({ours.max_enis} with "
                            f"{ours.ipv4_per_eni} addresses), so pods_per_node is wrong; run python -m modules.aws_data.update.",
                        }
                    ]
                },
            )


def _local_disks(cluster: Cluster, name: str) -> Iterator[Postcondition]:
    """The type has the disks that groups use; nodes without them would start and use their EBS volume."""
    groups = [one.name for one in cluster.node_groups if one.local_disks is not None and name in one.instance_types]
    if groups:
        yield Postcondition(
            condition="${self.instance_storage_supported}",
            error_message=f"cluster.node_groups {', '.join(groups)}: {name} has no local disks; use a type that has, such as "
            "m6id.xlarge, or remove local_disks.",
        )
