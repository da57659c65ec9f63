"""docs/pictures: SVG files of README and pages, each in a light and a dark version."""

import functools
from collections.abc import Iterator, Mapping

from docs.shipped_main import PROD
from modules.diagram.components_picture import components_picture
from modules.diagram.data_picture import data_picture
from modules.diagram.palette import THEMES
from modules.diagram.platform_picture import platform_picture
from modules.diagram.stacks_picture import stacks_picture
from modules.diagram.svg import Picture, svg
from modules.diagram.work_picture import work_picture
from modules.kubeflow.catalogue import CATALOGUE
from stacks.document import Document
from stacks.platform import build


def pictures() -> dict[str, str]:
    """Every picture, by its path in docs/."""
    return {
        f"pictures/{name}-{theme}.svg": svg(picture, theme) for name, picture in _pictures() for theme in sorted(THEMES)
    }


@functools.cache
def shipped() -> tuple[str, Mapping[str, Document]]:
    """The shipped platform: its name, and its stacks in apply order."""
    made = build(PROD)
    return PROD.name, {name: made.documents[name] for name in made.seconds}


def _pictures() -> Iterator[tuple[str, Picture]]:
    name, documents = shipped()
    yield "platform", platform_picture(name, documents)
    yield "work", work_picture(name, documents)
    yield "stacks", stacks_picture(name, documents)
    yield "data", data_picture(name, documents)
    yield "components", components_picture([component for component in CATALOGUE if component.default])
