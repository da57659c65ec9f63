"""How the user runs a command of this project, for messages: with make in a clone, otherwise with the installed program."""

import shlex
from pathlib import Path

IS_CLONE = not (Path(__file__).parents[1] / "__init__.py").is_file()
"""In a wheel, `modules` is in the package `kubeflow_aws`."""
MAKE = {"export": "handover", "vendor --update": "vendor UPDATE=1"}
"""Commands that make has under another name."""


def run(*commands: str, is_clone: bool = IS_CLONE) -> str:
    """The line that runs commands one after another: `make vendor synth`, or `kubeflow-aws vendor && kubeflow-aws synth`.

    Args:
        commands: names with their options, as `kubeflow-aws` takes them.
        is_clone: whether this is a clone.
    """
    if is_clone:
        return " ".join(["make", *(MAKE.get(command, command) for command in commands)])
    return " && ".join(f"kubeflow-aws {command}" for command in commands)


def run_on(command: str, *stacks: str, option: str = "", is_clone: bool = IS_CLONE) -> str:
    """The line that runs one command for stacks: `make deploy STACK='prod-*'`, or `kubeflow-aws deploy 'prod-*'`.

    Args:
        command: its name.
        stacks: names or globs; none: all.
        option: one option of it, such as `--auto-approve`.
        is_clone: whether this is a clone.
    """
    if is_clone:
        parts = [f"STACK={shlex.quote(' '.join(stacks))}"] if stacks else []
        return " ".join(["make", MAKE.get(command, command), *parts, *([f"ARGS={option}"] if option else [])])
    return shlex.join(["kubeflow-aws", command, *stacks, *([option] if option else [])])


def require_clone(what: str, *, is_clone: bool = IS_CLONE) -> None:
    """Refuse to write a file of the project where it is installed.

    Raises:
        ValueError: this is an installed package.
    """
    if not is_clone:
        raise ValueError(f"{what} is a file of the project, and an installed package is not changed; use a clone")
