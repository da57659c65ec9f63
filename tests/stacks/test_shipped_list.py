"""A fresh clone synthesizes any main.py, and the list of an applied platform still protects it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stacks.platform import write
from stacks.protected_resources import (
    SHIPPED_LIST_SHA256,
    Recorded,
    digest_of,
    read_recorded,
    recorded,
    without_shipped,
)
from tests.platforms import built

ROOT = Path(__file__).parents[2]
LIST = "protected_resources.json"
SHIPPED_MAIN = ROOT / "docs" / "shipped_main.py"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What git gives a new user, with the checkout's own files over it, and the shipped main.py with what it writes."""
    folder = tmp_path / "new folder ü"
    done = subprocess.run(
        ["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"this checkout is not a git repository: {done.stderr.strip()}")
    for name in ("cli", "kubeflow_aws", "modules", "stacks", "examples"):
        shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(SHIPPED_MAIN, folder / "main.py")
    shutil.rmtree(folder / "generated")
    (folder / LIST).unlink()
    write(built("prod"), folder / "generated")
    return folder


def synthesized(clone: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "main.py"], cwd=clone, capture_output=True, text=True, check=False)


def edit(clone: Path, before: str, after: str) -> None:
    main = clone / "main.py"
    text = main.read_text(encoding="utf-8")
    assert before in text
    main.write_text(text.replace(before, after), encoding="utf-8")


def apply(clone: Path, *stacks: str) -> None:
    """As far as synthesis can see: the state files of an apply."""
    (clone / "state").mkdir(exist_ok=True)
    for stack in stacks:
        (clone / "state" / f"{stack}.tfstate").write_text("{}")


def test_the_digest_is_that_of_the_shipped_list() -> None:
    digest = digest_of(recorded(built("prod").documents).addresses)
    assert digest == SHIPPED_LIST_SHA256, f"set SHIPPED_LIST_SHA256 to {digest}"


@pytest.mark.slow
def test_another_main_py_synthesizes_in_a_fresh_clone_and_is_protected_from_then_on(clone: Path) -> None:
    shutil.copy(clone / "examples" / "quickstart" / "main.py", clone / "main.py")
    first = synthesized(clone)
    assert first.returncode == 0, first.stderr
    assert "quickstart-network" in json.loads((clone / LIST).read_text(encoding="utf-8"))
    shutil.copy(SHIPPED_MAIN, clone / "main.py")
    refused = synthesized(clone)
    assert refused.returncode == 1
    assert "quickstart-network: the whole stack" in refused.stderr


@pytest.mark.slow
def test_the_region_is_free_until_a_stack_is_applied_here(clone: Path) -> None:
    edit(clone, '"us-west-2"', '"eu-central-1"')
    assert synthesized(clone).returncode == 0
    apply(clone, "prod-network", "prod-cluster")
    edit(clone, '"eu-central-1"', '"us-west-2"')
    before = (clone / LIST).read_bytes()
    refused = synthesized(clone)
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[0].startswith("1 error(s); ")
    assert "prod-cluster, prod-network: the region changes from eu-central-1 to us-west-2. " in refused.stderr
    assert (clone / LIST).read_bytes() == before
    edit(clone, "synthesize(PROD)", 'synthesize(PROD, forget=("prod-cluster", "prod-network",))')
    meant = synthesized(clone)
    assert meant.returncode == 0, meant.stderr
    assert "has no effect" not in meant.stdout
    assert "has no effect; delete it" in synthesized(clone).stdout


@pytest.mark.slow
def test_pages_do_not_depend_on_the_main_py_of_a_clone(clone: Path) -> None:
    for name in ("docs", "tests"):
        shutil.copytree(ROOT / name, clone / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(clone / "examples" / "quickstart" / "main.py", clone / "main.py")
    edit(clone, "QUICKSTART", "MINE")
    edit(clone, "us-west-2", "eu-central-1")
    assert synthesized(clone).returncode == 0
    done = subprocess.run(
        [sys.executable, "-m", "docs.generate"], cwd=clone, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if not line.endswith(": up to date")] == []


def test_no_page_and_no_test_imports_the_main_py_of_the_user() -> None:
    imports = re.compile(r"^\s*(from main import|import main)\b", re.MULTILINE)
    files = [path for name in ("docs", "tests") for path in (ROOT / name).rglob("*.py")]
    assert [str(path.relative_to(ROOT)) for path in files if imports.search(path.read_text(encoding="utf-8"))] == []


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    write(built("prod"), tmp_path / "generated")
    return tmp_path / "generated"


def shipped(generated: Path) -> Recorded:
    return read_recorded(generated.parent / LIST, generated)


def test_a_stack_with_a_state_file_stays_protected(generated: Path) -> None:
    apply(generated.parent, "prod-network")
    assert list(without_shipped(shipped(generated), generated).addresses) == ["prod-network"]


def test_without_evidence_every_stack_stays_protected(generated: Path) -> None:
    found = shipped(generated)
    for path in generated.glob("stacks/*/cdk.tf.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        document["terraform"]["backend"] = {"s3": {"bucket": "states"}}
        path.write_text(json.dumps(document), encoding="utf-8")
    assert without_shipped(found, generated) == found
    shutil.rmtree(generated)
    assert without_shipped(found, generated) == found


def test_a_list_of_ones_own_is_never_exempt(generated: Path) -> None:
    found = shipped(generated)
    own = Recorded({**found.addresses, "prod-network": [*found.addresses["prod-network"], "aws_kms_key.mine"]}, {})
    assert without_shipped(own, generated) == own
    assert without_shipped(found, generated).addresses == {}
