"""docs/ends.md, from the tables of ends and advisories."""

from collections.abc import Iterable, Iterator

from docs.markdown import NOTE, table
from modules.aws_data.ends import End
from modules.aws_data.kubernetes_versions import KUBERNETES_VERSIONS
from modules.aws_data.mysql_engines import TRACKS
from modules.kubeflow.ends.components import BESIDE, CHARTS, KUBEFLOW_PARTS
from modules.kubeflow.ends.of_platform import AMIS, kubernetes_ends, mysql_ends
from modules.kubeflow.ends.records import PLATFORM, REGISTRIES
from modules.vendoring.replaced_images import REPLACED

HEADINGS = ("part", "version", "end of support", "then", "source")
GROUPS = {
    "Registries": REGISTRIES,
    "Dependencies of Kubeflow": PLATFORM,
    "Kubeflow": KUBEFLOW_PARTS,
    "Other images": BESIDE,
    "Official charts": CHARTS,
    "AWS": (
        *(end for version in KUBERNETES_VERSIONS.values() for end in kubernetes_ends(version, upgraded=False)),
        *(end for track in TRACKS for end in mysql_ends(track)),
        *AMIS,
    ),
}


def ends_page() -> str:
    """When support of each part ends, and which advisories touch it."""
    parts = [
        NOTE.format(source="modules/kubeflow/ends/ and modules/aws_data/"),
        "# Ends of support and advisories\n",
        "From 60 days before the end of support of a part, synthesis warns if your platform installs it. *unknown*: the project",
        "publishes no date. `kubeflow-aws check --section ends` lists what your platform installs, on any day. Replace a single image with `Kubeflow(images=…)`: [storage.md](storage.md#replace-an-image).\n",
    ]
    for heading, ends in GROUPS.items():
        parts += [f"## {heading}\n", table(HEADINGS, map(row, ends))]
    replaced = [
        (one.component, f"`{one.old}`", f"`{one.new}`", one.reason, f"[notice]({one.link})") for one in REPLACED
    ]
    parts += [
        "## Replaced images\n",
        table(("entry", "upstream's image", "replacement", "reason", "source"), replaced),
    ]
    parts += ["## Advisories\n", table(("advisory", "part", "description", "action"), advisories(GROUPS.values()))]
    return "\n".join(parts)


def row(end: End) -> tuple[str, ...]:
    """One line of a table."""
    day = str(end.end) if end.end is not None else "ended, no date is published" if end.ended else "unknown"
    known = end.end is not None or end.ended
    return end.part, end.version, day, f"{end.then}; {end.do}" if known else end.note, f"[source]({end.source})"


def advisories(groups: Iterable[Iterable[End]]) -> Iterator[tuple[str, ...]]:
    """Every advisory of every row."""
    for ends in groups:
        for end in ends:
            for one in end.advisories:
                yield f"[{one.id}]({one.link})", f"{end.part} {end.version}", one.about, one.done
