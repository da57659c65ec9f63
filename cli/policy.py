"""`kubeflow-aws policy`: IAM policies for the role that runs Terraform, from settings, without AWS."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from cli.main_file import valid_platforms
from cli.written_file import write_file
from modules.installer_policy.boundary import boundary
from modules.installer_policy.documents import characters, policy_document, split
from modules.installer_policy.measured import PHASES, Phase
from modules.installer_policy.names import Names
from modules.installer_policy.runner import protection
from modules.installer_policy.statement import PolicyStatement
from modules.installer_policy.statements import statements
from modules.settings import Platform
from stacks.document import Document
from stacks.platform import build
from stacks.runner import RunnerStack

EVERY_STACK = "all"
"""Name of the choice that joins the policies of all stacks."""
BOUNDARY = "boundary"


@dataclass(frozen=True)
class Made:
    """The policies of one stack in one phase.

    Args:
        platform: its name.
        stack: `prod-network`, EVERY_STACK, or BOUNDARY.
        phase: what Terraform does; empty for a boundary.
        policies: each within the size of a managed policy.
    """

    platform: str
    stack: str
    phase: str
    policies: tuple[tuple[PolicyStatement, ...], ...]

    def files(self) -> Iterator[tuple[str, str]]:
        """Name and content of a file for each policy."""
        name = "-".join(filter(None, (self.stack, self.phase)))
        for number, policy in enumerate(self.policies, start=1):
            part = f"-{number}" if len(self.policies) > 1 else ""
            yield f"{self.platform}/{name}{part}.json", _text(policy_document(policy))


def main(
    platform: str | None,
    *,
    stack: str | None,
    phase: Phase | None,
    account: str | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Print or write policies.

    Args:
        platform: name of one platform; None: all of main.py.
        stack: name of one stack, or EVERY_STACK; None: each stack, all together, and the boundary.
        phase: what Terraform does; None: each.
        account: id of the AWS account in ARNs; None: the one of settings, or any.
        output: folder to write files to.
        as_json: one JSON document.

    Raises:
        ValueError: main.py is missing or has errors, there is no such platform, or the folder cannot be written.
        typer.BadParameter: there is no such stack.
    """
    found = [
        one
        for settings in valid_platforms(platform, as_json=as_json)
        for one in policies_of(settings, account)
        if stack in (None, one.stack) and phase in (None, one.phase or None)
    ]
    if not found:
        raise typer.BadParameter(f"{stack} is not a stack, nor {EVERY_STACK} or {BOUNDARY}", param_hint="--stack")
    if as_json:
        print(_text({"policies": [_listed(one) for one in found]}), end="")
    elif output is not None:
        _write(found, output)
    elif len(found) == 1:
        for _, content in found[0].files():
            print(content, end="")
    else:
        Console().print(table(found))
        print(
            "Next: kubeflow-aws policy --output policies   (writes them; docs/installer-policy.md says how to use them)"
        )


def policies_of(platform: Platform, account: str | None = None) -> Iterator[Made]:
    """All policies of a platform: by stack and phase, of all stacks together, and the boundary of its roles.

    The runner stack of HCP Terraform is applied by a person, so the others may not change its roles, and `all` leaves it out.
    """
    synthesized = build(platform)
    documents: Mapping[str, Document] = {stack: synthesized.documents[stack] for stack in synthesized.seconds}
    names = Names.of(platform, account=account)
    runner = f"{platform.name}-{RunnerStack.layer}"
    for stack, document in documents.items():
        layer = stack.removeprefix(f"{platform.name}-")
        mine = names.of_runner(platform) if stack == runner else names
        for phase in PHASES:
            denied = protection(names) if runner in documents and stack != runner and phase != "plan" else ()
            yield _made(platform, stack, phase, [*denied, *statements(platform, layer, [document], phase, mine)])
    others = [document for stack, document in documents.items() if stack != runner]
    for phase in PHASES:
        denied = protection(names) if runner in documents and phase != "plan" else ()
        yield _made(platform, EVERY_STACK, phase, [*denied, *statements(platform, "", others, phase, names)])
    limits = boundary(documents.values())
    for arn in limits.unknown:
        print(f"{platform.name}: the boundary does not include the services of {arn}; add them", file=sys.stderr)
    yield _made(platform, BOUNDARY, "", limits.statements)


def _made(platform: Platform, stack: str, phase: str, found: Sequence[PolicyStatement]) -> Made:
    return Made(platform.name, stack, phase, tuple(tuple(one) for one in split(found)))


def table(found: Sequence[Made]) -> Table:
    """One line for each stack and phase."""
    made = Table(box=box.SIMPLE_HEAD)
    made.add_column("stack", no_wrap=True)
    made.add_column("phase", no_wrap=True)
    for heading in ("statements", "actions", "policies"):
        made.add_column(heading, justify="right")
    made.add_column("characters", justify="right", overflow="fold")
    for one in found:
        every = [statement for policy in one.policies for statement in policy]
        actions = {action for statement in every for action in statement.actions}
        sizes = " + ".join(str(characters(policy)) for policy in one.policies)
        counts = (len(every), len(actions), len(one.policies))
        name = f"{one.platform}: {one.stack}" if one.stack in (EVERY_STACK, BOUNDARY) else one.stack
        made.add_row(name, one.phase, *map(str, counts), sizes)
    return made


def _listed(one: Made) -> dict[str, Any]:
    return {
        "platform": one.platform,
        "stack": one.stack,
        "phase": one.phase or None,
        "policies": [policy_document(policy) for policy in one.policies],
    }


def _write(found: Sequence[Made], output: Path) -> None:
    files = dict(file for one in found for file in one.files())
    for name, content in files.items():
        write_file(output / name, content, "choose another folder with --output")
    print(f"{output}: {len(files)} files written")


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"
