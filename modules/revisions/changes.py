"""All changes of platforms between two revisions, as tables and as a document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from modules.checks.section import Table
from modules.revisions.costs import SECTION, costs
from modules.revisions.documents import ABSENT, Documents, short
from modules.revisions.objects import Rendered, compared
from modules.revisions.resources import BlockChange, block_changes, summary
from modules.revisions.results import Result, connections, figures, finding_changes, not_compared
from modules.revisions.statements import statement_changes
from modules.upgrade.changes import Comparison
from modules.upgrade.report import listings

VALUE_CHARACTERS = 160
"""Length at which a value in a table is cut."""


@dataclass(frozen=True)
class PlatformVersion:
    """A platform at one revision."""

    documents: Documents
    objects: Rendered = field(default_factory=Rendered)
    results: Result | None = None
    """Its entry in the document of `check --json`; None: the revision's program has no such command."""


@dataclass(frozen=True)
class Part:
    """What changed in one respect."""

    title: str
    summary: str
    """Numbers in a few words, or `no change`."""
    tables: tuple[Table, ...] = ()
    document: Any = ()
    """For `--json`."""


@dataclass(frozen=True)
class PlatformChanges:
    """What changed in one platform."""

    name: str
    what: Literal["new", "removed", "in both"]
    parts: tuple[Part, ...] = ()
    not_compared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changes:
    """What changed since another revision."""

    revision: str
    """As the user wrote it."""
    commit: str
    platforms: tuple[PlatformChanges, ...]
    notes: tuple[str, ...] = ()
    """What limits the comparison."""

    def summary(self) -> Table:
        """One row for each respect of each platform."""
        rows: list[tuple[str, ...]] = []
        for one in self.platforms:
            words = "" if one.what == "in both" else f"{one.what}: "
            rows += [(one.name, part.title, words + part.summary) for part in one.parts]
        return Table("Changes", ("platform", "in", "change"), tuple(rows))

    def tables(self) -> Iterator[tuple[str, Table]]:
        """Platform and table."""
        for one in self.platforms:
            yield from ((one.name, table) for part in one.parts for table in part.tables)

    def limits(self) -> list[str]:
        """What the comparison does not cover."""
        return [*self.notes, *(f"{one.name}: {text}" for one in self.platforms for text in one.not_compared)]

    def document(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "revision": self.revision,
            "commit": self.commit,
            "notes": list(self.notes),
            "platforms": [
                {
                    "platform": one.name,
                    "what": one.what,
                    "not_compared": list(one.not_compared),
                    **{part.title.lower().replace(" ", "_"): part.document for part in one.parts},
                }
                for one in self.platforms
            ],
        }


def platform_changes(
    name: str, before: PlatformVersion | None, after: PlatformVersion | None, names: tuple[str, str]
) -> PlatformChanges:
    """What changed in one platform; one that only one revision has is counted, without its content.

    Args:
        name: of the platform.
        before: at the other revision; None: it does not have the platform.
        after: now.
        names: of both revisions, for readers.
    """
    if before is None or after is None:
        version = before or after
        count = len(list(block_changes({}, version.documents))) if version else 0
        part = Part("Terraform", f"{count} blocks in {len(version.documents) if version else 0} stacks")
        return PlatformChanges(name, "new" if before is None else "removed", (part,))
    blocks = list(block_changes(before.documents, after.documents))
    parts = [_terraform(blocks), _iam(before, after)]
    left_out = [f"objects of release {one}: not available" for one in {*before.objects.missing, *after.objects.missing}]
    if before.results is None or after.results is None:
        left_out.append("results: the earlier revision has no `check`")
    else:
        parts += _results(before.results, after.results)
        left_out += not_compared(before.results, after.results)
    parts += [_objects(before, after, names), _other_blocks(blocks)]
    return PlatformChanges(name, "in both", tuple(parts), tuple(sorted(left_out)))


def _terraform(found: Sequence[BlockChange]) -> Part:
    resources = [one for one in found if one.is_resource]
    about = (
        "Replaced: an attribute changes that Terraform cannot change in place, by a table of the AWS provider. Values known only at "
        "apply are expressions here; the plan has the last word."
    )
    return _block_part("Terraform", summary(resources), _block_table("Resources", resources, about), resources)


def _other_blocks(found: Sequence[BlockChange]) -> Part:
    others = [one for one in found if not one.is_resource]
    words = f"{len(others)} data sources, values and outputs" if others else ""
    return _block_part("Other blocks", words, _block_table("Other blocks of Terraform", others), others)


def _block_part(title: str, words: str, table: Table, found: Sequence[BlockChange]) -> Part:
    return Part(title, words or "no change", (table,) if table.rows else (), [_block_document(one) for one in found])


def _block_table(title: str, found: Sequence[BlockChange], about: str = "") -> Table:
    headings = ("stack", "address", "change", "attribute", "before", "after")
    return Table(title, headings, tuple(row for one in found for row in _block_rows(one)), about)


def _block_rows(one: BlockChange) -> Iterator[tuple[str, ...]]:
    what = f"moved from {one.moved_from}" if one.what == "moved" else one.what
    if not one.attributes:
        yield one.stack, one.address, what, "", "", ""
    for at in one.attributes:
        yield one.stack, one.address, what, at.attribute, _shown(at.before), _shown(at.after)


def _shown(value: Any) -> str:
    return "" if value is ABSENT else short(value, VALUE_CHARACTERS)


def _block_document(one: BlockChange) -> Mapping[str, Any]:
    attributes = [
        {
            "attribute": at.attribute,
            **{key: value for key, value in (("before", at.before), ("after", at.after)) if value is not ABSENT},
        }
        for at in one.attributes
    ]
    moved = {"moved_from": one.moved_from} if one.moved_from else {}
    return {"stack": one.stack, "address": one.address, "change": one.what, **moved, "attributes": attributes}


def _objects(before: PlatformVersion, after: PlatformVersion, names: tuple[str, str]) -> Part:
    found = compared(before.objects, after.objects, names)
    tables = (
        Table(
            one.title,
            _without_variants(one.headings, one.headings),
            tuple(_without_variants(one.headings, row) for row in one.rows),
        )
        for one in listings(found)
    )
    return Part("Objects", _object_words(found), tuple(tables), asdict(found))


def _without_variants(headings: Sequence[str], row: Sequence[str]) -> tuple[str, ...]:
    """A row without the column of variants: a platform has one of each component."""
    return tuple(cell for heading, cell in zip(headings, row, strict=True) if heading != "variants")


def _object_words(found: Comparison) -> str:
    what = [one.what for one in found.objects]
    counts = [(what.count(word), word) for word in ("added", "changed", "removed")]
    counts += [(len(found.moves), "moved"), (len(found.images), "images"), (len(found.rights), "roles or bindings")]
    return ", ".join(f"{count} {word}" for count, word in counts if count) or "no change"


def _iam(before: PlatformVersion, after: PlatformVersion) -> Part:
    found = statement_changes(before.documents, after.documents)
    headings = ("role", "change", "kind", "actions or policy", "resources or principals", "condition")
    rows = tuple(
        (of.role, "added" if one.added else "removed", of.kind, of.what, of.on, of.condition)
        for one in found
        for of in [one.statement]
    )
    added = sum(one.added for one in found)
    words = f"{added} statements added, {len(found) - added} removed" if found else "no change"
    document = [{"change": "added" if one.added else "removed", **asdict(one.statement)} for one in found]
    return Part("IAM", words, (Table("Statements of roles", headings, rows),) if rows else (), document)


def _results(before: Result, after: Result) -> Iterator[Part]:
    if "traffic" in before and "traffic" in after:
        yield _traffic(before, after)
    if SECTION in before and SECTION in after:
        yield _cost(before, after)
    found = list(figures(before, after))
    rows = tuple((one.section, one.name, one.before, one.after) for one in found)
    table = Table("Figures", ("section", "figure", "before", "after"), rows, numbers=frozenset({"before", "after"}))
    yield _part("Figures", f"{len(found)} figures" if found else "", [table], found)
    yield _finding_part(before, after)


def _traffic(before: Result, after: Result) -> Part:
    found = connections(before, after)
    rows = tuple((one.source, one.target, one.port, one.before, one.after, one.decided_by) for one in found)
    table = Table("Connections", ("from", "to", "port", "before", "after", "decided by"), rows)
    words = {"open": "opened", "closed": "closed", "not evaluated": "no longer evaluated"}
    return _part("Traffic", _counted([words[one.after] for one in found], [*words.values()]), [table], found)


def _cost(before: Result, after: Result) -> Part:
    found = costs(before, after)
    rows = tuple((one.stack, one.item, one.before, one.after, one.source) for one in found)
    about = "A month at minimum, desired and maximum size, with the date of the price."
    table = Table("Costs", ("stack", "item", "before", "after", "source"), rows, about)
    return _part("Cost", f"{len(found)} items" if found else "", [table], found)


def _finding_part(before: Result, after: Result) -> Part:
    found = finding_changes(before, after)
    rows = tuple((one.id, one.change, one.severity, one.text, one.fix) for one in found)
    table = Table("Findings that changed", ("id", "change", "severity", "finding", "to fix"), rows)
    words = _counted([one.change for one in found], ("new", "changed", "no longer found"))
    return _part("Findings", words, [table], found)


def _part(title: str, words: str, tables: Sequence[Table], found: Sequence[Any]) -> Part:
    """A part of changes that are data classes."""
    return Part(title, words or "no change", tuple(one for one in tables if one.rows), [asdict(one) for one in found])


def _counted(words: Sequence[str], order: Sequence[str]) -> str:
    """How many there are of each word: `2 new, 1 changed`."""
    return ", ".join(f"{count} {word}" for word in order if (count := words.count(word)))
