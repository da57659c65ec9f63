"""A process that has done all that one synthesis can do before `main.py` is saved, for `make watch`.

It is forked from a process that has imported everything but `main.py`. It starts Node, rehearses a synthesis in memory,
and waits. On a signal it runs `main.py`, writes `generated/`, prints what changed and exits: each process makes
one run, so nothing is carried over from one save to the next.
"""

import contextlib
import gc
import os
import runpy
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Never, NoReturn

import modules
from modules.bindings import kernel
from modules.program import run
from modules.settings import Platform
from stacks import platform
from stacks.changes import changes
from stacks.document import documents

MAIN = Path("main.py")
MAX_LINES = 40
"""Changes that are printed; `git diff generated` shows the rest."""


def unavailable() -> str | None:
    """Say why no process can be kept ready here; None if one can."""
    if kernel.current() is None:  # jsii's own provider has started Node, which a fork cannot share
        return "the fast bindings are off, as the warning above says"
    if not hasattr(os, "fork"):
        return f"this system has no fork: run `{run('synth')}` after each save"
    return None


class Standby:
    """One process that waits for a save of `main.py`."""

    def __init__(self, *, rehearse: bool = True) -> None:
        provider = kernel.current()
        assert provider, "see unavailable()"
        gc.freeze()  # what is here stays in memory that both processes share
        sys.stdout.flush()
        sys.stderr.flush()
        reader, self._control = os.pipe()
        # Python calls what modules registered for a fork, and ignores an exception there: Ctrl-C at that moment was lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        self._pid = os.fork()
        if not self._pid:
            os.close(self._control)
            _wait_and_run(provider, reader, rehearse)
        os.close(reader)
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        except KeyboardInterrupt:  # it came meanwhile
            self.discard()
            raise

    def run(self) -> None:
        """Run `main.py` there and wait for the end of it."""
        with contextlib.suppress(BrokenPipeError):  # it ended while it waited, and said why
            os.write(self._control, b"r")
        self.finish()

    def finish(self) -> None:
        """Wait for the end; what is being written is written whole."""
        self._close()
        with contextlib.suppress(ChildProcessError):  # waited for before
            os.waitpid(self._pid, 0)

    def discard(self) -> None:
        """End it while it waits or rehearses. Its Node ends with it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        self.finish()

    def _close(self) -> None:
        if self._control >= 0:
            os.close(self._control)
            self._control = -1


def _wait_and_run(provider: kernel.Provider, reader: int, rehearse: bool) -> NoReturn:
    # A group of its own: Ctrl-C reaches the watching process only, which lets a run end. One that came before is forgotten.
    os.setpgid(0, 0)
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGINT, handler)
    sys.dont_write_bytecode = (
        True  # Python takes a module's kept code by whole seconds: two saves within one would be one
    )
    status = 1
    try:
        provider.start()
        if rehearse:
            _rehearse()
        if os.read(reader, 1):
            _run()
        status = 0
    except Exception:  # noqa: BLE001 - printed, and the process ends here whatever it is
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)  # no handlers of the process this was forked from; Node ends as its input does


def _rehearse() -> None:
    """Build the platforms of `main.py` as it is now, then forget all that it imported."""
    known = set(sys.modules)
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        contextlib.suppress(Exception, SystemExit),  # the run after the next save reports what is wrong then
    ):
        _run_main(lambda *platforms, forget=(): platform.build(*platforms))
    for name in set(sys.modules) - known:
        if not _is_ours(sys.modules[name]):
            del sys.modules[name]


def _is_ours(module: Any) -> bool:
    """Whether a module is of Python, of an installed package or of this project: saving none of them runs `main.py`."""
    file = getattr(module, "__file__", None)
    project = Path(modules.__file__ or "").parent.parent
    ours = (project / name for name in ("cli", "kubeflow_aws", "modules", "stacks"))
    folders = (Path(sys.prefix), Path(sys.base_prefix), *ours)
    return file is None or any(Path(file).resolve().is_relative_to(folder.resolve()) for folder in folders)


def _run_main(synthesize: Callable[..., object]) -> None:
    vars(platform)["synthesize"] = synthesize  # main.py imports it by this name
    runpy.run_path(str(MAIN), run_name="__main__")


def _run() -> None:
    """Run `main.py`, and print what changed or why nothing was written."""
    started = time.perf_counter()
    output = platform.output_folder()
    called = False

    def synthesize(*platforms: Platform, forget: Sequence[str] = (), **unknown: Never) -> None:
        nonlocal called
        called = True
        if error := platform.wrong_argument(platforms, forget, unknown):
            sys.exit(f"{MAIN}: {error}")
        before = _written(output)
        written = platform.build_and_write(platforms, output, forget)
        lines = changes(before, written.made.documents)
        print(f"{output}/: {_count(lines)} in {time.perf_counter() - started:.2f} s")
        for line in lines[:MAX_LINES]:
            print(f"  {line}")
        if len(lines) > MAX_LINES:
            print(f"  … and {len(lines) - MAX_LINES} more: git diff {output}")
        for warning in written.warnings:
            print(f"warning: {warning}")

    try:
        _run_main(synthesize)
    except SystemExit as ended:
        if ended.code:
            print(ended.code, file=sys.stderr)
    except Exception as error:  # noqa: BLE001 - main.py may raise anything; it is printed as Python would
        traceback.print_exception(type(error), error, _from_main(error.__traceback__))
        print(f"{output}/ is unchanged", file=sys.stderr)
    else:
        if not called:
            print(f"{MAIN} does not call synthesize(), so {output}/ is unchanged", file=sys.stderr)


def _written(output: Path) -> dict[str, dict[str, Any]]:
    files = {path.relative_to(output).as_posix(): path.read_bytes() for path in output.glob("stacks/*/cdk.tf.json")}
    return dict(documents(files))


def _count(lines: Sequence[str]) -> str:
    return f"{len(lines)} change{'' if len(lines) == 1 else 's'}" if lines else "nothing changed"


def _from_main(trace: TracebackType | None) -> TracebackType | None:
    """The traceback from `main.py` on; none for an error in its syntax, which says its line itself."""
    while trace and trace.tb_frame.f_code.co_filename != str(MAIN):
        trace = trace.tb_next
    return trace
