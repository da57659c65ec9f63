"""What Istio's policies mean at the pod that is reached, and what a caller's sidecar says of itself."""

from typing import Any

import pytest

from modules.checks.traffic.cluster import Cluster
from modules.checks.traffic.istio import Call, Request, authorize, decide, mtls_mode
from modules.checks.traffic.outbound import knows, speaks, tls_mode
from modules.checks.traffic.verdict import API_SERVER, Flow, judge
from modules.kubeflow.manifest import Object
from tests.modules.checks.traffic.pods import pod, policy

GATEWAY = "cluster.local/ns/istio-system/sa/gateway"
WEB = {"app": "web"}
TARGET = pod(labels=WEB, sidecar=True)


def security(kind: str, name: str, namespace: str = "a", **spec: Any) -> Object:
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def networking(kind: str, name: str, namespace: str = "a", **spec: Any) -> Object:
    return {**security(kind, name, namespace, **spec), "apiVersion": "networking.istio.io/v1"}


def authorization(*rules: dict[str, Any], name: str = "policy", namespace: str = "a", **spec: Any) -> Object:
    return security("AuthorizationPolicy", name, namespace, **({"rules": list(rules)} if rules else {}), **spec)


def source(**fields: list[str]) -> dict[str, Any]:
    return {"from": [{"source": fields}]}


def operation(**fields: list[str]) -> dict[str, Any]:
    return {"to": [{"operation": fields}]}


def when(key: str, **values: list[str]) -> dict[str, Any]:
    return {"when": [{"key": key, **values}]}


HTTP = Call(GATEWAY, "istio-system", 80, request=Request("/api/x", "GET", "web.a", {"User": "ada"}, "issuer/ada"))
TCP = Call(GATEWAY, "istio-system", 80)
NOBODY = Call(None, None, 80, address="10.1.2.3", request=Request("/"))


@pytest.mark.parametrize(
    ("policies", "call", "expected"),
    [
        ([], TCP, True),
        ([authorization()], HTTP, False),  # an ALLOW policy without rules matches nothing
        ([authorization({})], NOBODY, True),
        ([authorization(source(principals=[GATEWAY]))], HTTP, True),
        ([authorization(source(principals=["*"]))], HTTP, True),
        ([authorization(source(principals=["*"]))], NOBODY, False),
        ([authorization(source(principals=["*/sa/gateway"]))], HTTP, True),
        ([authorization(source(principals=["cluster.local/ns/b/*"]))], HTTP, False),
        ([authorization(source(notPrincipals=[GATEWAY]))], HTTP, False),
        ([authorization(source(notPrincipals=[GATEWAY]))], NOBODY, True),
        ([authorization(source(namespaces=["istio-system"]))], HTTP, True),
        ([authorization(source(namespaces=["istio-system"]))], NOBODY, False),
        ([authorization(source(serviceAccounts=["istio-system/gateway"]))], HTTP, True),
        ([authorization(source(serviceAccounts=["istio-system/other"]))], HTTP, False),
        ([authorization(source(requestPrincipals=["issuer/*"]))], HTTP, True),
        ([authorization(source(requestPrincipals=["*"]))], NOBODY, False),
        ([authorization(source(ipBlocks=["10.1.0.0/16"]))], NOBODY, True),
        ([authorization(source(ipBlocks=["10.2.0.0/16"]))], NOBODY, False),
        ([authorization(source(notIpBlocks=["10.1.0.0/16"]))], NOBODY, False),
        ([authorization(operation(paths=["/api/*"]))], HTTP, True),
        ([authorization(operation(paths=["*/x"], methods=["GET"]))], HTTP, True),
        ([authorization(operation(paths=["*/x"], methods=["POST"]))], HTTP, False),
        ([authorization(operation(notPaths=["/api/*"]))], HTTP, False),
        ([authorization(operation(hosts=["web.*"]))], HTTP, True),
        ([authorization(operation(ports=["80"]))], TCP, True),
        ([authorization(operation(ports=["81"]))], TCP, False),
        ([authorization(operation(paths=["/api/*"]))], TCP, False),  # no ALLOW by what is not to be read
        ([authorization(when("request.headers[user]", values=["ada"]))], HTTP, True),
        ([authorization(when("request.headers[user]", values=["bob"]))], HTTP, False),
        ([authorization(when("request.headers[user]", notValues=["*"]))], HTTP, False),
        ([authorization(when("request.headers[user]", notValues=["*"]))], NOBODY, True),
        ([authorization(when("request.headers[user]", values=["ada"]))], TCP, False),
        ([authorization(when("source.namespace", values=["istio-system"]))], TCP, True),
        ([authorization(when("source.principal", values=[GATEWAY]))], NOBODY, False),
        ([authorization(when("source.ip", values=["10.1.2.3/32"]))], NOBODY, True),
        ([authorization(when("source.ip", notValues=["10.1.2.3/32"]))], NOBODY, False),
        ([authorization(when("destination.port", values=["80"]))], TCP, True),
        ([authorization({**source(principals=[GATEWAY]), **operation(ports=["81"])})], TCP, False),
        ([authorization(source(principals=["x"]), source(principals=[GATEWAY]))], TCP, True),
        ([authorization(source(principals=["x"])), authorization({}, name="all")], TCP, True),
        ([authorization({}), authorization({}, name="no", action="DENY")], TCP, False),
        ([authorization({}), authorization(operation(paths=["/b"]), name="no", action="DENY")], HTTP, True),
        ([authorization({}), authorization(operation(paths=["/b"]), name="no", action="DENY")], TCP, False),
        ([authorization(action="DENY")], TCP, True),
        ([authorization({}, action="CUSTOM", provider={"name": "login"})], HTTP, True),
    ],
)
def test_authorization(policies: list[Object], call: Call, expected: bool) -> None:
    assert authorize(policies, call).open is expected


def test_a_provider_that_decides_is_named() -> None:
    said = authorize([authorization({}, action="CUSTOM", provider={"name": "login"})], HTTP).rule
    assert said == "no AuthorizationPolicy allows or denies, after a call to login (AuthorizationPolicy a/policy)"


@pytest.mark.parametrize("rule", [source(regions=["x"]), when("source.mood", values=["x"])])
def test_what_the_evaluator_does_not_know_is_an_error(rule: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="AuthorizationPolicy"):
        authorize([authorization(rule)], HTTP)


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ([], True),
        ([authorization(namespace="istio-system")], False),
        ([authorization(namespace="b")], True),
        ([authorization(selector={"matchLabels": WEB})], False),
        ([authorization(selector={"matchLabels": {"app": "db"}})], True),
        ([authorization(namespace="istio-system"), authorization({})], True),
    ],
)
def test_policies_of_the_root_namespace_are_for_all(policies: list[Object], expected: bool) -> None:
    assert all(one.open for one in decide(Cluster(policies), TARGET, HTTP)) is expected


def off_at(port: str) -> Object:
    """A PeerAuthentication of the target's pods that takes clear text at one port."""
    return security(
        "PeerAuthentication", "web", selector={"matchLabels": WEB}, portLevelMtls={port: {"mode": "DISABLE"}}
    )


@pytest.mark.parametrize(
    ("policies", "mode"),
    [
        ([], "PERMISSIVE"),
        ([security("PeerAuthentication", "mesh", "istio-system", mtls={"mode": "STRICT"})], "STRICT"),
        ([security("PeerAuthentication", "other", "b", mtls={"mode": "STRICT"})], "PERMISSIVE"),
        (
            [
                security("PeerAuthentication", "mesh", "istio-system", mtls={"mode": "STRICT"}),
                security("PeerAuthentication", "own", mtls={"mode": "DISABLE"}),
            ],
            "DISABLE",
        ),
        ([security("PeerAuthentication", "own", mtls={"mode": "STRICT"}), off_at("80")], "DISABLE"),
        ([security("PeerAuthentication", "own", mtls={"mode": "STRICT"}), off_at("81")], "STRICT"),
        ([security("PeerAuthentication", "own", mtls={"mode": "UNSET"})], "PERMISSIVE"),
    ],
)
def test_the_nearest_peer_authentication_counts(policies: list[Object], mode: str) -> None:
    assert mtls_mode(Cluster(policies), TARGET, 80)[0] == mode


def test_strict_refuses_clients_without_a_certificate() -> None:
    cluster = Cluster([security("PeerAuthentication", "mesh", "istio-system", mtls={"mode": "STRICT"})])
    assert [one.open for one in decide(cluster, TARGET, NOBODY)] == [False, True]
    assert [one.open for one in decide(cluster, TARGET, HTTP)] == [True, True]


def test_a_port_that_the_sidecar_leaves_alone_is_not_judged() -> None:
    excluded = pod(sidecar=True, annotations={"traffic.sidecar.istio.io/excludeInboundPorts": "80, 81"})
    deny = Cluster([authorization(namespace="istio-system")])
    assert [one.open for one in decide(deny, excluded, NOBODY)] == [True]
    assert not decide(deny, TARGET, NOBODY)[-1].open
    assert decide(deny, pod(), NOBODY) == []
    assert decide(deny, TARGET, Call(None, None, 15020)) == []


CALLER = pod("b", sidecar=True, account="caller", labels={"app": "caller"})
SIDECAR = networking("Sidecar", "default", "istio-system", egress=[{"hosts": ["./*", "kubeflow/*"]}])


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([], True),
        ([SIDECAR], False),
        ([SIDECAR, networking("Sidecar", "own", "b", egress=[{"hosts": ["a/*"]}])], True),
        ([networking("Sidecar", "default", "istio-system", egress=[{"hosts": ["*/*"]}])], True),
        (
            [
                networking("Sidecar", "own", "b", egress=[{"hosts": ["./*"]}]),
                networking(
                    "Sidecar", "one", "b", workloadSelector={"labels": {"app": "caller"}}, egress=[{"hosts": ["a/*"]}]
                ),
            ],
            True,
        ),
    ],
)
def test_a_sidecar_knows_the_services_of_its_configuration(objects: list[Object], expected: bool) -> None:
    assert knows(Cluster(objects), CALLER, "a") is expected


@pytest.mark.parametrize(
    ("objects", "target", "service", "passes", "mutual"),
    [
        ([], TARGET, ("a", "web"), True, True),
        ([], TARGET, None, True, False),
        ([], pod(labels=WEB), ("a", "web"), True, False),
        ([SIDECAR], TARGET, ("a", "web"), True, False),
        ([networking("DestinationRule", "web", host="web.a.svc.cluster.local", trafficPolicy={"tls": {"mode": "DISABLE"}})], TARGET, ("a", "web"), True, False),
        ([networking("DestinationRule", "web", host="*.a.svc.cluster.local", trafficPolicy={"tls": {"mode": "ISTIO_MUTUAL"}})], TARGET, ("a", "web"), True, True),
        ([networking("DestinationRule", "web", host="web.a.svc.cluster.local", trafficPolicy={"tls": {"mode": "ISTIO_MUTUAL"}})], pod(labels=WEB), ("a", "web"), False, False),
        ([security("PeerAuthentication", "own", mtls={"mode": "DISABLE"})], TARGET, ("a", "web"), True, False),
    ],
)  # fmt: skip
def test_mtls_needs_both_ends(
    objects: list[Object], target: Any, service: tuple[str, str] | None, passes: bool, mutual: bool
) -> None:
    decision, both = speaks(Cluster(objects), CALLER, target, service, 80)
    assert (decision.open, both) == (passes, mutual)


def test_a_destination_rule_without_tls_says_nothing() -> None:
    assert tls_mode(Cluster([networking("DestinationRule", "web", host="web.a.svc.cluster.local")]), ("a", "web")) == (
        None,
        "no DestinationRule",
    )


def test_a_verdict_names_each_hop() -> None:
    objects = [
        policy("web", ingress=[{"ports": [{"port": 80}]}], podSelector={"matchLabels": WEB}),
        authorization(namespace="istio-system", name="deny-all"),
        authorization(source(namespaces=["b"])),
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "b"}},
    ]
    verdict = judge(Flow(CALLER, TARGET, 80, "Service a/web:80", ("a", "web")), Cluster(objects))
    assert verdict.open
    assert verdict.source_identity == "cluster.local/ns/b/sa/caller"
    assert [(hop.place, hop.decision.rule) for hop in verdict.hops] == [
        ("egress of the caller", "no policy selects the pod"),
        ("proxy of the caller", "no DestinationRule"),
        ("ingress of the pod", "NetworkPolicy a/web"),
        ("proxy of the pod", "no PeerAuthentication (PERMISSIVE)"),
        ("proxy of the pod", "AuthorizationPolicy a/policy"),
    ]
    assert "b/Pod/one -> a/Pod/one:80 (Service a/web:80): open" in str(verdict)
    outside = judge(Flow(API_SERVER, TARGET, 80, "webhook"), Cluster(objects))
    assert not outside.open
    assert outside.source_identity is None
    assert outside.hops[-1].decision.rule == "AuthorizationPolicy a/policy, AuthorizationPolicy istio-system/deny-all"
