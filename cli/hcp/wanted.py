"""What a platform requires in HCP Terraform."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from modules.settings import Platform
from modules.settings.state import HcpState
from stacks.order import platform_layers
from stacks.runner import RunnerStack

Mode = Literal["local", "remote", "agent"]
VARIABLES = "workspace_variables"
"""Output of the runner's stack."""


@dataclass(frozen=True)
class Workspace:
    """One workspace: one stack.

    Args:
        name: its name.
        mode: where its runs are.
        readers: names of the workspaces that read its state.
        after: name of the workspace whose apply queues a run here; None: no run trigger.
    """

    name: str
    mode: Mode
    readers: tuple[str, ...]
    after: str | None


@dataclass(frozen=True)
class Wanted:
    """All that a platform requires.

    Args:
        hostname: of HCP Terraform.
        organization: its name; it must exist.
        project: name of the project; None: the organization's default.
        workspaces: in apply order.
        variable_set: name of the set of AWS variables; None: the platform has no roles for runs.
        runner: workspace whose output has these variables; it gets none.
        agent_pool: name of the pool of workspaces with mode `agent`; None: there is none.
    """

    hostname: str
    organization: str
    project: str | None
    workspaces: tuple[Workspace, ...]
    variable_set: str | None
    runner: str | None
    agent_pool: str | None


def wanted_of(
    platform: Platform, documents: Mapping[str, Mapping[str, Any]], *, agent_pool: str, run_triggers: bool
) -> Wanted:
    """From settings, and from the remote states that stacks read.

    Args:
        platform: with State.hcp.
        documents: stack name to its `cdk.tf.json`.
        agent_pool: name of the pool if runs are on agents.
        run_triggers: whether an apply queues a run of the next stack.
    """
    state = platform.state
    assert isinstance(state, HcpState)
    layers = platform_layers(platform)
    names = {layer: state.workspace(platform.name, layer) for layer in layers}
    readers: dict[str, list[str]] = {name: [] for name in names.values()}
    for layer in layers:
        for read in documents[f"{platform.name}-{layer}"].get("data", {}).get("terraform_remote_state", {}).values():
            readers[read["config"]["workspaces"]["name"]].append(names[layer])
    by_runs = [layer for layer in layers if layer != RunnerStack.layer]
    before = dict(zip(by_runs[1:], by_runs, strict=False)) if run_triggers else {}
    modes = {layer: mode_of(platform, layer, documents[f"{platform.name}-{layer}"]) for layer in layers}
    return Wanted(
        hostname=state.hostname,
        organization=state.organization,
        project=state.project,
        workspaces=tuple(
            Workspace(names[layer], modes[layer], tuple(readers[names[layer]]), names.get(before.get(layer, "")))
            for layer in layers
        ),
        variable_set=f"{platform.name}-aws" if state.roles is not None else None,
        runner=names.get(RunnerStack.layer),
        agent_pool=agent_pool if "agent" in modes.values() else None,
    )


def mode_of(platform: Platform, layer: str, document: Mapping[str, Any]) -> Mode:
    """Where runs of a stack are: its roles are applied locally, and stacks in the cluster need an agent if there is one."""
    if layer == RunnerStack.layer or platform.runner not in ("hcp_remote", "hcp_agent"):
        return "local"
    in_cluster = "helm" in document["terraform"]["required_providers"]
    return "agent" if platform.runner == "hcp_agent" and in_cluster else "remote"
