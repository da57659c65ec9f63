"""Settings of EKS add-ons, and of EKS Auto Mode, which brings its own."""

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
    """The add-on that gives pods their addresses."""

    prefix_delegation: bool = True
    """Give nodes prefixes of 16 addresses: an m6i.xlarge then carries 110 pods, not 58. Nitro types only."""
    network_policy: bool = True
    """Enforce NetworkPolicy objects. Without it the dozens that Kubeflow brings are inert, silently."""


class Addons(Section):
    """EKS add-ons of the cluster. None leaves one out. Those that need AWS rights get a role of their own."""

    vpc_cni: VpcCni | None = VpcCni()
    """Pod network. Before the nodes."""
    kube_proxy: Addon | None = Addon()
    """Service addresses on each node."""
    coredns: Addon | None = Addon()
    """DNS of the cluster."""
    eks_pod_identity_agent: Addon | None = Addon()
    """EKS Pod Identity on each node."""
    aws_ebs_csi_driver: Addon | None = Addon()
    """Block volumes: Kubeflow's databases and notebooks."""
    aws_efs_csi_driver: Addon | None = None
    """Shared files (EFS). With the file system it serves."""
    aws_fsx_csi_driver: Addon | None = None
    """Shared files (FSx for Lustre). With the file system it serves."""
    metrics_server: Addon | None = Addon()
    """CPU and memory figures for autoscaling and `kubectl top`."""

    def chosen(self) -> Iterator[tuple[EksAddon, Addon]]:
        """Add-ons that are on, each with its facts."""
        for facts in ADDONS.values():
            addon = getattr(self, setting_of(facts))
            if addon is not None:
                yield facts, addon


def setting_of(addon: EksAddon) -> str:
    """The name of an add-on among the settings."""
    return addon.name.replace("-", "_")


class AutoMode(Section):
    """EKS Auto Mode: EKS runs the nodes, the pod network, block volumes and load balancers itself."""

    node_pools: tuple[Literal["general-purpose", "system"], ...] = ("general-purpose", "system")
    """EKS's own node pools. Empty: you bring NodePools of yours."""
