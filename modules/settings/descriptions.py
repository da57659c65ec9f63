"""Descriptions of settings: the string below each field, which editors show, and docs/settings.md and the JSON schema repeat.

Pydantic's `use_attribute_docstrings` would read them at each import, which makes the import of the settings a sixth slower
(0.63 s to 0.74 s of CPU); a synthesis needs none of them.
"""

import ast
import functools
import inspect
import sys


@functools.cache
def descriptions(kind: type) -> dict[str, str]:
    """Setting to its description, each on one line; those of base classes too. Also of the dataclasses that settings hold."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.startswith("modules."):
            found |= _classes_of(base.__module__).get(base.__qualname__, {})
    return found


@functools.cache
def _classes_of(module: str) -> dict[str, dict[str, str]]:
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: _attributes(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _attributes(node: ast.ClassDef) -> dict[str, str]:
    found: dict[str, str] = {}
    for field, below in zip(node.body, node.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as text)):
                found[name] = " ".join(text.split())
    return found
