from typing import Any

import pytest

from modules.aws_data.regions import region
from modules.network.vpc import Vpc
from modules.settings import FULLY_PRIVATE_ENDPOINTS, Network
from tests.documents import GONE, at, bare_stack, synthesized

ZONES = ("us-west-2a", "us-west-2b")


def made(**settings: Any) -> dict[str, Any]:
    stack = bare_stack()
    Vpc(stack, "vpc", platform_name="prod", network=Network(**settings), zones=ZONES)
    return synthesized(stack)


def test_zones_without_a_control_plane_are_left_out_and_named() -> None:
    stack = bare_stack()
    east = ("us-east-1a", "us-east-1b")
    excluded = region("us-east-1").excluded_zone_ids
    Vpc(stack, "vpc", platform_name="prod", network=Network(), zones=east, excluded_zone_ids=excluded)
    document = synthesized(stack)
    assert at(document, "data aws_availability_zones available exclude_zone_ids") == ["use1-az3"]
    (check,) = at(document, "resource aws_vpc this lifecycle precondition")
    assert check["error_message"].endswith("as available, except use1-az3, where EKS has no control plane.")
    assert at(made(), "data aws_availability_zones available exclude_zone_ids") == GONE


def test_eks_gets_the_dns_that_it_needs() -> None:
    vpc = at(made(), "resource aws_vpc this")
    assert (vpc["enable_dns_support"], vpc["enable_dns_hostnames"], vpc["cidr_block"]) == (True, True, "10.0.0.0/16")


def test_load_balancers_find_their_subnets_by_tag() -> None:
    subnets = at(made(), "resource aws_subnet")
    tags = {
        name: {key: value for key, value in body["tags"].items() if key != "Name"} for name, body in subnets.items()
    }
    assert tags == {
        "private_us_west_2a": {"kubernetes.io/role/internal-elb": "1"},
        "private_us_west_2b": {"kubernetes.io/role/internal-elb": "1"},
        "public_us_west_2a": {"kubernetes.io/role/elb": "1"},
        "public_us_west_2b": {"kubernetes.io/role/elb": "1"},
    }


def test_no_subnet_gives_public_addresses() -> None:
    assert {
        name for name, body in at(made(), "resource aws_subnet").items() if "map_public_ip_on_launch" in body
    } == set()


def test_the_default_security_group_is_closed() -> None:
    group = at(made(), "resource aws_default_security_group this")
    assert (group["ingress"], group["egress"], group["vpc_id"]) == ([], [], "${aws_vpc.this.id}")


def test_every_subnet_has_a_route_table_of_its_zone() -> None:
    tables = {
        name: body["route_table_id"]
        for name, body in at(made(secondary_cidr="100.64.0.0/16"), "resource aws_route_table_association").items()
    }
    assert tables == {
        "private_us_west_2a": "${aws_route_table.private_us_west_2a.id}",
        "private_us_west_2b": "${aws_route_table.private_us_west_2b.id}",
        "pods_us_west_2a": "${aws_route_table.private_us_west_2a.id}",
        "pods_us_west_2b": "${aws_route_table.private_us_west_2b.id}",
        "public_us_west_2a": "${aws_route_table.public.id}",
        "public_us_west_2b": "${aws_route_table.public.id}",
    }


@pytest.mark.parametrize(
    ("nat", "gateways", "way_out"),
    [
        ("single", {"us_west_2a"}, {"a": "us_west_2a", "b": "us_west_2a"}),
        ("one_per_zone", {"us_west_2a", "us_west_2b"}, {"a": "us_west_2a", "b": "us_west_2b"}),
    ],
)
def test_private_subnets_go_out_by_nat(nat: str, gateways: set[str], way_out: dict[str, str]) -> None:
    document = made(nat=nat)
    assert set(at(document, "resource aws_nat_gateway")) == gateways
    assert {
        zone: at(document, f"resource aws_route private_us_west_2{zone}_internet nat_gateway_id") for zone in "ab"
    } == {zone: f"${{aws_nat_gateway.{gateway}.id}}" for zone, gateway in way_out.items()}
    for name in gateways:
        gateway = at(document, f"resource aws_nat_gateway {name}")
        assert gateway["subnet_id"] == f"${{aws_subnet.public_{name}.id}}"
        assert gateway["depends_on"] == ["aws_internet_gateway.this"]


def test_without_nat_only_public_subnets_reach_the_internet() -> None:
    document = made(nat="none", interface_endpoints=FULLY_PRIVATE_ENDPOINTS)
    assert at(document, "resource aws_nat_gateway") == GONE
    assert set(at(document, "resource aws_route")) == {"public_internet"}


def test_a_fully_private_network_has_no_way_out_at_all() -> None:
    document = made(nat="none", fully_private=True, interface_endpoints=FULLY_PRIVATE_ENDPOINTS)
    for kind in ("aws_internet_gateway", "aws_route", "aws_eip", "aws_nat_gateway"):
        assert at(document, f"resource {kind}") == GONE, kind
    assert set(at(document, "resource aws_subnet")) == {"private_us_west_2a", "private_us_west_2b"}


def test_pods_get_subnets_of_the_second_block_once_it_is_there() -> None:
    document = made(secondary_cidr="100.64.0.0/16")
    pods = at(document, "resource aws_subnet pods_us_west_2b")
    assert pods["cidr_block"] == "100.64.32.0/19"
    assert pods["depends_on"] == ["aws_vpc_ipv4_cidr_block_association.pods"]
    assert set(pods["tags"]) == {"Name"}, "load balancers must not land there"


def test_a_zone_that_the_account_lacks_fails_the_plan_by_name() -> None:
    document = made()
    assert at(document, "data aws_availability_zones available filter") == [
        {"name": "zone-name", "values": list(ZONES)}
    ]
    assert at(document, "resource aws_vpc this lifecycle precondition") == [
        {
            "condition": "${length(data.aws_availability_zones.available.names) == 2}",
            "error_message": "network.zones: this account cannot use all of us-west-2a, us-west-2b; set zones that "
            "`aws ec2 describe-availability-zones` lists as available.",
        }
    ]
