"""Whether pods that are made of an object are of the form of a Pod: operators pass on what a kind's own schema does not check."""

from collections.abc import Iterator, Mapping
from decimal import InvalidOperation
from typing import Any

from modules.checks.admission import kinds
from modules.checks.admission.problem import Path, Problem
from modules.checks.admission.templates.template import Template
from modules.kubeflow.pod_requests import quantity


def of_pod(template: Template, version: str, *, known: bool) -> list[Problem]:
    """Fields of a pod with the wrong type or value.

    Args:
        template: the pod.
        version: Kubernetes version, such as 1.35.
        known: whether the schema of the object's kind is known; it reports unknown fields then.
    """
    from modules.checks.admission.schemas import mistakes

    if not isinstance(template.metadata, dict):
        return [Problem(kinds.SCHEMA, template.metadata_path, "metadata is not a mapping", whole=False)]
    metadata = {"name": "pod", **{key: value for key, value in template.metadata.items() if key in METADATA}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": dict(template.running)}
    found = [
        Problem(kinds.SCHEMA, template.located(one.path), one.text, whole=one.unknown)
        for one in mistakes(pod, version, {}) or ()
        if not (one.unknown and known)
    ]
    found += [
        Problem(kinds.SCHEMA, template.located(("spec", *path)), "is empty", whole=False)
        for path in _empty(template.spec, ())
    ]
    if not all(one.whole for one in found):
        return found
    return found + [
        Problem(kinds.SCHEMA, template.located(path), text, whole=False) for path, text in _quantities(template.running)
    ]


METADATA = ("annotations", "labels")
"""Of a template's metadata, what a pod keeps."""


def _empty(value: Any, path: Path) -> Iterator[Path]:
    """Entries of lists without content, which schemas of Kubernetes admit and the API server does not."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _empty(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            if inner is None:
                yield (*path, number)
            yield from _empty(inner, (*path, number))


def _quantities(spec: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for key in ("initContainers", "containers"):
        for number, one in enumerate(spec.get(key) or ()):
            for where in ("requests", "limits"):
                for name, amount in ((one.get("resources") or {}).get(where) or {}).items():
                    if not is_quantity(amount):
                        yield ("spec", key, number, "resources", where, name), f"{amount!r} is not a quantity"


def is_quantity(amount: Any) -> bool:
    """Whether a value is a number with a unit of Kubernetes."""
    try:
        return quantity(str(amount)).is_finite()
    except InvalidOperation:
        return False
