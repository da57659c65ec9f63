"""What to do after a deploy: commands that the outputs of the platform hold."""

from collections.abc import Iterator, Sequence

from cli.stack_list import Stack
from cli.stack_run import StackRun
from modules.program import run_on


def next_steps(run: StackRun, stacks: Sequence[Stack], deployed: Sequence[Stack]) -> Iterator[str]:
    """`Next: …` for each platform of which a stack was deployed.

    Args:
        run: reads the states.
        stacks: all stacks.
        deployed: those that are up to date now.
    """
    for platform in dict.fromkeys(stack.platform for stack in deployed):
        steps = list(_steps(run, [stack for stack in deployed if stack.platform == platform]))
        last = [stack for stack in stacks if stack.platform == platform][-1]
        if last not in deployed:
            steps.append("the other stacks: " + run_on("deploy", f"{platform}-*"))
        for number, step in enumerate(steps):
            yield f"{'Next: ' if number == 0 else '      '}{step}"


def _steps(run: StackRun, stacks: Sequence[Stack]) -> Iterator[str]:
    for stack in stacks:
        if (
            not {"configure_kubectl", "user_password_commands", "dashboard_url"}
            & stack.document.get("output", {}).keys()
        ):
            continue
        state = run.state(stack)
        if command := state.output("configure_kubectl"):
            yield f"kubectl for {stack.platform}: {command}"
        for user, command in (state.output("user_password_commands") or {}).items():
            yield f"password of {user}: {command}"
        if command := state.output("port_forward_command"):
            yield f"dashboard: {command}"
        if url := state.output("dashboard_url"):
            yield f"sign in at {url}"
