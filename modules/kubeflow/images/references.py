"""All places in objects that name a container image: pods, ConfigMaps, variables, arguments, custom resources, injector.

Used for the platform's own replacements, for `Kubeflow.images`, and for a mirror.
"""

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.kubeflow.images.names import is_tagless, occurrences, replaced
from modules.kubeflow.manifest import Object, map_strings, strings
from modules.kubeflow.secrets.pod_references import pod_specs

_REGISTRY = (
    r"(?:docker\.io|index\.docker\.io|gcr\.io|ghcr\.io|quay\.io|mcr\.microsoft\.com|nvcr\.io|public\.ecr\.aws|"
    r"registry\.k8s\.io|registry\.istio\.io|[a-z0-9-]+\.gcr\.io|[a-z0-9-]+-docker\.pkg\.dev|[a-z0-9.-]+\.azurecr\.io|"
    r"[0-9]{12}\.dkr\.ecr\.[a-z0-9.-]+)"
)
_VERSION = r"(?::[\w][\w.-]*|@sha256:[0-9a-f]{64})+"
# with a tag or digest; without them at least two path parts, since `gcr.io/istio-release` alone is a hub prefix
_ANYWHERE = re.compile(
    rf"(?<![\w./-]){_REGISTRY}(?:/[a-z0-9][a-z0-9._/-]*[a-z0-9]{_VERSION}|/[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)+)"
)
# `image: x:1`, `"sidecarImage": "x:1"`, `--init-image=x:1`, `VIEWER_IMAGE=x:1`
_NAMED = re.compile(rf"""image["']?\s*[:=]\s*["']?([a-z0-9][a-z0-9._/-]*{_VERSION})""", re.IGNORECASE)
_IMAGE = re.compile(rf"[a-z0-9][a-z0-9._/-]*(?:{_VERSION})?")
_IMAGE_KEY = re.compile(r"image(_?name)?$", re.IGNORECASE)


@dataclass
class Found:
    """The images of some objects."""

    names: set[str] = field(default_factory=set)
    """As written."""
    hubs: dict[str, str] = field(default_factory=dict)
    """Image composed by the injector, to its registry prefix."""

    @property
    def images(self) -> set[str]:
        """Distinct images; a name without version is omitted if the same image occurs with one."""
        versioned = {name.partition("@")[0].rpartition(":")[0] for name in self.names if not is_tagless(name)}
        return {name for name in self.names if not is_tagless(name) or name not in versioned} | set(self.hubs)

    @property
    def spelled(self) -> set[str]:
        """All texts that change when images move to another registry."""
        return self.names | set(self.hubs.values())


def images_of_pods(objects: Iterable[Object]) -> list[str]:
    """Images of all containers of all workloads, including init and injected containers."""
    return sorted(
        {
            container["image"]
            for item in objects
            for _, spec in pod_specs(item)
            for kind in ("containers", "initContainers", "ephemeralContainers")
            for container in spec.get(kind) or ()
            if container.get("image")
        }
    )


def images_of(objects: Iterable[Object]) -> Found:
    """All images named in some objects."""
    found = Found()
    for item in objects:
        if item["kind"] == "CustomResourceDefinition":
            continue
        for key, text in _keyed(item):
            if _IMAGE_KEY.search(key) and _IMAGE.fullmatch(text):
                found.names.add(text)
            found.names |= {*_ANYWHERE.findall(text), *_NAMED.findall(text)}
            found.hubs |= _composed(text)
    return found


def hidden_images(objects: Iterable[Object]) -> list[str]:
    """Images named in these objects but not used by their pods."""
    items = list(objects)
    return sorted(images_of(items).images - set(images_of_pods(items)))


def rewritten(objects: Iterable[Object], names: Mapping[str, str]) -> list[Object]:
    """Objects with all image names replaced.

    Args:
        objects: any.
        names: name as written to its replacement.
    """
    return [map_strings(item, lambda text: replaced(text, names)) for item in objects]


def spelled_in(text: str, found: Found) -> list[str]:
    """Sorted names that occur in a file of objects, whose replacements its release must set."""
    return sorted(name for name in found.spelled if occurrences(name).search(text))


def _keyed(item: Object) -> Iterator[tuple[str, str]]:
    """All texts with their key: the variable name for a variable, the preceding argument for an argument."""
    for path, text in strings(item):
        yield re.sub(r"\[\d+\]$", "", path).rpartition(".")[2], text
    yield from _pairs(item)


def _pairs(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if isinstance(value.get("name"), str) and isinstance(value.get("value"), str):
            yield value["name"], value["value"]
        for inner in value.values():
            yield from _pairs(inner)
    elif isinstance(value, list):
        for before, after in itertools.pairwise(value):
            if isinstance(before, str) and isinstance(after, str) and before.startswith("-"):
                yield before, after
        for inner in value:
            yield from _pairs(inner)


def _composed(text: str) -> dict[str, str]:
    """Istio's sidecar, composed by the injector from hub, name and tag."""
    if not text.startswith("{") or '"hub"' not in text:
        return {}
    try:
        values = json.loads(text)
    except ValueError:  # a template, not JSON
        return {}
    common = values.get("global")
    if not isinstance(common, dict) or not (common.get("hub") and common.get("tag")):
        return {}
    image = (common.get("proxy") or {}).get("image")  # chart values may not contain it
    return {f"{common['hub']}/{image}:{common['tag']}": common["hub"]} if image else {}
