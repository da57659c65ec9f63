"""Errors that are collected and reported together, as lines that a terminal can print."""

import re
from collections.abc import Iterable

PASTED_SECRET = re.compile(
    r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22,}|xox[abps]-[A-Za-z0-9-]{10,})"
)
"""Access key ids of AWS, private keys in PEM, tokens of GitHub and Slack.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
Source: https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
"""


class ProblemsError(ValueError):
    """Errors that are reported together, one line each; no line holds a character that a terminal would act on."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(map(printable, lines))
        super().__init__("\n".join(self.lines))


def lines_of(error: ValueError) -> tuple[str, ...]:
    """The errors that an exception reports, one line each."""
    return error.lines if isinstance(error, ProblemsError) else (printable(str(error)),)


def printable(text: str) -> str:
    """A line for a terminal or a log: unprintable characters as Python writes them (`U+001B` by a backslash), pasted secrets left out."""
    shown = PASTED_SECRET.sub("(left out)", text)
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in shown)


def split_sentence(text: str) -> tuple[str, str]:
    """What is wrong and what to do, of an error in one sentence: `what; what to do`."""
    what, _, fix = text.partition("; ")
    return what, fix
