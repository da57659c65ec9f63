"""A seed is an order, and every worker of a run has the same."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOG = "import pathlib, pytest\n\n@pytest.mark.parametrize('number', range(9))\ndef test_it(number):\n    pathlib.Path(f'{number}').touch()\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files of nine tests each."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    for name in ("test_a.py", "test_b.py"):
        (tmp_path / name).write_text(LOG, encoding="utf-8")
    return tmp_path


def order(folder: Path, *options: str, ci: str = "") -> tuple[str, list[str]]:
    """The line of the header, and the tests in the order of the run."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "tests.random_order", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "CI": ci},
        capture_output=True,
        text=True,
        check=True,
    )
    header = next(line for line in done.stdout.splitlines() if "order: " in line)
    return header, re.findall(r"^(test_\w\.py::\S+)", done.stdout, re.MULTILINE)


@pytest.mark.slow
def test_ci_shuffles_and_its_seed_repeats_the_order(folder: Path) -> None:
    header, found = order(folder, ci="true")
    seed = header.removeprefix("random order: ")
    assert seed.startswith("--order-seed=")
    assert order(folder, seed) == (header, found)
    files = [one.partition("::")[0] for one in found]
    assert files in (sorted(files), sorted(files, reverse=True)), "tests of a file stay together"


@pytest.mark.slow
def test_elsewhere_tests_run_as_written_unless_a_seed_is_given(folder: Path) -> None:
    _, written = order(folder)
    assert written == sorted(written)
    assert order(folder, "--order-seed=7")[1] != written
    assert order(folder, "--order-seed=0", ci="true")[1] == written


@pytest.mark.slow
def test_workers_agree_on_a_random_order(folder: Path) -> None:
    header, _ = order(folder, "-n", "2", ci="true")
    assert header.startswith("random order: "), "xdist ends a run in which workers collect different orders"
