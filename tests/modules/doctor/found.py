"""What checks find, as short text."""

from collections.abc import Callable, Iterator

from modules.doctor.account import Place
from modules.doctor.checks import ACCOUNT, _run
from modules.doctor.finding import Finding
from modules.doctor.sign_in import sign_in
from modules.settings import Platform

AccountCheck = Callable[[Place], Iterator[Finding]]


def place(platform: Platform, **given: bool) -> Place:
    """The platform in the account of the caller."""
    found = sign_in(platform, **given)
    assert isinstance(found, Place), found
    return found


def said(name: str, platform: Platform, **given: bool) -> list[str]:
    """Findings of one check of the table, each as `severity: sentence`."""
    (check,) = (one for one in ACCOUNT if one.name == name)
    return [f"{one.severity}: {one}" for one in _run([check], place(platform, **given), None, None)]
