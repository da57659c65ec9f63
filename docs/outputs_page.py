"""docs/outputs.md, read off the contracts of the stacks."""

from docs.markdown import NOTE, table
from modules.settings import LAYERS
from stacks.contract import CONTRACTS, Output


def outputs_page() -> str:
    """Each stack's outputs, in the order the stacks are applied."""
    parts = [
        NOTE.format(source="stacks/contract.py"),
        "# Outputs\n",
        "A platform is up to "
        + str(len(LAYERS))
        + " stacks, each one Terraform state. They are applied in this order:",
        ", ".join(f"`<platform>-{layer}`" for layer in LAYERS) + ".\n",
        "Read one with `terraform -chdir=generated/stacks/<platform>-<layer> output <name>`. When another pipeline runs the",
        "stacks (`State.none()`), an output that a later stack needs is a variable of that stack, of the same name and type.\n",
    ]
    for layer in LAYERS:
        rows = [(f"`{output.name}`", f"`{output.type}`", output_words(output)) for output in CONTRACTS[layer]]
        parts += [f"## {layer}\n", table(("output", "type", "what it is"), rows)]
    return "\n".join(parts)


def output_words(output: Output) -> str:
    """Description, and what a value handed over is checked for."""
    checked = f" As a variable: {output.condition_message}." if output.condition else ""
    return output.description + checked
