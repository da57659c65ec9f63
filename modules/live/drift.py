"""Drift detection: objects in a cluster compared with the manifests in Helm's release records.

A Terraform plan does not detect it: the Helm provider compares a release's chart and values, not its objects. Only fields
in the manifest are compared; additions by the cluster (defaults, status, fields set by controllers) are ignored.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules.kubeflow.manifest import Object, identity, load
from modules.kubeflow.pod_requests import quantity
from modules.live.api import Reader
from modules.live.helm_records import Record, content
from modules.live.target import Wanted

FILLED_IN = ("caBundle", "creationTimestamp", "status")
"""Fields with an upstream placeholder that a controller sets."""
_MAXIMUM = 5


@dataclass(frozen=True)
class Difference:
    """One object that differs from its release."""

    wanted: Wanted
    item: Object
    """The object in the release manifest."""
    fields: tuple[str, ...]
    """`path: wanted -> found`; empty: the object is missing. Values of Secrets are not in it."""

    def __str__(self) -> str:
        shown = [
            *self.fields[:_MAXIMUM],
            *([f"{len(self.fields) - _MAXIMUM} more"] if len(self.fields) > _MAXIMUM else []),
        ]
        return f"{identity(self.item)}: {'; '.join(shown) if self.fields else 'missing'}"


class Types:
    """API paths of object types.

    Args:
        api: client; called once per API version.
    """

    def __init__(self, api: Reader) -> None:
        self._api = api
        self._known: dict[str, dict[str, tuple[str, bool]]] = {}

    def path(self, item: Object, namespace: str) -> str | None:
        """The path of an object; None: unknown type.

        Args:
            item: the object.
            namespace: default namespace.
        """
        version = item["apiVersion"]
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        if version not in self._known:
            resources = (self._api.get(root) or {}).get("resources", ())
            self._known[version] = {
                one["kind"]: (one["name"], one["namespaced"]) for one in resources if "/" not in one["name"]
            }
        if item["kind"] not in self._known[version]:
            return None
        plural, namespaced = self._known[version][item["kind"]]
        place = item["metadata"].get("namespace") or namespace
        return (
            f"{root}/namespaces/{place}/{plural}/{item['metadata']['name']}"
            if namespaced
            else f"{root}/{plural}/{item['metadata']['name']}"
        )


def of_release(api: Reader, types: Types, wanted: Wanted, record: Record) -> list[Difference]:
    """Objects of a deployed release that are missing or differ.

    Args:
        api: client of the cluster.
        types: API paths of the same cluster.
        wanted: the release in Terraform.
        record: its deployed revision.
    """
    items = load(content(api, record)["manifest"])
    scaled = {
        (item["spec"]["scaleTargetRef"]["kind"], item["spec"]["scaleTargetRef"]["name"])
        for item in items
        if item["kind"] == "HorizontalPodAutoscaler"
    }
    found = []
    for item in items:
        path = types.path(item, record.namespace)
        live = api.get(path) if path else None
        item = _marked(_compared(item, scaled), wanted)
        if live is None:
            found.append(Difference(wanted, item, ()))
        elif fields := tuple(_fields(item, live)):
            found.append(Difference(wanted, item, fields))
    return found


def _marked(item: Object, wanted: Wanted) -> Object:
    """An object with Helm's ownership labels and annotations, which the stored manifest does not contain."""
    metadata = dict(item["metadata"])
    metadata["labels"] = {**(metadata.get("labels") or {}), "app.kubernetes.io/managed-by": "Helm"}
    metadata["annotations"] = {
        **(metadata.get("annotations") or {}),
        "meta.helm.sh/release-name": wanted.name,
        "meta.helm.sh/release-namespace": wanted.namespace,
    }
    return {**item, "metadata": metadata}


def _compared(item: Object, scaled: set[tuple[str, str]]) -> Object:
    """An object without fields set by controllers."""
    item = {key: value for key, value in item.items() if key not in FILLED_IN}
    if item.get("aggregationRule"):
        item.pop("rules", None)
    if (item["kind"], item["metadata"]["name"]) in scaled:
        item["spec"] = {key: value for key, value in item["spec"].items() if key != "replicas"}
    return item


def _fields(item: Object, live: Object) -> Iterator[str]:
    secret = item["kind"] == "Secret"
    for path, wanted, found in _differences(item, live, ""):
        if secret and path.startswith("stringData"):
            continue  # the server stores it as `data`
        yield path if secret else f"{path}: {_short(wanted)} -> {_short(found)}"


def _differences(wanted: Any, live: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(wanted, Mapping) and isinstance(live, Mapping):
        for key, value in wanted.items():
            if key not in FILLED_IN:
                yield from _differences(value, live.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(wanted, list) and isinstance(live, list):
        yield from _of_lists(wanted, live, path)
    elif not _same(wanted, live):
        yield path, wanted, live


def _of_lists(wanted: Sequence[Any], live: Sequence[Any], path: str) -> Iterator[tuple[str, Any, Any]]:
    """Compare lists of named entries by name, since a cluster adds entries (sidecars, volumes); others by index."""
    names = [one["name"] for one in wanted if isinstance(one, Mapping) and "name" in one]
    if wanted and len(set(names)) == len(wanted):
        for one in wanted:
            there = [other for other in live if isinstance(other, Mapping) and other.get("name") == one["name"]]
            yield from _differences(one, there[0] if there else None, f"{path}[{one['name']}]")
    elif len(wanted) != len(live):
        yield path, wanted, live
    else:
        for number, (one, other) in enumerate(zip(wanted, live, strict=True)):
            yield from _differences(one, other, f"{path}[{number}]")


def _same(wanted: Any, live: Any) -> bool:
    """Whether the server normalizes one value to the other: empty values are dropped, quantities rewritten."""
    if wanted == live or (not wanted and live is None) or (wanted is None):
        return True
    try:
        return quantity(wanted) == quantity(live)
    except (ArithmeticError, TypeError, ValueError):
        return False


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
