"""Backup and maintenance windows of databases, in UTC."""

from typing import Annotated

from modules.settings.types import matching

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORTEST_WINDOW = 30
"""Minutes. Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"""
TIME = r"([01]\d|2[0-3]):[0-5]\d"
DAY = f"({'|'.join(DAYS)})"
BackupWindow = Annotated[str, matching(f"{TIME}-{TIME}", "a time of day in UTC, such as 03:00-04:00")]
MaintenanceWindow = Annotated[
    str, matching(f"{DAY}:{TIME}-{DAY}:{TIME}", "a time of the week in UTC, such as sun:05:00-sun:06:00")
]

DAY_MINUTES = range(24 * 60)
WEEK_MINUTES = range(7 * 24 * 60)


def minutes_of(window: str) -> set[int]:
    """Minutes of the day, or of the week from Monday on, that a window covers; one may go over the end.

    Args:
        window: `03:00-04:00` or `sun:05:00-sun:06:00`.
    """

    def minute(text: str) -> int:
        *day, hour, minutes = text.split(":")
        return (DAYS.index(day[0]) if day else 0) * len(DAY_MINUTES) + int(hour) * 60 + int(minutes)

    begin, end = map(minute, window.split("-"))
    length = len(WEEK_MINUTES if window[0].isalpha() else DAY_MINUTES)
    return {(begin + step) % length for step in range((end - begin) % length)}


def overlap(daily: set[int], weekly: set[int]) -> bool:
    """Whether a daily window overlaps a weekly one."""
    return any(minute % len(DAY_MINUTES) in daily for minute in weekly)
