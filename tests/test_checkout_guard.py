"""A run that writes into the checkout fails, and names what it wrote."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project_copy import own_environment

ROOT = Path(__file__).parents[1]


def run(folder: Path, writes: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A run of one test in a checkout of two files; the test does what `writes` says."""
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "packages").touch()
    (folder / "main.py").touch()
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "test_one.py").write_text(
        f"import shutil, pathlib\n\ndef test_one(tmp_path):\n    {writes}\n", encoding="utf-8"
    )
    inherited = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.checkout_guard", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("writes", "named"),
    [
        ("shutil.rmtree('.venv')", ".venv/packages: removed"),
        ("pathlib.Path('.venv/packages').write_text('x')", ".venv/packages: changed"),
        ("pathlib.Path('.venv/bin/tool').touch()", ".venv/bin/tool: added"),
    ],
)
def test_a_run_that_changes_an_environment_fails(tmp_path: Path, writes: str, named: str) -> None:
    done = run(tmp_path, writes)
    assert "1 passed" in done.stdout
    assert done.returncode == 1
    assert named in done.stdout


@pytest.mark.slow
def test_a_file_of_the_project_fails_the_run_in_ci_and_is_named_elsewhere(tmp_path: Path) -> None:
    for name, environment, code in (("laptop", {}, 0), ("ci", {"CI": "true"}, 1)):
        (tmp_path / name).mkdir()
        done = run(tmp_path / name, "pathlib.Path('main.py').write_text('x')", **environment)
        assert (done.returncode, "main.py: changed" in done.stdout) == (code, True)


@pytest.mark.slow
def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, "pathlib.Path('cdktf.out').mkdir()", CI="true")
    assert (done.returncode, "cdktf.out: added" in done.stdout) == (1, True)


@pytest.mark.slow
def test_a_run_that_writes_to_its_own_folder_passes(tmp_path: Path) -> None:
    done = run(tmp_path, "(tmp_path / 'a').touch()", CI="true")
    assert (done.returncode, "in the checkout" in done.stdout) == (0, False)


def test_clearing_the_environment_of_a_copy_leaves_the_one_it_reads(tmp_path: Path) -> None:
    for name in ("Makefile", "Pipfile.lock", "package.json", "package-lock.json"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    own_environment(tmp_path)
    python = tmp_path / ".venv" / "bin" / "python"
    found = subprocess.run(
        [python, "-c", "import sys, pytest; print(sys.prefix, pytest.__file__)"],
        capture_output=True,
        text=True,
        check=True,
    )
    prefix, package = found.stdout.split()
    assert prefix == str(tmp_path / ".venv")
    subprocess.run([python, "-m", "venv", "--clear", "--without-pip", tmp_path / ".venv"], check=True)
    assert Path(package).is_file()
