"""Text of a new main.py, in the format of ruff."""

import ast
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import kubeflow_aws
from modules.text import page

WIDTH = 120
TEMPLATES = Path(__file__).with_name("templates")


def main_py(kind: str, answers: Mapping[str, str | tuple[str, ...]]) -> str:
    """The text of a main.py.

    Args:
        kind: of the platform, the name of a template.
        answers: its values.
    """
    literals = {name: literal(value, name) for name, value in answers.items()}
    body = page(TEMPLATES / f"{kind}.py.j2", **{"state_bucket": None, **literals})
    docstring, rest = body.split("\n\n", 1)
    return f"{docstring}\n\n{imports(rest)}\n\n{rest}"


def literal(value: str | tuple[str, ...], name: str = "") -> str:
    """A value as Python; a tuple that does not fit the line of its constant has one value in each line."""
    if isinstance(value, str):
        if name == "zones" and value.isdecimal():
            return value
        return json.dumps(value, ensure_ascii=False)
    inner = [literal(one) for one in value]
    line = f"({', '.join(inner)}{',' if len(inner) == 1 else ''})"
    if len(f"{name.upper()} = {line}") <= WIDTH:
        return line
    return "\n".join(["(", *(f"    {one}," for one in inner), ")"])


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
