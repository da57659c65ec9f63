"""Reads a page strictly: elements that are not closed, duplicate ids and links to nothing are errors."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
LOADS = frozenset({"src", "srcset", "data", "poster", "background", "action", "formaction", "ping", "manifest", "code"})
"""Attributes whose address a browser loads or sends something to."""


@dataclass
class Element:
    """One element."""

    tag: str
    attributes: dict[str, str | None]
    parents: tuple[str, ...]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """The elements of a page in their order.

    Raises:
        ValueError: an element is closed twice or never.
    """

    source: str
    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Element] = []
        self.feed(self.source)
        self.close()
        if self._open:
            raise ValueError(f"never closed: {[one.tag for one in self._open]}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len({name for name, _ in attrs}) != len(attrs):
            raise ValueError(f"<{tag}> has an attribute twice: {attrs}")
        one = Element(tag, dict(attrs), tuple(parent.tag for parent in self._open))
        self.elements.append(one)
        if tag not in VOID:
            self._open.append(one)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            raise ValueError(f"</{tag}> closes {self._open[-1].tag if self._open else 'nothing'} at {self.getpos()}")
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for one in self._open:
            one.text += data

    def all(self, *tags: str) -> list[Element]:
        """Elements of some tags."""
        return [one for one in self.elements if one.tag in tags]

    def ids(self) -> list[str]:
        """All ids."""
        return [str(one.attributes["id"]) for one in self.elements if "id" in one.attributes]
