"""Order as Terraform itself sees it: reachability in the graph that it prints.

One run in the right order proves little: of 8 edges that were taken out, the order of a run noticed 3, this all 8.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it brings moto along, two seconds that the executables do without
    from tests.terraform import Terraform

_EDGE = re.compile(r'^\s*"([^"]+)" -> "([^"]+)"', re.MULTILINE)
_ROOT = re.compile(r"^\[root\] ")
_ACTION = re.compile(r" \((?:expand|destroy|close|reference|validate)\)$")


@dataclass(frozen=True)
class Graph:
    """What waits for what.

    Args:
        waits_for: addresses, and those that each waits for directly.
    """

    waits_for: dict[str, frozenset[str]]

    @classmethod
    def of_apply(cls, stack: "Terraform") -> "Graph":
        """Of the resources of a stack: the dependent waits for what it depends on."""
        return cls.parse(stack.run("graph"))

    @classmethod
    def of_destroy(cls, stack: "Terraform") -> "Graph":
        """Of a destroy, for what the state holds: what is depended on waits for its dependents."""
        stack.run("plan", "-destroy", "-refresh=false", "-input=false", "-out=destroy.tfplan")
        printed = stack.run("graph", "-plan=destroy.tfplan")
        edges = [(one, other) for one, other in _EDGE.findall(printed) if "(destroy)" in one and "(destroy)" in other]
        return cls._of(edges)

    @classmethod
    def parse(cls, dot: str) -> "Graph":
        """From the text that `terraform graph` prints."""
        return cls._of(_EDGE.findall(dot))

    @classmethod
    def _of(cls, edges: list[tuple[str, str]]) -> "Graph":
        found: dict[str, set[str]] = defaultdict(set)
        for one, other in edges:
            found[_plain(one)].add(_plain(other))
        return cls({address: frozenset(others) for address, others in found.items()})

    def all_before(self, address: str) -> set[str]:
        """All that must be done before this one begins, over any number of steps."""
        seen: set[str] = set()
        ahead = [address]
        while ahead:
            new = self.waits_for.get(ahead.pop(), frozenset()) - seen
            seen |= new
            ahead += new
        return seen


def _plain(node: str) -> str:
    """`helm_release.dex` of `[root] helm_release.dex (destroy)`."""
    return _ACTION.sub("", _ROOT.sub("", node))
