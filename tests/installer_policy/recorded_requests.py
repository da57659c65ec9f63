"""The recording as a file: by stack and phase each request, the Terraform type it was made for, and what IAM checks."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.installer_policy.lives import Attributed
from tests.installer_policy.need import Conditions, Need
from tests.installer_policy.needs import needs

FILE = Path(__file__).with_name("requests.json")
VARIES = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "00000000-0000-0000-0000-000000000000"),
    (re.compile(r"(?<=:secret:)(.*)-\w{6}$"), r"\1-000000"),
    (re.compile(r"(?<=/kf-)[0-9a-f]+"), "0"),
    (re.compile(r"(?<![0-9a-zA-Z])(?=[0-9a-fA-F]*[a-fA-F0-9])[0-9a-fA-F]{16,32}(?![0-9a-zA-Z])"), "0"),
    (re.compile(r"(?<=-)[0-9a-f]{8,17}(?![0-9a-zA-Z-])"), "0"),
    (re.compile(r"(?<=/)[ZC][0-9A-Z]{10,}"), "Z0"),
    (re.compile(r"(?<=us-west-2_)[0-9a-f]+"), "0"),
)
"""What differs between two recordings: ids and random endings."""


@dataclass(frozen=True, order=True)
class Row:
    """One kind of request.

    Args:
        stack: `made-network`.
        phase: `plan`, `create`, `change`, `destroy`.
        request: `ec2:CreateVpc`, with AWS's name of the operation.
        kind: Terraform type, `resource.aws_vpc`; or what else makes requests.
        needs: decisions of IAM about all such requests, ids as in VARIES.
    """

    stack: str
    phase: str
    request: str
    kind: str
    needs: tuple[Need, ...]

    @property
    def platform(self) -> str:
        """Name of the platform."""
        return self.stack.partition("-")[0]


def rows(found: Iterable[Attributed]) -> list[Row]:
    """The recording without repetition, sorted."""
    asks: dict[tuple[str, str, str, str], set[Need]] = {}
    for one in found:
        asked = one.request
        key = (asked.stack, asked.phase, f"{asked.service}:{asked.operation}", one.kind)
        asks.setdefault(key, set()).update(map(_constant, needs(asked, asked.stack.partition("-")[0])))
    return sorted(Row(*key, tuple(sorted(found))) for key, found in asks.items())


def as_text(found: Iterable[Row]) -> str:
    """The file: JSON with a line for each request."""
    document: dict[str, dict[str, list[str]]] = {}
    for row in found:
        line = json.dumps({"request": row.request, "for": row.kind, "asks": [as_ask(need) for need in row.needs]})
        document.setdefault(row.stack, {}).setdefault(row.phase, []).append(line)
    stacks = [
        f"{json.dumps(stack)}: {{\n"
        + ",\n".join(f" {json.dumps(phase)}: [\n  " + ",\n  ".join(lines) + "\n ]" for phase, lines in phases.items())
        + "\n}"
        for stack, phases in document.items()
    ]
    return "{\n" + ",\n".join(stacks) + "\n}\n"


def read() -> list[Row]:
    """The committed recording."""
    document = json.loads(FILE.read_text(encoding="utf-8"))
    return [
        Row(stack, phase, one["request"], one["for"], tuple(from_ask(text) for text in one["asks"]))
        for stack, phases in document.items()
        for phase, found in phases.items()
        for one in found
    ]


def as_ask(need: Need) -> str:
    """`ec2:CreateVpc on arn:aws:ec2:us-west-2:123456789012:vpc/* if aws:RequestTag`."""
    conditions = "".join(f" if {key}{'=' if values else ''}{','.join(values)}" for key, values in need.conditions)
    return f"{need.action} on {need.resource}{conditions}"


def from_ask(text: str) -> Need:
    """The inverse of `as_ask`."""
    decision, *conditions = text.split(" if ")
    action, _, resource = decision.partition(" on ")
    return Need(action, resource, tuple(_conditions(conditions)))


def _conditions(found: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for one in found:
        key, _, values = one.partition("=")
        yield key, tuple(values.split(",")) if values else ()


def _constant(need: Need) -> Need:
    conditions: Conditions = tuple((key, tuple(_without_ids(one) for one in values)) for key, values in need.conditions)
    return Need(need.action, _without_ids(need.resource), conditions)


def _without_ids(text: str) -> str:
    for pattern, constant in VARIES:
        text = pattern.sub(constant, text)
    return text
