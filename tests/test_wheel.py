"""The wheel: what is in it, and that it does in an empty folder what the repository does."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

import hatch_build
from modules.kubeflow.lock import read_lock
from tests.installed import ROOT, Installed, clone, tree, wheel
from tests.platforms import EXAMPLE_FILES
from tests.provider_mirror import find_mirror
from tests.ran_examples import Files, ran_examples, run_examples

ROLE = """
from kubeflow_aws import ExistingCluster, Platform, ServiceAccountRole, synthesize

READER = ServiceAccountRole(
    namespace="a", service_account="b", policy_arns=("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",)
)
CLUSTER = ExistingCluster(name="legacy", network_policies="other")
synthesize(
    Platform(
        name="role", region="us-west-2", cluster=CLUSTER, service_account_roles=(READER,), deletion_protection=False
    )
)
"""
EVERY_MODULE = """
import importlib, pkgutil, sys
import kubeflow_aws
names = [found.name for found in pkgutil.walk_packages(kubeflow_aws.__path__, "kubeflow_aws.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(names), *sorted({"cli", "modules", "stacks"} & sys.modules.keys()))
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clone(tmp_path_factory.mktemp("source") / "clone")


@pytest.fixture(scope="module")
def built(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wheel(source, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    there = Installed(tmp_path_factory.mktemp("installed"))
    there.install(built)
    return there


@pytest.fixture(scope="module")
def written(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Files]:
    """For each example what the wheel writes into its folder."""
    files = tree(installed.site)
    found = run_examples(tmp_path_factory.mktemp("empty"), installed.python)
    assert tree(installed.site) == files, "a run writes nothing next to the package"
    return found


@pytest.mark.slow
def test_the_repository_is_out_of_reach(installed: Installed, tmp_path: Path) -> None:
    found = "import importlib.util as u; print([n for n in ('modules', 'stacks', 'cli', 'main') if u.find_spec(n)])"
    assert installed.python("-c", found, cwd=tmp_path) == "[]\n"


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLE_FILES)
def test_an_example_is_the_same_byte_for_byte(
    name: str, written: Mapping[str, Files], tmp_path_factory: pytest.TempPathFactory
) -> None:
    ours, theirs = ran_examples(tmp_path_factory)[name], written[name]
    assert [path for path in ours if path.endswith("cdk.tf.json")]
    assert theirs.keys() == ours.keys()
    differs = {path for path in ours if ours[path] != theirs[path]}
    assert differs - {"printed"} == set()  # which names other commands


@pytest.mark.slow
def test_platforms_in_two_folders_share_one_version(written: Mapping[str, Files]) -> None:
    for name in ("quickstart", "production"):
        files = written[name]
        stacks = {path.split("/")[2] for path in files if path.startswith("generated/stacks/")}
        assert {stack.rpartition("-")[0] for stack in stacks} == {name}
        assert "protected_resources.json" in files


@pytest.mark.slow
def test_every_module_imports_under_the_one_package(installed: Installed, tmp_path: Path) -> None:
    count, *strangers = installed.python("-c", EVERY_MODULE, cwd=tmp_path).split()
    assert int(count) > 300
    assert strangers == []


@pytest.mark.slow
def test_the_command_line_makes_a_repository_and_synthesizes_it(installed: Installed, tmp_path: Path) -> None:
    options = ["--kind", "existing-cluster", "--name", "dev", "--region", "us-west-2", "--email", "ada@example.com"]
    options += ["--cluster", "legacy", "--state-bucket", "dev-state"]
    assert "init" in installed.command("--help", cwd=tmp_path)
    assert "kubeflow-aws synth" in installed.command("init", "--repo", "mine", *options, cwd=tmp_path)
    installed.command("synth", cwd=tmp_path / "mine")
    assert (tmp_path / "mine" / "generated" / "stacks" / "dev-services" / "cdk.tf.json").is_file()
    pinned = (tmp_path / "mine" / "requirements.txt").read_text(encoding="utf-8")
    assert installed.command("--version", cwd=tmp_path).split() == pinned.replace("==", " ").split()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["synth"], "synth: main.py: is missing; write one: kubeflow-aws init"),
        (["vendor", "--update"], "vendor: the lock is a file of the project"),
        (["team-rights"], "team-rights: team_rights.json is a file of the project"),
    ],
)
def test_an_error_is_for_the_reader_of_an_installed_package(
    arguments: list[str], said: str, installed: Installed, tmp_path: Path
) -> None:
    program = [sys.executable, str(installed.site / "bin" / "kubeflow-aws"), *arguments]
    done = subprocess.run(program, cwd=tmp_path, env=installed.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(said)


@pytest.mark.slow
@pytest.mark.terraform
def test_the_installed_package_rehearses_with_its_own_stand_ins(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(ROLE, encoding="utf-8")
    if mirror := find_mirror():
        installed.environment["TERRAFORM_PROVIDER_MIRROR"] = str(mirror)
    found = json.loads(installed.command("rehearse", "--no-failures", "--json", cwd=tmp_path))
    (platform,) = found["platforms"]
    assert (platform["result"], len(platform["steps"])) == ("passed", 3)
    assert tree(tmp_path).keys() == {"main.py"}


@pytest.mark.slow
def test_the_wheel_has_all_data_and_one_package(built: Path) -> None:
    names = set(zipfile.ZipFile(built).namelist())
    assert {name.partition("/")[0] for name in names} == {
        "kubeflow_aws",
        built.name.removesuffix("-py3-none-any.whl") + ".dist-info",
    }
    tracked = subprocess.run(
        ["git", "ls-files", *hatch_build.FOLDERS, *hatch_build.STAND_INS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    for path in tracked.stdout.split():
        if not path.startswith("tests/") or not Path(path).name.startswith(("test_", "trial")):
            assert f"kubeflow_aws/{path.removeprefix('tests/')}" in names or not (ROOT / path).exists()
    assert not [name for name in names if "/test_" in name or "/tests/" in name]
    for path in ("LICENSE", "NOTICE"):
        assert any(name.endswith(f"dist-info/licenses/{path}") for name in names)
    assert "kubeflow_aws/py.typed" in names


@pytest.mark.slow
def test_the_wheel_pins_what_the_pipfile_pins(built: Path) -> None:
    with zipfile.ZipFile(built) as file:
        (metadata,) = (file.read(name).decode() for name in file.namelist() if name.endswith("/METADATA"))
    pins = tomllib.loads((ROOT / "Pipfile").read_text(encoding="utf-8"))["packages"]
    assert sorted(re.findall(r"^Requires-Dist: (\S+)$", metadata, re.MULTILINE)) == sorted(map("".join, pins.items()))
    extras = re.findall(r"^Requires-Dist: (\S+); extra == 'rehearse'$", metadata, re.MULTILINE)
    dev = tomllib.loads((ROOT / "Pipfile").read_text(encoding="utf-8"))["dev-packages"]
    assert sorted(extras) == sorted(
        [f"moto[server]{dev['moto']['version']}", *(f"{name}{dev[name]}" for name in ("grpcio", "protobuf", "msgpack"))]
    )
    check = tomllib.loads((ROOT / "Pipfile").read_text(encoding="utf-8"))["check"]
    extra = re.findall(r"^Requires-Dist: (\S+); extra == 'check'$", metadata, re.MULTILINE)
    assert sorted(extra) == sorted(map("".join, check.items()))
    assert "\nRequires-Python: >=3.11\n" in metadata


@pytest.mark.slow
def test_an_update_of_the_pin_needs_no_merge(installed: Installed, tmp_path: Path) -> None:
    there = Installed(tmp_path / "environment")
    shutil.copytree(installed.site, there.site)
    platform = tmp_path / "platform"
    platform.mkdir()
    shutil.copy(ROOT / "examples" / "quickstart" / "main.py", platform)
    there.python("main.py", cwd=platform)
    before = tree(platform)
    following = clone(tmp_path / "next")
    public = following / "kubeflow_aws" / "__init__.py"
    public.write_text(re.sub(r"^__version__ = .*$", '__version__ = "9.0.0"', public.read_text(), flags=re.MULTILINE))
    there.install(wheel(following, tmp_path / "next-wheel"))
    assert there.python("-c", "import kubeflow_aws; print(kubeflow_aws.__version__)", cwd=platform) == "9.0.0\n"
    there.python("main.py", cwd=platform)
    assert tree(platform) == before


def test_a_string_that_names_a_module_is_rewritten_and_other_text_is_not() -> None:
    assert hatch_build.rewritten(
        "from tests.stand_ins.providers import Clusters\nfrom tests.terraform import Terraform\n"
        "import modules\nimport stacks.platform\nimport modules.text as t\nfrom cli.app import app\nfrom moduless.x import y\n"
        'P = "modules.kubeflow.components"\nF = f"modules.{P}.ü", "ü", "-m", "cli.watch"\nM = ("modules/kubeflow/upstream.py", "run python -m cli.x")\n'
        "def f() -> str:\n    from modules import naming\n    return stacks.platform\n"
    ) == (
        "from kubeflow_aws.stand_ins.providers import Clusters\nfrom tests.terraform import Terraform\n"
        "from kubeflow_aws import modules\nimport kubeflow_aws.stacks.platform; from kubeflow_aws import stacks\n"
        "import kubeflow_aws.modules.text as t\nfrom kubeflow_aws.cli.app import app\nfrom moduless.x import y\n"
        'P = "kubeflow_aws.modules.kubeflow.components"\nF = f"kubeflow_aws.modules.{P}.ü", "ü", "-m", "kubeflow_aws.cli.watch"\n'
        'M = ("modules/kubeflow/upstream.py", "run python -m cli.x")\n'
        "def f() -> str:\n    from kubeflow_aws.modules import naming\n    return stacks.platform\n"
    )


def test_an_import_of_two_modules_in_one_line_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a\.py:1: import os, modules: import one module a line"):
        hatch_build.rewritten("import os, modules\n", "a.py")


@pytest.mark.upstream
@pytest.mark.slow
def test_the_installed_package_fills_the_cache_of_the_user(
    installed: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(installed.environment, "XDG_CACHE_HOME", str(tmp_path / "caches"))
    kept = tmp_path / "caches" / "kubeflow-aws" / "kubeflow"
    platform = tmp_path / "platform"
    platform.mkdir()
    installed.command("vendor", cwd=platform)
    assert {path.stem for path in kept.glob("*.yaml")} >= set(read_lock().chart_hashes())
    assert tree(platform) == {}
