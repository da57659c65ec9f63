"""Pictures for one page: ids of an SVG are those of the page, so each picture gets its own."""

import re
import xml.etree.ElementTree as ET  # reads pictures of this project alone

from modules.report.shown import shown

SVG = "http://www.w3.org/2000/svg"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_LISTS = ("aria-labelledby", "aria-describedby")


def inlined(svg: str, prefix: str) -> str:
    """An SVG for use inside of HTML.

    Args:
        svg: a complete `<svg>` element.
        prefix: put before each id.
    """
    ET.register_namespace("", SVG)
    root = ET.fromstring(svg)
    for element in root.iter():
        element.text = element.text and shown(element.text)
        for name, value in element.attrib.items():
            element.set(name, _renamed(name, value, prefix))
    return ET.tostring(root, encoding="unicode")


def _renamed(name: str, value: str, prefix: str) -> str:
    if name == "id":
        return f"{prefix}-{value}"
    if name in _LISTS:
        return " ".join(f"{prefix}-{one}" for one in value.split())
    if name.rpartition("}")[2] == "href" and value.startswith("#"):
        return f"#{prefix}-{value[1:]}"
    return _REFERENCE.sub(rf"url(#{prefix}-\1)", value)
