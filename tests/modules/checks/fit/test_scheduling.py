"""Rules of the scheduler: each case with the page that states it."""

from typing import Any

import pytest

from modules.checks.fit.scheduling import Taint, selects, tolerates, unevaluated

TAINTS = "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/"
NODES = "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/"
GPU = Taint("nvidia.com/gpu", "true", "NoSchedule")
LABELS = {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", "cores": "8"}


@pytest.mark.parametrize(
    ("tolerations", "taints", "admitted"),
    [
        ([], [], True),
        ([], [GPU], False),
        ([{"key": "nvidia.com/gpu", "operator": "Exists"}], [GPU], True),
        ([{"key": "nvidia.com/gpu", "value": "true"}], [GPU], True),  # Equal is the default
        ([{"key": "nvidia.com/gpu", "operator": "Equal", "value": "false"}], [GPU], False),
        ([{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoExecute"}], [GPU], False),
        ([{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}], [GPU], True),
        ([{"operator": "Exists"}], [GPU, Taint("a", "", "NoExecute")], True),  # an empty key matches all
        ([{"operator": "Exists", "effect": "NoSchedule"}], [GPU, Taint("a", "", "NoExecute")], False),
        ([{"key": "nvidia.com/gpu", "operator": "Exists"}], [GPU, Taint("a", "", "NoSchedule")], False),
        ([], [Taint("a", "", "PreferNoSchedule")], True),  # a preference
        ([{"key": "a"}], [Taint("a", "", "NoSchedule")], True),  # a taint without a value
    ],
)
def test_taints(tolerations: list[dict[str, Any]], taints: list[Taint], admitted: bool) -> None:
    assert tolerates(tolerations, taints) is admitted, TAINTS


def terms(*found: dict[str, Any]) -> dict[str, Any]:
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(found)}}
    return {"affinity": {"nodeAffinity": required}}


def expressions(*found: tuple[str, str, list[str]]) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": what, "values": values} for key, what, values in found]}


@pytest.mark.parametrize(
    ("spec", "admitted"),
    [
        ({}, True),
        ({"affinity": {"nodeAffinity": {}}}, True),
        ({"nodeSelector": {"kubernetes.io/os": "linux"}}, True),
        ({"nodeSelector": {"kubernetes.io/os": "linux", "team": "a"}}, False),  # all labels
        (terms(expressions(("kubernetes.io/arch", "In", ["amd64", "arm64"]))), True),
        (terms(expressions(("kubernetes.io/arch", "In", ["arm64"]))), False),
        (terms(expressions(("team", "NotIn", ["a"]))), True),  # a missing label is not in
        (terms(expressions(("team", "Exists", []))), False),
        (terms(expressions(("team", "DoesNotExist", []))), True),
        (terms(expressions(("cores", "Gt", ["4"]))), True),
        (terms(expressions(("cores", "Lt", ["4"]))), False),
        (terms(expressions(("team", "Gt", ["4"]))), False),
        (terms(expressions(("cores", "Exists", []), ("team", "Exists", []))), False),  # expressions: all
        (terms(expressions(("team", "Exists", [])), expressions(("cores", "Exists", []))), True),  # terms: one
        (terms({}), False),  # an empty term selects no node
        ({"nodeSelector": {"team": "a"}, **terms(expressions(("cores", "Exists", [])))}, False),  # both
        ({"nodeSelector": {"topology.kubernetes.io/zone": "us-west-2a"}}, True),  # listed as not checked
    ],
)
def test_node_selection(spec: dict[str, Any], admitted: bool) -> None:
    assert selects({"containers": [], **spec}, LABELS) is admitted, NODES


def test_an_operator_that_kubernetes_does_not_have_is_an_error() -> None:
    with pytest.raises(ValueError, match="operator 'Near' of a node affinity"):
        selects(terms(expressions(("a", "Near", []))), {})


def _affinity(kind: str) -> dict[str, Any]:
    return {"affinity": {kind: {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "zone"}]}}}


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({}, []),
        ({"affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{}]}}}, []),
        (_affinity("podAntiAffinity"), ["required pod anti-affinity"]),
        (_affinity("podAffinity"), ["required pod affinity"]),
        ({"topologySpreadConstraints": [{"maxSkew": 1}]}, ["topology spread"]),
        ({"topologySpreadConstraints": [{"whenUnsatisfiable": "ScheduleAnyway"}]}, []),
        ({"nodeSelector": {"topology.kubernetes.io/zone": "us-west-2a"}}, ["zone"]),
        (terms({"matchFields": [{"key": "metadata.name"}]}), ["node fields"]),
        ({"containers": [{"ports": [{"containerPort": 1, "hostPort": 1}]}]}, ["host port"]),
        ({"containers": [{"resources": {"limits": {"nvidia.com/gpu": 1, "cpu": 1}}}]}, ["nvidia.com/gpu"]),
    ],
)
def test_constraints_that_a_placement_does_not_respect_are_named(spec: dict[str, Any], words: list[str]) -> None:
    assert list(unevaluated({"containers": [], **spec})) == words
