"""Rules about imports and names that import-linter (pyproject.toml) does not check."""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "common", "base", "constants"}
ENVIRONMENT_READERS = ("stacks/platform.py", "modules/bindings/")
"""CDKTF_OUTDIR, which cdktf-cli sets, and the switch of the fast bindings with Python's and Node's own variables."""


def sources() -> Iterator[Path]:
    for folder in ("cli", "kubeflow_aws", "modules", "stacks"):
        yield from sorted((ROOT / folder).rglob("*.py"))


@functools.cache
def parsed(path: Path) -> ast.Module:
    """A file's syntax tree, which several rules read."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.AST) -> Iterator[str]:
    """Full names of all that a file imports: `modules.naming.slug` also for `from modules.naming import slug`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def roots(tree: ast.AST) -> set[str]:
    return {name.partition(".")[0] for name in imports(tree)}


def reads_environment(tree: ast.AST) -> bool:
    attributes = {
        (node.value.id, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    wanted = {"environ", "environb", "getenv", "getenvb"}
    return any(("os", name) in attributes or f"os.{name}" in set(imports(tree)) for name in wanted)


def ignored_dependencies(tree: ast.AST) -> list[int]:
    """Lines with `….node.add_dependency(…)`, which cdktf ignores without a word."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "add_dependency"
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "node"
    ]


def findings(path: str, tree: ast.AST) -> list[str]:
    """What is wrong with a file at a path relative to the project."""
    found = []
    if any(_is_forbidden(path, name) for name in imports(tree)):
        found.append("product code imports neither main nor tests")
    if "jinja2" in roots(tree) and path != "modules/text.py":
        found.append("jinja2 only in modules/text.py")
    if ignored_dependencies(tree):
        found.append("node.add_dependency is ignored by cdktf: depends_on=[…], or TerraformStack.add_dependency")
    if Path(path).stem in NAMES_THAT_SAY_NOTHING:
        found.append("the file's name says nothing of what it knows")
    return found


def _is_forbidden(path: str, name: str) -> bool:
    """The wheel has two of the stand-ins (hatch_build.py), for `rehearse` only."""
    if path.startswith("cli/rehearsal/"):
        shipped = ("tests.stand_ins.moto_extension.", "tests.stand_ins.providers.")
        return name.partition(".")[0] in {"main", "tests"} and not name.startswith(shipped)
    return name.partition(".")[0] in {"main", "tests"}


def loaded_by_synthesis() -> set[str]:
    """Files that main.py loads, directly or not."""
    waiting, loaded = ["main.py"], set()
    while waiting:
        path = waiting.pop()
        if path in loaded:
            continue
        loaded.add(path)
        for name in imports(parsed(ROOT / path)):
            parts = name.split(".")
            for length in range(1, len(parts) + 1):
                stem = "/".join(parts[:length])
                waiting += [file for file in (f"{stem}.py", f"{stem}/__init__.py") if (ROOT / file).is_file()]
    return loaded


def test_every_file_keeps_to_the_rules() -> None:
    paths = [path.relative_to(ROOT).as_posix() for path in sources()]
    assert len(paths) > 500
    found = {path: findings(path, parsed(ROOT / path)) for path in paths}
    assert {path: said for path, said in found.items() if said} == {}


def test_synthesis_reads_no_environment_but_where_it_is_written_down() -> None:
    loaded = loaded_by_synthesis()
    assert {"stacks/cluster.py", "modules/cluster/node_group.py", "modules/settings/section.py"} < loaded
    readers = {path for path in loaded if reads_environment(parsed(ROOT / path))}
    assert {path for path in readers if not path.startswith(ENVIRONMENT_READERS)} == set()
    assert "stacks/platform.py" in readers, "the rule sees what it is about"


@pytest.mark.parametrize(
    ("path", "source", "said"),
    [
        ("modules/a.py", "import main", "product code imports neither"),
        ("stacks/a.py", "def f():\n    from tests.platforms import x", "product code imports neither"),
        ("stacks/a.py", "from tests.stand_ins.providers import Clusters", "product code imports neither"),
        ("cli/rehearsal/a.py", "from tests.stand_ins.hcp import Stage", "product code imports neither"),
        ("stacks/a.py", "import jinja2.ext", "jinja2 only"),
        ("modules/a.py", "vpc.node.add_dependency(key)", "node.add_dependency is ignored"),
        ("modules/network/helpers.py", "", "the file's name"),
    ],
)
def test_the_rules_see_what_they_are_about(path: str, source: str, said: str) -> None:
    (found,) = findings(path, ast.parse(source))
    assert found.startswith(said)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("stacks/a.py", "stack.add_dependency(before)"),
        ("modules/text.py", "import jinja2"),
        ("cli/rehearsal/a.py", "from tests.stand_ins.providers import Clusters"),
    ],
)
def test_the_rules_let_through_what_is_right(path: str, source: str) -> None:
    assert findings(path, ast.parse(source)) == []


@pytest.mark.parametrize(
    "source", ["import os\nos.environ['A']", "import os\nos.getenv('A')", "from os import environ"]
)
def test_every_way_to_the_environment_is_seen(source: str) -> None:
    assert reads_environment(ast.parse(source))


def test_tests_import_the_stand_ins_and_not_their_insides() -> None:
    """The modules for tests are listed in the README of the stand-ins."""
    folder = ROOT / "tests" / "stand_ins"
    rows = [line.split("|") for line in (folder / "README.md").read_text(encoding="utf-8").splitlines()]
    public = {
        row[1].strip(" `"): set(re.findall(r"`(\w+)`", row[3])) for row in rows if len(row) == 5 and "`" in row[1]
    }
    assert set(public) == {path.parent.name for path in folder.glob("*/__init__.py")}
    used: dict[str, set[str]] = {package: set() for package in public}
    for path in (ROOT / "tests").rglob("*.py"):
        if folder not in path.parents:
            for name in imports(ast.parse(path.read_text(encoding="utf-8"))):
                package, _, module = name.removeprefix("tests.stand_ins.").partition(".")
                if (
                    name.startswith("tests.stand_ins.")
                    and (folder / package / f"{(module.partition('.')[0])}.py").exists()
                ):
                    used[package].add(module.partition(".")[0])
    assert used == public
