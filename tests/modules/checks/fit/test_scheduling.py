"""Rules of the scheduler: each case with the page that states it."""

from typing import Any

import pytest

from modules.checks.fit.scheduling import Taint, selects, tolerates

TAINTS = "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/"
NODES = "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/"
GPU = Taint("nvidia.com/gpu", "true", "NoSchedule")
LABELS = {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", "cores": "8", "offset": "-3"}


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
        (terms(expressions(("kubernetes.io/os", "Gt", ["4"]))), False),  # not a number
        (terms(expressions(("cores", "Gt", ["8"]))), False),  # greater, not equal
        (terms(expressions(("cores", "Lt", ["8"]))), False),
        (terms(expressions(("offset", "Lt", ["0"]))), True),  # numbers can be negative
        (terms(expressions(("cores", "In", ["8"]), ("offset", "Gt", ["-4"]))), True),
        (terms(expressions(("kubernetes.io/arch", "NotIn", ["amd64"]))), False),
        (terms(expressions(("cores", "Exists", []), ("team", "Exists", []))), False),  # expressions: all
        (terms(expressions(("team", "Exists", [])), expressions(("cores", "Exists", []))), True),  # terms: one
        (terms({}), False),  # an empty term selects no node
        ({"nodeSelector": {"team": "a"}, **terms(expressions(("cores", "Exists", [])))}, False),  # both
        ({"nodeSelector": {"topology.kubernetes.io/zone": "us-west-2a"}}, True),  # not known: listed as not checked
    ],
)
def test_node_selection(spec: dict[str, Any], admitted: bool) -> None:
    assert selects({"containers": [], **spec}, LABELS) is admitted, NODES


def test_an_operator_that_kubernetes_does_not_have_is_an_error() -> None:
    with pytest.raises(ValueError, match="operator 'Near' of a node affinity"):
        selects(terms(expressions(("a", "Near", []))), {})


def test_a_known_zone_is_compared() -> None:
    labels = {**LABELS, "topology.kubernetes.io/zone": "us-west-2a"}
    assert selects({"nodeSelector": {"topology.kubernetes.io/zone": "us-west-2a"}}, labels)
    assert not selects({"nodeSelector": {"topology.kubernetes.io/zone": "us-west-2b"}}, labels)
    assert not selects(terms(expressions(("topology.kubernetes.io/zone", "NotIn", ["us-west-2a"]))), labels)
