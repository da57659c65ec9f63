"""The AMI types of EKS managed node groups: operating system, processor, drivers, disks.

Windows and CUSTOM are omitted: the platform runs on Linux, and a custom AMI has no known properties.

Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html (amiType)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from modules.aws_data.instance_types import Accelerator, Architecture
from modules.aws_data.kubernetes_versions import minor_number

AmiFamily = Literal["AL2", "AL2023", "BOTTLEROCKET"]


@dataclass(frozen=True, slots=True)
class AmiType:
    """One value of `ami_type`."""

    name: str
    family: AmiFamily
    architecture: Architecture
    accelerator: Accelerator | None
    """Included drivers, if any."""
    fips: bool
    """Whether its cryptography is a FIPS 140 validated build."""
    last_kubernetes_version: str | None
    """Last Kubernetes version with such an AMI; None: no end announced."""
    root_device: str
    """Device name of the disk with the operating system."""
    data_device: str
    """Device name of the disk with images and pods, which disk settings apply to. AL2023 has one disk only."""

    def supports(self, kubernetes_version: str) -> bool:
        """Whether EKS has this AMI for a version such as `1.35`."""
        last = self.last_kubernetes_version
        return last is None or minor_number(kubernetes_version) <= minor_number(last)


def _al2(name: str, architecture: Architecture, accelerator: Accelerator | None = None) -> AmiType:
    # https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-deprecation-faqs.html
    return AmiType(name, "AL2", architecture, accelerator, False, "1.32", "/dev/xvda", "/dev/xvda")


def _al2023(name: str, architecture: Architecture, accelerator: Accelerator | None = None) -> AmiType:
    return AmiType(name, "AL2023", architecture, accelerator, False, None, "/dev/xvda", "/dev/xvda")


def _bottlerocket(
    name: str, architecture: Architecture, accelerator: Accelerator | None = None, fips: bool = False
) -> AmiType:
    return AmiType(name, "BOTTLEROCKET", architecture, accelerator, fips, None, "/dev/xvda", "/dev/xvdb")


AMI_TYPES = (
    _al2("AL2_x86_64", "x86_64"),
    _al2("AL2_x86_64_GPU", "x86_64", "nvidia"),
    _al2("AL2_ARM_64", "arm64"),
    _al2023("AL2023_x86_64_STANDARD", "x86_64"),
    _al2023("AL2023_ARM_64_STANDARD", "arm64"),
    _al2023("AL2023_x86_64_NEURON", "x86_64", "neuron"),
    _al2023("AL2023_x86_64_NVIDIA", "x86_64", "nvidia"),
    _al2023("AL2023_ARM_64_NVIDIA", "arm64", "nvidia"),
    _bottlerocket("BOTTLEROCKET_x86_64", "x86_64"),
    _bottlerocket("BOTTLEROCKET_ARM_64", "arm64"),
    _bottlerocket("BOTTLEROCKET_x86_64_NVIDIA", "x86_64", "nvidia"),
    _bottlerocket("BOTTLEROCKET_ARM_64_NVIDIA", "arm64", "nvidia"),
    _bottlerocket("BOTTLEROCKET_x86_64_FIPS", "x86_64", fips=True),
    _bottlerocket("BOTTLEROCKET_ARM_64_FIPS", "arm64", fips=True),
    _bottlerocket("BOTTLEROCKET_x86_64_NVIDIA_FIPS", "x86_64", "nvidia", fips=True),
    _bottlerocket("BOTTLEROCKET_ARM_64_NVIDIA_FIPS", "arm64", "nvidia", fips=True),
)


def ami_type(
    family: AmiFamily, architecture: Architecture, accelerator: Accelerator | None = None, *, fips: bool = False
) -> AmiType:
    """The AMI type for a family, architecture and drivers.

    Raises:
        ValueError: EKS has none; the message lists those of the family.
    """
    wanted = (family, architecture, accelerator, fips)
    for kind in AMI_TYPES:
        if (kind.family, kind.architecture, kind.accelerator, kind.fips) == wanted:
            return kind
    have = ", ".join(kind.name for kind in AMI_TYPES if kind.family == family) or "none: unknown family"
    raise ValueError(
        f"AMI family {family!r}: EKS has no AMI for {architecture} with {accelerator or 'no'} drivers"
        f"{' and FIPS' if fips else ''}; available: {have}"
    )
