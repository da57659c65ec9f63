"""SVG of placed boxes and arrows: text stays text, names are escaped, nothing is loaded, and equal input is equal bytes."""

import xml.etree.ElementTree as ET  # writes only
from collections.abc import Sequence
from dataclasses import dataclass

from modules.diagram.blocks import Placed, Words
from modules.diagram.glyphs import GLYPHS
from modules.diagram.palette import THEMES, Theme, ThemeName
from modules.diagram.words import FONTS


@dataclass(frozen=True)
class Arrow:
    """A line through points, with a head at the last one, or at both ends."""

    points: tuple[tuple[float, float], ...]
    both: bool = False


@dataclass(frozen=True)
class Picture:
    """All that is drawn, with a title and a description for readers without it."""

    title: str
    description: str
    width: float
    height: float
    boxes: tuple[Placed, ...]
    arrows: tuple[Arrow, ...] = ()
    heading: tuple[Words, ...] = ()


def svg(picture: Picture, theme_name: ThemeName) -> str:
    """The picture as the text of an SVG file."""
    theme = THEMES[theme_name]
    width, height = _number(picture.width), _number(picture.height)
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width} {height}",
            "width": width,
            "height": height,
            "role": "img",
            "aria-labelledby": "title description",
            "font-family": FONTS,
        },
    )
    ET.SubElement(root, "title", {"id": "title"}).text = picture.title
    ET.SubElement(root, "desc", {"id": "description"}).text = picture.description
    ET.SubElement(root, "rect", {"width": width, "height": height, "fill": theme.page})
    for line in picture.heading:
        _words(root, line, theme)
    for box in picture.boxes:
        _box(root, box, theme)
    for arrow in picture.arrows:
        _arrow(root, arrow, theme)
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode") + "\n"


def _box(parent: ET.Element, box: Placed, theme: Theme) -> None:
    group = parent
    if box.style:
        style = theme.styles[box.style]
        group = ET.SubElement(parent, "g")
        if box.resources:
            ET.SubElement(group, "title").text = "\n".join(box.resources)
        attributes = {
            "x": _number(box.x),
            "y": _number(box.y),
            "width": _number(box.width),
            "height": _number(box.height),
            "rx": "6",
            "fill": style.fill,
            "stroke": style.stroke,
        }
        ET.SubElement(group, "rect", attributes | ({"stroke-dasharray": "5 3"} if style.dashed else {}))
        if box.glyph:
            name, x, y = box.glyph
            place = f"translate({_number(x)} {_number(y)})"
            ET.SubElement(
                group,
                "path",
                {"d": GLYPHS[name], "transform": place, "fill": "none", "stroke": theme.text, "stroke-width": "1.2"},
            )
    for line in box.words:
        _words(group, line, theme)
    for child in box.children:
        _box(group, child, theme)


def _words(parent: ET.Element, line: Words, theme: Theme) -> None:
    attributes = {
        "x": _number(line.x),
        "y": _number(line.y),
        "font-size": _number(line.size),
        "fill": theme.muted if line.muted else theme.text,
    }
    if line.bold:
        attributes["font-weight"] = "600"
    if line.middle:
        attributes["text-anchor"] = "middle"
    ET.SubElement(parent, "text", attributes).text = line.text


def _arrow(parent: ET.Element, arrow: Arrow, theme: Theme) -> None:
    path = "M" + " L".join(f"{_number(x)} {_number(y)}" for x, y in arrow.points)
    ET.SubElement(parent, "path", {"d": path, "fill": "none", "stroke": theme.arrow, "stroke-width": "1.6"})
    ends = [(arrow.points[-2], arrow.points[-1])]
    if arrow.both:
        ends.append((arrow.points[1], arrow.points[0]))
    for before, end in ends:
        ET.SubElement(parent, "path", {"d": _head(before, end), "fill": theme.arrow})


def _head(before: Sequence[float], end: Sequence[float]) -> str:
    """A triangle at the end of a horizontal or vertical line."""
    x, y = end
    right = (x > before[0]) - (x < before[0])
    down = (y > before[1]) - (y < before[1])
    base_x, base_y = x - 7 * right, y - 7 * down
    corners = [(x, y), (base_x + 4 * down, base_y + 4 * right), (base_x - 4 * down, base_y - 4 * right)]
    return "M" + " L".join(f"{_number(a)} {_number(b)}" for a, b in corners) + " Z"


def _number(value: float) -> str:
    """At most one decimal, without a trailing zero."""
    return f"{value:.1f}".removesuffix(".0")
