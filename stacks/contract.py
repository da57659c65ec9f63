"""Model of a stack output, as listed in each stack's `outputs` and used by later stacks and the docs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Output:
    """One named output of a stack; in an exported platform also a variable of consuming stacks."""

    name: str
    type: str
    """Terraform's type constraint."""
    description: str
    condition: str | None = None
    """Validation condition on `value` as Terraform expression, for exported platforms."""
    condition_message: str = ""


def ids(prefix: str) -> str:
    """Every element of a list begins with the prefix of its kind."""
    return f'alltrue([for id in value : startswith(id, "{prefix}-")])'
