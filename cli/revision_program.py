"""Synthesis and commands of `kubeflow-aws` in the folder of another revision."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

from cli.revision import PROGRAM, without_repository
from cli.stack_list import GENERATED
from modules.kubeflow.cache import CACHE_FOLDER
from stacks.protected_resources import FILE_NAME

Done: TypeAlias = "subprocess.CompletedProcess[str]"
Process: TypeAlias = "subprocess.Popen[str]"
Run = Callable[..., Done]
"""Runs a command with its arguments; the caller judges the exit code."""
LAUNCH = (
    "import sys; from importlib import import_module; sys.path.insert(0, sys.argv.pop(1)); "
    "import_module(sys.argv.pop(1)).app(prog_name='kubeflow-aws')"
)
"""Runs the program of a folder, whatever is installed and whatever the current folder holds."""
APP_OF_CLONE = ".".join(("cli", "app"))
"""In parts: the build of the wheel would make it a module of the wheel."""
SHOWN_CHARACTERS = 2000
"""Of the output of a command that failed."""


def synthesize_revision(where: str, folder: Path, top: Path) -> Run:
    """Write `generated` of a revision.

    Args:
        where: begins an error.
        folder: with main.py.
        top: all files of the revision.

    Returns:
        What runs further commands there; see `program`.

    Raises:
        ValueError: its code is older than the program, or its main.py cannot be synthesized.
    """
    (folder / FILE_NAME).unlink(missing_ok=True)  # it is not refused for what a deploy of it would lose
    generated = folder / GENERATED
    if generated.is_dir() and not generated.is_symlink():
        shutil.rmtree(generated)
    else:
        generated.unlink(missing_ok=True)
    run = program(where, folder, top)
    done = run("synth")
    if done.returncode:
        raise ValueError(
            f"{where}: that revision cannot be synthesized: {said(done)}\nChoose another revision, or fix what the error names."
        )
    return run


def program(where: str, folder: Path, top: Path) -> Run:
    """Runs commands in a folder: by the revision's own code if it is a clone of this project, otherwise by this program.

    Args:
        where: begins an error.
        folder: with main.py.
        top: all files of the revision.

    Raises:
        ValueError: its code is older than the program.
    """
    is_clone = (top / "cli").is_dir() and (top / "stacks").is_dir()
    if is_clone and not (top / PROGRAM).is_file():
        raise ValueError(f"{where}: that revision is older than the program `kubeflow-aws`; choose a later one")
    package = __name__.rpartition(".")[0]
    root, app = (top, APP_OF_CLONE) if is_clone else (Path(__file__).parents[package.count(".") + 1], f"{package}.app")
    if is_clone:
        CACHE_FOLDER.mkdir(parents=True, exist_ok=True)
        (top / ".cache").mkdir(exist_ok=True)
        (top / ".cache" / CACHE_FOLDER.name).symlink_to(CACHE_FOLDER.resolve())
    environment = {name: value for name, value in without_repository(os.environ).items() if name != "CDKTF_OUTDIR"}

    def run(*arguments: str) -> Done:
        command = [sys.executable, "-P", "-c", LAUNCH, str(root), app, *arguments]
        with _started(command, folder, environment) as process:
            output, errors = process.communicate()
        return subprocess.CompletedProcess(command, process.returncode, output, errors)

    return run


@contextmanager
def _started(command: list[str], folder: Path, environment: dict[str, str]) -> Iterator[Process]:
    """A process in a group of its own, all of which ends with the block: cdktf starts Node."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    except BaseException:
        with suppress(ProcessLookupError):  # it has just ended
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise


def said(done: Done) -> str:
    """The end of what a command wrote, for an error."""
    return (done.stderr or done.stdout).strip()[-SHOWN_CHARACTERS:]
