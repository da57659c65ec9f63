"""A life without Terraform: each command ends as a test says."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from cli.rehearsal.life import Life, Script, Stage
from cli.rehearsal.report import Phase, Rehearsal
from cli.rehearsal.trace import Trace
from cli.signals import Signals
from cli.stack_list import Stack
from cli.terraform_run import Ended
from modules.settings import ExistingCluster, Platform
from stacks.document import Document
from stacks.platform import Synthesized

PLATFORM = Platform(name="prod", region="us-west-2", cluster=ExistingCluster(name="legacy", network_policies="other"))


def synthesized(**documents: Document) -> Synthesized:
    """A run with these stacks of the platform prod, by layer; each depends on the one before."""
    names = [f"prod-{layer}" for layer in documents]
    entries = {
        name: {"dependencies": names[max(0, number - 1) : number], "workingDirectory": f"stacks/{name}"}
        for number, name in enumerate(names)
    }
    tree = {f"stacks/{name}/cdk.tf.json": json.dumps(one) for name, one in zip(names, documents.values(), strict=True)}
    tree["manifest.json"] = json.dumps({"stacks": entries})
    return Synthesized({path: text.encode() for path, text in tree.items()}, dict.fromkeys(names, 0.0), {})


def change(address: str, action: str) -> dict[str, Any]:
    """An event of Terraform about one planned change."""
    return {"type": "planned_change", "change": {"resource": {"addr": address}, "action": action}}


def error(summary: str, address: str = "") -> dict[str, Any]:
    """An event of Terraform about an error."""
    where = {"address": address} if address else {}
    return {"type": "diagnostic", "diagnostic": {"severity": "error", "summary": summary, **where}}


@dataclass
class NoWorld:
    """An account with nothing in it."""

    account: str = "123456789012"
    endpoint: str = "http://127.0.0.1:1"
    credentials: Mapping[str, str] = field(default_factory=dict)
    leaves: list[str] = field(default_factory=list)

    def reset(self, *_: object) -> None:
        """Nothing is there."""

    def mark(self) -> int:
        """Nothing is recorded."""
        return 0

    def since(self, _: int, *, changed: bool) -> Trace:
        """What a test says."""
        return Trace(changed=changed)

    def left(self, _: object) -> list[str]:
        """What a test says."""
        return self.leaves


def staged(folder: Path, head: Synthesized, base: Synthesized | None = None, leaves: Sequence[str] = ()) -> Stage:
    """What lives share.

    Args:
        folder: of the test.
        head: the synthesis.
        base: another revision's synthesis.
        leaves: what the account has after a destroy.
    """
    if base:
        for path, content in base.tree.items():
            (folder / "base" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "base" / path).write_bytes(content)
    script = Script(PLATFORM, head, head, head.documents, (), folder / "base" if base else None)
    world = cast(Any, NoWorld(leaves=list(leaves)))
    return Stage(script, world, folder, Rehearsal("prod"), Signals(), lambda _: None)


class Scripted(Life):
    """A life whose commands end as a test says; the rest succeeds without a change."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        super().__init__(stage, folder)
        self.ends: dict[tuple[Phase, str], list[Ended]] = {}
        self.commands: list[tuple[str, str]] = []

    def prepare(self, stack: Stack) -> None:
        """No `terraform init`."""

    def attributes(self, stack: Stack, file: Path) -> list[str]:
        """No `terraform show`."""
        return []

    def command(
        self, phase: Phase, stack: Stack, *arguments: str, signals: Signals | None = None
    ) -> tuple[Ended, float]:
        """How the test says that it ends."""
        self.commands.append((phase, stack.name))
        left = self.ends.get((phase, stack.layer), [])
        return left.pop(0) if left else Ended(0), 1.0
