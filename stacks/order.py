"""All stack classes in apply order."""

from collections.abc import Iterator, Mapping

from constructs import Construct

from modules.settings import Platform
from modules.settings.state import NoState
from stacks.cluster import ClusterStack
from stacks.components import AddonsStack, KubeflowStack
from stacks.contract import Output
from stacks.imports import AdoptedStack
from stacks.module_form import as_module
from stacks.network import NetworkStack
from stacks.runner import RunnerStack
from stacks.services import ServicesStack
from stacks.stack import PlatformStack, Run
from stacks.teams import TeamsStack

STACKS: tuple[type[PlatformStack], ...] = (
    RunnerStack,
    AdoptedStack,
    NetworkStack,
    ClusterStack,
    ServicesStack,
    AddonsStack,
    KubeflowStack,
    TeamsStack,
)
"""Each is one Terraform state, or several numbered ones."""
LAYERS = tuple(stack.layer for stack in STACKS)
OUTPUTS: Mapping[str, tuple[Output, ...]] = {stack.layer: stack.outputs for stack in STACKS}
"""Layer to the outputs of its stacks."""


def platform_layers(platform: Platform) -> tuple[str, ...]:
    """Layer names of a platform's stacks in apply order; requires valid settings."""
    return tuple(name for stack in STACKS for name in stack.names(platform))


def add_stacks(app: Construct, platform: Platform) -> Iterator[PlatformStack]:
    """Create the stacks of a platform in apply order; each depends on the previous one."""
    run = Run(platform_layers(platform))
    for kind in STACKS:
        for stack in kind.create(app, platform, run):
            if run.stacks:
                stack.add_dependency(list(run.stacks.values())[-1])
            for layer in stack.consumed_layers():
                run.stacks[layer].export_tfvars(stack)
            run.stacks[stack.layer] = stack
            yield stack
    for stack in run.stacks.values():
        stack.complete(run)
        if isinstance(platform.state, NoState) and platform.state.form == "module":
            as_module(stack)
