"""Worker processes begin with different test files, and import each once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = 8
NOTED = """
import os
with open("imports", "a") as imports:
    print(os.environ["PYTEST_XDIST_WORKER"], __name__, file=imports)

def test():
    pass
"""


@pytest.mark.slow
def test_each_worker_imports_its_share_first_and_every_file_once(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = tests\n", encoding="utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").touch()
    for number in range(FILES):
        (tmp_path / "tests" / f"test_{number}.py").write_text(NOTED, encoding="utf-8")
    plugin = tmp_path / "compiled_once.py"
    plugin.write_bytes((ROOT / "tests" / "compiled_once.py").read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "compiled_once"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{FILES} passed" in done.stdout, done.stdout + done.stderr
    imports = [line.split() for line in (tmp_path / "imports").read_text(encoding="utf-8").splitlines()]
    for number in range(2):
        found = [int(name.rpartition("_")[2]) for worker, name in imports if worker == f"gw{number}"]
        assert found[: FILES // 2] == list(range(number, FILES, 2))
        assert sorted(found) == list(range(FILES))
