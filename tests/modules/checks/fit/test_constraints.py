"""Constraints that depend on what else runs, as a pod spec states them: each case with the page that says so."""

from typing import Any

import pytest

from modules.checks.fit.constraints import HostPort, constraints, unevaluated
from tests.modules.checks.fit.cases import HOST, ZONE, apart, near, spread, term

PORTS = (
    "https://github.com/kubernetes/kubernetes/blob/master/pkg/scheduler/framework/plugins/nodeports/node_ports_test.go"
)
AFFINITY = (
    "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity"
)


@pytest.mark.parametrize(
    ("one", "other", "conflict"),
    [
        (("127.0.0.1", "UDP", 8080), ("127.0.0.1", "UDP", 9090), False),
        (("127.0.0.1", "UDP", 8080), ("127.0.0.1", "UDP", 8080), True),
        (("127.0.0.1", "TCP", 8080), ("127.0.0.1", "UDP", 8080), False),
        (("127.0.0.1", "TCP", 8080), ("127.0.0.2", "TCP", 8080), False),
        (("0.0.0.0", "TCP", 8001), ("127.0.0.1", "TCP", 8001), True),  # 0.0.0.0 is every address
        (("0.0.0.0", "TCP", 8001), ("127.0.0.1", "UDP", 8001), False),
    ],
)
def test_host_ports(one: tuple[str, str, int], other: tuple[str, str, int], conflict: bool) -> None:
    assert HostPort(*one).conflicts(HostPort(*other)) is conflict, PORTS
    assert HostPort(*other).conflicts(HostPort(*one)) is conflict, PORTS


def container(**port: Any) -> dict[str, Any]:
    return {"ports": [port]}


@pytest.mark.parametrize(
    ("spec", "ports"),
    [
        ({"containers": [container(containerPort=80)]}, []),
        ({"containers": [container(containerPort=80, hostPort=8080)]}, [HostPort("0.0.0.0", "TCP", 8080)]),
        ({"hostNetwork": True, "containers": [container(containerPort=80)]}, [HostPort("0.0.0.0", "TCP", 80)]),
        (
            {"containers": [container(hostPort=53, hostIP="10.0.0.1", protocol="UDP")]},
            [HostPort("10.0.0.1", "UDP", 53)],
        ),
        ({"initContainers": [container(hostPort=80)]}, []),  # it ends before the pod runs
        ({"initContainers": [{**container(hostPort=80), "restartPolicy": "Always"}]}, [HostPort("0.0.0.0", "TCP", 80)]),
    ],
)
def test_ports_of_a_pod(spec: dict[str, Any], ports: list[HostPort]) -> None:
    assert list(constraints(spec, "n", {}).ports) == ports


@pytest.mark.parametrize(
    ("one", "namespace", "labels", "selected"),
    [
        (term("web"), "n", {"app": "web"}, True),
        (term("web"), "n", {"app": "db"}, False),
        (term("web"), "other", {"app": "web"}, False),  # without namespaces: that of the pod
        (term("web", namespaces=["other"]), "other", {"app": "web"}, True),
        (term("web", namespaces=["other"]), "n", {"app": "web"}, False),
        (term("web", namespaceSelector={}), "anywhere", {"app": "web"}, True),  # all namespaces
        (
            term("web", namespaceSelector={"matchLabels": {"kubernetes.io/metadata.name": "other"}}),
            "other",
            {"app": "web"},
            True,
        ),
        ({"topologyKey": HOST}, "n", {"app": "web"}, False),  # no selector means no pod
        ({"topologyKey": HOST, "labelSelector": {}}, "n", {"app": "web"}, True),  # an empty one means all
        (term("web", matchLabelKeys=["track"]), "n", {"app": "web", "track": "b"}, False),
        (term("web", matchLabelKeys=["track"]), "n", {"app": "web", "track": "a"}, True),
        (term("web", mismatchLabelKeys=["track"]), "n", {"app": "web", "track": "b"}, True),
        (term("web", mismatchLabelKeys=["track"]), "n", {"app": "web", "track": "a"}, False),
        (term("web", matchLabelKeys=["absent"]), "n", {"app": "web"}, True),  # ignored
    ],
)
def test_pods_that_an_affinity_term_means(
    one: dict[str, Any], namespace: str, labels: dict[str, str], selected: bool
) -> None:
    (found,) = constraints(apart(one), "n", {"app": "own", "track": "a"}).apart
    assert found.selects(namespace, labels) is selected, AFFINITY


def test_preferences_are_not_constraints() -> None:
    preferred = {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": term("web")}]}
    spec = {
        "affinity": {"podAntiAffinity": preferred, "podAffinity": preferred},
        **spread("web", whenUnsatisfiable="ScheduleAnyway"),
    }
    assert not constraints(spec, "n", {})


@pytest.mark.parametrize(
    ("spec", "zones", "words"),
    [
        ({}, False, []),
        (apart(term("web")), False, []),
        (apart(term("web", ZONE)), False, ["zone"]),
        (apart(term("web", ZONE)), True, []),
        (spread("web"), False, ["zone"]),
        (spread("web", HOST), False, []),
        (spread("web", whenUnsatisfiable="ScheduleAnyway"), False, []),
        ({"nodeSelector": {ZONE: "us-west-2a"}}, False, ["zone"]),
        ({"nodeSelector": {ZONE: "us-west-2a"}}, True, []),
        (near(term("web", namespaceSelector={"matchLabels": {"team": "a"}})), True, ["labels of namespaces"]),
        (near(term("web", namespaceSelector={})), True, []),
        (
            {
                "affinity": {
                    "nodeAffinity": {
                        "requiredDuringSchedulingIgnoredDuringExecution": {
                            "nodeSelectorTerms": [{"matchFields": [{"key": "metadata.name"}]}]
                        }
                    }
                }
            },
            True,
            ["node fields"],
        ),
    ],
)
def test_constraints_that_a_placement_does_not_respect_are_named(
    spec: dict[str, Any], zones: bool, words: list[str]
) -> None:
    assert list(unevaluated(spec, zones=zones)) == words
