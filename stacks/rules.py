"""Rules that depend on the stacks of a platform, which `modules/rules` must not import."""

from collections.abc import Iterator

from modules.rules import problems
from modules.rules.rule import Problem, rule
from modules.rules.runner import TRUST_LIMIT, subjects, trust_characters
from modules.settings import Platform
from modules.settings.state import HcpState
from stacks.order import platform_layers


def known_layers(platform: Platform) -> tuple[str, ...]:
    """Its stacks; empty while Kubeflow's settings are invalid."""
    if platform.kubeflow is not None and any(problems(platform.kubeflow)):
        return ()
    return platform_layers(platform)


@rule(Platform)
def moved_layers(platform: Platform) -> Iterator[Problem]:
    """Moved and removed resources must name a stack of the platform."""
    named = [(f"moved[{index}]", entry.layer) for index, entry in enumerate(platform.moved)]
    named += [(f"removed[{index}]", entry.layer) for index, entry in enumerate(platform.removed)]
    layers = known_layers(platform) if named else ()
    for path, layer in named if layers else ():
        if layer not in layers:
            yield f"{path}.layer", f"this platform has no {layer} stack", f"use one of {', '.join(layers)}"


@rule(Platform)
def trust_fits(platform: Platform) -> Iterator[Problem]:
    """The trust policies of HCP Terraform roles list all stacks and must not exceed IAM's size limit."""
    state = platform.state
    if not isinstance(state, HcpState) or state.roles is None or state.project is None:
        return
    named = subjects(platform, known_layers(platform), "apply")
    size = trust_characters(state.hostname, named)
    if size > TRUST_LIMIT:
        yield (
            "state.workspace_prefix",
            f"the trust policy of a role needs {size:,} characters with these names, and IAM accepts {TRUST_LIMIT:,}",
            "shorten the prefix, or the name of platform, project or organization",
        )
