"""Files with Terraform in the order of the time they take, the longest first: one that starts last keeps a single worker busy.

xdist hands out whole files (`--dist loadfile`) in this order with `--no-loadscope-reorder`; by itself it starts with the files of
most tests, and the longest have one or two.
"""

from collections.abc import Iterator

import pytest

LONGEST = (
    "tests/e2e/test_database.py",
    "tests/e2e/test_exposure.py",
    "tests/e2e/test_teams.py",
    "tests/e2e/test_handover.py",
    "tests/e2e/test_example_production.py",
    "tests/e2e/test_kubeflow_catalogue.py",
    "tests/stand_ins/hcp/test_remote_runs.py",
    "tests/e2e/test_credentials.py",
    "tests/e2e/test_first_hour.py",
    "tests/e2e/test_deploy.py",
    "tests/e2e/test_lifecycle.py",
    "tests/e2e/test_storage.py",
    "tests/e2e/test_example_existing_cluster.py",
    "tests/e2e/test_foreign.py",
    "tests/e2e/test_example_quickstart.py",
    "tests/e2e/test_existing.py",
    "tests/e2e/test_kubeflow.py",
    "tests/e2e/test_faults.py",
    "tests/e2e/test_credentials_fetched.py",
    "tests/test_moto_extension.py",
    "tests/modules/kubeflow/test_karpenter.py",
    "tests/e2e/test_take_over.py",
    "tests/e2e/test_what_terraform_loses.py",
    "tests/e2e/test_sign_in.py",
    "tests/e2e/test_nothing_is_lost.py",
    "tests/e2e/test_reading.py",
)
"""By a run with six workers on two cores, where they took from 740 to 35 s."""


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Sort after all others have chosen and shuffled; what is not named keeps its place behind."""
    yield
    rank = {str(config.rootpath / name): number for number, name in enumerate(LONGEST)}
    items.sort(
        key=lambda item: rank.get(str(item.path), len(rank)) if item.get_closest_marker("terraform") else len(rank)
    )
