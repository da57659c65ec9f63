"""docs/release-notes.md: its words stay as they are; what the comparison of two versions says is written between marks."""

from collections.abc import Iterator
from pathlib import Path

from cli.inventory import inventory_of_this_version
from docs.markdown import table
from modules.kubeflow.cache import Cache
from modules.kubeflow.lock import read_lock
from modules.upgrade.changes import Comparison
from modules.upgrade.comparison import compare
from modules.upgrade.records import read

PAGE = Path(__file__).with_name("release-notes.md")
BEFORE = Path(__file__).parents[1] / "tests" / "upgrades" / "26.03.json"
BEGIN = "<!-- compared: written by docs/generate.py from the inventory of 26.03 and this version -->\n"
END = "<!-- compared: end -->\n"


def release_notes_page() -> str:
    """The page with a fresh comparison; as it is where the cache lacks objects to compare (`make vendor`)."""
    text = PAGE.read_text(encoding="utf-8")
    if any(Cache().get(digest) is None for digest in read_lock().chart_hashes()):
        return text
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return (
        before
        + BEGIN
        + "\n"
        + "\n".join(_compared(compare(read(BEFORE), inventory_of_this_version())))
        + "\n"
        + END
        + after
    )


def _compared(found: Comparison) -> Iterator[str]:
    yield "### Components\n"
    yield "Versions are those of each component's project, derived from its images.\n"
    yield table(
        ("component", "before", "now", "note"),
        (
            (f"`{one.component}`", one.before or "-", "removed" if one.what == "removed" else one.after, one.note)
            for one in found.components
        ),
    )
    yield "### Images\n"
    yield table(
        ("before", "now", "components"),
        (
            (
                "<br>".join(f"`{image}`" for image in one.before) or "-",
                "<br>".join(f"`{image}`" for image in one.after) or "removed",
                ", ".join(one.components),
            )
            for one in found.images
        ),
    )
    if found.versions:
        yield "### CRDs\n"
        yield table(
            ("CRD", "version", "change"),
            ((f"`{one.object_type}`", one.version, one.what) for one in found.versions),
        )
    if found.fields:
        yield "### Fields of your manifests\n"
        yield "A manifest that has a removed field is refused, or the field is dropped.\n"
        yield table(
            ("kind", "version", "field", "change"),
            ((f"`{one.kind}`", one.version, f"`{one.path}`", one.what) for one in found.fields),
        )
    if found.moves:
        yield "### Objects that move to another release\n"
        yield table(
            ("object", "before", "now", "action"),
            ((f"`{one.object}`", f"`{one.before}`", f"`{one.after}`", one.step) for one in found.moves),
        )
    if found.fixed:
        yield "### Immutable fields\n"
        yield table(
            ("object", "field", "action"),
            ((f"`{one.object}`", f"`{one.path}`", one.step) for one in found.fixed),
        )
    if found.secrets:
        yield "### Secrets with credentials\n"
        yield table(
            ("component", "Secret", "change", "keys", "variants"),
            (
                (
                    f"`{one.component}`",
                    f"`{one.secret}`",
                    one.what,
                    ", ".join(one.keys),
                    ", ".join(one.variants) or "all",
                )
                for one in found.secrets
            ),
        )
    if found.steps:
        yield "### Manual steps, from the comparison\n"
        yield "".join(f"{number}. {step}\n" for number, step in enumerate(found.steps, 1))
