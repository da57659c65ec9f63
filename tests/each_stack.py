"""One test for a rule that must hold in many stacks: it names every violation in every stack."""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence

Rule = Callable[..., Iterator[str] | None]
"""Takes the name of a stack; yields violations, or asserts."""


def in_each(stacks: Callable[[], Iterable[str]]) -> Callable[[Rule], Callable[[], None]]:
    """Turn a rule into one test.

    Args:
        stacks: names of the stacks; called when the test runs, since what it reads may be synthesized.
    """

    def decorate(rule: Rule) -> Callable[[], None]:
        @functools.wraps(rule)
        def test() -> None:
            names = sorted(stacks())
            assert names, "no stack to judge"
            found = [f"{name}: {violation}" for name in names for violation in violations(rule, name)]
            assert not found, f"{len(found)} violations:\n" + "\n".join(found)

        test.__signature__ = inspect.Signature()  # type: ignore[attr-defined]  # pytest must see no fixture to fill in
        return test

    return decorate


def violations(rule: Rule, name: str) -> Sequence[str]:
    """What one stack does wrong; an assertion that fails is the last violation."""
    found: list[str] = []
    try:
        for violation in rule(name) or ():
            found.append(violation)  # what was found before a failed assertion stays
    except AssertionError as failed:
        found.append(str(failed))
    return found
