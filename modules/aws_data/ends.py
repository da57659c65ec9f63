"""Model of end-of-support dates and advisories, and their warning texts."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import translate

NOTICE = timedelta(days=60)
"""Lead time of warnings: upgrading a cluster with its workloads takes weeks."""


@dataclass(frozen=True, slots=True)
class Advisory:
    """A published vulnerability, and its handling in this project."""

    id: str
    """CVE or GHSA number."""
    link: str
    about: str
    done: str
    """Measure taken, or the reason why none is required."""


@dataclass(frozen=True, slots=True)
class End:
    """One version of one piece of software."""

    part: str
    version: str
    matches: tuple[str, ...]
    """Shell patterns of installed items: `image:…`, `chart:<name>:<version>`, `entry:<name>:<upstream version>`,
    `kubernetes:…`, `mysql:…`, `aurora-mysql:…`, `ami:…`."""
    end: date | None
    """First day without support, UTC. None: no date is published."""
    source: str
    """Source URL."""
    do: str = "move to a newer version of this project"
    then: str = "it receives no more fixes, including security fixes"
    verbs: tuple[str, str] = ("leaves support", "left support")
    """Verb before and after the end."""
    ended: bool = False
    """Whether support has ended without a published date."""
    note: str = ""
    """The project's policy if it publishes no date; for the docs."""
    advisories: tuple[Advisory, ...] = ()

    def covers(self, installed: str) -> bool:
        """Whether an installed item matches this version."""
        return _compiled(self.matches).match(installed) is not None

    def sentence(self, today: date) -> str | None:
        """Warning on a given day; None if the end is far away or not published."""
        name = f"{self.part} {self.version}".rstrip()
        before, after = self.verbs
        if self.end is None:
            return f"{name} {after} (no date is published): {self.then}; {self.do}" if self.ended else None
        if today >= self.end:
            return f"{name} {after} on {self.end}: {self.then}; {self.do}"
        if today < self.end - NOTICE:
            return None
        days = (self.end - today).days
        return f"{name} {before} in {days} day{'' if days == 1 else 's'}, on {self.end}: then {self.then}; {self.do}"


@functools.cache
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for several shell patterns, for speed: synthesis compares several hundred images with every row."""
    return re.compile("|".join(map(translate, patterns)))


def of_installed(ends: Iterable[End], installed: Iterable[str]) -> list[End]:
    """Rows that match any installed item, in row order."""
    things = list(installed)
    return [end for end in ends if any(end.covers(thing) for thing in things)]


def last_sentence(ends: Iterable[End], today: date) -> str | None:
    """Warning for the last of several ends of one part that is due: after extended support, not for standard support, too."""
    return next((sentence for end in reversed([*ends]) if (sentence := end.sentence(today)) is not None), None)
