"""generated/ of another git revision, synthesized by the code of that revision where the repository has it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.rehearsal.project import offline
from cli.revision import PROGRAM, git, unpack
from cli.stack_list import read_stacks
from modules.kubeflow.cache import CACHE_FOLDER
from modules.program import IS_CLONE
from stacks.document import Document

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Earlier:
    """What another revision synthesizes.

    Args:
        commit: short id.
        generated: its generated folder.
    """

    commit: str
    generated: Path

    @classmethod
    def of(cls, revision: str, folder: Path) -> "Earlier":
        """Synthesize the main.py of a revision of this repository; see `synthesize_revision`."""
        folder.mkdir()
        return cls(*synthesize_revision(revision, folder, Path.cwd()))

    def documents(self, platform: str) -> dict[str, Document]:
        """Its stacks of a platform, by a name that no stack of this folder has."""
        stacks = [one for one in read_stacks(self.generated) if one.platform == platform]
        return {f"{stack.name} of {self.commit}": stack.document for stack in stacks}


def synthesize_revision(revision: str, folder: Path, project: Path) -> tuple[str, Path]:
    """Synthesize the main.py of a revision.

    A clone's revision has code of its own, which is run; a repository with a main.py alone is run with the installed version.

    Args:
        revision: commit, tag or branch.
        folder: an empty folder.
        project: folder of main.py, in a git repository.

    Returns:
        The short id of the commit, and its generated folder.

    Raises:
        ValueError: the revision is unknown, has no main.py, does not synthesize, or its charts are missing.
    """
    top = Path(git(project, "rev-parse", "--show-toplevel").decode().strip())
    if top == Path():
        raise ValueError(f"--from {revision}: {project.resolve()} is not in a git repository")
    commit = unpack(revision, top, folder)
    main = folder / project.resolve().relative_to(top.resolve()) / "main.py"
    if not main.is_file():
        raise ValueError(f"{revision}: has no {main.relative_to(folder)}; choose a revision that has it")
    if (folder / PROGRAM).is_file():
        _link_cache(folder)
        command, path = ("cli", "synth"), str(folder)
    else:
        command, path = (f"{__name__.rpartition('.rehearsal.')[0]}", "synth"), str(ROOT) if IS_CLONE else ""
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith("AWS_")}
    environment |= {**offline({}), "PYTHONPATH": path or os.environ.get("PYTHONPATH", "")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", *command],
        cwd=main.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ValueError(f"{revision}: its synthesis failed: {(done.stderr or done.stdout).strip()[-2000:]}")
    generated = main.parent / "generated"
    if missing := sorted(_missing_charts(generated)):
        raise ValueError(
            f"{revision}: {len(missing)} of its charts are missing ({', '.join(missing[:3])}, …); run `vendor` in a checkout of that "
            "revision, or set KUBEFLOW_UPSTREAM"
        )
    return commit[:9], generated


def _link_cache(folder: Path) -> None:
    """The rendered objects of this clone, file by file: what the revision adds stays in its folder."""
    cache = folder / ".cache" / CACHE_FOLDER.name
    cache.mkdir(parents=True)
    for file in CACHE_FOLDER.glob("*.yaml"):
        (cache / file.name).symlink_to(file.resolve())


def _missing_charts(generated: Path) -> Iterator[str]:
    """Releases whose local chart was not written."""
    for stack in read_stacks(generated):
        for release in stack.document.get("resource", {}).get("helm_release", {}).values():
            chart = release["chart"].removeprefix("${path.module}/")
            is_local = not release.get("repository") and not chart.startswith("oci://")
            if is_local and not (stack.folder / chart / "Chart.yaml").is_file():
                yield release["name"]
