"""The page of errors has the messages that users see; those of Terraform itself are compared in tests/e2e/test_errors.py."""

import pytest

from modules.live.helm_records import Record
from tests.docs.pages import ROOT, text

PAGE = text(ROOT / "docs" / "troubleshooting.md")
OURS = {
    "no AWS credentials found": "modules/doctor/sign_in.py",
    "these credentials belong to account": "modules/doctor/sign_in.py",
    "rejects these credentials": "modules/doctor/sign_in.py",
    "AWS is unreachable in": "modules/doctor/sign_in.py",
    "not found in": "modules/doctor/admins.py",
    "terraform not found on PATH": "modules/doctor/machine.py",
    "or later is required": "modules/doctor/machine.py",
    "MiB free, but Terraform's providers need about": "modules/doctor/machine.py",
    "last applied in account": "cli/last_apply.py",
    "but these credentials belong to": "cli/last_apply.py",
    "reads outputs of": "cli/stack_run.py",
    "applied, and depends on what you want to destroy": "cli/destroy.py",
    "resources are protected, such as": "cli/teardown.py",
    "is not installed; it deletes users' objects before their controllers": "cli/teardown.py",
    "not among the leftovers of the platform": "modules/live/leftovers/removal.py",
    "is tainted: its create did not end": "cli/half_made.py",
    "its create was started and is not recorded in the state": "cli/half_made.py",
    "Node 20 or newer is needed on PATH": "Makefile",
    "Python 3.11 or newer is needed": "Makefile",
    "was not found; install Python 3.11": "Makefile",
    "lacks the venv module": "Makefile",
    "error(s); generated/ is unchanged": "docs/deploy.md",
    "are missing": "stacks/platform.py",
    "not exactly the chart of this release": "modules/kubeflow/chart_check.py",
}
"""Words of an error, and the file that says it."""


@pytest.mark.parametrize("words", OURS)
def test_the_page_and_the_code_say_the_same(words: str) -> None:
    assert words in PAGE
    assert words in text(ROOT / OURS[words])


def test_the_pages_remove_the_records_that_the_command_removes() -> None:
    record = Record("<namespace>", "<release>", 7, "pending-install", 0, "", "")
    secret = f"{record.secret.removesuffix('7')}<version>"
    recovery = text(ROOT / "docs" / "recovery.md")
    for page, namespace in ((PAGE, "-n <namespace>"), (recovery, "--namespace <namespace>")):
        assert f"kubectl delete secret {namespace} {secret}" in page
        for status in ("pending-install", "pending-upgrade", "pending-rollback", "uninstalling"):
            assert status in page
    for message in (
        "cannot re-use a name",
        "another operation (install/upgrade/rollback) is in progress",
        "has no deployed",
    ):
        assert message in PAGE
