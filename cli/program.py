"""What all commands of `kubeflow-aws` have in common: sections of the help, errors, exit codes.

Exit codes: see `ExitCode`. An expected error is a ValueError that this project raises with where, what and what to do; it is
printed without a traceback. Any other exception is a defect and shows its traceback.
"""

import dis
from enum import IntEnum
from types import TracebackType
from typing import Any

import typer
from typer.core import TyperGroup

from kubeflow_aws import __version__
from modules.report.shown import shown


class ExitCode(IntEnum):
    """Exit codes of every command; the description of each is in `EXIT_CODES`."""

    SUCCESS = 0
    PROBLEM = 1
    USAGE = 2
    DIFFERENCES = 3
    INTERRUPTED = 130


EXIT_CODES = {
    ExitCode.SUCCESS: "success",
    ExitCode.PROBLEM: "a problem; standard error says where, what, and what to do",
    ExitCode.USAGE: "wrong usage: an unknown command, option or value",
    ExitCode.DIFFERENCES: "differences were found, where `--exit-code` requests it",
    ExitCode.INTERRUPTED: "interrupted by Ctrl-C",
}
"""Exit code to its meaning."""


class Program(TyperGroup):
    """The group of all commands."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command, and turn an expected error or Ctrl-C into a message and an exit code.

        Raises:
            typer.Exit: with the exit code.
        """
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo(f"{ctx.invoked_subcommand}: interrupted", err=True)
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except ValueError as error:
            if not is_expected(error):
                raise
            typer.echo(message(ctx.invoked_subcommand, error), err=True)
            raise typer.Exit(ExitCode.PROBLEM) from None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands in sections, by `rich_help_panel`, in the order of their declaration."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            command: Any = self.get_command(ctx, name)
            if not command.hidden:
                limit = formatter.width - 6 - max(map(len, self.list_commands(ctx)))
                row = (name, command.get_short_help_str(limit))
                sections.setdefault(command.rich_help_panel or "Commands", []).append(row)
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)


def print_version(wanted: bool) -> None:
    """Print the version if it is wanted.

    Raises:
        typer.Exit: it was printed.
    """
    if wanted:
        typer.echo(f"kubeflow-aws {__version__}")
        raise typer.Exit


def message(command: str, error: ValueError) -> str:
    """`command: error`; several errors get one line each below their number."""
    text = shown(str(error))
    lines = text.splitlines()
    if len(lines) < 2 or not hasattr(error, "lines"):
        return f"{command}: {text}"
    return "\n".join([f"{command}: {len(lines)} errors:", *(f"  {line}" for line in lines)])


def is_expected(error: ValueError) -> bool:
    """Whether a ValueError is a message for the user instead of a defect.

    It is one if a `raise` statement of this project raised it, and its class is ValueError or a class of this project:
    `int("x")`, a failed unpacking and `json.JSONDecodeError` are defects of the code that did not expect them.
    """
    project = __name__.rpartition("cli.")[0]  # empty in the repository, a package name where it is installed
    packages = tuple(f"{project}{name}" for name in ("cli", "modules", "stacks"))
    kind = type(error)
    if kind is not ValueError and not _is_in(kind.__module__, packages):
        return False
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and _is_raised_by(trace, packages)


def _is_raised_by(trace: TracebackType, packages: tuple[str, ...]) -> bool:
    frame = trace.tb_frame
    opcode = frame.f_code.co_code[trace.tb_lasti]
    return _is_in(frame.f_globals.get("__name__", ""), packages) and dis.opname[opcode] == "RAISE_VARARGS"


def _is_in(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)
