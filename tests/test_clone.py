"""A user's clone: it has their main.py and generated/, and is updated by the merge that docs/install.md describes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from modules.aws_data.terraform import TERRAFORM_VERSION
from tests.docs.pages import blocks
from tests.installed import ROOT, clone
from tests.platform_objects import needs_cache
from tests.project_copy import CHARTS, own_environment

NEWER = ">= 1.99"
"""Terraform version of the next version of the project: it is in the JSON of every stack."""


def run(folder: Path, command: Sequence[str]) -> str:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "PYTHONPATH"))
    }
    environment = {**inherited, "PYTHON": sys._base_executable, "GIT_TERMINAL_PROMPT": "0"}  # type: ignore[attr-defined]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def git(folder: Path, *arguments: str) -> str:
    return run(folder, ["git", "-c", "user.name=me", "-c", "user.email=me@example.com", *arguments])


def commit(folder: Path, subject: str) -> None:
    run(folder, [sys.executable, "main.py"])
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", subject)


def with_charts(folder: Path) -> Path:
    (folder / ".cache").mkdir(exist_ok=True)
    (folder / ".cache" / CHARTS.name).symlink_to(CHARTS)
    return folder


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A clone of a version with a platform of its own, while the project has a newer version."""
    project = with_charts(clone(tmp_path / "project"))
    git(project, "checkout", "--quiet", "-B", "main")
    git(project, "commit", "--quiet", "--allow-empty", "--all", "--message", "This version")
    folder = tmp_path / "mine"
    git(tmp_path, "clone", "--quiet", "--origin", "upstream", str(project), str(folder))
    with_charts(folder)
    shutil.copy(ROOT / "examples" / "quickstart" / "main.py", folder)
    commit(folder, "My platform")
    for file, old, new in (
        (project / "modules" / "aws_data" / "terraform.py", TERRAFORM_VERSION, NEWER),
        (project / "main.py", "max_size=5", "max_size=6"),
    ):
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
    commit(project, "The next version")
    for name in ("user.name", "user.email"):
        git(folder, "config", name, "me@example.com")
    return folder


@needs_cache
@pytest.mark.slow
def test_the_documented_merge_ends_clean(mine: Path) -> None:
    (commands,) = (block for block in blocks(ROOT / "docs" / "install.md", "sh") if "git merge" in block)
    own = (mine / "main.py").read_bytes()
    own_environment(mine)
    run(mine, ["sh", "-uc", commands])
    assert git(mine, "status", "--porcelain") == ""
    assert len(git(mine, "log", "-1", "--format=%P").split()) == 2, "the commit is a merge"
    assert (mine / "main.py").read_bytes() == own
    written = {path.parent.name: path.read_text() for path in (mine / "generated").glob("stacks/*/cdk.tf.json")}
    assert {name.partition("-")[0] for name in written} == {"quickstart"}
    assert all(NEWER in text for text in written.values()), "written by the next version"
    assert git(mine, "ls-files", "generated/stacks/prod-*") == ""
