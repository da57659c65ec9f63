"""Build of the wheel: `cli`, `modules`, `stacks` and two stand-ins become subpackages of the one import package `kubeflow_aws`.

The repository imports `modules.naming`, the wheel `kubeflow_aws.modules.naming`: two projects with a folder `modules` could not be
installed together. Only names of modules are rewritten, in import statements and in strings such as `"modules.kubeflow.components"`;
the layout of the folders stays, and with it every path relative to a file.
"""

import ast
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

PACKAGE = "kubeflow_aws"
FOLDERS = ("cli", "modules", "stacks")
STAND_INS = ("tests/stand_ins/moto_extension", "tests/stand_ins/providers")
"""Packages that `rehearse` needs of the tests; they become `kubeflow_aws.stand_ins`, without their own tests."""
_OF_TESTS = ("test_*.py", "trial.py")
_PREFIX_OF_STAND_INS = "tests.stand_ins"
_NAME_OF_MODULE = re.compile(rf"""(\w*["']+)((?:{"|".join(FOLDERS)}|tests\.stand_ins)\.[a-z_{{])""")
EXTRAS: dict[str, tuple[str, tuple[str, ...]]] = {
    "check": ("check", ()),
    "rehearse": ("dev-packages", ("moto", "grpcio", "protobuf", "msgpack")),
}
"""Extra to a category of Pipfile and packages of it; none: all of the category."""


class PipfilePins(MetadataHookInterface):
    """Dependencies and extras of the wheel: the exact versions of Pipfile, with which the tests run."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the dependencies."""
        pipfile = tomllib.loads(Path(self.root, "Pipfile").read_text(encoding="utf-8"))
        metadata["dependencies"] = [pinned(name, given) for name, given in pipfile["packages"].items()]
        metadata["optional-dependencies"] = {
            extra: [pinned(name, pipfile[category][name]) for name in names or pipfile[category]]
            for extra, (category, names) in EXTRAS.items()
        }


def pinned(name: str, given: str | dict[str, Any]) -> str:
    """A requirement as pip takes it, from an entry of Pipfile."""
    if isinstance(given, str):
        return f"{name}{given}"
    return f"{name}[{','.join(given['extras'])}]{given['version']}"


class OnePackage(BuildHookInterface):  # type: ignore[type-arg]  # its configuration is not used
    """Adds the rewritten folders to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the package to a temporary folder, and include it."""
        if version == "editable":
            raise ValueError("the wheel rewrites its modules, so it cannot be editable; in a clone, use: python -m cli")
        self._folder = tempfile.TemporaryDirectory(prefix="kubeflow-aws-")
        write_package(Path(self.root), Path(self._folder.name))
        build_data["force_include"][self._folder.name] = PACKAGE

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary folder."""
        self._folder.cleanup()


def write_package(root: Path, target: Path) -> None:
    """Write the files of the wheel's package: the public names, and the rewritten folders.

    Args:
        root: the repository.
        target: the package's folder.
    """
    for source, name in ((root / PACKAGE, ""), *((root / folder, folder) for folder in FOLDERS)):
        shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__", ".*"), dirs_exist_ok=True)
    for folder in STAND_INS:
        ignored = shutil.ignore_patterns("__pycache__", ".*", *_OF_TESTS)
        shutil.copytree(root / folder, target / "stand_ins" / Path(folder).name, ignore=ignored)
    (target / "stand_ins" / "__init__.py").write_text('"""What `rehearse` uses in place of AWS and a cluster."""\n')
    for path in target.rglob("*.py"):
        path.write_text(rewritten(path.read_text(encoding="utf-8"), str(path)), encoding="utf-8")


def rewritten(source: str, path: str = "<source>") -> str:
    """The source of a module with the names of its imports as in the wheel.

    Raises:
        ValueError: an import has a form that is not known here.
    """
    lines = source.encode().split(b"\n")  # positions of `ast` count bytes
    for node in sorted(
        _changing(ast.parse(source, path)), key=lambda node: (node.lineno, node.col_offset), reverse=True
    ):
        first, last = node.lineno - 1, (node.end_lineno or 0) - 1
        before, after = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
        within = b"\n".join(lines[first : last + 1])
        old = within[len(before) : len(within) - len(after)].decode()
        new = _string(old) if isinstance(node, ast.expr) else _import(node, old, path)
        lines[first : last + 1] = (before + new.encode() + after).split(b"\n")
    return b"\n".join(lines).decode()


def _changing(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom | ast.expr]:
    """Imports of the three folders, and strings, each once: the parts of an f-string have its place before Python 3.12."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.JoinedStr() | ast.Constant(value=str()):
                yield node
            case ast.ImportFrom(module=str(name)) if _is_moved(name):
                yield node
            case ast.Import(names=names) if any(_is_moved(alias.name) for alias in names):
                yield node
            case _:
                yield from _changing(node)


def _is_moved(name: str) -> bool:
    return name.partition(".")[0] in FOLDERS or f"{name}.".startswith(f"{_PREFIX_OF_STAND_INS}.")


def _moved(name: str) -> str:
    """The name of a module in the wheel."""
    return f"{PACKAGE}.{name.removeprefix('tests.')}"


def _import(node: ast.Import | ast.ImportFrom, old: str, path: str) -> str:
    if isinstance(node, ast.ImportFrom):
        return old.replace(f"from {node.module}", f"from {_moved(node.module or '')}", 1)
    if len(node.names) != 1:
        raise ValueError(f"{path}:{node.lineno}: {old}: import one module a line, so that the wheel can rewrite it")
    (alias,) = node.names
    if alias.asname:
        return f"import {_moved(alias.name)} as {alias.asname}"
    if alias.name.startswith(_PREFIX_OF_STAND_INS):
        raise ValueError(
            f"{path}:{node.lineno}: {old}: import the stand-ins with `from`, so that the wheel can rewrite it"
        )
    top = alias.name.partition(".")[0]  # the name that the statement binds
    bound = f"from {PACKAGE} import {top}"
    return bound if top == alias.name else f"import {PACKAGE}.{alias.name}; {bound}"


def _string(old: str) -> str:
    """A string that begins with the name of a module; prose stays, since part of it is written to generated/."""
    found = _NAME_OF_MODULE.match(old)
    return f"{found[1]}{_moved(old.removeprefix(found[1]))}" if found else old
