"""What sections of `check` read, for the platforms of the tests."""

from datetime import date

from modules.checks.inputs import Documents, Inputs
from modules.kubeflow.cache import Cache
from modules.settings import Platform
from tests.platforms import PLATFORMS, built

TODAY = date(2026, 12, 1)


def inputs_of(name: str, today: date = TODAY) -> Inputs:
    """Those of one of the variants; its documents are built once a process."""
    return Inputs(PLATFORMS[name], Cache(), lambda _: _in_order(name), today)


def _in_order(name: str) -> Documents:
    made = built(name)
    return {stack: made.documents[stack] for stack in made.seconds}


def without_documents(platform: Platform, today: date = TODAY) -> Inputs:
    """Those of a platform whose section must not synthesize."""
    return Inputs(platform, Cache(), _refused, today)


def _refused(platform: Platform) -> Documents:
    raise AssertionError(f"{platform.name}: documents are built for a section that does not need them")
