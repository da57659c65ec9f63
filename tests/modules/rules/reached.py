"""Which places in settings and rules report a problem while something runs: their code is replaced by code that notes it.

A trace function, which Python calls at each line of everything, took three times as long as the rules themselves.
"""

import ast
import builtins
import functools
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import modules.rules
import modules.settings

FOLDERS = tuple(Path(package.__file__).parent for package in (modules.settings, modules.rules) if package.__file__)
NOTE = "_note_the_place"
"""Name of the function that the replaced code calls; a builtin while it runs."""

Place = tuple[str, int]
"""Where something is reported: file name and line."""


def reports(node: ast.AST) -> bool:
    """Whether a statement or expression says that something is wrong: a problem that is yielded, or a value that is refused."""
    match node:
        case ast.Yield(value=ast.Tuple()):
            return True
        case ast.Raise(exc=ast.Call(func=kind)):
            return "ValueError" in ast.unparse(kind)
    return False


class Noting(ast.NodeTransformer):
    """Lets each place note itself before it reports."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.places: set[Place] = set()

    def visit_Yield(self, node: ast.Yield) -> ast.AST:
        """A problem."""
        self.generic_visit(node)
        if reports(node) and node.value is not None:
            node.value = self._noted(node, node.value)
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        """A value that is refused."""
        self.generic_visit(node)
        if reports(node) and node.exc is not None:
            node.exc = self._noted(node, node.exc)
        return node

    def _noted(self, node: ast.Yield | ast.Raise, value: ast.expr) -> ast.expr:
        self.places.add((self.name, node.lineno))
        call = ast.Call(ast.Name(NOTE, ast.Load()), [ast.Constant(self.name), ast.Constant(node.lineno), value], [])
        return ast.fix_missing_locations(ast.copy_location(call, value))


@functools.cache
def noting() -> tuple[frozenset[Place], list[tuple[FunctionType, CodeType]]]:
    """All places, and each function that has one with the code that notes it."""
    places: set[Place] = set()
    codes: dict[tuple[str, str, int], CodeType] = {}
    for path in (path for folder in FOLDERS for path in sorted(folder.glob("*.py"))):
        transformer = Noting(path.name)
        tree = transformer.visit(ast.parse(path.read_text(encoding="utf-8")))
        if transformer.places:
            places |= transformer.places
            codes.update(_codes_in(compile(tree, str(path), "exec", dont_inherit=True)))
    functions = [
        (one, codes[key])
        for one in gc.get_objects()
        if type(one) is FunctionType
        and (key := _key(one.__code__)) in codes
        and NOTE in {name for _, code in _codes_in(codes[key]) for name in code.co_names}
    ]
    return frozenset(places), functions


def _codes_in(code: CodeType) -> Iterator[tuple[tuple[str, str, int], CodeType]]:
    yield _key(code), code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes_in(constant)


def _key(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


@contextmanager
def noted() -> Iterator[set[Place]]:
    """Places that report something inside."""
    reached: set[Place] = set()

    def note(name: str, line: int, value: Any) -> Any:
        reached.add((name, line))
        return value

    _, functions = noting()
    before = [(function, function.__code__) for function, _ in functions]
    setattr(builtins, NOTE, note)
    try:
        for function, code in functions:
            function.__code__ = code
        yield reached
    finally:
        for function, own in before:
            function.__code__ = own
        delattr(builtins, NOTE)
