"""docs/outputs.md, generated from the outputs of the stacks."""

from docs.markdown import NOTE, table
from stacks.contract import Output
from stacks.order import LAYERS, OUTPUTS


def outputs_page() -> str:
    """Each stack's outputs, in the order the stacks are applied."""
    parts = [
        NOTE.format(source="the `outputs` of each stack's class in stacks/"),
        "# Outputs\n",
        "A platform is up to " + str(len(LAYERS)) + " stacks, each one Terraform state. Apply them in this order:",
        ", ".join(f"`<platform>-{layer}`" for layer in LAYERS) + ".",
        "`runner` exists with roles for HCP Terraform only, `adopted` with an import only, `teams` with teams only.\n",
        "Read one with `terraform -chdir=generated/stacks/<platform>-<layer> output <name>`. When another pipeline runs the",
        "stacks (`State.none()`), an output that a later stack reads is a variable of that stack, with the same name and type.\n",
    ]
    for layer in LAYERS:
        rows = [(f"`{output.name}`", f"`{output.type}`", output_words(output)) for output in OUTPUTS[layer]]
        parts += [f"## {layer}\n", table(("output", "type", "description"), rows)]
    return "\n".join(parts)


def output_words(output: Output) -> str:
    """Description, and what a value handed over is checked for."""
    checked = f" As a variable: {output.condition_message}." if output.condition else ""
    return output.description + checked
