"""Hands out the files by the time they take, the longest first: one that starts last keeps a single worker busy.

In a run of all tests xdist hands out whole files (`--dist loadfile`) in this order with `--no-loadscope-reorder`; by itself it starts with the
files of most tests, and the longest have one or two. Tests with Terraform wait for times that the AWS provider fixes, five minutes in one of
test_database.py. So two thirds of the workers begin with these and the others with the rest: with all of them first, the two cores
were idle for 40 % of 16 minutes with four workers.

xdist hands out the next file while a worker begins its last tests but one, and a long file would wait behind another, so a short one does.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]
from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

WAITING = (
    "tests/e2e/test_database.py",
    "tests/e2e/test_exposure.py",
    "tests/e2e/test_deploy.py",
    "tests/e2e/test_first_hour.py",
    "tests/stand_ins/hcp/test_remote_runs.py",
    "tests/e2e/test_handover.py",
    "tests/e2e/test_example_production.py",
    "tests/e2e/test_storage.py",
    "tests/e2e/test_kubeflow_catalogue.py",
    "tests/e2e/test_teams.py",
    "tests/e2e/test_example_existing_cluster.py",
    "tests/e2e/test_foreign.py",
    "tests/e2e/test_rehearse.py",
    "tests/e2e/test_example_quickstart.py",
    "tests/e2e/test_lifecycle.py",
    "tests/e2e/test_kubeflow.py",
    "tests/modules/kubeflow/test_karpenter.py",
    "tests/e2e/test_credentials.py",
    "tests/e2e/test_validate.py",
    "tests/e2e/test_nothing_is_lost.py",
    "tests/cli/test_deploy_run.py",
    "tests/e2e/test_faults.py",
    "tests/e2e/test_take_over.py",
    "tests/e2e/test_credentials_fetched.py",
    "tests/stacks/test_properties.py",
    "tests/e2e/test_existing.py",
    "tests/stand_ins/providers/test_aws_provider.py",
)
"""Those with Terraform, by the time that they took among others, 700 to 35 s."""

BUSY = (
    "tests/test_wheel.py",
    "tests/modules/vendoring/test_vendor.py",
    "tests/test_checkov.py",
    "tests/test_effects.py",
    "tests/cli/test_watch.py",
    "tests/tutorial/test_training.py",
    "tests/tutorial/test_notebook.py",
    "tests/upgrades/test_upgrade.py",
    "tests/stacks/test_mirror.py",
)
"""Those without, 80 to 25 s of CPU."""

LONGEST = (*WAITING, *BUSY)


class LongAndShort(LoadFileScheduling):  # type: ignore[misc]
    """Gives each worker the longest file of its kind, and a short one behind it."""

    def _assign_work_unit(self, node: WorkerController) -> None:
        assigned = self.assigned_work[node]
        if assigned and next(reversed(assigned)) in LONGEST:
            chosen = next(reversed(self.workqueue))
        else:
            waits = self.nodes.index(node) < max(1, len(self.nodes) * 2 // 3)
            chosen = next((name for name in self.workqueue if (name in WAITING) is waits), next(iter(self.workqueue)))
        self.workqueue.move_to_end(chosen, last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Use it where whole files are handed out."""
    return LongAndShort(config, log) if config.option.dist == "loadfile" else None


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Sort after all others have chosen and shuffled; what is not named keeps its place behind."""
    yield
    ranks = {str(config.rootpath / name): number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(str(item.path), len(ranks)))
