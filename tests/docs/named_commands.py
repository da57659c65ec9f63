"""Commands that texts name, and why one of them does not exist."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from typing import Any

import typer

from cli.app import app
from tests.docs.pages import ROOT, text

NAMED = re.compile(r"(?<![\w/-])(?:kubeflow-aws|make) [a-z-][^`\n|;&\"]*")
VARIABLE = re.compile(r"([A-Z_]+)=(.*)", re.DOTALL)
PROGRAM = re.compile(r"-m cli ([a-z-]+)[^()\n]*(?:\$\(\w+\) )*\$\(ARGS\)$", re.MULTILINE)
ENVIRONMENT = frozenset({"KUBEFLOW_UPSTREAM", "PYTHON"})
"""Variables that any target may get: the first reaches the program, the second is set for the whole Makefile."""


def named(code: str) -> Iterator[list[str]]:
    """Commands in a piece of code, as words without comments and redirections."""
    for found in NAMED.finditer(code):
        words = re.sub(r"<[^>]*>", "x", found[0])  # a placeholder
        yield shlex.split(re.sub(r"\s(?:#|\(|\[|> ).*", "", words).rstrip(" .,:"))


def fault(words: list[str]) -> str | None:
    """What is wrong with a command; None: it exists with these options."""
    return of_make(words[1:]) if words[0] == "make" else of_program(words[1:])


def of_program(words: list[str]) -> str | None:
    """What is wrong with the arguments of `kubeflow-aws`. A missing argument is not: texts name commands without arguments."""
    group: Any = typer.main.get_command(app)
    if words[0].startswith("-"):
        return (
            None if words[0] in {name for one in group.params for name in one.opts} else f"{words[0]}: no such option"
        )
    command = group.commands.get(words[0])
    if command is None:
        return f"{words[0]}: no such command"
    try:
        command.make_context(words[0], words[1:], resilient_parsing=False)
    except typer.Exit:
        return None  # --help
    except Exception as error:  # noqa: BLE001 - classes of the parser, whose names differ between versions of typer
        return None if type(error).__name__ == "MissingParameter" else f"{shlex.join(words)}: {error}"
    return None


def of_make(words: list[str]) -> str | None:
    """What is wrong with the targets and variables of `make`."""
    variables = {found[1]: found[2] for word in words if (found := VARIABLE.fullmatch(word))}
    targets = [word for word in words if not VARIABLE.fullmatch(word)]
    if wrong := [word for word in targets if word not in rules()]:
        return f"{wrong[0]}: no such target"
    recipe = "\n".join(rules()[target] for target in targets)
    for name, value in variables.items():
        if name not in ENVIRONMENT and name not in re.findall(r"[A-Z]+", recipe):
            return f"make {' '.join(targets)}: does not read {name}"
        if name == "ARGS" and (program := PROGRAM.search(recipe)):
            return of_program([program[1], *shlex.split(value)])
    return None


@cache
def rules() -> dict[str, str]:
    """Each target of the Makefile with its rule, and with the variables that the rule uses."""
    makefile = text(ROOT / "Makefile")
    values = dict(re.findall(r"^([\w-]+) :?\??= (.*(?:\\\n.*)*)", makefile, re.MULTILINE))
    found = re.findall(r"^([a-z-]+):(?! [A-Z]+ )(.*(?:\n\t.*)*)", makefile, re.MULTILINE)
    return {
        target: rule + "".join(values.get(name, "") for name in re.findall(r"\$\(([\w-]+)\)", rule))
        for target, rule in found
    }
