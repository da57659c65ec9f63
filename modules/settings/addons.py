"""Settings of EKS add-ons and of EKS Auto Mode, which includes its own."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from modules.aws_data.eks_addons import ADDONS, EksAddon
from modules.settings.section import Section
from modules.settings.texts import FREE_FORM
from modules.settings.types import Version


class Addon(Section):
    """One EKS add-on."""

    version: Version | None = None
    """Exact version. None: EKS's default for the Kubernetes version, so both move together."""
    configuration: Annotated[dict[str, JsonValue], FREE_FORM] = Field(default={})
    """Configuration in the add-on's own schema (`aws eks describe-addon-configuration`)."""


class VpcCni(Addon):
    """The add-on for the pod network."""

    prefix_delegation: bool = True
    """Assign prefixes of 16 addresses to nodes: an m6i.xlarge then runs 110 pods instead of 58. Nitro instance types
    only.
    """
    network_policy: bool = True
    """Enforce NetworkPolicy objects. If disabled, the NetworkPolicies of Kubeflow have no effect and no error is
    reported.
    """


class Addons(Section):
    """EKS add-ons of the cluster. None omits an add-on. Add-ons that need AWS permissions get their own role."""

    vpc_cni: VpcCni | None = VpcCni()
    """Pod network. Installed before the nodes."""
    kube_proxy: Addon | None = Addon()
    """Service networking on each node."""
    coredns: Addon | None = Addon()
    """Cluster DNS."""
    eks_pod_identity_agent: Addon | None = Addon()
    """EKS Pod Identity on each node."""
    aws_ebs_csi_driver: Addon | None = Addon()
    """Block volumes: Kubeflow's databases and notebooks."""
    aws_efs_csi_driver: Addon | None = None
    """Shared files (EFS). Requires a file system."""
    aws_fsx_csi_driver: Addon | None = None
    """Shared files (FSx for Lustre). Requires a file system."""
    metrics_server: Addon | None = Addon()
    """CPU and memory metrics for autoscaling and `kubectl top`."""

    def chosen(self) -> Iterator[tuple[EksAddon, Addon]]:
        """Enabled add-ons with their data."""
        for facts in ADDONS.values():
            addon = getattr(self, setting_of(facts))
            if addon is not None:
                yield facts, addon


def setting_of(addon: EksAddon) -> str:
    """The name of an add-on among the settings."""
    return addon.name.replace("-", "_")


class AutoMode(Section):
    """EKS Auto Mode: EKS operates the nodes, the pod network, block volumes and load balancers."""

    node_pools: tuple[Literal["general-purpose", "system"], ...] = ("general-purpose", "system")
    """Built-in node pools of EKS; Kubeflow requires general-purpose. Empty: an extra component creates the NodePools."""
