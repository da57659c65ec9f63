from typing import Any

from modules.network.endpoints import VpcEndpoints
from tests.documents import GONE, at, bare_stack, synthesized


def made(gateway: tuple[str, ...] = (), interface: tuple[str, ...] = ()) -> dict[str, Any]:
    stack = bare_stack()
    VpcEndpoints(
        stack,
        "endpoints",
        platform_name="prod",
        vpc_id="vpc-1",
        vpc_cidrs=["10.0.0.0/16", "100.64.0.0/16"],
        route_table_ids=["rtb-1", "rtb-2"],
        subnet_ids=["subnet-1", "subnet-2"],
        gateway_services=gateway,
        interface_services=interface,
    )
    return synthesized(stack)


def test_a_gateway_endpoint_is_in_every_private_route_table() -> None:
    document = made(gateway=("s3",))
    assert at(document, "resource aws_vpc_endpoint s3") == {
        "route_table_ids": ["rtb-1", "rtb-2"],
        "service_name": "${data.aws_vpc_endpoint_service.s3.service_name}",
        "tags": {"Name": "prod-s3"},
        "vpc_endpoint_type": "Gateway",
        "vpc_id": "vpc-1",
    }
    assert at(document, "resource aws_security_group") == GONE


def test_an_interface_endpoint_answers_under_the_services_own_name() -> None:
    endpoint = at(made(interface=("ecr.api",)), "resource aws_vpc_endpoint ecr_api")
    assert endpoint["private_dns_enabled"] is True
    assert endpoint["subnet_ids"] == ["subnet-1", "subnet-2"]
    assert endpoint["security_group_ids"] == ["${aws_security_group.vpc_endpoints.id}"]


def test_names_of_services_are_read_from_aws_since_partitions_differ() -> None:
    assert at(made(interface=("ecr.api",)), "data aws_vpc_endpoint_service ecr_api") == {
        "service": "ecr.api",
        "service_type": "Interface",
    }


def test_interface_endpoints_let_in_https_from_the_vpc_and_nothing_else() -> None:
    document = made(interface=("sts", "ecr.api"))
    assert {
        (rule["cidr_ipv4"], rule["ip_protocol"], rule["from_port"], rule["to_port"])
        for rule in at(document, "resource aws_vpc_security_group_ingress_rule").values()
    } == {("10.0.0.0/16", "tcp", 443, 443), ("100.64.0.0/16", "tcp", 443, 443)}
    assert at(document, "resource aws_vpc_security_group_egress_rule") == GONE
    assert set(at(document, "resource aws_security_group vpc_endpoints")) == {"description", "name", "tags", "vpc_id"}


def test_without_services_nothing_is_made() -> None:
    assert made() == {}
