"""Rules about notebooks."""

from collections.abc import Iterator

from modules.rules.rule import Problem, each_once, rule
from modules.settings.notebooks import Notebooks


@rule(Notebooks)
def unique_choices(notebooks: Notebooks) -> Iterator[Problem]:
    """Each image, PodDefault and device once."""
    for name in ("jupyter_images", "code_server_images", "rstudio_images", "pod_defaults"):
        yield from each_once(name, getattr(notebooks, name))
    yield from each_once("devices", notebooks.devices)


@rule(Notebooks)
def idle_check(notebooks: Notebooks) -> Iterator[Problem]:
    """The interval of checks fits the idle time."""
    if notebooks.idle_minutes is None and notebooks.idle_check_minutes != 1:
        yield (
            "idle_check_minutes",
            "servers are never stopped, since idle_minutes is not set",
            "set idle_minutes or remove this",
        )
    if notebooks.idle_minutes is not None and notebooks.idle_check_minutes > notebooks.idle_minutes:
        yield (
            "idle_check_minutes",
            f"servers would run longer than their {notebooks.idle_minutes} idle minutes with checks every {notebooks.idle_check_minutes} minutes",
            f"set {notebooks.idle_minutes} or fewer",
        )
