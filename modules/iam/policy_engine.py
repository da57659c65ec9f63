"""IAM's decision about one request: what AWS's policy simulator answers for identity policies, offline.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Protocol

Values = tuple[str, ...]


class AnyStatement(Protocol):
    """A statement of settings, or of an installer's policy; the latter has an effect."""

    @property
    def actions(self) -> tuple[str, ...]:
        """With wildcards."""

    @property
    def resources(self) -> tuple[str, ...]:
        """With wildcards."""

    @property
    def conditions(self) -> Mapping[str, Mapping[str, Values]]:
        """Operator to key to values."""


@dataclass(frozen=True)
class Request:
    """One action on one resource; `context` holds further condition keys, such as `aws:RequestTag/Name`."""

    action: str
    resource: str
    context: Mapping[str, Values] = field(default_factory=dict)


def _like(pattern: str, value: str) -> bool:
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def _any(found: Values | None, wanted: Values, same: Callable[[str, str], bool]) -> bool:
    return found is not None and any(same(pattern, value) for value in found for pattern in wanted)


OPERATORS: Mapping[str, Callable[[Values | None, Values], bool]] = {
    "ArnEquals": lambda found, wanted: _any(found, wanted, _like),
    "ArnLike": lambda found, wanted: _any(found, wanted, _like),
    "ForAllValues:StringEquals": lambda found, wanted: set(found or ()) <= set(wanted),
    "ForAllValues:StringLike": lambda found, wanted: all(_any((one,), wanted, _like) for one in found or ()),
    "Null": lambda found, wanted: (found is None) == (wanted == ("true",)),
    "StringEquals": lambda found, wanted: _any(found, wanted, str.__eq__),
    "StringEqualsIfExists": lambda found, wanted: found is None or _any(found, wanted, str.__eq__),
    "StringLike": lambda found, wanted: _any(found, wanted, _like),
}
"""By operator: what the request has under a key (None: nothing), and what the policy wants."""


def allows(statement: AnyStatement, request: Request) -> bool:
    """Whether one statement allows a request."""
    return _effect(statement) == "Allow" and _matches(statement, request)


def is_allowed(statements: Iterable[AnyStatement], request: Request) -> bool:
    """Whether any of them allows it and none denies it."""
    every = list(statements)
    denied = any(_effect(one) == "Deny" and _matches(one, request) for one in every)
    return not denied and any(allows(one, request) for one in every)


def _effect(statement: AnyStatement) -> str:
    return str(getattr(statement, "effect", "Allow"))


def _matches(statement: AnyStatement, request: Request) -> bool:
    return (
        any(_like(action.lower(), request.action.lower()) for action in statement.actions)
        and any(_like(resource, request.resource) for resource in statement.resources)
        and all(
            OPERATORS[operator](request.context.get(key), wanted)
            for operator, keys in statement.conditions.items()
            for key, wanted in keys.items()
        )
    )
