from typing import Any

from modules.network.existing import ExistingVpc
from modules.settings import ExistingNetwork
from tests.documents import GONE, at, bare_stack, synthesized

NETWORK = ExistingNetwork(
    vpc_id="vpc-0123456789abcdef0",
    private_subnet_ids=("subnet-0000000000000000a", "subnet-0000000000000000b"),
    public_subnet_ids=("subnet-0000000000000000c",),
)
PRIVATE = "data aws_subnet private_0000000000000000a lifecycle postcondition"


def looked_up(**changes: Any) -> dict[str, Any]:
    stack = bare_stack()
    ExistingVpc(stack, "vpc", network=NETWORK.with_changes(**changes))
    return synthesized(stack)


def test_nothing_of_it_is_changed() -> None:
    assert at(looked_up(), "resource") == GONE


def test_the_vpc_must_have_dns() -> None:
    assert at(looked_up(), "data aws_vpc this") == {
        "id": "vpc-0123456789abcdef0",
        "lifecycle": {
            "postcondition": [
                {
                    "condition": "${self.enable_dns_support && self.enable_dns_hostnames}",
                    "error_message": "network.vpc_id: vpc-0123456789abcdef0 requires DNS support and DNS hostnames, otherwise nodes cannot resolve the cluster; enable both in the VPC.",
                }
            ]
        },
    }


def test_a_private_subnet_must_be_of_the_vpc_and_have_addresses_and_the_tag() -> None:
    assert at(looked_up(), PRIVATE) == [
        {
            "condition": '${self.vpc_id == "vpc-0123456789abcdef0"}',
            "error_message": "network.private_subnet_ids: subnet-0000000000000000a is not in vpc-0123456789abcdef0; set subnets of that VPC.",
        },
        {
            "condition": "${self.available_ip_address_count >= 64}",
            "error_message": "network.private_subnet_ids: subnet-0000000000000000a has fewer than 64 free addresses; use a larger subnet, or lower minimum_free_addresses.",
        },
        {
            "condition": '${lookup(self.tags, "kubernetes.io/role/internal-elb", "") == "1"}',
            "error_message": "network.private_subnet_ids: subnet-0000000000000000a lacks the tag "
            'kubernetes.io/role/internal-elb = "1" required by load balancers; add the tag, or set tag_subnets=True.',
        },
    ]


def test_a_private_subnet_must_not_be_in_a_zone_without_a_control_plane() -> None:
    stack = bare_stack()
    ExistingVpc(stack, "vpc", network=NETWORK, excluded_zone_ids=("use1-az3",))
    document = synthesized(stack)
    (check,) = (one for one in at(document, PRIVATE) if "zone_id" in one["condition"])
    assert check["condition"] == '${self.availability_zone_id != "use1-az3"}'
    assert check["error_message"] == (
        "network.private_subnet_ids: subnet-0000000000000000a is in use1-az3, where EKS has no control plane; use a subnet in "
        "another zone."
    )
    public = at(document, "data aws_subnet public_0000000000000000c lifecycle postcondition")
    assert "zone_id" not in str(public)


def test_a_public_subnet_must_be_of_the_vpc_and_have_its_own_tag() -> None:
    conditions = [
        check["condition"]
        for check in at(looked_up(), "data aws_subnet public_0000000000000000c lifecycle postcondition")
    ]
    assert conditions == [
        '${self.vpc_id == "vpc-0123456789abcdef0"}',
        '${lookup(self.tags, "kubernetes.io/role/elb", "") == "1"}',
    ]


def test_missing_tags_are_made_when_settings_say_so() -> None:
    tags = at(looked_up(tag_subnets=True), "resource aws_ec2_tag")
    assert {name: (body["resource_id"], body["key"], body["value"]) for name, body in tags.items()} == {
        "private_0000000000000000a": ("subnet-0000000000000000a", "kubernetes.io/role/internal-elb", "1"),
        "private_0000000000000000b": ("subnet-0000000000000000b", "kubernetes.io/role/internal-elb", "1"),
        "public_0000000000000000c": ("subnet-0000000000000000c", "kubernetes.io/role/elb", "1"),
    }


def test_the_route_out_is_looked_for_in_the_subnets_table_or_in_the_main_one() -> None:
    document = looked_up()
    assert at(document, "data aws_route_tables private_0000000000000000a filter") == [
        {"name": "association.subnet-id", "values": ["${data.aws_subnet.private_0000000000000000a.id}"]}
    ]
    assert at(document, "data aws_route_table main filter") == [{"name": "association.main", "values": ["true"]}]
    table = at(document, "data aws_route_table private_0000000000000000a")
    assert table["route_table_id"] == (
        "${try(data.aws_route_tables.private_0000000000000000a.ids[0], data.aws_route_table.main.id)}"
    )
    assert table["lifecycle"]["postcondition"] == [
        {
            "condition": '${anytrue([for route in self.routes : route.cidr_block == "0.0.0.0/0"])}',
            "error_message": "network.private_subnet_ids: subnet-0000000000000000a has no route to 0.0.0.0/0, so nodes can reach neither image registries nor AWS; add one (NAT, transit gateway), or set internet_route=False if VPC endpoints provide access.",
        },
        {
            "condition": '${!anytrue([for route in self.routes : try(startswith(route.gateway_id, "igw-"), false)])}',
            "error_message": "network.private_subnet_ids: subnet-0000000000000000a is public: it has a route to an internet gateway, and nodes are always private, since the internet could reach a node with a public address; set a subnet whose way out is NAT, a transit gateway or VPC endpoints.",
        },
    ]


def test_public_subnets_need_no_route_check() -> None:
    assert set(at(looked_up(), "data aws_route_table")) == {
        "main",
        "private_0000000000000000a",
        "private_0000000000000000b",
    }
