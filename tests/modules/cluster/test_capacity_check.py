from modules.cluster.capacity_check import CapacityCheck
from modules.settings import NodeGroup
from tests.documents import GONE, at, bare_stack, synthesized
from tests.platforms import cluster


def test_each_type_is_read_from_aws_once_and_the_table_is_compared() -> None:
    stack = bare_stack()
    groups = (
        NodeGroup(name="a", instance_types=("m6i.xlarge",)),
        NodeGroup(name="b", instance_types=("m6i.xlarge", "z99.xlarge"), architecture="x86_64"),
    )
    CapacityCheck(stack, "capacity", cluster=cluster(node_groups=groups))
    document = synthesized(stack)
    assert at(document, "data aws_ec2_instance_type") == {
        "m6i_xlarge": {"instance_type": "m6i.xlarge"},
        "z99_xlarge": {"instance_type": "z99.xlarge"},
    }
    assert at(document, "check capacity_m6i_xlarge assert") == [
        {
            "condition": "${one([for card in data.aws_ec2_instance_type.m6i_xlarge.network_cards : card.maximum_interfaces "
            "if card.index == data.aws_ec2_instance_type.m6i_xlarge.default_network_card_index]) == 4 && "
            "data.aws_ec2_instance_type.m6i_xlarge.maximum_ipv4_addresses_per_interface == 15}",
            "error_message": "m6i.xlarge: AWS reports other network interfaces than the table (4 with 15 addresses), so pods_per_node is wrong; run python -m modules.aws_data.update.",
        }
    ]
    assert at(document, "check capacity_z99_xlarge") == GONE, "nothing to compare: the table does not have it"


def test_a_type_without_the_local_disks_of_a_group_fails_the_plan() -> None:
    stack = bare_stack()
    groups = (
        NodeGroup(name="a", instance_types=("m6id.xlarge",), local_disks="raid0"),
        NodeGroup(name="b", instance_types=("m6i.xlarge",)),
    )
    CapacityCheck(stack, "capacity", cluster=cluster(node_groups=groups))
    types = at(synthesized(stack), "data aws_ec2_instance_type")
    assert "lifecycle" not in types["m6i_xlarge"]
    (check,) = types["m6id_xlarge"]["lifecycle"]["postcondition"]
    assert check["condition"] == "${self.instance_storage_supported}"
    assert check["error_message"].startswith("cluster.node_groups a: m6id.xlarge has no local disks")
