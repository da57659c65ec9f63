"""Finds what a test run writes into the checkout: tests write to their own temporary folders only.

`.venv`, `.tools` and `node_modules` are compared in every run, since one `venv --clear` through a link empties them. The
files of the project are compared as well; outside CI they are reported without failing the run, since a developer may edit
them while tests run. A plugin of pytest, active in every run.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ENVIRONMENTS = (".venv", ".tools", "node_modules")
CACHES = frozenset(
    (".git", ".cache", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__", *ENVIRONMENTS)
)
"""Not compared as files of the project: caches keyed by content, and what the tools of the checkout keep for themselves."""
DEPTH = 3
"""Levels of an environment that are compared: `.venv/lib/python3.11/site-packages/<package>`."""

Snapshot = Mapping[str, tuple[int, int]]
"""Path to time of modification in ns and size; of a folder whose entries are not compared, its inode."""


class CheckoutGuard:
    """Compares a checkout before and after a run.

    Args:
        root: the checkout.
        in_ci: whether a changed file of the project fails the run; one of an environment always does.
    """

    def __init__(self, root: Path, *, in_ci: bool) -> None:
        self._root = root
        self._in_ci = in_ci
        self._before = snapshot(root)
        self._changed: list[str] = []

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run when it changed what it must not."""
        self._changed = changes(self._before, snapshot(self._root))
        fatal = [one for one in self._changed if self._in_ci or one.partition("/")[0] in ENVIRONMENTS]
        if fatal and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name each path."""
        if self._changed:
            terminalreporter.section("changed in the checkout during the run; tests must write to tmp_path only")
            for one in self._changed:
                terminalreporter.line(one)


def pytest_configure(config: pytest.Config) -> None:
    """Once per run, not in each worker of xdist."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.pluginmanager.register(CheckoutGuard(config.rootpath, in_ci=os.environ.get("CI") == "true"))


def snapshot(root: Path) -> Snapshot:
    """What there is in a checkout: its environments, and the files of the project."""
    found = [path for name in ENVIRONMENTS for path in _walk(root / name, DEPTH, frozenset(("__pycache__",)))]
    found += _walk(root, 99, CACHES)
    return {str(path.relative_to(root)): _stamp(path) for path in found}


def changes(before: Snapshot, after: Snapshot) -> list[str]:
    """Each path that was added, removed or changed, in words."""
    words = {
        **{path: f"{path}: added" for path in after.keys() - before.keys()},
        **{path: f"{path}: removed" for path in before.keys() - after.keys()},
        **{path: f"{path}: changed" for path in before.keys() & after.keys() if before[path] != after[path]},
    }
    return [words[path] for path in sorted(words)]


def _walk(folder: Path, depth: int, leave_out: frozenset[str]) -> Iterator[Path]:
    """Files and empty folders, such as the cdktf.out of an `App` that nothing was synthesized in."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name not in leave_out:
            if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
                yield path
            elif depth and path.is_dir() and not path.is_symlink():
                yield from _walk(path, depth - 1, leave_out)
            else:
                yield path


def _stamp(path: Path) -> tuple[int, int]:
    found = path.lstat()
    # a folder's time changes with each __pycache__ that Python writes into it
    return (found.st_ino, 0) if path.is_dir() and not path.is_symlink() else (found.st_mtime_ns, found.st_size)
