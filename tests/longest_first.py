"""Files with Terraform in the order of the time they take, the longest first: one that starts last keeps a single worker busy.

xdist hands out whole files (`--dist loadfile`) in this order with `--no-loadscope-reorder`; by itself it starts with the files of
most tests, and the longest have one or two.
"""

from collections.abc import Iterator

import pytest

LONGEST = (
    "tests/e2e/test_database.py",
    "tests/e2e/test_exposure.py",
    "tests/e2e/test_deploy.py",
    "tests/stand_ins/hcp/test_remote_runs.py",
    "tests/e2e/test_first_hour.py",
    "tests/e2e/test_handover.py",
    "tests/e2e/test_teams.py",
    "tests/e2e/test_rehearse.py",
    "tests/e2e/test_example_quickstart.py",
    "tests/test_wheel.py",
    "tests/e2e/test_example_production.py",
    "tests/e2e/test_kubeflow.py",
    "tests/e2e/test_lifecycle.py",
    "tests/e2e/test_kubeflow_catalogue.py",
    "tests/e2e/test_faults.py",
    "tests/e2e/test_foreign.py",
    "tests/e2e/test_storage.py",
    "tests/e2e/test_example_existing_cluster.py",
    "tests/cli/test_deploy_run.py",
    "tests/e2e/test_credentials.py",
    "tests/e2e/test_existing.py",
    "tests/e2e/test_take_over.py",
    "tests/e2e/test_credentials_fetched.py",
    "tests/e2e/test_validate.py",
    "tests/test_moto_extension.py",
    "tests/modules/kubeflow/test_karpenter.py",
    "tests/e2e/test_kubeflow_forms.py",
)
"""By the CPU time of single runs, 123 to 15 s; first those that also wait for times that the AWS provider fixes."""


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Sort after all others have chosen and shuffled; what is not named keeps its place behind."""
    yield
    rank = {str(config.rootpath / name): number for number, name in enumerate(LONGEST)}
    items.sort(
        key=lambda item: rank.get(str(item.path), len(rank)) if item.get_closest_marker("terraform") else len(rank)
    )
