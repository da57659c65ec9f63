"""generated/ of another git revision, synthesized by the code of that revision where the repository has it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.revision import MainFile
from cli.revision_program import synthesize_revision
from cli.stack_list import GENERATED, read_stacks
from stacks.document import Document


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
        """Synthesize the main.py of the current folder as it was at a revision.

        Args:
            revision: commit, tag or branch.
            folder: is created, with the files of the revision.

        Raises:
            ValueError: the revision is unknown, has no main.py, does not synthesize, or its charts are missing.
        """
        where = f"--from {revision}"
        main = MainFile.of(where, revision, Path.cwd())
        folder.mkdir()
        files = main.unpack(folder)
        synthesize_revision(where, files, folder)
        generated = files / GENERATED
        if missing := sorted(_missing_charts(generated)):
            raise ValueError(
                f"{where}: {len(missing)} of its charts are missing ({', '.join(missing[:3])}, …); run `vendor` in a checkout of "
                "that revision, or set KUBEFLOW_UPSTREAM"
            )
        return cls(main.commit[:9], generated)

    def documents(self, platform: str) -> dict[str, Document]:
        """Its stacks of a platform, by a name that no stack of this folder has."""
        stacks = [one for one in read_stacks(self.generated) if one.platform == platform]
        return {f"{stack.name} of {self.commit}": stack.document for stack in stacks}


def _missing_charts(generated: Path) -> Iterator[str]:
    """Releases whose local chart was not written."""
    for stack in read_stacks(generated):
        for release in stack.document.get("resource", {}).get("helm_release", {}).values():
            chart = release["chart"].removeprefix("${path.module}/")
            is_local = not release.get("repository") and not chart.startswith("oci://")
            if is_local and not (stack.folder / chart / "Chart.yaml").is_file():
                yield release["name"]
