"""The command to run after synthesis, which follows from where a platform's state is and what runs Terraform."""

from collections.abc import Sequence

from modules.program import run
from modules.settings import Platform
from modules.settings.runner import IN_HCP
from modules.settings.state import NoState

DEPLOY = f"{run('deploy')}   (or read generated/ first: git diff generated)"
EXPORT = f"{run('export')}   (archives for the pipeline that applies them: docs/hand-over.md)"
IN_HCP_TERRAFORM = "terraform apply in each stack, the first one as yourself: docs/hcp-terraform.md"


def next_steps(platforms: Sequence[Platform]) -> list[str]:
    """One command for all platforms, or one line for each kind of platform with their names."""
    names: dict[str, list[str]] = {}
    for platform in platforms:
        names.setdefault(_next_step(platform), []).append(platform.name)
    if len(names) == 1:
        return list(names)
    return [f"{', '.join(found)}: {step}" for step, found in names.items()]


def _next_step(platform: Platform) -> str:
    if isinstance(platform.state, NoState):
        return EXPORT
    return IN_HCP_TERRAFORM if platform.runner in IN_HCP else DEPLOY
