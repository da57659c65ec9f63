"""What makes the two commands work everywhere: lock files, the Makefile, the command line's settings."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PIPFILE = (ROOT / "Pipfile").read_text(encoding="utf-8")
CATEGORIES = {
    "packages": "default",
    "dev-packages": "develop",
    "check": "check",
    "checkov": "checkov",
    "tutorial": "tutorial",
}  # name in Pipfile: name in the lock
EXACT = re.compile(r"==\d+(\.\d+)+(\.post\d+)?")


def read_json(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ROOT / name).read_text(encoding="utf-8"))
    return document


def pipfile_entries() -> list[tuple[str, str, str]]:
    """Every (category, package, version) of Pipfile."""
    parsed = tomllib.loads(PIPFILE)
    return [
        (category, package, entry if isinstance(entry, str) else entry["version"])
        for category in CATEGORIES
        for package, entry in parsed[category].items()
    ]


def make(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`make` in a folder; what an outer make exported is taken out, or it would speak for the inner one."""
    own = {key: value for key, value in os.environ.items() if key not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHON"}}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env=own | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A folder that holds the Makefile and nothing else, so that no environment of the project is changed."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    return tmp_path


def test_no_test_writes_cdktf_output_into_the_checkout() -> None:
    """An `App` without a folder creates cdktf.out where the test runs; `Testing.app()` uses a temporary one."""
    without_folder = re.compile(r"\bApp\(\s*\)")
    files = (ROOT / "tests").rglob("*.py")
    assert [
        str(file.relative_to(ROOT)) for file in files if without_folder.search(file.read_text(encoding="utf-8"))
    ] == []


def test_pipfile_lock_names_no_package_index() -> None:
    lock = read_json("Pipfile.lock")
    named = [package for name in CATEGORIES.values() for package, entry in lock[name].items() if "index" in entry]
    assert (lock["_meta"]["sources"], named) == ([], [])
    assert "://" not in (ROOT / "Pipfile.lock").read_text(encoding="utf-8")
    assert "[[source]]" not in [line.strip() for line in PIPFILE.splitlines()]


def test_package_lock_names_no_registry() -> None:
    packages = read_json("package-lock.json")["packages"]
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if name and not {"integrity", "inBundle"} & entry.keys()] == []


def test_every_package_of_pipfile_says_its_exact_version() -> None:
    loose = {package for _, package, version in pipfile_entries() if not EXACT.fullmatch(version)}
    assert loose == set()


def test_every_package_of_pipfile_says_what_it_is_for() -> None:
    lines = {line.split(" = ")[0]: line for line in PIPFILE.splitlines() if " = " in line}
    packages = [package for _, package, _ in pipfile_entries()]
    assert [package for package in packages if not re.search(r"\s# \S.{6,}", lines[package])] == []


def test_the_lock_holds_the_versions_of_pipfile() -> None:
    lock = read_json("Pipfile.lock")
    differs = [
        f"{package}: {version} in Pipfile, {lock[CATEGORIES[category]][package]['version']} in the lock; run: make lock"
        for category, package, version in pipfile_entries()
        if version not in ("*", lock[CATEGORIES[category]][package]["version"])
    ]
    assert differs == []


def test_tests_run_on_the_versions_that_synthesis_runs_on() -> None:
    lock = read_json("Pipfile.lock")
    both = lock["default"].keys() & lock["develop"].keys()
    assert len(both) > 3
    assert {name for name in both if lock["default"][name]["version"] != lock["develop"][name]["version"]} == set()


def test_every_locked_package_has_hashes() -> None:
    lock = read_json("Pipfile.lock")
    entries = [(package, entry) for name in CATEGORIES.values() for package, entry in lock[name].items()]
    assert [package for package, entry in entries if not entry.get("hashes")] == []


def test_package_json_is_private_and_pins_exactly() -> None:
    package = read_json("package.json")
    assert package["private"] is True
    assert package["devDependencies"] == {"cdktf-cli": "0.21.0"}
    assert read_json("package-lock.json")["packages"]["node_modules/cdktf-cli"]["version"] == "0.21.0"


def test_the_command_line_has_the_version_of_the_library() -> None:
    library = tomllib.loads(PIPFILE)["packages"]["cdktf"]
    assert library == f"=={read_json('package.json')['devDependencies']['cdktf-cli']}"


def test_cdktf_json_sends_no_crash_reports_and_is_never_rewritten() -> None:
    settings = read_json("cdktf.json")
    assert (settings["language"], settings["output"], settings["sendCrashReports"]) == ("python", "generated", "false")
    # cdktf-cli adds a random projectId to the file when there is none.
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", settings["projectId"])


def test_cdktf_without_an_environment_says_what_to_run(tmp_path: Path) -> None:
    app = read_json("cdktf.json")["app"]
    run = subprocess.run(app, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr == "cdktf.json: no Python environment in .venv; run: make synth\n"


def test_every_target_of_the_makefile_has_help(fresh: Path) -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony
    run = make(fresh)
    listed = re.findall(r"^  make ([a-z-]+) +\w", run.stdout, re.MULTILINE)
    assert listed == [target for target in phony[1].split() if target != "FORCE"], "`make` alone lists every target"


def test_recipes_run_without_telemetry_and_update_checks(fresh: Path) -> None:
    (fresh / "show.mk").write_text("show:\n\t@env\n", encoding="utf-8")
    names = ("CHECKPOINT_DISABLE", "DISABLE_VERSION_CHECK", "PIP_DISABLE_PIP_VERSION_CHECK")
    run = make(fresh, "-f", "Makefile", "-f", "show.mk", "show", **dict.fromkeys(names, ""))
    assert {f"{name}=1" for name in names} <= set(run.stdout.splitlines())


def test_a_python_that_is_too_old_is_refused_in_one_sentence(fresh: Path) -> None:
    old = "import sys; sys.executable = 'python3.10'; sys.version_info = (3, 10, 4); exec(sys.argv[1])"
    python = script(fresh / "old-python", f'exec "{sys.executable}" -c "{old}" "$2"')
    run = make(fresh, "synth", f"PYTHON={python}")
    assert run.returncode != 0
    assert run.stderr.splitlines()[0] == (
        "Python 3.11 or newer is needed and python3.10 is 3.10; name another one: make synth PYTHON=python3.12"
    )


def test_a_python_without_venv_is_refused_in_one_sentence(fresh: Path) -> None:
    bare = "import sys; sys.executable = 'python3'; sys.modules['ensurepip'] = None; exec(sys.argv[1])"
    python = script(fresh / "bare-python", f'exec "{sys.executable}" -c "{bare}" "$2"')
    run = make(fresh, "synth", f"PYTHON={python}")
    assert run.returncode != 0
    assert (
        run.stderr.splitlines()[0]
        == "python3 lacks the venv module; on Debian and Ubuntu: sudo apt install python3-venv"
    )


def test_a_missing_python_is_refused_in_one_sentence(fresh: Path) -> None:
    run = make(fresh, "synth", "PYTHON=no-such-python")
    assert run.returncode != 0
    assert run.stderr.splitlines()[0] == (
        "no-such-python was not found; install Python 3.11 or newer, or name one: make synth PYTHON=python3.12"
    )


@pytest.mark.parametrize(("version", "shown"), [(None, "none"), ("18.20.4", "v18.20.4")])
def test_a_missing_or_old_node_is_refused_in_one_sentence(fresh: Path, version: str | None, shown: str) -> None:
    folder = fresh / "bin"
    folder.mkdir()
    answer = f'test "$1" = --version && echo v{version} || exit 1' if version else "exit 127"
    script(folder / "node", answer)
    run = make(fresh, "synth", f"PYTHON={sys.executable}", PATH=f"{folder}:{os.environ['PATH']}")
    assert run.returncode != 0
    assert run.stderr.splitlines()[0] == (
        f"Node 20 or newer is needed on PATH, and there is {shown}; CDKTF runs on it: https://nodejs.org"
    )


def test_the_steps_of_a_fresh_clone_are_announced(fresh: Path) -> None:
    run = make(fresh, "--dry-run", "--old-file=Pipfile.lock", "synth", f"PYTHON={sys.executable}")
    assert re.findall(r"\[\d/\d\] \w+", run.stdout) == ["[1/3] pipenv", "[2/3] packages", "[3/3] Terraform"]


def installing_npm(fresh: Path, exit_code: int) -> subprocess.CompletedProcess[str]:
    """The last installation, by an npm that prints many lines."""
    (fresh / "bin").mkdir()
    lines = 'for line in $(seq 300); do echo "npm warn $line"; done'
    script(fresh / "bin" / "npm", f"{lines}; mkdir -p node_modules; exit {exit_code}")
    (fresh / "package.json").touch()
    (fresh / "package-lock.json").touch()
    return make(fresh, "node_modules/installed", "STEPS=6", PATH=f"{fresh / 'bin'}:{os.environ['PATH']}")


def test_an_installation_is_one_line_with_its_size_and_time(fresh: Path) -> None:
    run = installing_npm(fresh, 0)
    assert re.fullmatch(r"\[4/6\] the cdktf command line into node_modules: \d+ MB in \d+ s\n", run.stdout)
    assert (run.returncode, run.stderr) == (0, "")
    assert (fresh / ".tools" / "logs" / "npm.log").read_text().count("npm warn") == 300


def test_a_failed_installation_shows_the_end_of_its_log_and_names_it(fresh: Path) -> None:
    run = installing_npm(fresh, 1)
    assert run.returncode != 0
    assert run.stdout == "[4/6] the cdktf command line into node_modules: failed\n"
    lines = run.stderr.splitlines()
    assert lines[:20] == [f"npm warn {number}" for number in range(281, 301)]
    assert re.fullmatch(
        r"node_modules/installed: failed after \d+ s; fix the error above and run the same command again; "
        r"whole log: \.tools/logs/npm\.log",
        lines[20],
    )
    assert not (fresh / "node_modules" / "installed").exists()


@pytest.mark.slow
def test_pip_without_an_index_says_so_and_the_step_can_be_repeated(fresh: Path) -> None:
    (pipenv,) = re.findall(r"^PIPENV := (\S+)$", (fresh / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    target = f".tools/pipenv/{pipenv}"
    run = make(fresh, target, "STEPS=3", f"PYTHON={sys.executable}", PIP_NO_INDEX="1")
    assert run.stdout == f"[1/3] pipenv {pipenv} into .tools/pipenv: failed\n"
    assert f"No matching distribution found for pipenv=={pipenv}" in run.stderr
    assert "whole log: .tools/logs/pipenv.log" in run.stderr
    assert not (fresh / target).exists()


def test_the_program_of_a_clone_runs_its_code_on_the_current_folder(tmp_path: Path) -> None:
    clone, elsewhere = tmp_path / "a clone, päth", tmp_path / "elsewhere"
    for folder in (clone / ".venv" / "bin", elsewhere):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", clone)
    shutil.copytree(ROOT / "cli", clone / "cli", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("kubeflow_aws", "modules", "stacks"):
        (clone / name).symlink_to(ROOT / name)
    script(clone / ".venv" / "bin" / "python", f'exec "{sys.executable}" "$@"')
    (clone / ".venv" / "pyvenv.cfg").touch()
    made = make(clone, "--old-file=.venv/pyvenv.cfg", ".venv/bin/kubeflow-aws", f"PYTHON={sys.executable}")
    assert made.returncode == 0, made.stderr
    (elsewhere / "main.py").write_text("import settings_of_mine\n", encoding="utf-8")
    (elsewhere / "settings_of_mine.py").write_text("raise SystemExit('imported')\n", encoding="utf-8")
    run = subprocess.run(
        [clone / ".venv" / "bin" / "kubeflow-aws", "validate"],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (1, "imported\n")


def test_ci_runs_the_checks_and_the_test_command_of_the_readme() -> None:
    path = ROOT / ".ci" / "run"
    assert path.stat().st_mode & stat.S_IXUSR
    lines = [line.split(" 2>&1")[0] for line in path.read_text(encoding="utf-8").splitlines()]
    assert {"make check", "make test"} <= set(lines)
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "entry: make check" in (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("said", ["5 skipped in 0.1s", ""])
def test_ci_fails_when_no_test_ran(tmp_path: Path, said: str) -> None:
    folder = tmp_path / ".ci"
    folder.mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder)
    (tmp_path / "docs").mkdir()
    for copy in ("main.py", "docs/shipped_main.py"):
        (tmp_path / copy).touch()
    script(tmp_path / "make", f'echo "{said}"')
    run = subprocess.run(
        [folder / "run"],
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == ".ci/run: make test ended without an error, yet no test ran"
