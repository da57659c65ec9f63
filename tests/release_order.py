"""In which order Terraform installs the releases of a platform: `depends_on` within a stack, and the order of stacks."""

from collections.abc import Mapping, Sequence
from typing import Any

from stacks.order import platform_layers
from tests.platforms import PLATFORMS, built


def earlier_releases(documents: Sequence[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """Name of each release to the names of all releases that are ready before it starts.

    Args:
        documents: of one platform's stacks, in the order they are applied.
    """
    found: dict[str, frozenset[str]] = {}
    for document in documents:
        earlier_stacks = frozenset(found)
        bodies = document.get("resource", {}).get("helm_release", {})
        for address in bodies:
            found[bodies[address]["name"]] = earlier_stacks | _within(address, bodies)
    return found


def _within(address: str, bodies: Mapping[str, Any]) -> frozenset[str]:
    names, waiting = set(), [address]
    while waiting:
        for one in bodies[waiting.pop()].get("depends_on", ()):
            kind, _, label = one.partition(".")
            if kind == "helm_release" and bodies[label]["name"] not in names:
                names.add(bodies[label]["name"])
                waiting.append(label)
    return frozenset(names)


def order_of(name: str) -> dict[str, frozenset[str]]:
    """`earlier_releases` of one of the variants."""
    found = built(name)
    return earlier_releases([found.documents[f"{name}-{layer}"] for layer in platform_layers(PLATFORMS[name])])
