"""How the user runs a command of this project, for messages: with make in a clone, otherwise with the installed program."""

from pathlib import Path

IS_CLONE = (Path(__file__).parents[1] / "Makefile").is_file()
MAKE = {"export": "handover", "vendor --update": "vendor UPDATE=1"}
"""Commands that make has under another name."""


def run(*commands: str, is_clone: bool = IS_CLONE) -> str:
    """The line that runs commands one after another: `make vendor synth`, or `kubeflow-aws vendor && kubeflow-aws synth`.

    Args:
        commands: names with their options, as `kubeflow-aws` takes them.
        is_clone: whether there is a Makefile.
    """
    if is_clone:
        return " ".join(["make", *(MAKE.get(command, command) for command in commands)])
    return " && ".join(f"kubeflow-aws {command}" for command in commands)
