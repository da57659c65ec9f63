"""Cron expressions of scheduled sizes, as EC2 Auto Scaling reads them."""

import re
from typing import Annotated

from pydantic import AfterValidator

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
FIELDS = (
    ("minute", range(60), ()),
    ("hour", range(24), ()),
    ("day", range(1, 32), ()),
    ("month", range(1, 13), MONTHS),
    ("weekday", range(8), WEEKDAYS),
)
"""Name, numbers and names of each field; weekdays 0 and 7 are Sunday.

Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html
"""
PART = re.compile(r"(?P<first>\*|\w+)(-(?P<last>\w+))?(/(?P<step>\d+))?", re.ASCII)


def cron_expression(value: str) -> str:
    """a cron expression of five fields (minute hour day month weekday), such as 0 20 * * MON-FRI"""  # noqa: D403, D415 - docs/settings.md has it in a sentence
    fields = value.split(" ")
    if len(fields) != len(FIELDS):
        raise ValueError(f"{value!r} is not {cron_expression.__doc__}")
    for text, (name, numbers, names) in zip(fields, FIELDS, strict=True):
        for part in text.split(","):
            if not _is_valid(part, numbers, names):
                words = f" or {names[0]} to {names[-1]}" if names else ""
                raise ValueError(
                    f"{value!r} has the {name} {part!r}; write *, numbers from {numbers[0]} to {numbers[-1]}{words}, ranges such as 1-5 "
                    "or steps such as */2"
                )
    return value


def _is_valid(part: str, numbers: range, names: tuple[str, ...]) -> bool:
    found = PART.fullmatch(part)
    if found is None or found["step"] == "0" or (found["step"] is not None and int(found["step"]) > numbers[-1]):
        return False
    if found["first"] == "*":
        return found["last"] is None
    ends = [_number(text, numbers, names) for text in (found["first"], found["last"]) if text is not None]
    known = [end for end in ends if end is not None]
    return known == sorted(ends, key=lambda end: end or 0) and len(known) == len(ends)


def _number(text: str, numbers: range, names: tuple[str, ...]) -> int | None:
    """The number of a text; None: the field has none such."""
    if text in names:
        return numbers[0] + names.index(text)
    return int(text) if text.isdigit() and int(text) in numbers else None


CronExpression = Annotated[str, AfterValidator(cron_expression)]
