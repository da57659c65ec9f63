"""Metrics in Managed Prometheus."""

from typing import Any

from modules.rules import problems_of_all
from modules.settings import ExistingPrometheus, ManagedPrometheus, Platform, Services
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import on_kubeflow

WHERE = "kubeflow.services.metrics"
WRITER = ("kube-prometheus-stack",)


def on_metrics(metrics: Any, enable: tuple[str, ...] = WRITER) -> Platform:
    return on_kubeflow(enable=enable, services=Services(metrics=metrics))


ROWS: Rows = {
    "workspace": (
        on_metrics(ExistingPrometheus(workspace_id="metrics")),
        "kubeflow.services.metrics.workspace_id: ws-0a1b2c3d-1111-2222-3333-0123456789ab",
    ),
    "nothing_writes": (
        on_metrics(ManagedPrometheus(), enable=()),
        "kubeflow.services.metrics: kube-prometheus-stack",
    ),
    "not_in_china": (
        on_metrics(ManagedPrometheus()).with_changes(region="cn-north-1"),
        "kubeflow.services.metrics: cn-north-1",
    ),
    "kind": (
        on_metrics("ws-1"),
        "kubeflow.services.metrics: here",
    ),
}


def test_rows() -> None:
    assert differences(ROWS, lambda line: "services.metrics" in line) == []


def test_either_kind_of_workspace_is_accepted() -> None:
    yours = ExistingPrometheus(workspace_id="ws-0a1b2c3d-1111-2222-3333-0123456789ab")
    assert problems_of_all([on_metrics(ManagedPrometheus()), on_metrics(yours).with_changes(name="two")]) == []
