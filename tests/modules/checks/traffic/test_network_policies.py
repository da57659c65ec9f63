"""What NetworkPolicies mean: a table of the cases that a conformant network plugin is tested for, and properties."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.checks.traffic.cluster import Pod, Port
from modules.checks.traffic.network_policies import Peer, decide
from modules.kubeflow.manifest import Object
from tests.modules.checks.traffic.pods import pod, policy

WEB = {"app": "web"}
NAMESPACES = {name: {"kubernetes.io/metadata.name": name, "team": name} for name in ("a", "b", "c")}
IN_A: dict[str, Any] = {"podSelector": {}}
IN_B: dict[str, Any] = {"namespaceSelector": {"matchLabels": {"team": "b"}}}


def ingress(*policies: Object, target: Pod, source: Pod | str, port: int = 80, protocol: str = "TCP") -> bool:
    """Whether a pod of namespace a takes a connection from a pod or an address."""
    peer = Peer(address=source) if isinstance(source, str) else Peer(source, NAMESPACES[source.namespace])
    return decide(policies, "Ingress", target, peer, port, protocol).open


def let(*sources: dict[str, Any], ports: list[dict[str, Any]] | None = None, **spec: Any) -> Object:
    """A policy that lets in some peers, at some ports."""
    rule: dict[str, Any] = {"from": list(sources)} if sources else {}
    return policy(ingress=[{**rule, "ports": ports} if ports else rule], **spec)


WEB_POD = pod(labels=WEB)
CLIENT_A, CLIENT_B, CLIENT_C = (pod(name, labels={"role": "client"}) for name in ("a", "b", "c"))
CASES: list[tuple[str, list[Object], dict[str, Any], bool]] = [
    ("no policy at all", [], {"source": CLIENT_B}, True),
    ("deny all: a policy without rules", [policy()], {"source": CLIENT_A}, False),
    ("deny all: an empty list of rules", [policy(ingress=[])], {"source": CLIENT_A}, False),
    ("allow all: one empty rule", [policy(ingress=[{}])], {"source": CLIENT_B}, True),
    ("an empty list of peers is every peer", [policy(ingress=[{"from": []}])], {"source": "198.51.100.7"}, True),
    ("allow all beside deny all", [policy(), policy("open", ingress=[{}])], {"source": CLIENT_B}, True),
    ("a policy that selects other pods", [policy(podSelector={"matchLabels": {"app": "db"}})], {"source": CLIENT_B}, True),
    ("a policy that selects by expression", [policy(podSelector={"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]})], {"source": CLIENT_A}, False),
    ("pods of the same namespace", [let(IN_A)], {"source": CLIENT_A}, True),
    ("a podSelector alone means the policy's namespace", [let(IN_A)], {"source": CLIENT_B}, False),
    ("pods by label", [let({"podSelector": {"matchLabels": {"role": "client"}}})], {"source": CLIENT_A}, True),
    ("pods by another label", [let({"podSelector": {"matchLabels": {"role": "server"}}})], {"source": CLIENT_A}, False),
    ("pods by expression", [let({"podSelector": {"matchExpressions": [{"key": "role", "operator": "Exists"}]}})], {"source": CLIENT_A}, True),
    ("pods without a label", [let({"podSelector": {"matchExpressions": [{"key": "role", "operator": "DoesNotExist"}]}})], {"source": CLIENT_A}, False),
    ("NotIn holds where the label is missing", [let({"podSelector": {"matchExpressions": [{"key": "x", "operator": "NotIn", "values": ["y"]}]}})], {"source": CLIENT_A}, True),
    ("a namespace by label", [let(IN_B)], {"source": CLIENT_B}, True),
    ("another namespace", [let(IN_B)], {"source": CLIENT_C}, False),
    ("a namespace by the label that every namespace has", [let({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "c"}}})], {"source": CLIENT_C}, True),
    ("all namespaces", [let({"namespaceSelector": {}})], {"source": CLIENT_C}, True),
    ("namespace AND pod: both hold", [let({**IN_B, "podSelector": {"matchLabels": {"role": "client"}}})], {"source": CLIENT_B}, True),
    ("namespace AND pod: the pod does not", [let({**IN_B, "podSelector": {"matchLabels": {"role": "server"}}})], {"source": CLIENT_B}, False),
    ("namespace OR pod: two peers", [let(IN_B, {"podSelector": {"matchLabels": {"role": "client"}}})], {"source": CLIENT_A}, True),
    ("a namespace by expression", [let({"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "NotIn", "values": ["b"]}]}})], {"source": CLIENT_B}, False),
    ("a port by number", [let(ports=[{"port": 80}])], {"source": CLIENT_B}, True),
    ("another port", [let(ports=[{"port": 81}])], {"source": CLIENT_B}, False),
    ("one of several ports", [let(ports=[{"port": 81}, {"port": 80}])], {"source": CLIENT_B}, True),
    ("a port by name", [let(ports=[{"port": "web"}])], {"source": CLIENT_B}, True),
    ("a name that the pod does not have", [let(ports=[{"port": "admin"}])], {"source": CLIENT_B}, False),
    ("a name of another protocol", [let(ports=[{"port": "dns"}])], {"source": CLIENT_B, "port": 53}, False),
    ("a name of the rule's protocol", [let(ports=[{"port": "dns", "protocol": "UDP"}])], {"source": CLIENT_B, "port": 53, "protocol": "UDP"}, True),
    ("TCP where no protocol is said", [let(ports=[{"port": 80}])], {"source": CLIENT_B, "protocol": "UDP"}, False),
    ("SCTP", [let(ports=[{"port": 80, "protocol": "SCTP"}])], {"source": CLIENT_B, "protocol": "SCTP"}, True),
    ("every port of a protocol", [let(ports=[{"protocol": "UDP"}])], {"source": CLIENT_B, "port": 53, "protocol": "UDP"}, True),
    ("a range: its first port", [let(ports=[{"port": 80, "endPort": 90}])], {"source": CLIENT_B}, True),
    ("a range: its last port", [let(ports=[{"port": 70, "endPort": 80}])], {"source": CLIENT_B}, True),
    ("a range: beside it", [let(ports=[{"port": 81, "endPort": 90}])], {"source": CLIENT_B}, False),
    ("peer and port of one rule", [let(IN_B, ports=[{"port": 80}])], {"source": CLIENT_A}, False),
    ("peer of one rule, port of another", [policy(ingress=[{"from": [IN_B]}, {"ports": [{"port": 81}]}])], {"source": CLIENT_A}, False),
    ("either rule", [policy(ingress=[{"from": [IN_B]}, {"ports": [{"port": 80}]}])], {"source": CLIENT_A}, True),
    ("two policies add up", [let(IN_B), let(IN_A)], {"source": CLIENT_A}, True),
    ("an address in a block", [let({"ipBlock": {"cidr": "198.51.100.0/24"}})], {"source": "198.51.100.7"}, True),
    ("an address in an exception", [let({"ipBlock": {"cidr": "198.51.100.0/24", "except": ["198.51.100.0/28"]}})], {"source": "198.51.100.7"}, False),
    ("an exception of one block, another block", [let({"ipBlock": {"cidr": "198.51.100.0/24", "except": ["198.51.100.0/28"]}}, {"ipBlock": {"cidr": "198.51.100.7/32"}})], {"source": "198.51.100.7"}, True),
    ("an address outside of the cluster is no pod", [let({"namespaceSelector": {}})], {"source": "198.51.100.7"}, False),
    ("a pod's address in a block", [let({"ipBlock": {"cidr": "10.0.0.0/8"}})], {"source": pod("b", address="10.1.2.3")}, True),
    ("an address that is not known is in no smaller block", [let({"ipBlock": {"cidr": "10.0.0.0/8"}})], {"source": CLIENT_B}, False),
    ("a policy for egress says nothing of ingress", [policy(policyTypes=["Egress"])], {"source": CLIENT_B}, True),
    ("a policy with egress rules is about ingress, too", [policy(egress=[{}])], {"source": CLIENT_B}, False),
    ("both directions", [policy(policyTypes=["Ingress", "Egress"], ingress=[{}])], {"source": CLIENT_B}, True),
    ("ingress rules of an egress policy do not count", [policy(policyTypes=["Egress"], ingress=[{"from": [IN_A]}])], {"source": CLIENT_B}, True),
    ("a pod on its node's network is no pod of a selector", [let(IN_A)], {"source": pod("a", host_network=True)}, False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "policies", "connection", "expected"), CASES, ids=[case[0] for case in CASES])
def test_ingress(name: str, policies: list[Object], connection: dict[str, Any], expected: bool) -> None:
    assert ingress(*policies, target=WEB_POD, **connection) is expected, name


@pytest.mark.parametrize(
    ("policies", "peer", "port", "expected"),
    [
        ([], Peer(CLIENT_B, NAMESPACES["b"]), 80, True),
        ([policy(policyTypes=["Ingress"])], Peer(CLIENT_B, NAMESPACES["b"]), 80, True),
        ([policy(policyTypes=["Egress"])], Peer(CLIENT_B, NAMESPACES["b"]), 80, False),
        ([policy(egress=[])], Peer(CLIENT_B, NAMESPACES["b"]), 80, True),
        ([policy(egress=[{"to": [IN_B]}])], Peer(CLIENT_B, NAMESPACES["b"]), 80, True),
        ([policy(egress=[{"to": [IN_B]}])], Peer(CLIENT_C, NAMESPACES["c"]), 80, False),
        ([policy(egress=[{"to": [IN_B], "ports": [{"port": "web"}]}])], Peer(CLIENT_B, NAMESPACES["b"]), 80, True),
        ([policy(egress=[{"to": [IN_B], "ports": [{"port": "web"}]}])], Peer(CLIENT_B, NAMESPACES["b"]), 81, False),
        ([policy(egress=[{"ports": [{"port": "web"}]}])], Peer(address="198.51.100.7"), 80, False),
        ([policy(egress=[{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}])], Peer(address="198.51.100.7"), 80, True),
        ([policy(egress=[{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}])], Peer(CLIENT_B, NAMESPACES["b"]), 80, True),
        ([policy(egress=[{"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}]}])], Peer(CLIENT_B, NAMESPACES["b"]), 80, False),
    ],
)  # fmt: skip
def test_egress(policies: list[Object], peer: Peer, port: int, expected: bool) -> None:
    assert decide(policies, "Egress", CLIENT_A, peer, port).open is expected


def test_the_deciding_policy_is_named() -> None:
    peer = Peer(CLIENT_B, NAMESPACES["b"])
    assert decide([], "Ingress", WEB_POD, peer, 80).rule == "no policy selects the pod"
    assert decide([policy("deny")], "Ingress", WEB_POD, peer, 80).rule == "NetworkPolicy a/deny"
    named = decide([policy("deny"), let(IN_B, name="let-b")], "Ingress", WEB_POD, peer, 80)
    assert (named.open, named.rule) == (True, "NetworkPolicy a/let-b")
    host = pod(labels=WEB, host_network=True)
    assert decide([policy("deny")], "Ingress", host, peer, 80).open


LABELS = st.dictionaries(st.sampled_from(["app", "role"]), st.sampled_from(["web", "client"]), max_size=2)
EXPRESSIONS = st.builds(
    lambda key, operator, value: {
        "key": key,
        "operator": operator,
        **({"values": [value]} if "In" in operator else {}),
    },
    st.sampled_from(["app", "role"]),
    st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist"]),
    st.sampled_from(["web", "client"]),
)
SELECTORS = st.one_of(
    st.builds(lambda labels: {"matchLabels": labels}, LABELS),
    st.builds(lambda one: {"matchExpressions": [one]}, EXPRESSIONS),
)
PEERS = st.one_of(
    st.builds(lambda one: {"podSelector": one}, SELECTORS),
    st.builds(lambda team: {"namespaceSelector": {"matchLabels": {"team": team}}}, st.sampled_from("abc")),
    st.builds(lambda block: {"ipBlock": {"cidr": block}}, st.sampled_from(["0.0.0.0/0", "10.0.0.0/8"])),
)
PORTS = st.sampled_from([{"port": 80}, {"port": "web"}, {"port": 70, "endPort": 90}, {"protocol": "UDP"}])
RULES = st.fixed_dictionaries(
    {}, optional={"from": st.lists(PEERS, max_size=2), "ports": st.lists(PORTS, min_size=1, max_size=2)}
)
POLICIES = st.builds(
    lambda name, selector, rules: policy(name, podSelector=selector, ingress=rules),
    st.sampled_from(["one", "two", "three"]),
    SELECTORS,
    st.lists(RULES, max_size=2),
)
PODS = st.builds(lambda namespace, labels: pod(namespace, labels=labels), st.sampled_from("abc"), LABELS)


@given(policies=st.lists(POLICIES, max_size=3), target=LABELS, source=PODS, rule=RULES, port=st.sampled_from([80, 53]))
def test_one_more_rule_never_closes(
    policies: list[Object], target: dict[str, str], source: Pod, rule: dict[str, Any], port: int
) -> None:
    reached = pod(labels=target)
    for number, one in enumerate(policies):
        wider = [*policies]
        wider[number] = policy(one["metadata"]["name"], **{**one["spec"], "ingress": [*one["spec"]["ingress"], rule]})
        before = ingress(*policies, target=reached, source=source, port=port)
        assert ingress(*wider, target=reached, source=source, port=port) >= before


@given(policies=st.lists(POLICIES, min_size=1, max_size=3), more=POLICIES, target=LABELS, source=PODS)
def test_one_more_policy_never_closes_what_another_lets_in(
    policies: list[Object], more: Object, target: dict[str, str], source: Pod
) -> None:
    reached = pod(labels=target)
    peer = Peer(source, NAMESPACES[source.namespace])
    before = decide(policies, "Ingress", reached, peer, 80)
    if before.open and before.rule != "no policy selects the pod":
        assert decide([*policies, more], "Ingress", reached, peer, 80).open


@given(policies=st.lists(POLICIES, max_size=4), order=st.randoms(use_true_random=False), target=LABELS, source=PODS)
def test_the_order_of_policies_does_not_matter(
    policies: list[Object], order: Any, target: dict[str, str], source: Pod
) -> None:
    turned = [*policies]
    order.shuffle(turned)
    reached = pod(labels=target)
    assert ingress(*policies, target=reached, source=source) is ingress(*turned, target=reached, source=source)


@given(target=LABELS, source=PODS, port=st.integers(1, 65535), protocol=st.sampled_from(["TCP", "UDP", "SCTP"]))
def test_a_pod_without_a_policy_is_open(target: dict[str, str], source: Pod, port: int, protocol: str) -> None:
    assert ingress(target=pod(labels=target), source=source, port=port, protocol=protocol)


def test_a_range_of_ports_has_no_names() -> None:
    many = pod(ports=(Port(8080, "TCP", "web"),), labels=WEB)
    assert ingress(let(ports=[{"port": "web"}]), target=many, source=CLIENT_B, port=8080)
    assert not ingress(let(ports=[{"port": "web"}]), target=many, source=CLIENT_B, port=80)
