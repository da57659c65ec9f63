"""Writer of `generated/`: a run is written atomically, and files not written by synth are not changed.

A run stages changed files in `.staging-<pid>`, and one rename to `.commit` commits it: before the rename, the old tree is
unchanged; after it, the next run first completes `.commit`. Only while staged files are moved, a few milliseconds, can
another process see a mixture.

`files.json` lists the files of a run (`{path: sha256}`); only listed files are deleted. State, lock files and `.terraform`
folders are never written or deleted, even if listed.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from modules.errors import ProblemsError
from stacks.document import MANIFEST, STACK_DOCUMENT, json_bytes, json_object
from stacks.interruption import defer_signals, friendly_os_errors, locked

FILES = "files.json"
COMMIT = ".commit"
_PLAN = "plan.json"
_STAGING = re.compile(r"\.staging-\d+")
# Terraform's own: https://developer.hashicorp.com/terraform/language/state, and its lock file and provider cache.
_NEVER = re.compile(r"\.terraform|\.terraform\.lock\.hcl|.*\.tfstate(\..*)?")
_UNTOUCHED = "existing files are unchanged"
_RESUMED = "the next run first completes the pending files"


@contextmanager
def open_output(root: Path, wait_seconds: float = 60) -> Iterator["Output"]:
    """Lock the output folder for one run: create it if missing, wait for another synth, complete an interrupted one.

    State that determines the new tree (`protected_resources.json`) must be read while the lock is held.

    Args:
        root: the folder, `generated`. It can be a symbolic link, but nothing below it.
        wait_seconds: maximum time to wait for another synth of the same folder.

    Raises:
        ValueError: the folder is not writable, or still locked by another synth.
    """
    root = Path(os.path.abspath(root))  # noqa: PTH100 - resolve() would follow a linked root and its parent
    with friendly_os_errors(root, _UNTOUCHED):
        root.mkdir(parents=True, exist_ok=True)
    with locked(root, wait_seconds):
        with friendly_os_errors(root, _RESUMED), defer_signals():
            for folder in root.iterdir():
                if _STAGING.fullmatch(folder.name):  # its process has ended, since the lock is held here
                    shutil.rmtree(folder)
            if (root / COMMIT).exists():
                _finish(root)
        yield Output(root)


class Output:
    """The locked output folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, files: Mapping[str, bytes], adjacent_files: Mapping[str, bytes] | None = None) -> list[str]:
        """Write `files` to the folder and `adjacent_files` next to it, in one commit.

        Unchanged files keep their modification time. Files of an earlier run that are not in `files` are deleted, including
        folders that become empty.

        Args:
            files: `{relative path with slashes: content}`.
            adjacent_files: `{file name: content}`, written to the folder's parent.

        Returns:
            Paths written or deleted, relative to the folder, sorted; empty if nothing changed.

        Raises:
            ValueError: a path is outside the folder, a file not written by synth differs, or an I/O error occurs.
        """
        with friendly_os_errors(self.root, _UNTOUCHED):
            listed = self._listed()
            gone = [path for path in sorted(set(listed) - set(files)) if (self.root / path).is_file()]
            self._check(files, adjacent_files or {}, listed, gone)
            digests = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
            wanted = {f"../{name}": content for name, content in sorted((adjacent_files or {}).items())}
            wanted |= {path: files[path] for path in sorted(files)} | {FILES: json_bytes(digests)}
            changed = {
                path: content for path, content in wanted.items() if not _holds(_place(self.root, path), content)
            }
        if changed or gone:
            self._commit(changed, gone)
        return sorted([*changed, *gone])

    def _commit(self, changed: Mapping[str, bytes], gone: list[str]) -> None:
        staging = self.root / f".staging-{os.getpid()}"
        try:
            with friendly_os_errors(self.root, _UNTOUCHED):
                _stage(staging, changed, gone)
            with defer_signals():
                with friendly_os_errors(self.root, _UNTOUCHED):
                    staging.rename(self.root / COMMIT)
                with friendly_os_errors(self.root, _RESUMED):
                    _finish(self.root)
        finally:
            shutil.rmtree(staging, ignore_errors=True)  # exists only if the run stopped before the rename

    def _listed(self) -> Mapping[str, str]:
        manifest = self.root / FILES
        listed = json_object(str(manifest), manifest.read_bytes()) if manifest.exists() else {}
        for path in listed:
            if fault := _bad_path(path):
                raise ValueError(f"{manifest}: lists {path!r}, which {fault}; restore the file from git")
        return listed

    def _check(
        self,
        files: Mapping[str, bytes],
        adjacent_files: Mapping[str, bytes],
        listed: Mapping[str, str],
        gone: list[str],
    ) -> None:
        faults = [
            f"{self.root.parent / name}: is not a plain file" for name in adjacent_files if not _plain(self.root, name)
        ]
        for path, content in files.items():
            if fault := _bad_path(path) or _link(self.root, path) or _obstacle(self.root, path, files, gone):
                faults.append(f"{self.root / path}: {fault}; synth does not write there")
            elif path not in listed and not _always_ours(path) and _foreign(self.root / path, content):
                faults.append(
                    f"{self.root / path}: exists, was not written by synth and differs from what synth would write; "
                    "move it (synth does not overwrite files it did not write)"
                )
        faults += [
            f"{self.root / path}: {fault}; delete it yourself" for path in gone if (fault := _link(self.root, path))
        ]
        for path in [*(f"../{name}" for name in adjacent_files), *files, *gone] if not faults else ():
            folder = next(folder for folder in _place(self.root, path).parents if folder.is_dir())
            if not os.access(folder, os.W_OK | os.X_OK):
                faults.append(f"{folder}: not writable; change its permissions and run again ({_UNTOUCHED})")
            elif folder.stat().st_dev != self.root.stat().st_dev:
                faults.append(
                    f"{folder}: is on another file system than {self.root}; both must be on one for atomic writes"
                )
        if faults:
            raise ProblemsError(dict.fromkeys(faults))


def _stage(staging: Path, changed: Mapping[str, bytes], gone: list[str]) -> None:
    staging.mkdir()
    writes = [[str(number), path] for number, path in enumerate(changed)]
    staged = {name: changed[path] for name, path in writes} | {_PLAN: json_bytes({"delete": gone, "write": writes})}
    for name, content in staged.items():
        with (staging / name).open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(
                file.fileno()
            )  # otherwise a power failure after the rename can leave empty files (delayed allocation)


def _finish(root: Path) -> None:
    """Apply `.commit`. Every step is idempotent: an interrupted run is resumed here."""
    commit = root / COMMIT
    plan = json_object(str(commit / _PLAN), (commit / _PLAN).read_bytes())
    for path in plan["delete"]:
        (root / path).unlink(missing_ok=True)
        for folder in PurePosixPath(path).parents[:-1]:
            if (root / folder).is_dir() and not any((root / folder).iterdir()):
                (root / folder).rmdir()
    for name, path in plan["write"]:
        if (commit / name).exists():
            _place(root, path).parent.mkdir(parents=True, exist_ok=True)
            (commit / name).replace(_place(root, path))
    done = commit.rename(root / f".staging-{os.getpid()}")  # now obsolete; removed by any run
    shutil.rmtree(done)


def _bad_path(path: str) -> str | None:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or str(pure) != path or "\\" in path or not pure.parts:
        return "is not a plain path inside the folder"
    if any(_NEVER.fullmatch(part) for part in pure.parts):
        return "belongs to Terraform (state, lock file or provider cache)"
    if pure.parts[0] in (FILES, COMMIT, ".lock") or _STAGING.fullmatch(pure.parts[0]):
        return "is synth's own bookkeeping"
    return None


def _link(root: Path, path: str) -> str | None:
    pure = PurePosixPath(path)
    return next((f"{root / p} is a symbolic link" for p in (pure, *pure.parents[:-1]) if (root / p).is_symlink()), None)


def _obstacle(root: Path, path: str, files: Mapping[str, bytes], gone: list[str]) -> str | None:
    """A file in place of a folder, or the reverse, which would interrupt a commit."""
    for folder in map(str, PurePosixPath(path).parents[:-1]):
        if folder in files or ((root / folder).is_file() and folder not in gone):
            return f"{root / folder} is a file, not a folder"
    vanishing = {*gone, *(str(folder) for file in gone for folder in PurePosixPath(file).parents)}
    if (target := root / path).is_dir() and not vanishing.issuperset(
        entry.relative_to(root).as_posix() for entry in (target, *target.rglob("*"))
    ):
        return "is a folder with files not written by synth"
    return None


def _plain(root: Path, name: str) -> bool:
    target = root.parent / name
    return Path(name).name == name and not target.is_dir() and not target.is_symlink()


def _place(root: Path, path: str) -> Path:
    """Target of a planned path; without `..`, which would follow a linked root to another parent."""
    return root.parent / path.removeprefix("../") if path.startswith("../") else root / path


def _always_ours(path: str) -> bool:
    """Files also written by stock cdktf, adopted on the first run."""
    return path == MANIFEST or STACK_DOCUMENT.fullmatch(path) is not None


def _foreign(target: Path, content: bytes) -> bool:
    return target.is_file() and not _holds(target, content)


def _holds(target: Path, content: bytes) -> bool:
    return target.is_file() and target.stat().st_size == len(content) and target.read_bytes() == content
