"""Ports that webhooks need on another's nodes."""

from collections.abc import Sequence
from typing import Any, get_args

import pytest

from modules.cluster.security_groups import RULES
from modules.cluster.webhook_ports import WEBHOOK_PORTS, WebhookPorts
from modules.settings.cluster import WebhookPort
from tests.documents import bare_stack, synthesized

GROUP = "sg-0123456789abcdef0"


def made(add: Sequence[int]) -> tuple[dict[str, Any], str]:
    """The document, and the message of the check."""
    stack = bare_stack()
    ports = WebhookPorts(
        stack,
        "ports",
        cluster_data="data.aws_eks_cluster.this",
        node_security_group_id=GROUP,
        node_security_group_ids=[GROUP, "sg-0123456789abcdef1"],
        add=add,
    )
    return synthesized(stack), ports.condition[1]


def test_settings_offer_the_ports_of_clusters_made_here() -> None:
    asked = {rule.port for rule in RULES if (rule.source, rule.target) == ("control_plane", "nodes")}
    assert set(WEBHOOK_PORTS) == asked - {443, None}
    assert get_args(WebhookPort) == WEBHOOK_PORTS


def test_without_a_port_to_open_nothing_is_made_and_each_is_looked_for() -> None:
    document, message = made(())
    assert "resource" not in document
    assert str(list(WEBHOOK_PORTS)) in document["locals"]["missing_webhook_ports"]
    assert f"cluster.node_security_group_id: the security group {GROUP} of the nodes" in message
    (filter_,) = document["data"]["aws_vpc_security_group_rules"]["nodes"]["filter"]
    assert filter_["values"] == [GROUP, "sg-0123456789abcdef1"]


@pytest.mark.parametrize("port", WEBHOOK_PORTS)
def test_a_port_that_is_opened_lets_the_control_plane_in_and_is_not_missed(port: int) -> None:
    document, _ = made((port,))
    (rule,) = document["resource"]["aws_vpc_security_group_ingress_rule"].values()
    assert (rule["from_port"], rule["to_port"], rule["security_group_id"]) == (port, port, GROUP)
    assert rule["referenced_security_group_id"].endswith(".cluster_security_group_id}")
    assert str([one for one in WEBHOOK_PORTS if one != port]) in document["locals"]["missing_webhook_ports"]
