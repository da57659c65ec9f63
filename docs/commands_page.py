"""docs/commands.md, generated from the options and help texts of cli/app.py."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from cli.app import app
from cli.program import EXIT_CODES
from docs.markdown import NOTE, cell, table

MAKEFILE = Path(__file__).parents[1] / "Makefile"
TARGET = re.compile(r"^([a-z-]+):[^\n]*? ## (.+)$", re.MULTILINE)

INTRODUCTION = """\
The installed package has the program `kubeflow-aws`. In a clone, the first `make synth` writes it to `.venv/bin`;
`. .venv/bin/activate` puts that folder on the path of a shell. It works on `main.py` and `generated/` of the current folder.
`kubeflow-aws --version` prints the version, `--install-completion` installs completion for bash, zsh, fish or PowerShell.
With `--json` a command writes one JSON document to standard output, and nothing else.
"""


def commands_page() -> str:
    """Every command with its options, the exit codes, and the targets of the Makefile."""
    parts = [
        NOTE.format(source="cli/app.py, cli/program.py and the Makefile"),
        "# Commands\n",
        INTRODUCTION,
        table(
            ("command", "what it does"), ((f"[`{name}`](#{name})", _summary(command)) for name, command in commands())
        ),
        "## Exit codes\n",
        "The same for all commands.\n",
        table(("exit code", "meaning"), ((str(int(code)), meaning) for code, meaning in EXIT_CODES.items())),
        "## make\n",
        "In a clone, `make` installs what a command needs and runs it; it exits with 2 if the command fails.\n",
        table(("target", "what it does"), ((f"`make {name}`", text) for name, text in targets())),
    ]
    for name, command in commands():
        parts += [f"## {name}\n", f"`{usage(name, command)}`\n", f"{cell(_text(command))}\n", *_parameters(command)]
    return "\n".join(parts)


def commands() -> Iterator[tuple[str, Any]]:
    """Every public command by its name, in the order of the help."""
    group: Any = typer.main.get_command(app)
    return ((name, command) for name, command in group.commands.items() if not command.hidden)


def targets() -> Iterator[tuple[str, str]]:
    """Every target of the Makefile with its help."""
    return (found.groups() for found in TARGET.finditer(MAKEFILE.read_text(encoding="utf-8")))  # type: ignore[misc]


def usage(name: str, command: Any) -> str:
    """The command line with its arguments."""
    arguments = [
        _value(one) if one.required else f"[{_value(one)}]"
        for one in command.params
        if one.param_type_name == "argument"
    ]
    required = [f"{one.opts[0]} {_value(one)}" for one in command.params if _is_option(one) and one.required]
    return " ".join(["kubeflow-aws", name, *arguments, *required, "[OPTIONS]"])


def _summary(command: Any) -> str:
    return _text(command).partition("\n\n")[0]


def _text(command: Any) -> str:
    return inspect.cleandoc(command.help)


def _parameters(command: Any) -> Iterator[str]:
    rows = [(f"`{_name(one)}`", _help(one)) for one in command.params if not one.hidden]
    if rows:
        yield table(("argument or option", "description"), rows)


def _help(parameter: Any) -> str:
    default = "" if parameter.default in (None, False, True, ()) else f" Default: `{parameter.default}`."
    return f"{parameter.help or ''}{default}"


def _name(parameter: Any) -> str:
    if not _is_option(parameter):
        return _value(parameter)
    names = ", ".join((*parameter.opts, *parameter.secondary_opts))
    return names if parameter.is_flag else f"{names} {_value(parameter)}"


def _is_option(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "option")


def _value(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.replace("_", "-").upper())
