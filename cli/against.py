"""The platforms of another revision of `main.py`, by that revision's own code where the repository has it."""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cli.built import Built
from cli.main_file import MAIN
from cli.revision import git, unpack
from cli.revision_program import Run, program, said
from cli.signals import Signals
from kubeflow_aws import __version__
from modules.checks.inputs import Inputs
from modules.diagram.found import platforms_in
from modules.revisions.changes import Changes, PlatformVersion, platform_changes
from modules.revisions.costs import SECTION as COST
from modules.revisions.objects import rendered
from stacks.document import documents, read_tree
from stacks.protected_resources import FILE_NAME

GENERATED = "generated"
PREFIX = "kubeflow-aws-revision-"
USAGE = 2
"""Exit code for an unknown command or option."""


def versions(built: Built, inputs: Sequence[Inputs], results: Mapping[str, Any]) -> dict[str, PlatformVersion]:
    """The platforms as they are, by name.

    Args:
        built: their synthesis.
        inputs: of their check.
        results: its document.
    """
    by_name = _by_platform(json.loads(json.dumps(results)))
    return {
        one.platform.name: PlatformVersion(
            one.documents, built.objects(one.platform, one.rendered), by_name[one.platform.name]
        )
        for one in inputs
    }


def changes_since(
    revision: str,
    now: Mapping[str, PlatformVersion],
    chosen: Sequence[str],
    day: str,
    *,
    only: str | None = None,
    folder: Path | None = None,
) -> Changes:
    """What changed in platforms since another revision.

    Args:
        revision: commit, tag or branch of the repository that has main.py.
        now: platforms as they are, by name.
        chosen: names of sections to compare.
        day: of both checks, as `YYYY-MM-DD`.
        only: name of one platform; None: all.
        folder: with main.py; None: the current one.

    Raises:
        ValueError: there is no such revision, it does not have main.py, or its platforms cannot be synthesized.
    """
    folder = (folder or Path()).resolve()
    with Signals() as signals, _unpacked(revision, folder, signals) as (commit, files):
        notes, before = _versions(f"--against {revision}", files, chosen, day)
    names = (f"{revision} ({commit[:12]})", "this folder")
    every = [name for name in dict.fromkeys((*now, *before)) if only in (None, name)]
    return Changes(
        revision,
        commit,
        tuple(platform_changes(name, before.get(name), now.get(name), names) for name in every),
        tuple(notes),
    )


@contextmanager
def _unpacked(revision: str, folder: Path, signals: Signals) -> Iterator[tuple[str, Path]]:
    """The id of a commit, and the folder of main.py in a temporary copy of its files, which is removed in any case."""
    top, prefix = _place(revision, folder)
    commit = _commit(revision, folder, prefix)
    with signals.held():
        temporary = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
    try:
        unpack(commit, top, Path(temporary.name))
        yield commit, Path(temporary.name) / prefix
    finally:
        with signals.held():
            temporary.cleanup()


def _place(revision: str, folder: Path) -> tuple[Path, str]:
    """Top folder of the repository, and the path from it to main.py's folder."""
    found = git(folder, "rev-parse", "--show-toplevel", "--show-prefix").decode().split("\n")
    if len(found) < 2:
        raise ValueError(f"--against {revision}: {folder} is not in a git repository; run it where {MAIN} is")
    return Path(found[0]), found[1]


def _commit(revision: str, folder: Path, prefix: str) -> str:
    found = (
        git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    )
    if not found:
        raise ValueError(
            f"--against {revision}: the repository of {folder} has no such commit, branch or tag; "
            "fetch it (in CI, check out with its whole history), or choose one from `git log --oneline --all`"
        )
    if not git(folder, "ls-tree", "--full-tree", "--name-only", found, f"{prefix}{MAIN}"):
        if not git(folder, "ls-files", str(MAIN)):
            raise ValueError(f"--against {revision}: {prefix}{MAIN} is not tracked by git; commit it first")
        raise ValueError(f"--against {revision}: that revision does not have {prefix}{MAIN}; choose a later one")
    return found


def _versions(
    where: str, folder: Path, chosen: Sequence[str], day: str
) -> tuple[list[str], dict[str, PlatformVersion]]:
    """Notes, and the platforms of a folder, which is written to."""
    _remove(folder / FILE_NAME, folder / GENERATED)  # a comparison is not refused for what would be lost
    run = program(where, folder)
    done = run("synth")
    if done.returncode:
        raise ValueError(
            f"{where}: that revision cannot be synthesized: {said(done)}\nChoose another revision, or fix what the error names."
        )
    results = _results(where, run, day, prices=COST in chosen)
    kept = {
        name: {key: one for key, one in result.items() if key in chosen} for name, result in (results or {}).items()
    }
    tree = read_tree(folder / GENERATED)
    made = platforms_in(documents({path: text for path, text in tree.items() if path.endswith("cdk.tf.json")}))
    contents = _contents(tree)
    return _notes(folder), {
        name: PlatformVersion(stacks, rendered(stacks, contents), kept.get(name)) for name, stacks in made.items()
    }


def _remove(*paths: Path) -> None:
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _contents(tree: Mapping[str, bytes]) -> dict[str, dict[str, bytes]]:
    """Stack to the objects of each chart, by the chart's folder."""
    found: dict[str, dict[str, bytes]] = {}
    for path, content in tree.items():
        if place := re.fullmatch(r"stacks/([^/]+)/((?:charts|objects)/[^/]+)/files/all\.yaml", path):
            found.setdefault(place[1], {})[place[2]] = content
    return found


def _results(where: str, run: Run, day: str, *, prices: bool) -> dict[str, Mapping[str, Any]] | None:
    """Platform to its results; None: the program has no `check`. An older one may lack an option."""
    dated = ["--date", day]
    for options in ([[*dated, "--prices"]] if prices else []) + [dated, []]:
        done = run("check", "--json", *options)
        if done.returncode != USAGE:
            break
    else:
        return None
    try:
        return _by_platform(json.loads(done.stdout))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{where}: the check of that revision failed: {said(done)}\nChoose another revision."
        ) from error


def _by_platform(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Platform to its results, from the document of `check --json`."""
    return {
        one["platform"]: {key: value for key, value in one.items() if key != "platform"}
        for one in document["platforms"]
    }


def _notes(folder: Path) -> list[str]:
    """What the reader must know about the comparison."""
    requirements = folder / "requirements.txt"
    text = requirements.read_text(encoding="utf-8", errors="replace") if requirements.is_file() else ""
    pinned = re.search(r"^kubeflow-aws\s*==\s*([^\s;#]+)", text, re.MULTILINE)
    if pinned and pinned[1] != __version__:
        return [f"The revision pins kubeflow-aws {pinned[1]}; both revisions were checked with {__version__}."]
    return []
