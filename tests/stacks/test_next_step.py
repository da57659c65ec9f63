"""The next command after synthesis fits the platform."""

from pathlib import Path

import pytest

from modules.kubeflow.cache import Cache
from modules.settings import State
from stacks.next_step import DEPLOY, EXPORT, IN_HCP_TERRAFORM, READ_FIRST, next_steps
from stacks.platform import write_and_report
from tests.modules.settings.valid import platform
from tests.platforms import PLATFORMS

HANDED_OVER = platform(name="exported", state=State.none())
HCP = State.hcp(organization="example", project="example")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_of_git_is_for_a_repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert next_steps([platform()]) == [DEPLOY]
    (folder / ".git").mkdir()
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    assert next_steps([platform()]) == [READ_FIRST]


def test_each_kind_of_platform_has_its_own() -> None:
    assert next_steps([platform()]) == [DEPLOY]
    assert next_steps([HANDED_OVER]) == [EXPORT]
    assert next_steps([platform(state=HCP, runner="hcp_remote")]) == [IN_HCP_TERRAFORM]
    assert next_steps([platform(state=HCP)]) == [DEPLOY], "HCP Terraform holds the state, this computer runs Terraform"


def test_several_kinds_are_named_with_their_platforms() -> None:
    assert next_steps([platform(name="a"), HANDED_OVER, platform(name="b")]) == [
        f"a, b: {DEPLOY}",
        f"exported: {EXPORT}",
    ]


def test_no_command_follows_missing_charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDKTF_OUTDIR", str(tmp_path / "generated"))
    monkeypatch.setattr("stacks.platform.Cache", lambda: Cache(tmp_path / "empty"))
    report = write_and_report([PLATFORMS["full"]])
    assert report.next_steps == []
    assert [warning for warning in report.warnings if warning.startswith("charts: ")]
