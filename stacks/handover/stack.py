"""The stacks of a platform as `generated/` has them: all that a hand-over says is read from there."""

import graphlib
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from stacks.document import MANIFEST, Document, managed
from stacks.order import LAYERS
from stacks.protected_resources import STATEFUL_TYPES, holds_data

LAYER = re.compile(rf"(?:{'|'.join(LAYERS)})(?:-\d+)?")
STACK_NAME = re.compile(rf"(?P<platform>.+?)-(?P<layer>{LAYER.pattern})")


@dataclass(frozen=True)
class Stack:
    """One stack of a hand-over."""

    name: str
    platform: str
    layer: str
    folder: Path
    document: Document

    @property
    def terraform(self) -> Mapping[str, Any]:
        """Its `terraform` block: versions, providers, backend."""
        block: Mapping[str, Any] = self.document["terraform"]
        return block

    @property
    def backend(self) -> str | None:
        """Kind of its empty backend block; None without one."""
        return next(iter(self.terraform.get("backend", {})), None)

    @property
    def inputs(self) -> Mapping[str, Mapping[str, Any]]:
        """Its variables."""
        found: Mapping[str, Mapping[str, Any]] = self.document.get("variable", {})
        return found

    @property
    def outputs(self) -> Mapping[str, Mapping[str, Any]]:
        """Its outputs for people; what it hands to later stacks is in `gives`."""
        given = {f"for_{layer.replace('-', '_')}" for layer in self.gives}
        return {name: output for name, output in self.document.get("output", {}).items() if name not in given}

    @cached_property
    def gives(self) -> list[str]:
        """Later layers that take something from this stack."""
        names = [name.removeprefix("for_") for name in self.document.get("output", {}) if name.startswith("for_")]
        return [layer for name in names if LAYER.fullmatch(layer := name.replace("_", "-"))]

    @property
    def stateful(self) -> list[tuple[str, str]]:
        """Address and content of what holds data."""
        return [
            (address, STATEFUL_TYPES.get(address.partition(".")[0], "a team: its namespace and all that is in it"))
            for address in managed(self.document)
            if holds_data(self.document, address)
        ]

    @property
    def local_charts(self) -> dict[str, str]:
        """Folder below the stack's of each chart that goes with it, to the hash that its release demands."""
        found: dict[str, str] = self.document.get("locals", {}).get("charts", {})
        return found

    @property
    def releases(self) -> Mapping[str, Mapping[str, Any]]:
        """Its Helm releases by address."""
        found: Mapping[str, Mapping[str, Any]] = self.document.get("resource", {}).get("helm_release", {})
        return found

    def missing_charts(self) -> list[str]:
        """Charts that are not there, or not the ones that their releases demand."""
        return [path for path, wanted in self.local_charts.items() if listing_hash(self.folder / path) != wanted]


def listing_hash(folder: Path) -> str:
    """What Terraform computes of a chart's folder (`chart_check.MATCH`): the same names and hashes, in the same order."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    lines = [f"{path} {hashlib.sha256(content).hexdigest()}" for path, content in sorted(files.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def read_stacks(generated: Path) -> dict[str, list[Stack]]:
    """Platform to its stacks in the order they are applied, of those that are meant for a hand-over (`State.none()`).

    Raises:
        ValueError: there is none, with what to do.
    """
    manifest = generated / MANIFEST
    if not manifest.is_file():
        raise ValueError(f"{generated}: nothing is generated yet; run: make synth")
    listed = json.loads(manifest.read_bytes())["stacks"]
    order = graphlib.TopologicalSorter({name: entry["dependencies"] for name, entry in sorted(listed.items())})
    platforms: dict[str, list[Stack]] = {}
    for name in order.static_order():
        found = STACK_NAME.fullmatch(name)
        if found is None:
            continue  # a stack of the user's own, not of a platform
        folder = generated / "stacks" / name
        document = json.loads((folder / "cdk.tf.json").read_bytes())
        platforms.setdefault(found["platform"], []).append(
            Stack(name, found["platform"], found["layer"], folder, document)
        )
    handed_over = {name: stacks for name, stacks in platforms.items() if all(map(without_state, stacks))}
    if not handed_over:
        raise ValueError(
            f"{generated}: no platform is meant for a hand-over: {', '.join(sorted(platforms))} keep a state of their own; give "
            "one state=State.none(…) in main.py"
        )
    return handed_over


def without_state(stack: Stack) -> bool:
    """Whether a stack leaves its state to whoever runs it."""
    terraform = stack.terraform
    return (
        "cloud" not in terraform
        and not any(terraform.get("backend", {}).values())
        and "terraform_remote_state" not in stack.document.get("data", {})
    )
