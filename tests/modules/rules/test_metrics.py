"""Metrics in Managed Prometheus."""

from typing import Any

import pytest

from modules.rules import problems_of_all
from modules.settings import ExistingPrometheus, ManagedPrometheus, Platform, Services
from tests.modules.settings.valid import Rows, on_kubeflow

WHERE = "kubeflow.services.metrics"
WRITER = ("kube-prometheus-stack",)


def on_metrics(metrics: Any, enable: tuple[str, ...] = WRITER) -> Platform:
    return on_kubeflow(enable=enable, services=Services(metrics=metrics))


ROWS: Rows = {
    "workspace": (
        on_metrics(ExistingPrometheus(workspace_id="metrics")),
        f"{WHERE}.workspace_id: 'metrics' is not the id of a workspace, such as ws-0a1b2c3d-1111-2222-3333-0123456789ab",
    ),
    "nothing_writes": (
        on_metrics(ManagedPrometheus(), enable=()),
        f'{WHERE}: nothing writes to it; add enable=("kube-prometheus-stack",)',
    ),
    "not_in_china": (
        on_metrics(ManagedPrometheus()).with_changes(region="cn-north-1"),
        f"{WHERE}: cn-north-1 has no Amazon Managed Service for Prometheus; leave it out there",
    ),
    "kind": (
        on_metrics("ws-1"),
        f"{WHERE}: is none of the sections that may stand here; give ManagedPrometheus(…) or ExistingPrometheus(…)",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_the_reader_sees(row: str) -> None:
    bad, *lines = ROWS[row]
    found = [line for line in problems_of_all([bad]) if "services.metrics" in line]  # in China add-ons are told, too
    assert found == [f"prod: {line}" for line in lines]


def test_either_kind_of_workspace_may_stand_there() -> None:
    yours = ExistingPrometheus(workspace_id="ws-0a1b2c3d-1111-2222-3333-0123456789ab")
    assert problems_of_all([on_metrics(ManagedPrometheus()), on_metrics(yours).with_changes(name="two")]) == []
