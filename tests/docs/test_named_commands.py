"""Every command that a message names exists, with its options; those on pages: test_names.py."""

import ast
import re
from pathlib import Path

import pytest

from cli.app import app
from docs.commands_page import commands
from modules.program import run, run_on
from tests.docs.named_commands import fault, named, rules
from tests.docs.pages import ROOT, text

SOURCES = [path for folder in ("cli", "modules", "stacks") for path in sorted((ROOT / folder).rglob("*.py"))]
IN_A_MESSAGE = re.compile(
    r"`([^`\n]+)`|(?:[Rr]un|[Ww]ithout confirmation|name another one): ((?:make|kubeflow-aws) [^\n;`]+)"
)


def test_every_command_in_a_message_or_docstring_exists() -> None:
    checked = 0
    for path in [*SOURCES, ROOT / "Makefile"]:
        for message in _strings(path):
            for found in IN_A_MESSAGE.finditer(message):
                for words in named(found[1] or found[2]):
                    assert fault(words) is None, f"{path.relative_to(ROOT)}: {fault(words)}"
                    checked += 1
    assert checked > 30


def test_every_command_that_a_message_composes_exists_in_both_forms() -> None:
    checked = 0
    for path in SOURCES:
        for call in ast.walk(ast.parse(text(path))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "run" and "import run\n" in text(path):
                names = [ast.literal_eval(one) for one in call.args]
                for line in (run(*names, is_clone=True), run(*names, is_clone=False)):
                    found = [fault(words) for words in named(line)]
                    assert found == [None] * (line.count("kubeflow-aws") or 1), f"{path}: {line}"
                    checked += 1
    assert checked > 30


@pytest.mark.parametrize(
    ("commands", "clone", "installed"),
    [
        (("vendor", "synth"), "make vendor synth", "kubeflow-aws vendor && kubeflow-aws synth"),
        (("vendor --update",), "make vendor UPDATE=1", "kubeflow-aws vendor --update"),
        (("export",), "make handover", "kubeflow-aws export"),
    ],
)
def test_a_message_names_the_command_that_its_reader_has(commands: tuple[str, ...], clone: str, installed: str) -> None:
    assert (run(*commands, is_clone=True), run(*commands, is_clone=False)) == (clone, installed)
    assert run(*commands) == clone, "this is a clone"


@pytest.mark.parametrize(
    ("stacks", "clone", "installed"),
    [
        ((), "make deploy ARGS=--auto-approve", "kubeflow-aws deploy --auto-approve"),
        (("a-*",), "make deploy STACK='a-*' ARGS=--auto-approve", "kubeflow-aws deploy 'a-*' --auto-approve"),
        (
            ("a-b", "a-c"),
            "make deploy STACK='a-b a-c' ARGS=--auto-approve",
            "kubeflow-aws deploy a-b a-c --auto-approve",
        ),
    ],
)
def test_a_message_names_the_same_stacks(stacks: tuple[str, ...], clone: str, installed: str) -> None:
    said = [run_on("deploy", *stacks, option="--auto-approve", is_clone=is_clone) for is_clone in (True, False)]
    assert said == [clone, installed]


def _strings(path: Path) -> list[str]:
    if path.suffix != ".py":
        return text(path).splitlines()
    tree = ast.parse(text(path))
    return [one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("make no-such-target", "no-such-target: no such target"),
        ("make synth vendr", "vendr: no such target"),
        ("make synth STACK='prod-*'", "make synth: does not read STACK"),
        ("make deploy STACK='prod-*' ARGS=--auto-approve", None),
        ("make vendor KUBEFLOW_UPSTREAM=../upstream   # from a folder", None),
        ("make heal ARGS='--contxt NAME'", "--contxt"),
        ("kubeflow-aws no-such-command", "no-such-command: no such command"),
        ("kubeflow-aws heal --no", "--no"),
        ("kubeflow-aws heal one two", "two"),
        ("kubeflow-aws compare", None),
        ("kubeflow-aws drift --restore <namespace>/<release> | kubectl apply -f -", None),
        ("kubeflow-aws --versions", "--versions: no such option"),
    ],
)
def test_a_command_that_does_not_exist_is_found(line: str, wrong: str | None) -> None:
    (words,) = named(line)
    found = fault(words)
    assert found is None if wrong is None else found is not None and wrong in found


def test_the_makefile_is_read() -> None:
    assert "ARGS" in rules()["lock-providers"]
    pipenv = re.search(r"^PIPENV := (.+)$", text(ROOT / "Makefile"), re.MULTILINE)
    assert pipenv
    assert pipenv[1] in rules()["lock"], "the variables that a rule uses are read, too"


def test_every_command_and_option_is_documented_with_help() -> None:
    page = text(ROOT / "docs" / "commands.md")
    assert len(list(commands())) == len([one for one in app.registered_commands if not one.hidden])
    for name, command in commands():
        section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert section, f"{name}: run: make docs"
        for parameter in command.params:
            assert re.match(r"[A-Z].*\.$", parameter.help or ""), (
                f"{name} {parameter.name}: has no help that is a sentence"
            )
            assert f"`{parameter.opts[0]}" in section or f"`{parameter.name.upper()}`" in section, (
                f"{name} {parameter.name}"
            )


def test_readme_names_the_page() -> None:
    assert re.search(r"^\|.*\[docs/commands\.md\]\(docs/commands\.md\)", text(ROOT / "README.md"), re.MULTILINE)
