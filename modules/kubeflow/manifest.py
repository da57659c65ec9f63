"""Kubernetes objects as text that Python and Go (kubectl, Helm, the API server) parse to the same values.

Tokens (`@@name@@`) are placeholders for values known only at apply; a chart's template (`chart.py`) replaces them. A
string with a token is double-quoted, so that the template can insert any value, escaped as JSON. A string that consists
only of `@@json:name@@` is replaced by the value itself: a number, a list, a mapping.
"""

import copy
import functools
import marshal
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import yaml

Object = dict[str, Any]

TOKEN = re.compile(r"@@(?:json:)?([a-z][a-z0-9_]*)@@")
CHECKSUM_TOKEN = "values_checksum"
"""A token set by the chart's template: a checksum of all values."""
_KEEP = "helm.sh/resource-policy"
_FIRST = {key: number for number, key in enumerate(("apiVersion", "kind", "metadata"))}

# Plain scalars that YAML 1.2 or Go do not read as strings, in addition to those of PyYAML (YAML 1.1).
_ALSO_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+")
_ALSO_INT = re.compile(r"[-+]?0[oO][0-7_]+")
_ALSO_BOOL = re.compile(r"[yYnN]")


class Identity(NamedTuple):
    """Identity of an object for Kubernetes and for Helm ownership; the API version is not part of it."""

    group: str
    kind: str
    namespace: str
    name: str

    @property
    def type(self) -> str:
        """Kind and group as kubectl writes them: `Deployment.apps`, `Service`."""
        return f"{self.kind}.{self.group}" if self.group else self.kind

    @property
    def place(self) -> str:
        """`namespace/name`, or only the name of a cluster-scoped object."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    def __str__(self) -> str:
        return f"{self.type} {self.place}"


class _Loader(yaml.CSafeLoader):
    """YAML loader with Kubernetes semantics: a date stays a string, `1e6` is a number."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value")
    ]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(f"(?:{_ALSO_FLOAT.pattern})$"), list("-+.0123456789")
)


class _Dumper(yaml.CSafeDumper):
    """YAML dumper with unambiguous output: strings that some YAML version reads as another type are quoted."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


for _pattern, _first in ((_ALSO_FLOAT, "-+.0123456789"), (_ALSO_INT, "-+0"), (_ALSO_BOOL, "yYnN")):
    _Dumper.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(f"(?:{_pattern.pattern})$"), list(_first))


def _represent_str(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if TOKEN.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _represent_str)


def load(text: str | bytes) -> list[Object]:
    """All objects of a YAML text, without empty documents; `kind: List` is not supported."""
    return [document for document in documents(text) if document]


def documents(text: str | bytes) -> list[Any]:
    """All documents of a YAML text, also those that are empty or no objects."""
    return list(yaml.load_all(text, _Loader))


def dump(objects: Sequence[Object]) -> bytes:
    """Objects as deterministic YAML with sorted keys and objects.

    Raises:
        ValueError: text does not round-trip; a token is used as a key, where it cannot be escaped.
    """
    return "---\n".join(_document(marshal.dumps(ordered(item), 2)) for item in sorted(objects, key=identity)).encode()


@functools.lru_cache(maxsize=2048)
def _document(marshalled: bytes) -> str:
    """YAML of one object; 1,568 of the catalogue's 2,525 objects are equal in several variants of a component.

    JSON would turn a key that is a number into a string, and the comparison below would not see it.
    """
    item = marshal.loads(marshalled)
    for path, key in _keys(item):
        if TOKEN.search(key):
            raise ValueError(f"{identity(item)}: {path}: a token as a key ({key}); use it as a value")
    text: str = yaml.dump(
        item, Dumper=_Dumper, sort_keys=False, width=2**31 - 1, allow_unicode=True, default_flow_style=False
    )
    if load(text) != [item]:
        raise ValueError(f"{identity(item)}: does not round-trip through YAML")
    return text


def ordered(item: Object) -> Object:
    """A copy with sorted keys: apiVersion, kind and metadata first, Helm's keep annotation last.

    If the last value would be a multi-line string, metadata comes last instead: Helm trims each document, including the
    string's final newline. https://github.com/helm/helm/blob/v3.18.6/pkg/releaseutil/manifest.go
    """
    result: Object = {
        key: _sorted(item[key]) for key in sorted(item, key=lambda key: (_FIRST.get(key, len(_FIRST)), key))
    }
    annotations = result["metadata"].get("annotations")
    if isinstance(annotations, dict) and _KEEP in annotations:  # else it is a token
        annotations[_KEEP] = annotations.pop(_KEEP)
    if "\n" in _last(result):
        result["metadata"] = result.pop("metadata")
    return result


def _last(value: Any) -> str:
    """The string at the end of an object's YAML; empty if it ends with another type."""
    while isinstance(value, (dict, list)) and value:
        value = list(value.values())[-1] if isinstance(value, dict) else value[-1]
    return value if isinstance(value, str) else ""


def identity(item: Object) -> Identity:
    """Group, kind, namespace and name of an object.

    Raises:
        ValueError: a field is missing, so it is not a Kubernetes object.
    """
    try:
        group, kind = item["apiVersion"].rpartition("/")[0], item["kind"]
        return Identity(group, kind, item["metadata"].get("namespace") or "", item["metadata"]["name"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{str(item)[:200]}: is not a Kubernetes object ({error!r})") from error


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """All string values with their paths (`spec.template.spec.containers[0].image`)."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from strings(inner, f"{path}[{number}]")


def map_strings(value: Any, change: Callable[[str], str]) -> Any:
    """A copy with every string value mapped; keys are unchanged."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: map_strings(inner, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [map_strings(inner, change) for inner in value]
    return copy.deepcopy(value)


def tokens(objects: Sequence[Object]) -> list[str]:
    """Sorted names of the tokens that a release must set."""
    found = {name for item in objects for _, text in strings(item) for name in TOKEN.findall(text)}
    return sorted(found - {CHECKSUM_TOKEN})


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(inner) for inner in value]
    return value


def _keys(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield path, key
            yield from _keys(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner, path)
