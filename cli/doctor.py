"""`kubeflow-aws doctor`: checks of machine, account and settings before an apply."""

import json
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict

from cli.main_file import valid_platforms
from cli.program import ExitCode
from modules.doctor import address
from modules.doctor.checks import findings
from modules.doctor.finding import SEVERITIES, Finding
from modules.settings import Platform
from stacks.order import platform_layers


def findings_before(command: str, found: Sequence[Platform], stacks: Collection[str]) -> list[Finding]:
    """Errors that would stop a command late, and warnings; the errors first.

    Args:
        command: deploy or destroy.
        found: platforms with valid settings.
        stacks: names of the chosen stacks; platforms without one are not checked.
    """
    layers = {platform.name: _layers(platform, stacks) for platform in found}
    chosen = [platform for platform in found if layers[platform.name]]
    said = list(findings(chosen, before=command, layers=layers))
    return [one for severity in ("error", "warning") for one in said if one.severity == severity]


def _layers(platform: Platform, stacks: Collection[str]) -> frozenset[str]:
    """Last parts of the names of chosen stacks of a platform, such as kubeflow."""
    layers = {layer for layer in platform_layers(platform) if f"{platform.name}-{layer}" in stacks}
    return frozenset(layer.partition("-")[0] for layer in layers)


def report(found: Iterable[Finding]) -> str:
    """Findings by severity, one line each."""
    found = list(found)
    lines = []
    for severity in SEVERITIES:
        group = [one for one in found if one.severity == severity]
        lines += [f"{severity} ({len(group)})", *(f"  {one}" for one in group), ""] if group else []
    return "\n".join(lines).rstrip()


def document(found: Iterable[Finding]) -> str:
    """Findings as JSON."""
    return json.dumps({"findings": [asdict(one) for one in found]}, indent=1, ensure_ascii=False)


def on_terminal() -> bool:
    """Whether a question can be answered."""
    return sys.stdin.isatty()


def _address_is_wanted(chosen: Sequence[Platform]) -> bool:
    """Ask on a terminal whether the address service may be called, if a platform has a public endpoint."""
    if not on_terminal() or not any(address.applies_to(one) for one in chosen):
        return False
    question = f"Request this machine's public address from {address.ADDRESS_SERVICE} and compare it? [y/N] "
    return input(question).strip().lower() == "y"


def main(platform: str | None, *, check_address: bool | None, as_json: bool) -> None:
    """Print what the checks find.

    Args:
        platform: name of one platform; None: all of main.py.
        check_address: whether the address service may be called; None: a question on a terminal.
        as_json: as one JSON document; what main.py prints goes to standard error.

    Raises:
        ValueError: main.py is missing or has errors, or there is no such platform.
        SystemExit: there is an error.
    """
    chosen = valid_platforms(platform, as_json=as_json)
    if check_address is None:
        check_address = not as_json and _address_is_wanted(chosen)
    found = list(findings(chosen, check_address=check_address))
    print(document(found) if as_json else report(found))
    if any(one.severity == "error" for one in found):
        sys.exit(ExitCode.PROBLEM)
