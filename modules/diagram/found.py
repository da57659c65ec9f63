"""Resources of one platform, read from the documents of its stacks."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.aws_providers import aws_providers

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Resource:
    """One resource or data source."""

    stack: str
    kind: str
    name: str
    body: Mapping[str, Any]
    data: bool = False
    """Whether it is only read: it exists without the platform."""

    @property
    def address(self) -> str:
        """`<stack>/<address in Terraform>`."""
        return f"{self.stack}/{'data.' if self.data else ''}{self.kind}.{self.name}"

    def text(self, key: str) -> str:
        """A value that is known before an apply; empty if it is missing or an expression."""
        value = self.body.get(key)
        return value if isinstance(value, str) and "${" not in value else ""


@dataclass(frozen=True)
class Found:
    """What the documents of a platform contain."""

    platform: str
    documents: Mapping[str, Document]
    """Stack name to document."""

    def of(self, *kinds: str) -> list[Resource]:
        """Managed resources of some kinds, by stack, kind and name."""
        return list(self._of("resource", kinds))

    def read(self, *kinds: str) -> list[Resource]:
        """Data sources of some kinds."""
        return list(self._of("data", kinds))

    def everything(self) -> list[Resource]:
        """Every managed resource."""
        kinds = {kind for document in self.documents.values() for kind in document.get("resource", {})}
        return self.of(*sorted(kinds))

    def layer(self, *names: str) -> "Found":
        """Only the stacks of some layers, such as `kubeflow` and `kubeflow-2`."""
        stacks = re.compile(rf"{re.escape(self.platform)}-(?:{'|'.join(names)})(?:-\d+)?")
        return Found(self.platform, {name: one for name, one in self.documents.items() if stacks.fullmatch(name)})

    @property
    def region(self) -> str:
        """Region of the platform; empty if none of its stacks has an AWS provider."""
        return next((provider["region"] for provider in self._providers() if "region" in provider), "")

    @property
    def accounts(self) -> list[str]:
        """Accounts that the platform may be applied to; empty if any."""
        return next((list(one["allowed_account_ids"]) for one in self._providers() if "allowed_account_ids" in one), [])

    def output(self, name: str) -> str:
        """An output that is known before an apply; empty otherwise."""
        for document in self.documents.values():
            value = document.get("output", {}).get(name, {}).get("value")
            if isinstance(value, str) and "${" not in value:
                return value
        return ""

    def local(self, name: str) -> Mapping[str, Any]:
        """A local value that is an object; empty if there is none."""
        for document in self.documents.values():
            value = document.get("locals", {}).get(name)
            if isinstance(value, Mapping):
                return value
        return {}

    def _of(self, section: str, kinds: Iterable[str]) -> Iterator[Resource]:
        for stack, document in self.documents.items():
            for kind in kinds:
                for name, body in sorted(document.get(section, {}).get(kind, {}).items()):
                    yield Resource(stack, kind, name, body, data=section == "data")

    def _providers(self) -> Iterator[Mapping[str, Any]]:
        for document in self.documents.values():
            for provider in aws_providers(document):
                if "alias" not in provider:
                    yield provider


def platforms_in(documents: Mapping[str, Document]) -> dict[str, dict[str, Document]]:
    """Platform to its stacks, by the tag that every AWS provider of the platform sets; other stacks are left out."""
    platforms: dict[str, dict[str, Document]] = {}
    for stack, document in sorted(documents.items()):
        for provider in aws_providers(document)[:1]:
            tags = [one.get("tags", {}) for one in provider.get("default_tags", ())]
            for name in {one["kubeflow-platform"] for one in tags if "kubeflow-platform" in one}:
                platforms.setdefault(name, {})[stack] = document
    return platforms


def addresses(*groups: Iterable[Resource]) -> tuple[str, ...]:
    """Addresses of resources, sorted."""
    return tuple(sorted({resource.address for group in groups for resource in group}))


def some(names: Iterable[str], most: int) -> str:
    """The first of some names, and how many more there are."""
    listed = sorted(names)
    return ", ".join(listed[:most]) + (f" and {len(listed) - most} more" if len(listed) > most else "")


def counted(number: int, one: str) -> str:
    """`1 key`, `3 keys`."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
