"""Local upstream trees, and a private copy without network references."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

import yaml

from modules.kubeflow.upstream import CHARTS, OVERLAYS, RELEASE_FILES, REPOSITORIES, ReleaseFile, Repository

PROJECT = "."
"""Repository name of the current folder, for extra components with a kustomization in a local folder, built in place."""
_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_REMOTE = re.compile(
    r"(?:https://)?github\.com/(?P<repository>[\w.-]+/[\w.-]+?)(?:\.git)?//?(?P<path>[^?]+?)/?\?(?:\S*&)?ref=(?P<ref>[^&\s]+)(?:&\S*)?"
)


class UnreachableError(ValueError):
    """Upstream is unreachable."""


FOLDERS_VARIABLE = "KUBEFLOW_UPSTREAM"
"""Environment variable with local folders of upstream trees, separated as PATH is (`os.pathsep`)."""


def local_folders(variable: str | None) -> tuple[Path, ...]:
    """Absolute folders in KUBEFLOW_UPSTREAM, in search order.

    Args:
        variable: paths separated by `os.pathsep`; empty parts are ignored. None or empty: no folders.
    """
    return tuple(Path(part).resolve() for part in (variable or "").split(os.pathsep) if part)


class Upstream:
    """Trees of repositories at their pinned commits: fetched with git once, or read from local folders.

    Args:
        folders: local folders with trees as `<owner>/<name>/…` (KUBEFLOW_UPSTREAM); the first folder that has a
            repository wins. Empty: fetch with git.
        checkouts: folder of fetched trees.
        say: receives progress lines.
    """

    def __init__(self, folders: Sequence[Path], checkouts: Path, say: Callable[[str], None]) -> None:
        self.folders = tuple(folders)
        self.checkouts = checkouts
        self.say = say

    def tree(self, name: str) -> Path:
        """The folder with a repository's files, read-only.

        Raises:
            UnreachableError: git cannot fetch it, or no local folder has it.
            ValueError: the repository is not in `upstream.REPOSITORIES`.
        """
        if name not in REPOSITORIES:
            raise ValueError(f"repository {name!r}: not found in modules/kubeflow/upstream.py; add it with its commit")
        if self.folders:
            found = next((folder / name for folder in self.folders if (folder / name).is_dir()), None)
            if found is None:
                searched = os.pathsep.join(map(str, self.folders))
                raise UnreachableError(f"{FOLDERS_VARIABLE}={searched}: has no folder {name}")
            return found
        repository = REPOSITORIES[name]
        target = self.checkouts / f"{name.replace('/', '+')}@{repository.commit}"
        if not target.is_dir():
            self.say(f"fetching {name} {repository.version} ({repository.commit[:12]})")
            fetch(repository, target)
        return target

    def chart(self, name: str) -> Path:
        """The folder of an official chart, read-only: in its repository's tree, or `charts/<name>`.

        Of several local folders, the first that has the pinned version wins.

        Raises:
            UnreachableError: git cannot fetch it, or no local folder has the pinned version.
            ValueError: the chart is not in `upstream.CHARTS`, or not at its path.
        """
        if name not in CHARTS:
            raise ValueError(f"chart {name!r}: not found in modules/kubeflow/upstream.py; add it with its repository")
        chart = CHARTS[name]
        if not self.folders:
            folder = self.tree(chart.repository) / chart.path
            if not folder.is_dir():
                raise ValueError(f"{chart.repository}: has no chart at {chart.path}; upstream may have moved it")
            return folder
        places = [
            place for top in self.folders for place in (top / chart.repository / chart.path, top / "charts" / name)
        ]
        found = next(
            (place for place in places if _chart_version(place) in (chart.version, chart.in_git or None)), None
        )
        if found is None:
            searched = os.pathsep.join(map(str, self.folders))
            raise UnreachableError(
                f"{FOLDERS_VARIABLE}={searched}: has neither {chart.repository}/{chart.path} nor charts/{name} in version "
                f"{chart.version}"
            )
        return found

    def release_file(self, url: str) -> Path | ReleaseFile:
        """Resolve a file referenced by URL: the file itself, or its build source.

        Raises:
            ValueError: its build source is not in `upstream.RELEASE_FILES`.
        """
        if url not in RELEASE_FILES:
            raise ValueError(f"{url}: not found in RELEASE_FILES of modules/kubeflow/upstream.py; add its build source")
        source = RELEASE_FILES[url]
        files = [folder / url.removeprefix("https://github.com/") for folder in self.folders]
        file = next((one for one in files if one.is_file()), None)
        if file is not None and not (self.tree(source.repository) / source.path).is_dir():
            return file
        return source


def _chart_version(folder: Path) -> str:
    file = folder / "Chart.yaml"
    return str(yaml.safe_load(file.read_text(encoding="utf-8"))["version"]) if file.is_file() else ""


def fetch(repository: Repository, target: Path) -> None:
    """Fetch one commit without history into a new folder, atomically.

    Raises:
        UnreachableError: git is missing or fails.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetching-") as temporary:
        tree = Path(temporary) / "tree"
        for arguments in (
            ["init", "--quiet", str(tree)],
            ["-C", str(tree), "fetch", "--quiet", "--depth", "1", repository.url, repository.commit],
            ["-C", str(tree), "-c", "advice.detachedHead=false", "checkout", "--quiet", repository.commit],
        ):
            _git(arguments, repository)
        shutil.rmtree(tree / ".git")
        tree.rename(target)


def _git(arguments: list[str], repository: Repository) -> None:
    # A stalled connection ends after 30 s below 1 kB/s; a password prompt would block.
    limits = ["-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=30"]
    try:
        done = subprocess.run(
            ["git", *limits, *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
            check=False,
        )
    except FileNotFoundError as error:
        raise UnreachableError("git: not installed; install it, or set KUBEFLOW_UPSTREAM to a folder") from error
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no message from git"])[-1]
        raise UnreachableError(
            f"{repository.url} at {repository.commit}: cannot be fetched ({reason}); "
            "retry with network access, or set KUBEFLOW_UPSTREAM to a folder"
        )


class PrivateCopy:
    """Copies of trees in which each reference to another repository is a relative path. The sources are not changed.

    Args:
        root: an empty work folder.
        upstream: source of trees.
    """

    def __init__(self, root: Path, upstream: Upstream) -> None:
        self.root = root.resolve()  # /tmp is a symbolic link on macOS, which relative paths must not cross
        self.upstream = upstream
        self._done: set[Path] = set()

    def folder(self, repository: str, path: str) -> Path:
        """The folder to build a kustomize path in.

        Raises:
            ValueError: the path does not exist, or it has an unpinned reference.
            UnreachableError: a tree is unreachable.
        """
        found = (Path.cwd() if repository == PROJECT else self._copy(repository)) / path
        if not found.is_dir():
            raise ValueError(f"{repository}: has no folder {path}; upstream may have moved it")
        self._localize(found, ours=repository == PROJECT)
        return found

    def _copy(self, repository: str) -> Path:
        """The copy of a repository, with its overlays in place."""
        copy = self.root / repository
        if copy.is_dir():
            return copy
        shutil.copytree(self.upstream.tree(repository), copy, symlinks=True)
        for overlay in (one for one in OVERLAYS if one.repository == repository):
            source, target = self.upstream.tree(overlay.source) / overlay.source_path, copy / overlay.path
            for name, folder in ((overlay.source, source), (repository, target)):
                if not folder.is_dir():
                    raise ValueError(
                        f"{name}: has no folder {folder.name} for {overlay}; update OVERLAYS in modules/kubeflow/upstream.py"
                    )
            shutil.rmtree(target)
            shutil.copytree(source, target, symlinks=True)
        return copy

    def _localize(self, folder: Path, *, ours: bool) -> None:
        """Rewrite remote references in a folder's kustomization, recursively."""
        folder = folder.resolve()
        file = next((folder / name for name in _NAMES if (folder / name).is_file()), None)
        if folder in self._done or file is None:  # kustomize itself says what it misses
            return
        self._done.add(folder)
        text = file.read_text(encoding="utf-8")
        for reference in _references(text):
            if "://" in reference or _REMOTE.match(reference):
                if ours:
                    raise ValueError(
                        f"{file}: refers to {reference}; a local kustomization must not have remote references"
                    )
                local = os.path.relpath(self._local(reference, file), folder)
                text = _replaced(text, reference, local)
            elif (folder / reference).is_dir():
                self._localize(folder / reference, ours=ours)
        if not ours and text != file.read_text(encoding="utf-8"):
            file.write_text(text, encoding="utf-8")

    def _local(self, reference: str, file: Path) -> Path:
        if not (remote := _REMOTE.fullmatch(reference)):
            return self._built(reference)
        name, ref = remote["repository"], remote["ref"]
        if name not in REPOSITORIES or REPOSITORIES[name].version != ref:
            raise ValueError(
                f"{file.relative_to(self.root)}: refers to {name} at {ref}, which is not what modules/kubeflow/upstream.py "
                "pins; update the commit there"
            )
        return self.folder(name, remote["path"])

    def _built(self, url: str) -> Path:
        """A folder that builds the file behind a URL."""
        folder = self.root / "release-files" / PurePosixPath(url.partition("://")[2])
        source = self.upstream.release_file(url)
        if isinstance(source, Path):
            folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder)
            return folder
        folder.mkdir(parents=True, exist_ok=True)
        base = os.path.relpath(self.folder(source.repository, source.path), folder)
        images = [{"name": old, "newName": new} for old, new in source.images.items()]
        (folder / _NAMES[0]).write_text(yaml.safe_dump({"resources": [base], "images": images}), encoding="utf-8")
        return folder


def _replaced(text: str, reference: str, local: str) -> str:
    return re.sub(rf"(?<=[\s\"']){re.escape(reference)}(?=[\s\"']|$)", local.replace("\\", r"\\"), text)


def _references(text: str) -> Iterator[str]:
    kustomization = yaml.load(text, yaml.CSafeLoader) or {}
    for field in ("resources", "bases", "components"):
        yield from kustomization.get(field) or ()
