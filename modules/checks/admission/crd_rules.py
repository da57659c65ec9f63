"""CEL rules of CustomResourceDefinitions (`x-kubernetes-validations`), evaluated over one object.

Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
"""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from modules.checks.admission import cel
from modules.checks.admission.problem import Path

RULES = "x-kubernetes-validations"
JSON_TOKEN = "@@json:"
"""Beginning of the text in place of a list or an object that is set at apply; see `modules/kubeflow/chart.py`."""
Outcome = tuple[Path, str, bool]
"""Path, text, and whether the rule was evaluated."""


def broken(schema: Mapping[str, Any], one: Mapping[str, Any]) -> list[Outcome]:
    """Rules that a new object breaks, and rules that are not covered.

    Rules about a change (`oldSelf`) do not apply to a new object.

    Args:
        schema: of the CRD.
        one: the object.
    """
    if not _has_rules(schema):
        return []
    return list(_walk(schema, with_defaults(schema, _known(one)), ()))


def _known(value: Any) -> Any:
    """A copy without fields that are lists or objects set at apply.

    In place of them is a text, and cel-python 0.5 never ends a macro such as `all` over a text: it took 14 GB.
    """
    if isinstance(value, dict):
        return {name: _known(inner) for name, inner in value.items() if not _is_token(inner)}
    if isinstance(value, list):
        return [_known(inner) for inner in value if not _is_token(inner)]
    return value


def _is_token(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(JSON_TOKEN)


def with_defaults(schema: Mapping[str, Any], value: Any) -> Any:
    """A copy of a value with the defaults of its schema, which the API server sets before it validates."""
    if isinstance(value, dict):
        found = {name: with_defaults(_below(schema, name), inner) for name, inner in value.items()}
        for name, inner in (schema.get("properties") or {}).items():
            if name not in found and "default" in inner:
                found[name] = with_defaults(inner, copy.deepcopy(inner["default"]))
        return found
    if isinstance(value, list):
        return [with_defaults(schema.get("items") or {}, inner) for inner in value]
    return value


def _below(schema: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = (schema.get("properties") or {}).get(name)
    if found is None and isinstance(schema.get("additionalProperties"), dict):
        found = schema["additionalProperties"]
    return found or {}


def _walk(schema: Mapping[str, Any], value: Any, path: Path) -> Iterator[Outcome]:
    if value is None:
        return
    for rule in schema.get(RULES) or ():
        if "oldSelf" not in rule["rule"]:
            yield from _judged(rule, value, path)
    if isinstance(value, dict):
        for name, inner in value.items():
            if below := _below(schema, name):
                yield from _walk(below, inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _walk(schema.get("items") or {}, inner, (*path, number))


def _judged(rule: Mapping[str, Any], value: Any, path: Path) -> Iterator[Outcome]:
    known = {"self": cel.value(value)}
    try:
        if cel.truth(rule["rule"], known):
            return
        text = rule.get("message") or ""
        if rule.get("messageExpression"):
            text = str(cel.result(rule["messageExpression"], known))
        yield path, text or f"the rule is not met: {_one_line(rule['rule'])}", True
    except cel.UnevaluatedError as error:
        yield path, f"the rule {_one_line(rule['rule'])}: {error}", False


def _one_line(text: str) -> str:
    return " ".join(text.split())


_FOUND: dict[int, tuple[Mapping[str, Any], bool]] = {}


def _has_rules(schema: Mapping[str, Any]) -> bool:
    """Whether there is a rule at any depth; searched once for each parsed schema, which the entry keeps."""
    if id(schema) not in _FOUND:
        _FOUND[id(schema)] = (schema, _contains(schema))
    return _FOUND[id(schema)][1]


def _contains(schema: Any) -> bool:
    if isinstance(schema, dict):
        return RULES in schema or any(_contains(value) for value in schema.values())
    return isinstance(schema, list) and any(_contains(value) for value in schema)
