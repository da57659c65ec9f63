"""One decision of IAM that a request requires."""

from dataclasses import dataclass, field

Conditions = tuple[tuple[str, tuple[str, ...]], ...]
"""Condition keys with the values that the request has. Without values: `aws:RequestTag`, `aws:ResourceTag`, the platform's tag."""


@dataclass(frozen=True, order=True)
class Need:
    """An action on a resource, with what a policy may ask of it.

    Args:
        action: `ec2:CreateVpc`.
        resource: ARN, or `*`; parts that are not known before are `*` as well.
        conditions: that hold.
    """

    action: str
    resource: str
    conditions: Conditions = field(default=())
