"""Rendering of jinja2 templates."""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2

ENVIRONMENT = jinja2.Environment(
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # the output is user data for machines, not HTML
)


def render(template: Path, **values: Any) -> str:
    """Fill a template for a Terraform string.

    `${` and `%{` in the template's text are escaped before values are inserted: Terraform would interpolate them, while
    tokens in values must stay live.

    Raises:
        ValueError: the template names a value that is not given.
    """
    return _filled(template, template.read_text(encoding="utf-8").replace("${", "$${").replace("%{", "%%{"), values)


def page(template: Path, **values: Any) -> str:
    """Fill a template for readers or shells; nothing is escaped.

    Raises:
        ValueError: the template names a value that is not given.
    """
    return _filled(template, template.read_text(encoding="utf-8"), values)


def html_page(
    template: Path, filters: Mapping[str, Callable[[Any], Any]], finalize: Callable[[Any], Any], **values: Any
) -> str:
    """Fill a template of an HTML page; all values but markup are escaped.

    Args:
        template: the file.
        filters: functions that it uses.
        finalize: applied to each value before it is escaped.
        values: what it names.
    """
    environment = ENVIRONMENT.overlay(autoescape=True, finalize=finalize)
    environment.filters = {**ENVIRONMENT.filters, **filters}
    return environment.from_string(template.read_text(encoding="utf-8")).render(**values)


def _filled(template: Path, source: str, values: Mapping[str, Any]) -> str:
    try:
        return _compiled(source).render(**values)
    except jinja2.UndefinedError as error:
        given = ", ".join(sorted(values)) or "nothing"
        raise ValueError(
            f"{template.parent.name}/{template.name}: {error.message}; use a value that it is given: {given}"
        ) from error


@functools.cache
def _compiled(source: str) -> jinja2.Template:
    """Compiled once: 20 ms, for each platform of a run and each run of `make watch`."""
    return ENVIRONMENT.from_string(source)


def escaped(value: Any) -> Any:
    """Escape `${` and `%{` in a value for Terraform, at any depth."""
    if isinstance(value, str):
        return value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, Mapping):
        return {escaped(key): escaped(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [escaped(item) for item in value]
    return value
