"""`make vendor`: the catalogue's kustomizations, and those that the platforms of `main.py` bring themselves."""

import sys
from pathlib import Path

from cli.main_file import MAIN, platforms
from modules.kubeflow.catalogue import CATALOGUE
from modules.settings.component import Component
from modules.vendoring.vendor import main


def components(main_file: Path = MAIN) -> list[Component]:
    """The catalogue, and the own components of every platform that a `main.py` defines, each once.

    Raises:
        ValueError: two platforms mean different things by one name.
    """
    found = {component.name: component for component in CATALOGUE}
    for platform in platforms(main_file):
        if platform.kubeflow is not None:
            for component in platform.kubeflow.extra_components:
                if found.setdefault(component.name, component) != component:
                    raise ValueError(f"components: two are named {component.name} and differ; give each its own name")
    return list(found.values())


if __name__ == "__main__":
    main(sys.argv[1:], components)
