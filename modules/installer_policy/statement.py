"""A statement of an IAM policy, and its JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Conditions = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Operator to condition key to values."""


@dataclass(frozen=True)
class PolicyStatement:
    """One statement.

    Args:
        actions: `ec2:CreateVpc`, or with wildcards.
        resources: ARNs, or `*`.
        conditions: that must hold.
        effect: Allow or Deny.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Conditions = field(default_factory=dict)
    effect: Literal["Allow", "Deny"] = "Allow"

    def document(self) -> dict[str, Any]:
        """As IAM writes it: one value alone is not a list."""
        conditions = {
            operator: {key: _alone(values) for key, values in keys.items()}
            for operator, keys in self.conditions.items()
        }
        return {
            "Effect": self.effect,
            "Action": _alone(self.actions),
            "Resource": _alone(self.resources),
            **({"Condition": conditions} if conditions else {}),
        }


def _alone(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
