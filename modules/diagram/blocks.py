"""Nested boxes: each takes the width that it is given and returns the height that its content requires.

Lengths are pixels of a picture that is `WIDTH` wide; at this width the smallest text is 11 pixels high.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from modules.diagram.glyphs import GLYPH_SIZE, GlyphName
from modules.diagram.palette import StyleName
from modules.diagram.words import text_width, wrapped

WIDTH = 700
SMALL = 11.5
NORMAL = 12.5
LINE = 1.3
"""Line height in font sizes."""
PADDING = 8
GAP = 8


@dataclass(frozen=True)
class Words:
    """One line of text; `x` is its left edge or its middle, `y` its baseline."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False
    muted: bool = False
    middle: bool = False

    @property
    def width(self) -> float:
        """Upper bound."""
        return text_width(self.text, self.size, self.bold)

    @property
    def left(self) -> float:
        """Left edge."""
        return self.x - self.width / 2 if self.middle else self.x


@dataclass(frozen=True)
class Placed:
    """A box at its place."""

    x: float
    y: float
    width: float
    height: float
    style: StyleName | None = None
    name: str = ""
    """For arrows; empty if none ends here."""
    words: tuple[Words, ...] = ()
    glyph: tuple[GlyphName, float, float] | None = None
    resources: tuple[str, ...] = ()
    """`<stack>/<address>` of what it shows."""
    children: tuple["Placed", ...] = ()

    @property
    def right(self) -> float:
        """Right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.y + self.height

    def all(self) -> Iterable["Placed"]:
        """This box and all in it."""
        yield self
        for child in self.children:
            yield from child.all()


class Block(Protocol):
    """What can be placed."""

    def place(self, x: float, y: float, width: float, height: float = 0) -> Placed:
        """Place at a corner, `width` wide and at least `height` high."""
        ...


@dataclass(frozen=True)
class Card:
    """A box with text: a title, and lines that say more."""

    title: str
    lines: tuple[str, ...] = ()
    style: StyleName = "plain"
    glyph: GlyphName | None = None
    resources: tuple[str, ...] = ()
    name: str = ""
    align: Literal["left", "middle"] = "left"

    def place(self, x: float, y: float, width: float, height: float = 0) -> Placed:
        """Wrap the text and place it."""
        words, glyph, bottom = _header(self, x, y, width)
        size = max(bottom - y + PADDING - 2, height)
        return Placed(x, y, width, size, self.style, self.name, tuple(words), glyph, self.resources)


@dataclass(frozen=True)
class Frame:
    """A box around others, below each other, with a title of its own."""

    title: str
    blocks: tuple[Block, ...]
    lines: tuple[str, ...] = ()
    style: StyleName = "account"
    glyph: GlyphName | None = None
    resources: tuple[str, ...] = ()
    name: str = ""
    left: float = PADDING
    """Padding on the left, where a lane of arrows may need more."""
    gap: float = GAP
    align: Literal["left", "middle"] = "left"

    def place(self, x: float, y: float, width: float, height: float = 0) -> Placed:
        """Place the title, then the blocks below each other."""
        words, glyph, bottom = _header(self, x, y, width)
        inner = Stack(self.blocks, self.gap).place(x + self.left, bottom + 6, width - self.left - PADDING)
        size = max(inner.bottom + PADDING - y, height)
        return Placed(x, y, width, size, self.style, self.name, tuple(words), glyph, self.resources, inner.children)


@dataclass(frozen=True)
class Stack:
    """Blocks below each other, without a box around them."""

    blocks: tuple[Block, ...]
    gap: float = GAP
    name: str = ""

    def place(self, x: float, y: float, width: float, height: float = 0) -> Placed:
        """Place each at the full width."""
        children: list[Placed] = []
        for block in self.blocks:
            top = children[-1].bottom + self.gap if children else y
            children.append(block.place(x, top, width))
        bottom = children[-1].bottom if children else y
        return Placed(x, y, width, max(bottom - y, height), name=self.name, children=tuple(children))


@dataclass(frozen=True)
class Row:
    """Blocks side by side, of one height, in as few rows as their least width permits."""

    blocks: tuple[Block, ...]
    least: float = 120
    weights: tuple[float, ...] = field(default=())
    """Shares of the width, for one row; empty: equal, in as many rows as are required."""
    gap: float = GAP

    def place(self, x: float, y: float, width: float, height: float = 0) -> Placed:
        """Place row after row."""
        children: list[Placed] = []
        for row, weights in self._rows(width):
            top = max((child.bottom for child in children), default=y - self.gap) + self.gap
            children += _side_by_side(row, weights, x, top, width, self.gap)
        bottom = max((child.bottom for child in children), default=y)
        return Placed(x, y, width, max(bottom - y, height), children=tuple(children))

    def _rows(self, width: float) -> Iterable[tuple[Sequence[Block], Sequence[float]]]:
        if self.weights:
            yield self.blocks, self.weights
            return
        most = max(1, int((width + self.gap) // (self.least + self.gap)))
        rows = -(-len(self.blocks) // most)
        columns = -(-len(self.blocks) // max(rows, 1))
        for first in range(0, len(self.blocks), columns or 1):
            row = self.blocks[first : first + columns]
            yield row, [1] * len(row)


def _side_by_side(
    blocks: Sequence[Block], weights: Sequence[float], x: float, y: float, width: float, gap: float
) -> list[Placed]:
    share = (width - gap * (len(blocks) - 1)) / sum(weights)
    lefts = [x + share * sum(weights[:index]) + gap * index for index in range(len(blocks))]
    placed = [block.place(left, y, share * weight) for block, left, weight in zip(blocks, lefts, weights, strict=True)]
    height = max(one.height for one in placed)
    return [
        block.place(left, y, share * weight, height) for block, left, weight in zip(blocks, lefts, weights, strict=True)
    ]


def _header(
    block: Card | Frame, x: float, y: float, width: float
) -> tuple[list[Words], tuple[GlyphName, float, float] | None, float]:
    """Title and lines at the top of a box, its glyph, and the lower edge of the last line."""
    indent = GLYPH_SIZE + 6 if block.glyph else 0
    middle = block.align == "middle"
    left = x + width / 2 if middle else x + PADDING
    words: list[Words] = []
    top = y + PADDING - 3
    texts = [(block.title, NORMAL, True), *((line, SMALL, False) for line in block.lines)]
    for text, size, bold in texts:
        inset = indent if bold else 0
        for line in wrapped(text, width - 2 * PADDING - inset, size, bold):
            words.append(Words(line, left + inset, top + size, size, bold, muted=not bold, middle=middle))
            top += round(size * LINE, 1)
    glyph = (block.glyph, x + PADDING, y + PADDING - 2) if block.glyph else None
    return words, glyph, top
