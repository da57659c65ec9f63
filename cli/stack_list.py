"""The stacks of `generated/`: order, selection by name, and what each one reads."""

import fnmatch
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from modules.aws_providers import aws_providers
from stacks.document import MANIFEST, json_object

GENERATED = Path("generated")
_NAME = re.compile(r"(?P<platform>.+)-(?P<layer>[a-z]+(?:-\d+)?)")


@dataclass(frozen=True)
class Stack:
    """One stack: one Terraform state.

    Args:
        name: `<platform>-<layer>`.
        folder: working directory of Terraform, the same that cdktf uses.
        dependencies: names of the stacks before it, from cdktf's manifest.
    """

    name: str
    folder: Path
    dependencies: tuple[str, ...]

    @property
    def platform(self) -> str:
        """Name of its platform."""
        match = _NAME.fullmatch(self.name)
        return match["platform"] if match else self.name

    @property
    def layer(self) -> str:
        """Its name without the platform."""
        return self.name.removeprefix(f"{self.platform}-")

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """Its `cdk.tf.json`."""
        path = self.folder / "cdk.tf.json"
        return json_object(str(path), path.read_bytes())

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the stacks whose outputs it reads."""
        layers = self.document.get("data", {}).get("terraform_remote_state", {})
        return tuple(f"{self.platform}-{layer}" for layer in layers)

    @property
    def aws(self) -> Mapping[str, Any]:
        """Settings of its AWS provider."""
        return next(iter(aws_providers(self.document)), {})

    @property
    def backend(self) -> tuple[str, Mapping[str, Any]]:
        """Kind and settings of its state backend; `local` without a block, `cloud` for HCP Terraform."""
        terraform = self.document.get("terraform", {})
        if "cloud" in terraform:
            return "cloud", terraform["cloud"]
        for kind, settings in (terraform.get("backend") or {}).items():
            return kind, settings
        return "local", {}

    @property
    def command(self) -> str:
        """How a shell runs Terraform in its folder."""
        return f"terraform -chdir={self.folder}"


def read_stacks(generated: Path = GENERATED) -> list[Stack]:
    """All stacks of a generated folder in dependency order, platform by platform.

    Raises:
        ValueError: the folder has no manifest.
    """
    path = generated / MANIFEST
    try:
        entries = json.loads(path.read_bytes())["stacks"]
    except FileNotFoundError as error:
        raise ValueError(f"{path}: not found; run: make synth") from error
    return [
        Stack(name, generated / entries[name]["workingDirectory"], tuple(entries[name]["dependencies"]))
        for name in _in_order({name: entry["dependencies"] for name, entry in entries.items()})
    ]


def _in_order(dependencies: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Depth first: a platform's stacks follow one another; platforms have no dependencies between them."""
    seen: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name in seen:
            return
        seen.add(name)
        for earlier in dependencies[name]:
            yield from visit(earlier)
        yield name

    for name in sorted(dependencies):
        yield from visit(name)


def needs(stack: Stack, names: set[str], stacks: Sequence[Stack]) -> bool:
    """Whether a stack depends on one of some others, also through stacks between them."""
    by_name = {one.name: one for one in stacks}
    return any(name in names or needs(by_name[name], names, stacks) for name in stack.dependencies)


def selected(stacks: Sequence[Stack], patterns: Iterable[str]) -> list[Stack]:
    """The stacks that match names or globs (`prod-*`), in order; all without a pattern.

    Raises:
        ValueError: a pattern matches no stack.
    """
    given = [pattern for text in patterns for pattern in text.split()]
    for pattern in given:
        if not any(fnmatch.fnmatchcase(stack.name, pattern) for stack in stacks):
            raise ValueError(
                f"{pattern}: matches no stack; stacks of generated/: {', '.join(stack.name for stack in stacks)}"
            )
    if not given:
        return list(stacks)
    return [stack for stack in stacks if any(fnmatch.fnmatchcase(stack.name, pattern) for pattern in given)]
