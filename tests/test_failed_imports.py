"""A test file that cannot be imported fails as one test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_broken.py").write_text(
        "import pytest\npytestmark = pytest.mark.terraform\nraise ValueError('zones: at least two')\ndef test_of_it(): pass\n",
        encoding="utf-8",
    )
    (folder / "test_sound.py").write_text("def test_other(): pass\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.failed_imports",
        "-c",
        os.devnull,
        "--rootdir",
        str(folder),
    ]
    return subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_other_files_run_and_the_error_is_shown(tmp_path: Path) -> None:
    ended = run(tmp_path, str(tmp_path))
    assert (ended.returncode, "1 failed, 1 passed" in ended.stdout) == (1, True), ended.stdout
    assert "ValueError: zones: at least two" in ended.stdout


def test_a_test_chosen_by_name_shows_the_error_too(tmp_path: Path) -> None:
    ended = run(tmp_path, f"{tmp_path / 'test_broken.py'}::test_of_it")
    assert "ValueError: zones: at least two" in ended.stdout
    assert ended.returncode not in (0, 5)


def test_it_has_the_markers_of_its_file(tmp_path: Path) -> None:
    """Else `-m terraform` would leave out a file with Terraform that cannot be imported, and `-m "not terraform"` does not collect it."""
    ended = run(tmp_path, "-m", "terraform", str(tmp_path))
    assert "1 failed, 1 deselected" in ended.stdout, ended.stdout
