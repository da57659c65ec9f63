"""When support of a part ends, which advisories touch it, and the sentence that a reader sees about it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import translate

NOTICE = timedelta(days=60)
"""An upgrade of a cluster with everything that runs on it takes weeks, not days."""


@dataclass(frozen=True, slots=True)
class Advisory:
    """A published weakness of a part, and what this project did about it."""

    id: str
    """CVE or GHSA number."""
    link: str
    about: str
    done: str
    """What was done, or why nothing had to be done."""


@dataclass(frozen=True, slots=True)
class End:
    """One version of one part."""

    part: str
    version: str
    matches: tuple[str, ...]
    """Shell patterns of what is installed: `image:…`, `chart:<name>:<version>`, `entry:<name>:<upstream version>`,
    `kubernetes:…`, `mysql:…`, `aurora-mysql:…`, `ami:…`."""
    end: date | None
    """First day without support, UTC. None: no date is published."""
    source: str
    """Page that says so."""
    do: str = "move to a newer version of this project"
    then: str = "it gets no more fixes, not even for security"
    verbs: tuple[str, str] = ("leaves support", "left support")
    """Before and after the end."""
    ended: bool = False
    """Whether it has ended although no date is published."""
    note: str = ""
    """What the project says instead of a date; for the docs."""
    advisories: tuple[Advisory, ...] = ()

    def covers(self, installed: str) -> bool:
        """Whether one installed thing is of this version."""
        return _compiled(self.matches).match(installed) is not None

    def sentence(self, today: date) -> str | None:
        """What a reader must know on a day; None when the end is far away or not published."""
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
    """One expression of several shell patterns: a synth compares some hundred images with every row."""
    return re.compile("|".join(map(translate, patterns)))


def of_installed(ends: Iterable[End], installed: Iterable[str]) -> list[End]:
    """The rows that cover anything that is installed, in the order of the rows."""
    things = list(installed)
    return [end for end in ends if any(end.covers(thing) for thing in things)]
