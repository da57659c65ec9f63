"""The target group, and the object that binds the gateway's pods to it."""

import pytest

from modules.cluster.security_groups import RULES
from modules.exposure.target_group import GATEWAY_PORT, STATUS_PORT
from modules.kubeflow.manifest import Object, load
from modules.kubeflow.selection import OBJECTS
from modules.settings import ExistingLoadBalancer
from modules.text import render
from tests.documents import GONE, at
from tests.modules.exposure.exposed import HOST, LISTENER, MODELS, THEIRS, exposed


@pytest.mark.parametrize("settings", [None, THEIRS])
def test_a_new_group_exists_before_the_old_one_is_deleted(settings: ExistingLoadBalancer | None) -> None:
    """A listener's group cannot be deleted, and two groups cannot have one name."""
    group = at(exposed(settings), "resource aws_lb_target_group gateway")
    assert group["lifecycle"] == {"create_before_destroy": True}
    assert (group["name_prefix"], "name" in group) == ("kf-", False)
    assert len(group["name_prefix"]) <= 6, "AWS's names have 32 characters, 26 of them are Terraform's"
    assert (group["target_type"], group["protocol"], group["port"]) == ("ip", "HTTP", GATEWAY_PORT)
    assert (group["health_check"]["port"], group["health_check"]["path"]) == (str(STATUS_PORT), "/healthz/ready")


def test_the_cluster_stack_opens_the_same_ports() -> None:
    ports = {rule.port for rule in RULES if (rule.source, rule.target) == ("load_balancer", "nodes")}
    assert ports == {GATEWAY_PORT, STATUS_PORT}


def gateway_objects(cidrs: list[str]) -> list[Object]:
    """The objects of the release `gateway-target-group`; empty: where the load balancer's addresses are is not known."""
    api = "elbv2.k8s.aws/v1beta1"
    return load(render(OBJECTS / "gateway-target-group.yaml.j2", load_balancer_cidrs=cidrs, target_group_api=api))


def test_the_binding_leaves_security_groups_alone_and_is_another_object_for_another_group() -> None:
    """The controller's webhook refuses a binding whose ARN changes.

    Source: https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/webhooks/elbv2/targetgroupbinding_validator.go
    """
    binding, _ = gateway_objects([])
    assert binding["metadata"] == {"name": "@@target_group_name@@", "namespace": "istio-system"}
    assert binding["spec"] == {
        "targetGroupARN": "@@target_group_arn@@",
        "targetType": "ip",
        "serviceRef": {"name": "istio-ingressgateway", "port": 80},
    }


def test_auto_mode_may_register_targets_only_in_a_group_with_the_tag_of_its_cluster() -> None:
    """As its managed policy compares the group's tag with that of the cluster's role."""
    group = at(exposed(context={"auto_mode_cluster": "prod"}), "resource aws_lb_target_group gateway")
    assert group["tags"] == {"eks:eks-cluster-name": "prod"}
    assert at(exposed(), "resource aws_lb_target_group gateway tags") == GONE


@pytest.mark.parametrize("cidrs", [[], ["10.0.0.0/20", "10.0.16.0/20"]])
def test_the_gateway_is_open_to_the_load_balancer_alone_where_its_addresses_are_known(cidrs: list[str]) -> None:
    """On the two ports that the security groups open; no selector matches addresses outside of the cluster."""
    _, policy = gateway_objects(cidrs)
    assert (policy["kind"], policy["metadata"]["namespace"]) == ("NetworkPolicy", "istio-system")
    assert policy["spec"]["podSelector"] == {"matchLabels": {"istio": "ingressgateway"}}
    (rule,) = policy["spec"]["ingress"]
    assert rule.pop("ports") == [{"port": port, "protocol": "TCP"} for port in (GATEWAY_PORT, STATUS_PORT)]
    assert rule == ({"from": [{"ipBlock": {"cidr": cidr}} for cidr in cidrs]} if cidrs else {})


def test_an_existing_load_balancer_gets_one_rule_and_is_looked_up() -> None:
    document = exposed(THEIRS, context={"balancer_group_id": None, "pod_group_ids": {"nodes": "sg-nodes"}})
    rule = at(document, "resource aws_lb_listener_rule gateway")
    assert (rule["listener_arn"], rule["priority"]) == (LISTENER, 100)
    assert rule["condition"] == [{"host_header": {"values": [HOST, f"*.{MODELS}"]}}]
    assert (
        at(document, "data aws_lb_listener https lifecycle postcondition 0 condition") == '${self.protocol == "HTTPS"}'
    )
    assert at(document, "resource aws_lb") == at(document, "resource aws_lb_listener") == GONE
    ingress = at(document, "resource aws_vpc_security_group_ingress_rule load_balancer_to_nodes_8080")
    assert ingress["referenced_security_group_id"] == "sg-0123456789abcdef9"
