"""A fresh clone synthesizes any main.py, and the list of an applied platform still protects it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from main import PROD
from stacks.protected_resources import SHIPPED_LIST_SHA256, digest_of, read_stateful, without_shipped

ROOT = Path(__file__).parents[2]
LIST = ROOT / "protected_resources.json"
SHIPPED_CIDR = "203.0.113.0/24"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What git gives a new user, with the checkout's own files over it."""
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
    for name in ("main.py", LIST.name):
        shutil.copy(ROOT / name, folder / name)
    return folder


def synthesized(clone: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "main.py"], cwd=clone, capture_output=True, text=True, check=False)


def is_shipped() -> bool:
    return digest_of(json.loads(LIST.read_text(encoding="utf-8"))) == SHIPPED_LIST_SHA256


def test_the_digest_is_that_of_the_shipped_list() -> None:
    if SHIPPED_CIDR not in str(PROD):
        pytest.skip("main.py is not the shipped one")
    assert is_shipped(), f"set SHIPPED_LIST_SHA256 to {digest_of(json.loads(LIST.read_text(encoding='utf-8')))}"


@pytest.mark.slow
def test_another_main_py_synthesizes_in_a_fresh_clone_and_is_protected_from_then_on(clone: Path) -> None:
    if not is_shipped():
        pytest.skip("the list is not the shipped one")
    shutil.copy(clone / "examples" / "quickstart" / "main.py", clone / "main.py")
    first = synthesized(clone)
    assert first.returncode == 0, first.stderr
    assert "quickstart-network" in json.loads((clone / LIST.name).read_text(encoding="utf-8"))
    shutil.copy(ROOT / "main.py", clone / "main.py")
    refused = synthesized(clone)
    assert refused.returncode == 1
    assert "quickstart-network: the whole stack" in refused.stderr


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    for source in (ROOT / "generated" / "stacks").glob("*/cdk.tf.json"):
        folder = tmp_path / "generated" / "stacks" / source.parent.name
        folder.mkdir(parents=True)
        shutil.copy(source, folder)
    return tmp_path / "generated"


def shipped() -> dict[str, list[str]]:
    found = read_stateful(LIST, ROOT / "generated")
    if digest_of(found) != SHIPPED_LIST_SHA256:
        pytest.skip("the list is not the shipped one")
    return found


def test_a_stack_with_a_state_file_stays_protected(generated: Path) -> None:
    state = generated.parent / "state" / "prod-network.tfstate"
    state.parent.mkdir()
    state.write_text("{}")
    assert list(without_shipped(shipped(), generated)) == ["prod-network"]


def test_without_evidence_every_stack_stays_protected(generated: Path) -> None:
    found = shipped()
    for path in generated.glob("stacks/*/cdk.tf.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        document["terraform"]["backend"] = {"s3": {"bucket": "states"}}
        path.write_text(json.dumps(document), encoding="utf-8")
    assert without_shipped(found, generated) == found
    shutil.rmtree(generated)
    assert without_shipped(found, generated) == found


def test_a_list_of_ones_own_is_never_exempt(generated: Path) -> None:
    found = shipped()
    own = {**found, "prod-network": [*found["prod-network"], "aws_kms_key.mine"]}
    assert without_shipped(own, generated) == own
    assert without_shipped(found, generated) == {}
