"""Rendering of templates: the only use of jinja2."""

from collections.abc import Mapping
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
    """Fill a template that ends up in a Terraform string.

    `${` and `%{` of the template's own text are escaped before values come in: Terraform would read them as its
    own, and tokens among the values must stay live.

    Raises:
        jinja2.UndefinedError: the template names a value that is not given.
    """
    source = template.read_text(encoding="utf-8").replace("${", "$${").replace("%{", "%%{")
    return ENVIRONMENT.from_string(source).render(**values)


def page(template: Path, **values: Any) -> str:
    """Fill a template that people or shells read; nothing is escaped.

    Raises:
        jinja2.UndefinedError: the template names a value that is not given.
    """
    return ENVIRONMENT.from_string(template.read_text(encoding="utf-8")).render(**values)


def escaped(value: Any) -> Any:
    """A user's value as it is written in Terraform: `${` and `%{` in it are not Terraform's, at any depth."""
    if isinstance(value, str):
        return value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, Mapping):
        return {escaped(key): escaped(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [escaped(item) for item in value]
    return value
