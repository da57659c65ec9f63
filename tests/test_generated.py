"""generated/ is what main.py says, byte for byte, on every machine: it is the review surface."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.platforms import everything_built
from tests.stacks.output_folder import write_tree

ROOT = Path(__file__).parents[1]
ADVICE = "run: make synth, then read the diff"


def committed(root: Path) -> dict[str, bytes]:
    """All files of generated/ but Terraform's own, and the list of what holds data."""
    files = [root / "protected_resources.json"]
    for folder, folders, names in os.walk(root / "generated"):
        folders[:] = [name for name in folders if name not in {".terraform", "charts"}]  # fetched, not committed
        files += [Path(folder, name) for name in names if not name.startswith(".") and ".tfstate" not in name]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def synthesized(into: Path, start: Path, seed: str) -> dict[str, bytes]:
    """What main.py writes, started in another folder, with another order of sets and another place for temporary files."""
    temporary = into / f"tmp-{seed}"
    temporary.mkdir(parents=True)
    environment = {
        **os.environ,
        "CDKTF_OUTDIR": str(into / "generated"),
        "PYTHONHASHSEED": seed,
        "TMPDIR": str(temporary),
    }
    subprocess.run(
        [sys.executable, str(ROOT / "main.py")], cwd=start, env=environment, check=True, stdout=subprocess.PIPE
    )
    return committed(into)


@pytest.mark.parametrize("seed", ["0", pytest.param("4242", marks=pytest.mark.slow)])
def test_generated_is_what_main_py_says(seed: str, tmp_path: Path) -> None:
    start = ROOT if seed == "0" else tmp_path
    new, old = synthesized(tmp_path, start, seed), committed(ROOT)
    assert sorted(new) == sorted(old), ADVICE
    assert [path for path in new if new[path] != old[path]] == [], ADVICE


def test_a_second_run_writes_nothing(tmp_path: Path) -> None:
    tree = everything_built().tree
    assert write_tree(tree, tmp_path / "generated") != []
    assert write_tree(tree, tmp_path / "generated") == []
