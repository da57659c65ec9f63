"""Rules about scheduled sizes of node groups."""

import difflib
from collections.abc import Iterator
from zoneinfo import available_timezones

from dateutil.zoneinfo import get_zonefile_instance  # type: ignore[import-untyped]

from modules.rules.node_groups import sizes_in_order
from modules.rules.rule import Problem, rule
from modules.settings.node_group import Schedule


@rule(Schedule)
def schedule_sizes(schedule: Schedule) -> Iterator[Problem]:
    """The order of the three sizes."""
    yield from sizes_in_order(schedule.min_size, schedule.desired_size, schedule.max_size)


@rule(Schedule)
def known_time_zone(schedule: Schedule) -> Iterator[Problem]:
    """The IANA database has the time zone: that of the system, or dateutil's where the system has none."""
    zones = available_timezones() or set(get_zonefile_instance().zones)
    if schedule.time_zone not in zones:
        near = difflib.get_close_matches(schedule.time_zone, sorted(zones), n=1)
        yield (
            "time_zone",
            f"{schedule.time_zone} is not a time zone of the IANA database",
            f"did you mean {near[0]}?" if near else "use a name such as Europe/Berlin",
        )
