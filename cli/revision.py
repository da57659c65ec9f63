"""Files of another git revision, and its inventory, built by the revision's own code from its lock and the shared cache."""

import io
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.main_file import MAIN
from modules.kubeflow.cache import CACHE_FOLDER
from modules.upgrade.records import Inventory, read

ROOT = Path(__file__).parents[1]
RECORDED = "tests/upgrades"
COMMAND = "cli/inventory.py"
PROGRAM = "cli/app.py"
LOCAL = frozenset(
    {
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_WORK_TREE",
    }
)
"""Variables that name a repository, of those that `git rev-parse --local-env-vars` lists."""


def inventory_of_revision(revision: str, root: Path = ROOT, cache: Path = CACHE_FOLDER) -> Inventory:
    """The inventory of a commit.

    The commit is unpacked into a temporary folder. Missing objects are rendered there, from upstream by git or from
    KUBEFLOW_UPSTREAM.

    Args:
        revision: commit, tag or branch.
        root: the project's folder.
        cache: shared folder of rendered objects.

    Raises:
        ValueError: the revision is unknown, older than the inventory command, or its objects are unavailable.
    """
    with tempfile.TemporaryDirectory(prefix="revision-") as temporary:
        folder = Path(temporary)
        unpack(revision, root, folder)
        if not (folder / COMMAND).is_file():
            raise ValueError(
                f"{revision}: is older than the inventory command; compare with its recorded inventory, a file in {RECORDED}"
            )
        cache.mkdir(parents=True, exist_ok=True)
        (folder / ".cache").mkdir(exist_ok=True)
        (folder / ".cache" / cache.name).symlink_to(cache.resolve())
        _run(revision, folder, "vendor", "--missing")
        _run(revision, folder, "inventory", "--output", "inventory.json")
        return read(folder / "inventory.json")


@dataclass(frozen=True)
class MainFile:
    """main.py in a commit.

    Args:
        commit: its full id.
        top: top folder of the repository.
        folder: path from there to the folder of main.py.
    """

    commit: str
    top: Path
    folder: str

    @classmethod
    def of(cls, where: str, revision: str, folder: Path) -> "MainFile":
        """The main.py of a folder, at a revision of its repository.

        Args:
            where: begins an error, such as `--against main`.
            revision: commit, tag or branch.
            folder: with main.py.

        Raises:
            ValueError: the folder is not in a repository, there is no such revision, or it does not have main.py.
        """
        found = git(folder, "rev-parse", "--show-toplevel", "--show-prefix").decode().split("\n")
        if len(found) < 2:
            raise ValueError(f"{where}: {folder} is not in a git repository; run it where {MAIN} is")
        top, prefix = found[:2]
        named = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        commit = git(folder, *named).decode().strip()
        if not commit:
            raise ValueError(
                f"{where}: the repository of {folder} has no such commit, branch or tag; "
                "fetch it (in CI, check out with its whole history), or choose one from `git log --oneline --all`"
            )
        if not git(folder, "ls-tree", "--full-tree", "--name-only", commit, f"{prefix}{MAIN}"):
            if not git(folder, "ls-files", str(MAIN)):
                raise ValueError(f"{where}: {prefix}{MAIN} is not tracked by git; commit it first")
            raise ValueError(f"{where}: that revision does not have {prefix}{MAIN}; choose a later one")
        return cls(commit, Path(top), prefix)

    def unpack(self, folder: Path) -> Path:
        """Write all files of the commit to a folder; returns the folder of main.py in it."""
        unpack(self.commit, self.top, folder)
        return folder / self.folder


def unpack(revision: str, root: Path, folder: Path) -> str:
    """Write the files of a commit to a folder.

    Args:
        revision: commit, tag or branch.
        root: a folder of the repository; what is below it is written.
        folder: an existing folder.

    Returns:
        The commit's full id.

    Raises:
        ValueError: the revision is unknown, or git fails.
    """
    commit = git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    if not commit:
        raise ValueError(f"{revision}: neither a file nor a git revision; set an inventory, a commit or a tag")
    with tarfile.open(fileobj=io.BytesIO(git(root, "archive", "--format=tar", commit))) as archive:
        try:
            archive.extractall(folder, filter="data")
        except tarfile.FilterError as error:
            raise ValueError(
                f"{revision}: cannot be written to a temporary folder ({error}); choose a revision without such a file"
            ) from error
    return commit


def git(root: Path, *arguments: str) -> bytes:
    """What git prints in a folder; nothing for an unknown revision of `rev-parse`.

    Raises:
        ValueError: git is not installed or fails.
    """
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=root, env=without_repository(os.environ), capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise ValueError(
            "git is not installed, but required to read a revision; use inventory files instead"
        ) from error
    if done.returncode and arguments[0] != "rev-parse":
        raise ValueError(f"git {' '.join(arguments)}: {done.stderr.decode().strip()}")
    return done.stdout


def without_repository(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which git finds the repository of its folder: a hook of git names that of the hook."""
    return {name: value for name, value in environment.items() if name not in LOCAL}


def _run(revision: str, folder: Path, command: str, *arguments: str) -> None:
    program = folder / PROGRAM
    # before the one program, each command was a module of its own
    is_one_program = program.is_file() and f"def {command}(" in program.read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", *(("cli", command) if is_one_program else (f"cli.{command}",)), *arguments],
        cwd=folder,
        env={**without_repository(os.environ), "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ValueError(
            f"{revision}: {command} of that revision failed: {(done.stderr or done.stdout).strip()[-2000:]}\n"
            "That revision's upstream is required: network access for git, or KUBEFLOW_UPSTREAM."
        )
