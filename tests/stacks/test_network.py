import cdktf
import pytest

from modules.settings import ExistingCluster
from stacks.network import NetworkStack
from tests.documents import GONE, at, exactly
from tests.platforms import platform, stacks_of


def test_outputs_of_a_network_made_here() -> None:
    outputs = stacks_of("everything")["network"]["output"]
    assert {name: output["value"] for name, output in outputs.items()} == {
        "pod_subnet_id_by_zone": {f"us-west-2{z}": f"${{aws_subnet.pods_us_west_2{z}.id}}" for z in "abc"},
        "private_subnet_ids": [f"${{aws_subnet.private_us_west_2{z}.id}}" for z in "abc"],
        "private_subnet_ids_by_zone": {f"us-west-2{z}": [f"${{aws_subnet.private_us_west_2{z}.id}}"] for z in "abc"},
        "public_subnet_ids": [f"${{aws_subnet.public_us_west_2{z}.id}}" for z in "abc"],
        "vpc_cidr_blocks": ["10.0.0.0/16", "100.64.0.0/16"],
        "vpc_id": "${aws_vpc.this.id}",
    }


def test_outputs_of_a_network_that_was_there_are_read_from_where_it_is_checked() -> None:
    """Ids that settings know would be handed on unchecked."""
    outputs = stacks_of("tagged")["network"]["output"]
    both = "[data.aws_subnet.private_0123456789abcdef0, data.aws_subnet.private_0123456789abcdef1]"
    assert {name: output["value"] for name, output in outputs.items()} == {
        "pod_subnet_id_by_zone": {},
        "private_subnet_ids": [
            "${data.aws_subnet.private_0123456789abcdef0.id}",
            "${data.aws_subnet.private_0123456789abcdef1.id}",
        ],
        "private_subnet_ids_by_zone": f"${{{{for subnet in {both} : subnet.availability_zone => subnet.id...}}}}",
        "public_subnet_ids": ["${data.aws_subnet.public_0123456789abcdef2.id}"],
        "vpc_cidr_blocks": ["${data.aws_vpc.this.cidr_block}"],
        "vpc_id": "${data.aws_vpc.this.id}",
    }


def test_subnets_that_were_there_must_lie_in_two_zones() -> None:
    subnets = [f"data.aws_subnet.private_0123456789abcdef{n}.availability_zone" for n in "01"]
    assert at(stacks_of("tagged")["network"], "output private_subnet_ids precondition") == [
        {
            "condition": f"${{length(distinct([{', '.join(subnets)}])) >= 2}}",
            "error_message": "network.private_subnet_ids: all in one zone; EKS requires subnets in at least two zones, add one in another zone.",
        }
    ]


def test_gateway_endpoints_are_in_all_private_route_tables() -> None:
    tables = at(stacks_of("everything")["network"], "resource aws_vpc_endpoint dynamodb route_table_ids")
    assert tables == [f"${{aws_route_table.private_us_west_2{z}.id}}" for z in "abc"]


def test_interface_endpoints_serve_pods_with_addresses_of_their_own_too() -> None:
    rules = at(stacks_of("everything")["network"], "resource aws_vpc_security_group_ingress_rule")
    assert {rule["cidr_ipv4"] for rule in rules.values()} == {"10.0.0.0/16", "100.64.0.0/16"}


def test_flow_logs_are_on_unless_left_out() -> None:
    assert at(stacks_of("prod")["network"], "resource aws_flow_log this vpc_id") == "${aws_vpc.this.id}"
    assert at(stacks_of("old")["network"], "resource aws_flow_log") == GONE


def test_a_platform_without_network_has_no_network_stack() -> None:
    existing_cluster = platform("existing", network=None, cluster=ExistingCluster(name="shared"))
    said = "network: not set; a network stack requires Network() or ExistingNetwork(…)"
    with pytest.raises(ValueError, match=exactly(said)):
        NetworkStack(cdktf.Testing.app(), existing_cluster)
