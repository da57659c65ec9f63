"""Runs a `main.py` and returns its platforms, for commands that need settings."""

import contextlib
import runpy
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Never

import stacks.platform
from modules.errors import ProblemsError
from modules.settings import Platform
from stacks.platform import wrong_argument

MAIN = Path("main.py")

Synthesize = Callable[[tuple[Platform, ...], Sequence[str]], object]
"""Called in place of `synthesize`, with platforms and `forget`."""


def platforms(main_file: Path = MAIN) -> list[Platform]:
    """The platforms that a `main.py` synthesizes, without synthesis; none without the file.

    What it prints goes to standard error, since standard output may be a JSON document.

    Raises:
        ValueError: it does not call `synthesize` with platforms.
    """
    found: list[Platform] = []
    if main_file.exists():
        with contextlib.redirect_stdout(sys.stderr):
            run_main(lambda given, _: found.extend(given), main_file)
    return found


def run_main(synthesize: Synthesize, main_file: Path = MAIN) -> None:
    """Run a `main.py` as Python would, with another function in place of `synthesize`.

    Raises:
        ValueError: the file is missing, or does not call `synthesize` with platforms.
    """
    if not main_file.is_file():
        raise ValueError(
            f"{main_file}: is missing; write one: kubeflow-aws init (in a clone also: cp examples/quickstart/main.py main.py)"
        )
    called = False

    def noted(*platforms: Platform, forget: Sequence[str] = (), **unknown: Never) -> None:
        nonlocal called
        called = True
        if error := wrong_argument(platforms, forget, unknown):
            raise ValueError(f"{main_file}: {error}")
        synthesize(platforms, forget)

    original = stacks.platform.synthesize
    stacks.platform.synthesize = noted  # main.py imports it by this name
    try:
        _run(main_file)
    finally:
        stacks.platform.synthesize = original
    if not called:
        raise ValueError(
            f"{main_file}: does not call synthesize(), so nothing was written; end it with: synthesize(PROD)"
        )


def valid_platforms(name: str | None = None, *, as_json: bool = False) -> list[Platform]:
    """Platforms that main.py passes to `synthesize`, with valid settings; see `valid_call`."""
    return valid_call(name, as_json=as_json)[0]


def valid_call(name: str | None = None, *, as_json: bool = False) -> tuple[list[Platform], tuple[str, ...]]:
    """Platforms and `forget` that main.py passes to `synthesize`, with valid settings.

    Args:
        name: name of one platform; None: all.
        as_json: whether what main.py prints goes to standard error.

    Raises:
        ValueError: main.py is missing or has errors, or there is no such platform.
    """
    from modules.rules import problems_of_all

    every: list[Platform] = []
    entries: list[str] = []

    def noted(platforms: tuple[Platform, ...], forget: Sequence[str]) -> None:
        every.extend(platforms)
        entries.extend(forget)

    with contextlib.redirect_stdout(sys.stderr) if as_json else contextlib.nullcontext():
        run_main(noted)
    invalid = problems_of_all(every)
    if invalid:
        raise ProblemsError(invalid)
    chosen = [one for one in every if name in (None, one.name)]
    if not chosen:
        raise ValueError(f"{name}: no such platform; {MAIN} has: {', '.join(one.name for one in every)}")
    return chosen, tuple(entries)


def _run(main_file: Path) -> None:
    """Run a file with its folder first on the path, so that it can import modules next to it."""
    folder = str(main_file.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        runpy.run_path(str(main_file), run_name="__main__")
    except (ProblemsError, KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:
        if (where := _place_in(main_file, error)) is None:
            raise  # of this project or of a library: the traceback is needed
        raise ValueError(f"{where}: {type(error).__name__}: {getattr(error, 'msg', error)}; correct it") from error


def _place_in(main_file: Path, error: Exception) -> str | None:
    """File and line of an error that the user's own code raises, in `main_file` or a file next to it; None: another file raises it."""
    folder = main_file.resolve().parent
    if isinstance(error, SyntaxError) and error.filename is not None:
        path, line = Path(error.filename).resolve(), error.lineno
    else:
        last = traceback.extract_tb(error.__traceback__)[-1]
        path, line = Path(last.filename).resolve(), last.lineno
    if path != main_file.resolve() and (not path.is_relative_to(folder) or _is_ours(path, folder)):
        return None
    return f"{path.relative_to(folder)}, line {line}"


def _is_ours(path: Path, folder: Path) -> bool:
    """Whether a file below the folder of main.py belongs to this project or to an environment: a clone has both there."""
    return path.relative_to(folder).parts[0] in {"cli", "kubeflow_aws", "modules", "stacks", ".venv", "venv"}
