"""The page of errors has the words that people meet; those of Terraform itself are held by tests/e2e/test_errors.py."""

import re

import pytest

from modules.live.helm_records import Record
from tests.docs.pages import ROOT, text

PAGE = text(ROOT / "docs" / "troubleshooting.md")
OURS = {
    "no AWS credentials found": "cli/preflight.py",
    "these credentials belong to account": "cli/preflight.py",
    "rejects these credentials": "cli/preflight.py",
    "AWS is unreachable in": "cli/preflight.py",
    "not found in": "cli/preflight.py",
    "terraform not found on PATH": "cli/preflight.py",
    "or later is required": "cli/preflight.py",
    "MiB free, but Terraform's providers need about": "cli/preflight.py",
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


def test_every_sentence_of_the_preflight_is_on_the_page() -> None:
    """Of each, four words in a row."""
    source = text(ROOT / "cli" / "preflight.py")
    said = re.findall(r'yield \(?\s*f?"(.+)"', source)
    assert len(said) >= 7
    for sentence in said:
        pieces = [piece.split() for piece in re.split(r"\{[^{}]*\}|[;(]", sentence)]
        rows = [" ".join(words[start : start + 4]) for words in pieces for start in range(len(words) - 2)]
        assert any(row in PAGE for row in rows), sentence


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
