"""Model of a platform's stacks read from `generated/`, the only input of an export."""

import graphlib
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from modules.aws_data.stateful_types import STATEFUL_TYPES
from modules.program import run
from stacks.document import MANIFEST, Document, managed
from stacks.order import LAYERS
from stacks.protected_resources import holds_data

LAYER = re.compile(rf"(?:{'|'.join(LAYERS)})(?:-\d+)?")
STACK_NAME = re.compile(rf"(?P<platform>.+?)-(?P<layer>{LAYER.pattern})")


@dataclass(frozen=True)
class Stack:
    """One stack of an exported platform."""

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
    def is_module(self) -> bool:
        """Whether it is in module form, without provider blocks."""
        return "provider" not in self.document

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
        """Its outputs for users; outputs for later stacks are in `gives`."""
        given = {f"for_{layer.replace('-', '_')}" for layer in self.gives}
        return {name: output for name, output in self.document.get("output", {}).items() if name not in given}

    @cached_property
    def gives(self) -> list[str]:
        """Later layers that consume outputs of this stack."""
        names = [name.removeprefix("for_") for name in self.document.get("output", {}) if name.startswith("for_")]
        return [layer for name in names if LAYER.fullmatch(layer := name.replace("_", "-"))]

    @property
    def stateful(self) -> list[tuple[str, str]]:
        """Address and content of stateful resources."""
        return [
            (address, STATEFUL_TYPES.get(address.partition(".")[0], "a team: its namespace and everything in it"))
            for address in managed(self.document)
            if holds_data(self.document, address)
        ]

    @property
    def local_charts(self) -> dict[str, str]:
        """Chart folder relative to the stack, to the hash expected by its release."""
        found: dict[str, str] = self.document.get("locals", {}).get("charts", {})
        return found

    @property
    def releases(self) -> Mapping[str, Mapping[str, Any]]:
        """Its Helm releases by address."""
        found: Mapping[str, Mapping[str, Any]] = self.document.get("resource", {}).get("helm_release", {})
        return found

    def values_of(self, address: str) -> Mapping[str, Any]:
        """Values that settings give a release; empty without any."""
        found: Mapping[str, Any] = self.document.get("locals", {}).get(f"{address}_values", {})
        return found

    def missing_charts(self) -> list[str]:
        """Charts that are missing or do not match their releases."""
        return [path for path, wanted in self.local_charts.items() if listing_hash(self.folder / path) != wanted]


def listing_hash(folder: Path) -> str:
    """Hash of a chart's folder, computed as in Terraform (`chart_check.MATCH`)."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    lines = [f"{path} {hashlib.sha256(content).hexdigest()}" for path, content in sorted(files.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def read_stacks(generated: Path) -> dict[str, list[Stack]]:
    """Platform to its stacks in apply order, for platforms with `State.none()`.

    Raises:
        ValueError: there is no such platform.
    """
    manifest = generated / MANIFEST
    if not manifest.is_file():
        raise ValueError(f"{generated}: no generated files; run: {run('synth')}")
    listed = json.loads(manifest.read_bytes())["stacks"]
    order = graphlib.TopologicalSorter({name: entry["dependencies"] for name, entry in sorted(listed.items())})
    platforms: dict[str, list[Stack]] = {}
    for name in order.static_order():
        found = STACK_NAME.fullmatch(name)
        if found is None:
            continue  # a custom stack outside platforms
        folder = generated / "stacks" / name
        document = json.loads((folder / "cdk.tf.json").read_bytes())
        platforms.setdefault(found["platform"], []).append(
            Stack(name, found["platform"], found["layer"], folder, document)
        )
    handed_over = {name: stacks for name, stacks in platforms.items() if all(map(without_state, stacks))}
    if not handed_over:
        raise ValueError(
            f"{generated}: no platform can be exported: every platform has a state backend ({', '.join(sorted(platforms))}); set "
            "state=State.none(…) in main.py"
        )
    return handed_over


def sources(stacks: Sequence[Stack]) -> dict[str, dict[str, Stack | None]]:
    """Stack to its variables, each with the stack that has the output; None: the receiver sets it."""
    found: dict[str, dict[str, Stack | None]] = {stack.name: dict.fromkeys(stack.inputs) for stack in stacks}
    for source in stacks:
        for layer in source.gives:
            passed = source.document["output"][f"for_{layer.replace('-', '_')}"]["value"]
            found[f"{source.platform}-{layer}"] |= dict.fromkeys(passed, source)
    return found


def without_state(stack: Stack) -> bool:
    """Whether a stack has no configured state backend."""
    terraform = stack.terraform
    return (
        "cloud" not in terraform
        and not any(terraform.get("backend", {}).values())
        and "terraform_remote_state" not in stack.document.get("data", {})
    )
