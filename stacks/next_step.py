"""The command to run after synthesis, which follows from where a platform's state is and what runs Terraform."""

from collections.abc import Sequence
from pathlib import Path

from modules.program import run
from modules.settings import Platform
from modules.settings.runner import IN_HCP
from modules.settings.state import NoState

DEPLOY = run("deploy")
READ_FIRST = f"{DEPLOY}   (or read generated/ first: git add -N generated && git diff generated)"
"""`git diff` alone leaves out new files: after the first synthesis of a platform, all of its stacks."""
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
    if platform.runner in IN_HCP:
        return IN_HCP_TERRAFORM
    return READ_FIRST if _in_git(Path.cwd()) else DEPLOY


def _in_git(folder: Path) -> bool:
    return any((parent / ".git").exists() for parent in (folder, *folder.parents))
