"""Runs checks one after another; none ends the others."""

import time
from collections.abc import Callable, Iterator, Mapping

from modules.acceptance.program.http import UnreachableError
from modules.acceptance.program.outcome import FailedError, Outcome, SkippedError, Status

Check = Callable[[], str]


def title_of(check: Callable[..., str]) -> str:
    """First line of a check's docstring."""
    return (check.__doc__ or "").strip().splitlines()[0].rstrip(".")


def outcomes(checks: Mapping[str, tuple[str, Check]], skip: Mapping[str, str]) -> Iterator[Outcome]:
    """Each check's outcome as soon as it ends.

    Args:
        checks: id to title and check.
        skip: id to the reason why it does not apply.
    """
    for name, (title, check) in checks.items():
        start = time.monotonic()
        status, text = _result(check) if name not in skip else _skipped(skip[name])
        yield Outcome(name, title, status, round(time.monotonic() - start, 1), text)


def _result(check: Check) -> tuple[Status, str]:
    try:
        return "passed", check()
    except SkippedError as reason:
        return "skipped", str(reason)
    except (FailedError, UnreachableError) as error:
        return "failed", str(error)
    except Exception as error:  # noqa: BLE001  an error of a client or of this program is a failed check, and the next ones still run
        return "failed", f"{type(error).__name__}: {error}"


def _skipped(reason: str) -> tuple[Status, str]:
    return "skipped", reason
