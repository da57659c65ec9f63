"""`kubeflow-aws watch`: writes `generated/` at each save of `main.py` and prints what changed in the JSON.

A process forked ahead, `cli.standby`, has imported, started and rehearsed everything when the save comes. A change of any
other file that decides what is written (modules/, stacks/, a module or data file next to main.py) restarts this
program, so that no outdated code is used. Files are polled: main.py every 25 ms, all others twice a second and before each run.
"""

import os
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

MAIN = "main.py"
POLL_SECONDS = 0.025
POLLS_PER_SCAN = 20
SUFFIXES = frozenset({".cjs", ".j2", ".json", ".py", ".sh", ".tpl", ".yaml", ".yml"})
NOT_READ = frozenset({"__pycache__", "docs", "examples", "generated", "node_modules", "site", "tests"})
"""Folders that do not decide what is written."""
WRITTEN = frozenset({"protected_resources.json"})
"""Files that a run writes itself."""

State = dict[str, tuple[int, int, int]]
"""Path to the time, size and inode of a file."""


def main() -> None:
    """Watch until Ctrl-C."""
    # before the imports: with CDKTF_STOCK_BINDINGS they load all providers, 45 s
    if os.environ.get("CDKTF_STOCK_BINDINGS") == "1" or "JSII_RUNTIME" in os.environ:
        sys.exit("watch: the fast bindings are off: unset CDKTF_STOCK_BINDINGS and JSII_RUNTIME")
    files = Files()
    try:
        try:
            from cli.standby import Standby, unavailable  # here: an error in a module must not end the watching
        except Exception:  # noqa: BLE001 - a saved module may raise anything; it is printed as Python would
            traceback.print_exc()
            print("fix the error above; watching continues at the next save", file=sys.stderr)
            files.wait()
            _restart()
        if reason := unavailable():
            sys.exit(f"watch: {reason}")
        standby = Standby(rehearse=False)
        print(f"watching {MAIN}; Ctrl-C ends it", flush=True)
        while True:
            try:
                standby.run()
            except KeyboardInterrupt:
                standby.finish()
                return
            standby = Standby()
            try:
                changed = files.wait()
            except KeyboardInterrupt:
                standby.discard()
                return
            if changed != {MAIN}:
                standby.discard()
                _restart()
    except KeyboardInterrupt:
        return


class Files:
    """The files that decide what is written, and how they were when they were last used."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root or Path()
        self._seen = self._scan()

    def wait(self) -> set[str]:
        """Wait until files differ from how they were last seen, and return which."""
        polls = 0
        while True:
            polls += 1
            main = _state(self._root / MAIN)
            if main != self._seen.get(MAIN) or polls % POLLS_PER_SCAN == 0:
                now = self._scan()
                changed = {path for path in now.keys() | self._seen.keys() if now.get(path) != self._seen.get(path)}
                # An editor that replaces the file removes it first, or empties it.
                if changed and (main_now := now.get(MAIN)) and main_now[1]:
                    self._seen = now
                    return changed
            time.sleep(POLL_SECONDS)

    def _scan(self) -> State:
        return {
            path: state
            for entry in _entries(self._root)
            if (state := _state(Path(entry)))
            for path in (Path(entry).relative_to(self._root).as_posix(),)
        }


def _entries(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name in NOT_READ | WRITTEN:
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(Path(entry.path))
            elif Path(entry.name).suffix in SUFFIXES:
                yield entry.path


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _restart() -> NoReturn:
    print("a file other than main.py changed; starting again", flush=True)
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
