"""Texts of a manifest that can name a Service or an S3 address, with their paths."""

from collections.abc import Iterator, Mapping
from typing import Any

from modules.checks.admission.problem import Path
from modules.checks.admission.templates.template import Template


def of_pods(template: Template) -> Iterator[tuple[Path, str]]:
    """Variables, commands and arguments of a template's containers; paths are those in the object."""
    for key in ("initContainers", "containers"):
        for number, one in enumerate(template.spec.get(key) or ()):
            for path, text in _container(one):
                yield template.located(("spec", key, number, *path)), text


def _container(one: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for number, env in enumerate(one.get("env") or ()):
        if isinstance(env.get("value"), str):
            yield ("env", number, "value"), env["value"]
    for key in ("command", "args"):
        for number, text in enumerate(one.get(key) or ()):
            if isinstance(text, str):
                yield (key, number), text


def all_of(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """All strings of an object."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from all_of(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from all_of(inner, (*path, number))
