import re
from ipaddress import IPv4Network
from typing import Any

import pytest

from modules.cluster.security_groups import CLUSTER_GROUP_RULES, RULES, ClusterSecurityGroups, Rule
from tests.documents import GONE, at, bare_stack, synthesized

AWS_TAKES = re.compile(r"[\w .:/()#,@\[\]+=&;{}!$*-]{0,255}", re.ASCII)
"""Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRuleDescription.html"""


def written(*rules: Rule, allow_ingress: tuple[str, ...] = (), out: bool = False) -> dict[str, Any]:
    stack = bare_stack()
    groups = ClusterSecurityGroups(stack, "groups", platform_name="prod", vpc_id="vpc-1", node_groups=True)
    groups.ids["cluster_group"] = "sg-cluster"
    groups.allow(rules)
    groups.allow_ingress([IPv4Network(cidr) for cidr in allow_ingress])
    if out:
        groups.allow_egress()
    return synthesized(stack)


def test_the_control_plane_reaches_exactly_the_ports_of_the_webhooks() -> None:
    ports = [(rule.port, rule.protocol) for rule in RULES if (rule.source, rule.target) == ("control_plane", "nodes")]
    assert ports == [(443, "tcp"), (4443, "tcp"), (8443, "tcp"), (9443, "tcp"), (10250, "tcp"), (15017, "tcp")]


def test_nothing_else_is_open() -> None:
    others = {(rule.source, rule.target, rule.port) for rule in RULES if rule.source != "control_plane"}
    assert others == {
        ("nodes", "control_plane", 443),
        ("nodes", "nodes", None),
        ("load_balancer", "nodes", 8080),
        ("load_balancer", "nodes", 15021),
    }
    assert {(rule.source, rule.target, rule.port) for rule in CLUSTER_GROUP_RULES} == {
        ("cluster_group", "nodes", None),
        ("nodes", "cluster_group", None),
        ("load_balancer", "cluster_group", 8080),
        ("load_balancer", "cluster_group", 15021),
    }


def test_a_rule_is_an_opening_at_its_target() -> None:
    assert at(written(RULES[6]), "resource aws_vpc_security_group_ingress_rule") == {
        "control_plane_to_nodes_15017": {
            "description": "injection and validation webhooks of istiod",
            "from_port": 15017,
            "ip_protocol": "tcp",
            "referenced_security_group_id": "${aws_security_group.control_plane.id}",
            "security_group_id": "${aws_security_group.nodes.id}",
            "to_port": 15017,
        }
    }


def test_a_group_without_a_way_out_gets_one_for_each_rule() -> None:
    assert at(written(RULES[8]), "resource aws_vpc_security_group_egress_rule") == {
        "load_balancer_to_nodes_8080": {
            "description": "HTTP to the pods of the ingress gateway",
            "from_port": 8080,
            "ip_protocol": "tcp",
            "referenced_security_group_id": "${aws_security_group.nodes.id}",
            "security_group_id": "${aws_security_group.load_balancer.id}",
            "to_port": 8080,
        }
    }


def test_control_plane_and_load_balancer_go_out_to_their_targets_and_nowhere_else() -> None:
    """A group made by Terraform has no way out at all until a rule gives it one."""
    ways = {
        (
            rule["security_group_id"].split(".")[1],
            rule["referenced_security_group_id"].split(".")[1],
            rule.get("from_port"),
        )
        for rule in at(written(*RULES), "resource aws_vpc_security_group_egress_rule").values()
    }
    assert ways == {
        *(("control_plane", "nodes", port) for port in (443, 4443, 8443, 9443, 10250, 15017)),
        *(("load_balancer", "nodes", port) for port in (8080, 15021)),
        ("nodes", "nodes", None),
    }


def test_only_nodes_reach_everything() -> None:
    document = written(*RULES, *CLUSTER_GROUP_RULES, out=True)
    anywhere = {
        name: rule["security_group_id"]
        for name, rule in at(document, "resource aws_vpc_security_group_egress_rule").items()
        if "cidr_ipv4" in rule
    }
    assert anywhere == {"nodes_to_anywhere": "${aws_security_group.nodes.id}"}


def test_all_traffic_has_no_ports() -> None:
    rule = at(written(RULES[7]), "resource aws_vpc_security_group_ingress_rule nodes_to_nodes_all")
    assert rule["ip_protocol"] == "-1"
    assert {"from_port", "to_port"} & set(rule) == set()


def test_nodes_let_all_traffic_in_from_and_out_to_their_own_group() -> None:
    """EFA passes only where both rules exist; the egress rule for 0.0.0.0/0 does not cover it."""
    document = written(RULES[7], out=True)
    for direction in ("ingress", "egress"):
        assert at(document, f"resource aws_vpc_security_group_{direction}_rule nodes_to_nodes_all") == {
            "description": RULES[7].reason,
            "ip_protocol": "-1",
            "referenced_security_group_id": "${aws_security_group.nodes.id}",
            "security_group_id": "${aws_security_group.nodes.id}",
        }


def test_an_egress_rule_of_the_nodes_is_not_repeated_where_they_may_go_out_anyway() -> None:
    assert at(written(RULES[0]), "resource aws_vpc_security_group_egress_rule") == GONE


def test_nothing_comes_in_from_an_address_unless_settings_let_it_in() -> None:
    assert {
        name
        for name, rule in at(written(*RULES, out=True), "resource aws_vpc_security_group_ingress_rule").items()
        if "cidr_ipv4" in rule
    } == set()
    document = written(allow_ingress=("172.16.0.0/12", "10.0.0.0/8", "10.0.0.0/8"))
    rules = at(document, "resource aws_vpc_security_group_ingress_rule")
    assert set(rules) == {"control_plane_from_10_0_0_0_8", "control_plane_from_172_16_0_0_12"}
    assert rules["control_plane_from_10_0_0_0_8"] == {
        "cidr_ipv4": "10.0.0.0/8",
        "description": "private API endpoint",
        "from_port": 443,
        "ip_protocol": "tcp",
        "security_group_id": "${aws_security_group.control_plane.id}",
        "to_port": 443,
    }


def test_a_network_of_two_groups_is_let_in_to_ssh_once() -> None:
    """AWS refuses a second rule of the same group, port and network."""
    stack = bare_stack()
    groups = ClusterSecurityGroups(stack, "groups", platform_name="prod", vpc_id="vpc-1", node_groups=True)
    groups.let_ssh_in([IPv4Network("10.1.0.0/16"), IPv4Network("10.2.0.0/16"), IPv4Network("10.1.0.0/16")])
    rules = at(synthesized(stack), "resource aws_vpc_security_group_ingress_rule")
    assert set(rules) == {"nodes_ssh_10_1_0_0_16", "nodes_ssh_10_2_0_0_16"}
    assert rules["nodes_ssh_10_1_0_0_16"] == {
        "cidr_ipv4": "10.1.0.0/16",
        "description": "SSH to nodes of the groups that have a key",
        "from_port": 22,
        "ip_protocol": "tcp",
        "security_group_id": "${aws_security_group.nodes.id}",
        "to_port": 22,
    }


@pytest.mark.parametrize("rule", [*RULES, *CLUSTER_GROUP_RULES], ids=lambda rule: rule.name)
def test_reasons_are_of_characters_that_aws_takes(rule: Rule) -> None:
    assert AWS_TAKES.fullmatch(rule.reason)
    assert len(rule.reason) > 15


def test_names_of_rules_are_unique() -> None:
    names = [rule.name for rule in (*RULES, *CLUSTER_GROUP_RULES)]
    assert len(names) == len(set(names))


def test_a_udp_rule_is_named_so() -> None:
    assert Rule("nodes", "nodes", 53, "DNS", "udp").name == "nodes_to_nodes_53_udp"
