"""Kubernetes versions of EKS with support dates.

Source: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html, https://endoflife.date/amazon-eks
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

SupportType = Literal["STANDARD", "EXTENDED"]
"""Valid values of `support_type` in a cluster's `upgrade_policy`."""


@dataclass(frozen=True, slots=True)
class KubernetesVersion:
    """One minor version on EKS. Dates are UTC; None: not announced."""

    name: str
    end_of_standard_support: date | None
    """Start of extended support: six times the hourly price, or automatic upgrade with support type STANDARD.

    Source: https://aws.amazon.com/eks/pricing/
    """
    end_of_extended_support: date | None
    """End of extended support: EKS upgrades the control plane and creates no new clusters of the version."""
    cluster_autoscaler: str
    """Tag of the newest cluster-autoscaler image for it, which embeds this version's scheduler.

    Source: https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/README.md#releases
    """

    @property
    def minor(self) -> int:
        """35 for 1.35; versions are compared by this number."""
        return int(self.name.partition(".")[2])

    def support(self, today: date) -> SupportType | None:
        """Support on a given day; None: unsupported. A version without dates counts as STANDARD."""
        if self.end_of_standard_support is None or today < self.end_of_standard_support:
            return "STANDARD"
        if self.end_of_extended_support is None or today < self.end_of_extended_support:
            return "EXTENDED"
        return None


_VERSIONS = (
    KubernetesVersion("1.32", date(2026, 3, 23), date(2027, 3, 23), "v1.32.7"),
    KubernetesVersion("1.33", date(2026, 7, 29), date(2027, 7, 29), "v1.33.6"),
    KubernetesVersion("1.34", date(2026, 12, 2), date(2027, 12, 2), "v1.34.5"),
    KubernetesVersion("1.35", date(2027, 3, 27), date(2028, 3, 27), "v1.35.2"),
    KubernetesVersion("1.36", date(2027, 8, 2), date(2028, 8, 2), "v1.36.1"),
)
KUBERNETES_VERSIONS: Mapping[str, KubernetesVersion] = MappingProxyType({v.name: v for v in _VERSIONS})
"""Oldest first."""

DEFAULT_KUBERNETES_VERSION = "1.35"


def kubernetes_version(name: str) -> KubernetesVersion:
    """Data of one version.

    Raises:
        ValueError: EKS does not support it, or it is newer than this table.
    """
    if name not in KUBERNETES_VERSIONS:
        raise ValueError(
            f"Kubernetes version {name!r}: not in the table of EKS versions; choose one of {', '.join(KUBERNETES_VERSIONS)}"
        )
    return KUBERNETES_VERSIONS[name]


def minor_number(name: str) -> int:
    """35 for "1.35", including versions outside the table.

    Raises:
        ValueError: the text does not have the form 1.NN.
    """
    major, _, minor = name.partition(".")
    if major != "1" or not minor.isdecimal():
        raise ValueError(
            f"Kubernetes version {name!r}: does not have the form 1.NN; set it as a string, such as '1.35'"
        )
    return int(minor)
