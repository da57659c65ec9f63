"""Sizes of pods on Fargate.

Source: https://docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html
"""

from __future__ import annotations

from dataclasses import dataclass

ADDED_MIB = 256
"""Memory that Fargate adds for kubelet, kube-proxy and containerd."""
_GIB = 1024


@dataclass(frozen=True, slots=True)
class FargateSize:
    """One combination of CPU and memory."""

    cpu_millicores: int
    memory_mib: int


SIZES: tuple[FargateSize, ...] = (
    *(FargateSize(250, mib) for mib in (512, 1 * _GIB, 2 * _GIB)),
    *(FargateSize(500, gib * _GIB) for gib in range(1, 5)),
    *(FargateSize(1000, gib * _GIB) for gib in range(2, 9)),
    *(FargateSize(2000, gib * _GIB) for gib in range(4, 17)),
    *(FargateSize(4000, gib * _GIB) for gib in range(8, 31)),
    *(FargateSize(8000, gib * _GIB) for gib in range(16, 61, 4)),
    *(FargateSize(16000, gib * _GIB) for gib in range(32, 121, 8)),
)
"""The smallest first."""


def fargate_size(cpu_millicores: int, memory_mib: int) -> FargateSize | None:
    """The smallest combination for the requests of a pod; None: it is too large.

    Args:
        cpu_millicores: requests of the pod.
        memory_mib: requests of the pod, to which Fargate adds `ADDED_MIB`. Without any request, it is the smallest size.
    """
    wanted = memory_mib + ADDED_MIB if memory_mib or cpu_millicores else 0
    return next((one for one in SIZES if one.cpu_millicores >= cpu_millicores and one.memory_mib >= wanted), None)
