"""Text report of a comparison, for a terminal or a file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from modules.upgrade.changes import Comparison, ObjectChange

SHOWN = 6
"""Maximum number of listed fields per object."""
LABELS = ("metadata.labels", "spec.template.metadata.labels")


@dataclass(frozen=True)
class Listing:
    """A table of text; a cell may have several lines."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def report(found: Comparison) -> RenderableType:
    """The whole report: summary, one table per kind of difference, manual steps."""
    return Group(*_parts(found))


def summary(found: Comparison) -> Iterator[str]:
    """Summary with numbers."""
    if found.is_empty:
        yield f"{found.before} and {found.after}: rendered objects are identical."
        return
    what = [one.what for one in found.objects]
    counts = (
        (len(found.components), "components change"),
        (len(found.images), "images change"),
        (what.count("added"), "objects are new"),
        (what.count("changed"), "objects change"),
        (what.count("removed"), "objects are removed"),
        (len(found.rights), "roles or bindings change permissions"),
        (len(found.moves), "objects move to another release"),
        (len(found.fixed), "fields cannot change in place"),
        (len(found.fields), "fields of user manifests are removed or required"),
        (len(found.steps), "manual steps"),
    )
    yield f"{found.before} -> {found.after}"
    yield ", ".join(f"{number} {words}" for number, words in counts if number) + "."
    if not found.moves and not found.fixed:
        yield "No object moves between releases, and no immutable field changes."


def _parts(found: Comparison) -> Iterator[RenderableType]:
    yield from (escape(line) for line in summary(found))
    yield from map(_table, listings(found))


def listings(found: Comparison) -> Iterator[Listing]:
    """The tables of a report, without empty ones."""
    return (one for one in _listings(found) if one.rows)


def _listings(found: Comparison) -> Iterator[Listing]:
    yield Listing(
        "Upstream", ("repository", "before", "after"), [(name, *both) for name, both in found.upstream.items()]
    )
    yield Listing(
        "Components",
        ("component", "before", "after", "what else"),
        [
            (one.component, one.before, "removed" if one.what == "removed" else one.after, one.note)
            for one in found.components
        ],
    )
    yield Listing(
        "Images",
        ("before", "after", "components"),
        [
            ("\n".join(one.before) or "-", "\n".join(one.after) or "removed", ", ".join(one.components))
            for one in found.images
        ],
    )
    yield Listing("Objects", ("release", "object", "what", "variants"), list(_object_rows(found.objects)))
    yield Listing(
        "Rights",
        ("component", "role or binding", "gains", "loses"),
        [(one.component, _short(one.object), "\n".join(one.gained), "\n".join(one.lost)) for one in found.rights],
    )
    yield Listing(
        "Objects that move between releases",
        ("object", "before", "after", "action"),
        [(one.object, one.before, one.after, one.step) for one in found.moves],
    )
    yield Listing(
        "Fields that cannot change in place",
        ("object", "field", "before", "after", "action", "variants"),
        [
            (one.object, one.path, str(one.before), str(one.after), one.step, ", ".join(one.variants) or "all")
            for one in found.fixed
        ],
    )
    yield Listing(
        "CRD versions",
        ("object type", "version", "what"),
        [
            (one.object_type, one.version, one.what + (", was stored" if one.was_stored else ""))
            for one in found.versions
        ],
    )
    yield Listing(
        "Fields of user manifests",
        ("kind", "object type", "version", "field", "what"),
        [(one.kind, one.object_type, one.version, one.path, one.what) for one in found.fields],
    )
    yield Listing(
        "Secrets with credentials",
        ("component", "secret", "what", "keys", "variants"),
        [
            (one.component, one.secret, one.what, ", ".join(one.keys), ", ".join(one.variants) or "all")
            for one in found.secrets
        ],
    )
    yield Listing("Manual steps", ("", "step"), [(str(number), step) for number, step in enumerate(found.steps, 1)])


def _object_rows(objects: Iterable[ObjectChange]) -> Iterator[tuple[str, ...]]:
    """New, removed and changed objects; objects with only label changes are counted per release."""
    labels: dict[str, int] = {}
    for one in objects:
        if one.what == "changed" and {path.lstrip("+- ") for path in one.fields} <= set(LABELS):
            labels[one.release] = labels.get(one.release, 0) + 1
            continue
        yield one.release, _short(one.object), _words(one), ", ".join(one.variants) or "all"
    for release, count in labels.items():
        yield release, f"{count} objects", "labels alone", ""


def _short(key: str) -> str:
    """An object without the group of its kind: `Deployment kubeflow/ml-pipeline`."""
    kind, _, place = key.partition(" ")
    return f"{kind.partition('.')[0]} {place}"


def _words(one: ObjectChange) -> str:
    if one.what == "added":
        return "new"
    if one.what == "removed":
        return "removed; kept in the cluster with deletion protection" if one.kept else "removed"
    more = len(one.fields) - SHOWN
    return "\n".join((*one.fields[:SHOWN], *([f"and {more} more fields"] if more > 0 else [])))


def _table(listing: Listing) -> Table:
    table = Table(title=f"\n{listing.title}", title_justify="left", title_style="bold")
    for column in listing.headings:
        table.add_column(column, overflow="fold")
    for row in listing.rows:
        table.add_row(*(escape(cell) for cell in row))
    return table
