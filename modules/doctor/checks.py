"""The table of checks, and what runs them. A new check is one function and one line of a table."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from modules.doctor import (
    address,
    admins,
    backups,
    existing,
    inside,
    linked_roles,
    machine,
    offers,
    placeholders,
    quotas,
)
from modules.doctor.account import Place, until_refused
from modules.doctor.finding import Check, Finding, Subject
from modules.doctor.sign_in import account, sign_in
from modules.settings import Platform

DEPLOY = frozenset({"deploy"})
TERRAFORM = frozenset({"deploy", "destroy"})

MACHINE: tuple[Check[Sequence[Platform]], ...] = (
    Check("terraform", machine.terraform, TERRAFORM),
    Check("aws program", machine.aws_program, TERRAFORM),
    Check("node", machine.node, frozenset({"synth"})),
    Check("charts", machine.charts, DEPLOY),
    Check("disk space", machine.space, TERRAFORM),
)
"""Checks of this machine, for all platforms together."""
SETTINGS: tuple[Check[Platform], ...] = (Check("placeholders", placeholders.placeholders, DEPLOY),)
"""Checks of the settings of one platform, without AWS."""
ACCOUNT: tuple[Check[Place], ...] = (
    Check("account", account, TERRAFORM),
    Check("existing cluster", admins.existing_cluster, TERRAFORM),
    Check("admins", admins.admins_exist, DEPLOY),
    Check("caller", admins.caller_is_admin, TERRAFORM, frozenset({"addons", "kubeflow", "teams"})),
    Check("existing secrets", existing.secrets_exist, DEPLOY),
    Check("existing database servers", existing.database_groups_exist, DEPLOY),
    Check("inside the cluster", inside.inside_existing, DEPLOY, frozenset({"addons", "kubeflow", "teams"})),
    Check("address", address.address_is_allowed, DEPLOY),
    Check("quotas", quotas.quotas, DEPLOY),
    Check("service-linked roles", linked_roles.linked_roles, DEPLOY),
    Check("backups", backups.kinds_are_enabled, DEPLOY),
    Check("instance types", offers.types_are_offered, DEPLOY),
)
"""Checks of the account of one platform."""


def findings(
    platforms: Sequence[Platform],
    *,
    before: str | None = None,
    layers: Mapping[str, Collection[str]] | None = None,
    check_address: bool = False,
) -> Iterator[Finding]:
    """What all checks find, in the order of the tables.

    Args:
        platforms: platforms with valid settings.
        before: run only the checks that matter before this command; None: all.
        layers: platform to the last parts of the names of its chosen stacks, such as kubeflow; None: all stacks.
        check_address: whether the address service may be called.
    """
    yield from _run(MACHINE, platforms, before, None)
    reserved: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for platform in platforms:
        chosen = None if layers is None else layers[platform.name]
        yield from _named(platform, _run(SETTINGS, platform, before, chosen))
        place = sign_in(platform, check_address=check_address)
        if isinstance(place, Finding):
            yield replace(place, check="sign-in")
        else:
            place = replace(place, reserved=reserved[place.caller.account, platform.region])
            yield from _named(platform, _run(ACCOUNT, place, before, chosen))


def _run(
    checks: Iterable[Check[Subject]], subject: Subject, before: str | None, layers: Collection[str] | None
) -> Iterator[Finding]:
    for check in checks:
        if check.matters(before, layers):
            for finding in until_refused(check.name, check.run(subject)):
                yield replace(finding, check=check.name)


def _named(platform: Platform, found: Iterator[Finding]) -> Iterator[Finding]:
    for finding in found:
        yield replace(finding, platform=platform.name)
