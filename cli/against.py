"""The platforms of another revision of `main.py`, by that revision's own code where the repository has it."""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cli.built import Built
from cli.revision import MainFile
from cli.revision_program import Run, said, synthesize_revision
from cli.signals import Signals
from cli.stack_list import GENERATED
from kubeflow_aws import __version__
from modules.checks.inputs import Inputs
from modules.diagram.found import platforms_in
from modules.revisions.changes import Changes, PlatformVersion, platform_changes
from modules.revisions.costs import SECTION as COST
from modules.revisions.objects import rendered
from stacks.document import documents, read_tree

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
    where = f"--against {revision}"
    with Signals() as signals:
        main = MainFile.of(where, revision, folder)
        with _unpacked(main, signals) as (top, files):
            notes, before = _versions(where, files, top, chosen, day)
    names = (f"{revision} ({main.commit[:12]})", "this folder")
    every = [name for name in dict.fromkeys((*now, *before)) if only in (None, name)]
    return Changes(
        revision,
        main.commit,
        tuple(platform_changes(name, before.get(name), now.get(name), names) for name in every),
        tuple(notes),
    )


@contextmanager
def _unpacked(main: MainFile, signals: Signals) -> Iterator[tuple[Path, Path]]:
    """A temporary copy of all files of a commit, and the folder of main.py in it; the copy is removed in any case."""
    with signals.held():
        temporary = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
    try:
        top = Path(temporary.name)
        yield top, main.unpack(top)
    finally:
        with signals.held():
            temporary.cleanup()


def _versions(
    where: str, folder: Path, top: Path, chosen: Sequence[str], day: str
) -> tuple[list[str], dict[str, PlatformVersion]]:
    """Notes, and the platforms of a folder, which is written to."""
    run = synthesize_revision(where, folder, top)
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
