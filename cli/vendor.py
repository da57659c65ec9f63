"""`make vendor`: kustomizations of the catalogue, and extra components of the platforms in `main.py`."""

import sys
from pathlib import Path

from cli.main_file import MAIN, platforms
from modules.kubeflow.catalogue import CATALOGUE
from modules.settings.component import Component
from modules.vendoring.vendor import main


def components(main_file: Path = MAIN) -> list[Component]:
    """The catalogue and the extra components of all platforms in a `main.py`, without duplicates.

    Raises:
        ValueError: two platforms define a component differently.
    """
    found = {component.name: component for component in CATALOGUE}
    for platform in platforms(main_file):
        if platform.kubeflow is not None:
            for component in platform.kubeflow.extra_components:
                if found.setdefault(component.name, component) != component:
                    raise ValueError(
                        f"components: {component.name} is defined twice with differences; names must be unique"
                    )
    return list(found.values())


if __name__ == "__main__":
    main(sys.argv[1:], components)
