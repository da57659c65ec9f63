"""The wheel, built from a clone without network, and installed in a folder outside of the repository."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.built_once import built_once
from tests.project_copy import CHARTS, USER_CACHE

ROOT = Path(__file__).parents[1]
SOURCES = (
    *("cli", "kubeflow_aws", "modules", "stacks", "tests/stand_ins"),
    *("hatch_build.py", "Pipfile", "pyproject.toml", "README.md"),
)


def clone(folder: Path) -> Path:
    """What git gives a new user, with the checkout's own sources over it."""
    shutil.copytree(ROOT, folder, ignore=_outside_of_git) if not (ROOT / ".git").exists() else _git_clone(folder)
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.rmtree(folder / name, ignore_errors=True)
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, folder / name)
    return folder


def _git_clone(folder: Path) -> None:
    subprocess.run(
        ["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder)], check=True, capture_output=True
    )


def _outside_of_git(_: str, names: list[str]) -> set[str]:
    return {name for name in names if name.startswith(".") or name in {"node_modules", "site", "__pycache__"}}


def wheel(source: Path, into: Path) -> Path:
    """The wheel of a clone, built once for equal files."""
    paths = [path for name in (*SOURCES, "LICENSE", "NOTICE") for path in (source / name, *(source / name).rglob("*"))]
    digests = {
        str(path.relative_to(source)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(paths)
        if path.is_file() and path.parent.name != "__pycache__"
    }
    name, content = built_once(lambda: _build(source, into), f"wheel {digests}")
    into.mkdir(exist_ok=True)
    made = into / name
    made.write_bytes(content)
    return made


def _build(source: Path, into: Path) -> tuple[str, bytes]:
    """Name and content, with the build backend of this environment, so that nothing is downloaded."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(into), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = into.glob("*.whl")
    return made.name, made.read_bytes()


class Installed:
    """An environment with the wheel, and with the packages of this environment, which are those that the wheel pins.

    Args:
        folder: an empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.site = folder / "site-packages"
        caches = folder / "caches"
        caches.mkdir(parents=True)
        (caches / "cdktf-bindings").symlink_to(USER_CACHE / "cdktf-bindings")
        if CHARTS.is_dir():
            (caches / "kubeflow-aws").mkdir()
            (caches / "kubeflow-aws" / "kubeflow").symlink_to(CHARTS)
        inherited = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "NODE_OPTIONS"}}
        self.environment = {
            **inherited,
            "PYTHONPATH": str(self.site),
            "XDG_CACHE_HOME": str(caches),
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(USER_CACHE / "aws" / "jsii" / "package-cache"),
        }

    def install(self, made: Path) -> None:
        """Install a wheel, or update to it. Compiled, so that a later run has nothing to write there."""
        self.run(
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-index",
            "--no-deps",
            "--upgrade",
            "--target",
            str(self.site),
            str(made),
        )

    def python(self, *arguments: str, cwd: Path | None = None) -> str:
        """Run Python there, and return what it prints."""
        return self.run(sys.executable, *arguments, cwd=cwd)

    def command(self, *arguments: str, cwd: Path | None = None) -> str:
        """Run `kubeflow-aws`, and return what it prints."""
        return self.run(sys.executable, str(self.site / "bin" / "kubeflow-aws"), *arguments, cwd=cwd)

    def run(self, *command: str, cwd: Path | None = None) -> str:
        """Run a program, and return what it prints."""
        done = subprocess.run(
            command, cwd=cwd or self.site.parent, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
