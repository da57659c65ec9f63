"""What all commands have in common: errors, exit codes, help, completion."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

import kubeflow_aws
from cli.app import app
from cli.program import ExitCode, Program
from modules.errors import ProblemsError

ROOT = Path(__file__).parents[2]
SLOW = ("boto3", "kubernetes", "cdktf", "jsii")


def ended_by(statement: str, module: str = "cli.fail") -> Result:
    """A program whose command is one statement of a module."""
    namespace = {"__name__": module, "ProblemsError": ProblemsError}
    exec(f"def fail() -> None:\n    {statement}\n", namespace)
    made = typer.Typer(cls=Program, pretty_exceptions_enable=False)
    made.callback()(lambda: None)
    made.command("fail")(namespace["fail"])  # type: ignore[type-var]
    return CliRunner().invoke(made, ["fail"])


def test_an_expected_error_is_printed_without_a_traceback() -> None:
    ended = ended_by("raise ValueError('a.json: is missing; create it')")
    assert (ended.exit_code, ended.stderr) == (ExitCode.PROBLEM, "fail: a.json: is missing; create it\n")


def test_several_problems_have_one_line_each() -> None:
    ended = ended_by("raise ProblemsError(['a: is wrong', 'b: is wrong'])", "modules.rules.fail")
    assert ended.stderr == "fail: 2 errors:\n  a: is wrong\n  b: is wrong\n"


def test_an_error_cannot_move_the_cursor_or_style_the_terminal() -> None:
    ended = ended_by("raise ValueError('\\x1b[31ma.json: is missing\\nAKIAABCDEFGHIJKLMNOP is wrong')")
    assert ended.stderr == "fail: \\x1b[31ma.json: is missing\n(left out) is wrong\n"


def test_ctrl_c_ends_with_one_line() -> None:
    ended = ended_by("raise KeyboardInterrupt")
    assert (ended.exit_code, ended.stderr) == (130, "fail: interrupted\n")


@pytest.mark.parametrize(
    ("statement", "module", "kind"),
    [
        ("raise KeyError('defect')", "cli.fail", KeyError),
        ("raise UnicodeError('a ValueError of Python')", "cli.fail", UnicodeError),
        ("int('x')", "cli.fail", ValueError),
        ("first, second = [1]", "modules.fail", ValueError),
        ("raise ValueError('of a library')", "library.fail", ValueError),
        ("raise ValueError('of main.py')", "__main__", ValueError),
    ],
)
def test_a_defect_shows_its_traceback(statement: str, module: str, kind: type[Exception]) -> None:
    ended = ended_by(statement, module)
    assert type(ended.exception) is kind
    assert ended.stderr == ""


def test_every_command_is_in_the_help_with_a_whole_sentence() -> None:
    said = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"}).stdout
    assert "..." not in said.partition("Options:")[2]
    for command in app.registered_commands:
        assert f"\n  {command.name or command.callback.__name__.replace('_', '-')} " in said  # type: ignore[union-attr]


def test_the_version_is_that_of_the_package() -> None:
    ended = CliRunner().invoke(app, ["--version"])
    assert (ended.exit_code, ended.stdout) == (0, f"kubeflow-aws {kubeflow_aws.__version__}\n")


def test_every_command_is_run_by_the_one_program() -> None:
    """A module of a command is not a program of its own, with options and exit codes of its own."""
    modules = [path for path in (ROOT / "cli").rglob("*.py") if path.name != "__main__.py"]
    assert len(modules) > 20
    for path in modules:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^if __name__|argparse", text, re.MULTILINE), path


def test_a_wrong_option_is_wrong_usage() -> None:
    ended = CliRunner().invoke(app, ["validate", "--no-such-option"])
    assert ended.exit_code == ExitCode.USAGE


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", [["--help"], ["compare", "--help"]])
def test_help_loads_no_cloud_library(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom cli.app import app\n"
        f"try: app({arguments!r}, prog_name='kubeflow-aws')\n"
        f"finally: print(*sorted(set(sys.modules) & set({SLOW!r})), file=sys.stderr)"
    )
    ended = run("-c", code)
    assert (ended.returncode, ended.stderr) == (0, "\n")
    assert "Usage: kubeflow-aws" in ended.stdout


def test_ctrl_c_while_main_py_runs_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import time\nprint('started', flush=True)\ntime.sleep(60)\n")
    with subprocess.Popen(
        [sys.executable, "-m", "cli", "validate"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "started\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "validate: interrupted\n")


COMPLETION = """
eval "$(_KUBEFLOW_AWS_COMPLETE=source_bash kubeflow-aws)"
complete -p kubeflow-aws >/dev/null || exit
for words in 'kubeflow-aws val' 'kubeflow-aws vendor --mi'; do
    COMP_WORDS=($words)
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _kubeflow_aws_completion kubeflow-aws
    echo "${COMPREPLY[@]}"
done
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_commands_and_options(tmp_path: Path) -> None:
    program = tmp_path / "kubeflow-aws"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cli "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    ended = subprocess.run(
        ["bash", "-c", COMPLETION],
        cwd=ROOT,
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.stdout, ended.stderr) == ("validate\n--missing\n", "")
