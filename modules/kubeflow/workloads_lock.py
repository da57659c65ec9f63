"""Model of `workloads.lock.json`: what runs in each component, with the fields that placing its pods on nodes needs.

`make vendor UPDATE=1` writes it together with `upstream.lock.json`, from the rendered objects and from official charts with this
platform's values. Synthesis and `check` read only this file, never the rendered objects.
"""

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from modules.kubeflow.manifest import Object
from modules.program import run
from modules.settings.component import Builtin, Component, HelmChart

WORKLOADS_FILE = Path(__file__).with_name("workloads.lock.json")
FORMAT = 1
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")
"""Kinds whose pods run all the time."""
CONFIG_MAPS = frozenset({("istio-system", "istio-sidecar-injector")})
"""Namespace and name of the ConfigMap with the requests of injected sidecars."""


@dataclass(frozen=True)
class ComponentWorkloads:
    """One component in one version."""

    version: str
    """Version of the chart or of upstream."""
    objects: tuple[Object, ...]
    """Workloads, claims, autoscalers, disruption budgets, and the sidecar injector's webhooks and values; those that not all
    variants have, with `variants`."""

    def of_variant(self, name: str) -> Iterator[Object]:
        """Objects of one variant."""
        return (one for one in self.objects if name in one.get("variants", (name,)))


WorkloadsLock = Mapping[str, ComponentWorkloads]
"""By component."""


def as_text(components: WorkloadsLock) -> str:
    """The file's content: one line for each object, so that a diff shows what changes."""
    lines = []
    for name, one in sorted(components.items()):
        objects = ",\n".join(f"    {json.dumps(item, sort_keys=True, ensure_ascii=False)}" for item in one.objects)
        listed = f"[\n{objects}\n   ]" if objects else "[]"
        lines.append(
            f'  {json.dumps(name)}: {{\n   "version": {json.dumps(one.version)},\n   "objects": {listed}\n  }}'
        )
    return f'{{\n "format": {FORMAT},\n "components": {{\n' + ",\n".join(lines) + "\n }\n}\n"


def read(path: Path = WORKLOADS_FILE) -> WorkloadsLock:
    """The data from their file; empty if the file does not exist.

    Raises:
        ValueError: the file has another format or was edited.
    """
    try:
        raw = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ValueError(f"{path}: is not valid JSON ({error}); restore it from git") from error
    if raw.get("format") != FORMAT:
        raise ValueError(f"{path}: has an unsupported format; run `{run('vendor --update')}`")
    try:
        return {
            name: ComponentWorkloads(one["version"], tuple(one["objects"])) for name, one in raw["components"].items()
        }
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path}: {error!r}; do not edit it, run `{run('vendor --update')}`") from error


@functools.cache
def workloads_lock() -> WorkloadsLock:
    """The committed data, read once per run."""
    return read()


def known(component: Component) -> bool:
    """Whether it is known what runs in a component: in an official chart, in exactly its version."""
    if isinstance(component.source, Builtin):
        return True  # templates in `objects/` have only Jobs and objects without pods, which a test compares
    found = workloads_lock().get(component.name)
    return found is not None and (
        not isinstance(component.source, HelmChart) or found.version == component.source.version
    )


def objects_of(components: Sequence[Component], variants: Mapping[str, str]) -> Iterator[tuple[str, Object]]:
    """Component and object of all that is known of some components.

    Args:
        components: chosen components.
        variants: variant of each kustomization; official charts have none.
    """
    for one in components:
        if not isinstance(one.source, Builtin) and known(one):
            for item in workloads_lock()[one.name].of_variant(variants.get(one.name, "")):
                yield one.name, item
