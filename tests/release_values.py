"""Values of Helm releases in generated JSON: objects in `locals`, which a release names in `jsonencode(local.…)`."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from tests.documents import at

_REFERENCE = re.compile(r"\$\{jsonencode\(local\.(\w+)\)\}")
_TEXT = re.compile(r"\$\{(?:(?P<json>jsonencode)|chomp\(yamlencode)\(local\.(?P<local>\w+)\.(?P<token>\w+)\)\)?\}")


def release_values(document: Mapping[str, Any], release: str) -> dict[str, Any]:
    """Values of `helm_release.<release>`, expressions as they are; a token's text is the object that it encodes. `{}` without any."""
    found = _written(document, release)
    if "tokens" in found:
        texts = {name: _TEXT.fullmatch(value) for name, value in found["tokens"].items() if isinstance(value, str)}
        contents = {name: _content(document, text) for name, text in texts.items() if text is not None}
        found["tokens"] = {**found["tokens"], **contents}
    return found


def evaluated_values(
    document: Mapping[str, Any], release: str, expression: Callable[[str], str] = lambda _: "known-at-apply"
) -> dict[str, Any]:
    """The same as Terraform makes them.

    Args:
        document: of a stack.
        release: address of the release without `helm_release.`.
        expression: what becomes of an expression, `${…}`.
    """

    def value_of(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {evaluated(key, expression): value_of(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [value_of(inner) for inner in value]
        if value == "${null}" or not isinstance(value, str):
            return None if isinstance(value, str) else value
        if (text := _TEXT.fullmatch(value)) is not None:
            return _encoded(value_of(_content(document, text)), "json" if text["json"] else "yaml")
        return evaluated(value, expression)

    found: dict[str, Any] = value_of(_written(document, release))
    return found


def _written(document: Mapping[str, Any], release: str) -> dict[str, Any]:
    written = document["resource"]["helm_release"][release].get("values", [])
    if not written:
        return {}
    (reference,) = written
    named = _REFERENCE.fullmatch(reference)
    assert named is not None, reference
    return dict(document["locals"][named[1]])


def _content(document: Mapping[str, Any], text: re.Match[str]) -> Any:
    return at(document, f"locals {text['local']} {text['token']}")


def _encoded(content: Any, language: str) -> str:
    if language == "json":
        return json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    text: str = yaml.safe_dump(content, width=2**31 - 1)
    return text.removesuffix("\n")


def evaluated(text: str, expression: Callable[[str], str]) -> str:
    """A string of Terraform's with its expressions replaced, and its escapes undone."""
    found, position = "", 0
    while (start := re.search(r"(?<![$%])\$\{", text[position:])) is not None:
        begin = position + start.start()
        end, depth = begin + 2, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        found += text[position:begin] + expression(text[begin:end])
        position = end
    return (found + text[position:]).replace("$${", "${").replace("%%{", "%{")
