"""Security groups of a platform's JSON: which party reaches which at what port."""

from typing import Any

import pytest

from modules.checks.traffic.cluster import Cluster
from modules.checks.traffic.security_groups import allowed, group_name, rules
from modules.checks.traffic.verdict import API_SERVER, Flow, SecurityGroups, judge
from tests.modules.checks.traffic.pods import pod, policy

NODES, CONTROL_PLANE = "${aws_security_group.nodes.id}", "${aws_security_group.control_plane.id}"


def document(*ports: int, egress: bool = True) -> dict[str, Any]:
    def rule(group: str, other: str, port: int) -> dict[str, Any]:
        return {
            "security_group_id": group,
            "referenced_security_group_id": other,
            "ip_protocol": "tcp",
            "from_port": port,
            "to_port": port,
        }

    resource: dict[str, Any] = {
        "aws_vpc_security_group_ingress_rule": {f"in_{port}": rule(NODES, CONTROL_PLANE, port) for port in ports}
    }
    if egress:
        resource["aws_vpc_security_group_egress_rule"] = {
            f"out_{port}": rule(CONTROL_PLANE, NODES, port) for port in ports
        }
    return {"resource": resource}


@pytest.mark.parametrize(
    ("made", "port", "expected", "said"),
    [
        (document(9443), 9443, True, "egress_rule.out_9443, aws_vpc_security_group_ingress_rule.in_9443"),
        (document(9443), 9444, False, "no rule of group nodes allows ingress from control_plane on 9444"),
        (document(9443, egress=False), 9443, False, "no rule of group control_plane allows egress to nodes on 9443"),
    ],
)
def test_both_groups_must_let_it_pass(made: dict[str, Any], port: int, expected: bool, said: str) -> None:
    passes, why = allowed(rules([made]), "control_plane", "nodes", port)
    assert passes is expected
    assert why.endswith(said)


def test_a_rule_for_all_is_for_each_port_and_a_block_of_all_is_a_way_out() -> None:
    everything = {
        "resource": {
            "aws_vpc_security_group_ingress_rule": {
                "all": {"security_group_id": NODES, "referenced_security_group_id": NODES, "ip_protocol": "-1"}
            },
            "aws_vpc_security_group_egress_rule": {
                "out": {"security_group_id": NODES, "cidr_ipv4": "0.0.0.0/0", "ip_protocol": "-1"}
            },
        }
    }
    found = list(rules([everything]))
    assert allowed(found, "nodes", "nodes", 53, "udp")[0]
    assert not allowed(found, "control_plane", "nodes", 443)[0]


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        (NODES, "nodes"),
        ("${aws_eks_cluster.this.vpc_config[0].cluster_security_group_id}", "cluster_group"),
        ("${data.terraform_remote_state.cluster.outputs.node_security_group_id}", "node"),
        ("sg-0123456789abcdef0", "sg-0123456789abcdef0"),
    ],
)
def test_groups_have_names(expression: str, name: str) -> None:
    assert group_name(expression) == name


def test_a_closed_group_closes_the_flow() -> None:
    cluster = Cluster([policy(ingress=[{}])])
    flow = Flow(API_SERVER, pod(), 9443, "webhook")
    for port, expected in ((9443, True), (8443, False)):
        security_groups = SecurityGroups(tuple(rules([document(port)])), ("nodes",))
        assert judge(flow, cluster, security_groups).open is expected
    assert judge(flow, cluster, SecurityGroups((), ("cluster_group",))).open, (
        "the control plane is in the cluster security group"
    )
    assert judge(flow, cluster).open, "groups of another's cluster are not known"
