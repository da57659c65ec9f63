"""Text of a new main.py, in the format of ruff."""

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path

import kubeflow_aws
from modules.converting.source import WIDTH, source
from modules.text import page

TEMPLATES = Path(__file__).with_name("templates")


def main_py(kind: str, answers: Mapping[str, str | tuple[str, ...]]) -> str:
    """The text of a main.py.

    Args:
        kind: of the platform, the name of a template.
        answers: its values.
    """
    literals = {name: _literal(value, name) for name, value in answers.items()}
    body = page(TEMPLATES / f"{kind}.py.j2", **{"state_bucket": None, **literals})
    docstring, rest = body.split("\n\n", 1)
    return f"{docstring}\n\n{imports(rest)}\n\n{rest}"


def _literal(value: str | tuple[str, ...], name: str) -> str:
    """A value as Python, for the line of the constant with its name."""
    if isinstance(value, str) and name == "zones" and value.isdecimal():
        return value
    return source(value, before=len(f"{name} = "))


def imports(body: str) -> str:
    """The import of all public names that the body uses, in ruff's order."""
    used = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    names = sorted(used & set(dir(kubeflow_aws)), key=_order)
    line = f"from kubeflow_aws import {', '.join(names)}"
    return line if len(line) <= WIDTH else _one_a_line(names)


def _one_a_line(names: Sequence[str]) -> str:
    return "\n".join(["from kubeflow_aws import (", *(f"    {name}," for name in names), ")"])


def _order(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)
