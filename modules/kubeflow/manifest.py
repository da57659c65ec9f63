"""Kubernetes objects as text: read and written so that Python and Go (kubectl, Helm, the API server) see the same values.

Tokens (`@@name@@`) stand for values known only at apply, and are filled in by a chart's template (`chart.py`). A string
with a token is written in double quotes, so that the template can put any value there, escaped as JSON. A string that is
nothing but `@@json:name@@` becomes whatever its value is: a number, a list, a mapping.
"""

import copy
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import yaml

Object = dict[str, Any]

TOKEN = re.compile(r"@@(?:json:)?([a-z][a-z0-9_]*)@@")
CHECKSUM_TOKEN = "values_checksum"
"""A token that the chart's template fills in by itself: a checksum of all values."""
_KEEP = "helm.sh/resource-policy"
_FIRST = {key: number for number, key in enumerate(("apiVersion", "kind", "metadata"))}

# What YAML 1.2 or Go read as something else than a string, beyond what PyYAML (YAML 1.1) knows.
_ALSO_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+")
_ALSO_INT = re.compile(r"[-+]?0[oO][0-7_]+")
_ALSO_BOOL = re.compile(r"[yYnN]")


class Identity(NamedTuple):
    """What makes an object one and the same for Kubernetes, and for Helm's ownership; its version does not."""

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
        """`namespace/name`, or the name of what is in no namespace."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    def __str__(self) -> str:
        return f"{self.type} {self.place}"


class _Loader(yaml.CSafeLoader):
    """YAML as Kubernetes reads it: a date stays a string, `1e6` is a number."""


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
    """YAML that every reader takes for the same: what some version of YAML reads as no string is quoted."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


for _pattern, _first in ((_ALSO_FLOAT, "-+.0123456789"), (_ALSO_INT, "-+0"), (_ALSO_BOOL, "yYnN")):
    _Dumper.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(f"(?:{_pattern.pattern})$"), list(_first))


def _represent_str(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if TOKEN.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _represent_str)


def load(text: str | bytes) -> list[Object]:
    """All objects of a YAML text; lists (`kind: List`) are not expected, empty documents are left out."""
    return [document for document in yaml.load_all(text, _Loader) if document]


def dump(objects: Sequence[Object]) -> bytes:
    """Objects as YAML, the same bytes for the same objects, keys and objects sorted.

    Raises:
        ValueError: text that reads back as something else; a token as a key, where it could not be escaped.
    """
    objects = [ordered(item) for item in sorted(objects, key=identity)]
    for item in objects:
        for path, key in _keys(item):
            if TOKEN.search(key):
                raise ValueError(f"{identity(item)}: {path}: a token as a key ({key}); use it as a value")
    text: str = yaml.dump_all(
        objects, Dumper=_Dumper, sort_keys=False, width=2**31 - 1, allow_unicode=True, default_flow_style=False
    )
    if load(text) != objects:
        changed = [str(identity(new)) for new, old in zip(load(text), objects, strict=True) if new != old]
        raise ValueError(f"{', '.join(changed)}: does not survive being written as YAML")
    return text.encode()


def ordered(item: Object) -> Object:
    """A copy of an object with its keys sorted, but apiVersion, kind and metadata first, and Helm's keep annotation last.

    Where the last value would be a text of several lines, metadata comes last instead: Helm strips each document, and with it
    the text's last newline. https://github.com/helm/helm/blob/v3.18.6/pkg/releaseutil/manifest.go
    """
    result: Object = {
        key: _sorted(item[key]) for key in sorted(item, key=lambda key: (_FIRST.get(key, len(_FIRST)), key))
    }
    annotations = result["metadata"].get("annotations")
    if isinstance(annotations, dict) and _KEEP in annotations:  # else a token stands for them
        annotations[_KEEP] = annotations.pop(_KEEP)
    if "\n" in _last(result):
        result["metadata"] = result.pop("metadata")
    return result


def _last(value: Any) -> str:
    """The text that an object's YAML ends with; empty if it ends with something else."""
    while isinstance(value, (dict, list)) and value:
        value = list(value.values())[-1] if isinstance(value, dict) else value[-1]
    return value if isinstance(value, str) else ""


def identity(item: Object) -> Identity:
    """Group, kind, namespace and name of an object.

    Raises:
        ValueError: it lacks one of them and is no Kubernetes object.
    """
    try:
        group, kind = item["apiVersion"].rpartition("/")[0], item["kind"]
        return Identity(group, kind, item["metadata"].get("namespace") or "", item["metadata"]["name"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{str(item)[:200]}: is no Kubernetes object ({error!r})") from error


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string value inside, with its path (`spec.template.spec.containers[0].image`)."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from strings(inner, f"{path}[{number}]")


def map_strings(value: Any, change: Callable[[str], str]) -> Any:
    """A copy with every string value changed; keys stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: map_strings(inner, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [map_strings(inner, change) for inner in value]
    return copy.deepcopy(value)


def tokens(objects: Sequence[Object]) -> list[str]:
    """Names of the tokens inside that a release must give, sorted."""
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
