"""Pods on Fargate: those that a profile selects, each on a node of its own, and what Fargate does not run.

Source: https://docs.aws.amazon.com/eks/latest/userguide/fargate.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules.aws_data.fargate_sizes import FargateSize, fargate_size
from modules.checks.fit.placement import Pending
from modules.checks.fit.workloads import Workload
from modules.settings import FargateProfile


@dataclass(frozen=True)
class OnFargate:
    """Pods of one workload on Fargate."""

    workload: Workload
    size: FargateSize
    """Of each pod."""


@dataclass(frozen=True)
class Split:
    """Workloads by where their pods run."""

    on_nodes: tuple[Workload, ...]
    on_fargate: tuple[OnFargate, ...]
    refused: tuple[Pending, ...]
    """Selected by a profile, but with something that Fargate does not run."""


def split(workloads: Sequence[Workload], profiles: Sequence[FargateProfile]) -> Split:
    """Separate what profiles select. Pods of DaemonSets never run on Fargate.

    Args:
        workloads: what runs.
        profiles: all Fargate profiles.
    """
    on_nodes: list[Workload] = []
    on_fargate: list[OnFargate] = []
    refused: list[Pending] = []
    for one in workloads:
        if one.replicas is None or not any(_selects(profile, one) for profile in profiles):
            on_nodes.append(one)
        elif reasons := tuple((f"Fargate: {reason}", 0) for reason in unsupported(one)):
            refused.append(Pending(one, one.replicas, reasons))
        else:
            size = fargate_size(one.cpu_millicores, one.memory_mib)
            assert size is not None
            on_fargate.append(OnFargate(one, size))
    return Split(tuple(on_nodes), tuple(on_fargate), tuple(one for one in refused if one.pods))


def _selects(profile: FargateProfile, one: Workload) -> bool:
    return any(
        selector.namespace == one.namespace and selector.labels.items() <= one.labels.items()
        for selector in profile.selectors
    )


def unsupported(one: Workload) -> Iterator[str]:
    """What of a pod Fargate does not run, in words."""
    spec = one.spec
    if spec.get("hostNetwork"):
        yield "host network"
    elif one.constraints.ports:
        yield "host port"
    containers = [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]
    if any((of.get("securityContext") or {}).get("privileged") for of in containers):
        yield "privileged container"
    if any(_host_path(volume) for volume in spec.get("volumes") or ()):
        yield "hostPath volume"
    if one.block_volumes:
        yield "EBS volume"
    yield from sorted(one.devices)
    if fargate_size(one.cpu_millicores, one.memory_mib) is None:
        yield "size"


def _host_path(volume: Mapping[str, Any]) -> bool:
    return "hostPath" in volume
