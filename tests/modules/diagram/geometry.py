"""What is wrong with the places of boxes, text and arrows in a picture."""

from collections.abc import Iterator
from itertools import combinations, pairwise

from modules.diagram.blocks import WIDTH, Placed, Words
from modules.diagram.svg import Arrow, Picture

Rectangle = tuple[float, float, float, float]
SMALLEST = 11


def faults(picture: Picture) -> list[str]:
    """One sentence each; none if the picture can be read."""
    whole = Placed(0, 0, picture.width, picture.height, words=picture.heading, children=picture.boxes)
    every = list(whole.all())
    words = [line for box in every for line in box.words]
    return [
        *(fault for box in every for fault in _of_box(box)),
        *(f"text on text: {a.text!r}, {b.text!r}" for a, b in combinations(words, 2) if _overlap(_of(a), _of(b))),
        *(f"too small: {line.text!r}" for line in words if line.size * 700 / max(picture.width, WIDTH) < SMALLEST),
        *(fault for arrow in picture.arrows for fault in _of_arrow(arrow, every, words)),
    ]


def _of_box(box: Placed) -> Iterator[str]:
    name = " ".join(line.text for line in box.words) or "a box without text"
    for child in box.children:
        if not _inside(_rectangle(child), _rectangle(box)):
            yield f"leaves its parent: {[line.text for line in child.words]} in {name}"
    for line in box.words:
        if not _inside(_of(line), _rectangle(box)):
            yield f"text leaves its box: {line.text!r}"
        if any(_overlap(_of(line), _rectangle(child)) for child in box.children):
            yield f"text behind a box: {line.text!r}"
    for one, other in combinations(box.children, 2):
        if _overlap(_rectangle(one), _rectangle(other)):
            yield f"boxes overlap in {name}"


def _of_arrow(arrow: Arrow, boxes: list[Placed], words: list[Words]) -> Iterator[str]:
    cards = [box for box in boxes if box.style and not box.children]
    for (x, y), (next_x, next_y) in pairwise(arrow.points):
        line = (min(x, next_x), min(y, next_y), max(x, next_x), max(y, next_y))
        if x != next_x and y != next_y:
            yield f"arrow is not straight: {line}"
        yield from (f"arrow through text: {text.text!r}" for text in words if _overlap(line, _of(text)))
        yield from (
            f"arrow through a box: {[text.text for text in card.words]}"
            for card in cards
            if _overlap(line, _rectangle(card))
        )


def crossings(arrows: tuple[Arrow, ...]) -> int:
    """How often an arrow crosses another one; a branch that starts on another arrow does not."""
    return sum(
        _overlap(_thick(one), _thick(other))
        for first, second in combinations(arrows, 2)
        if not (_starts_on(first, second) or _starts_on(second, first))
        for one in pairwise(first.points)
        for other in pairwise(second.points)
    )


Line = tuple[tuple[float, float], tuple[float, float]]


def _starts_on(branch: Arrow, trunk: Arrow) -> bool:
    x, y = branch.points[0]
    return any(_overlap((x - 0.5, y - 0.5, x + 0.5, y + 0.5), _thick(line)) for line in pairwise(trunk.points))


def _thick(line: Line) -> Rectangle:
    (x, y), (next_x, next_y) = line
    return min(x, next_x) - 0.5, min(y, next_y) - 0.5, max(x, next_x) + 0.5, max(y, next_y) + 0.5


def _rectangle(box: Placed) -> Rectangle:
    return box.x, box.y, box.right, box.bottom


def _of(line: Words) -> Rectangle:
    """Ascenders take up to 0.8, descenders 0.25 of the size."""
    return line.left, line.y - 0.8 * line.size, line.left + line.width, line.y + 0.25 * line.size


def _inside(inner: Rectangle, outer: Rectangle) -> bool:
    return (
        inner[0] >= outer[0] - 0.01
        and inner[1] >= outer[1] - 0.01
        and inner[2] <= outer[2] + 0.01
        and inner[3] <= outer[3] + 0.01
    )


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    """Whether more than an edge is in both; a line counts by its length."""
    return (
        one[0] < other[2] - 0.01 and other[0] < one[2] - 0.01 and one[1] < other[3] - 0.01 and other[1] < one[3] - 0.01
    )
