"""What an output of a stack is: each stack lists its own in `outputs`; later stacks and the docs read them there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Output:
    """One named output of a stack; in a hand-over, the same thing is a variable of the stack that needs it."""

    name: str
    type: str
    """Terraform's type constraint."""
    description: str
    condition: str | None = None
    """What must hold of `value`, in Terraform's language, when a pipeline hands it over."""
    condition_message: str = ""


def ids(prefix: str) -> str:
    """Every element of a list begins with the prefix of its kind."""
    return f'alltrue([for id in value : startswith(id, "{prefix}-")])'
