"""Settings of EKS add-ons and of EKS Auto Mode, which includes its own."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from modules.aws_data.eks_addons import ADDONS, OTHER_ADDONS, EksAddon
from modules.settings.section import Section
from modules.settings.service_account_role import Statement
from modules.settings.texts import FREE_FORM
from modules.settings.types import KubernetesName, NamespaceName, PolicyArn, Version, matching


class AddonRole(Section):
    """Permissions of an add-on: the IAM role of its service account."""

    policy_arns: tuple[PolicyArn, ...] = ()
    """Managed policies of the role."""
    statements: tuple[Statement, ...] = ()
    """Statements of the role's inline policy."""
    auth: Literal["irsa", "pod_identity"] | None = None
    """How the add-on gets the role: irsa or pod_identity. None: Cluster.service_account_auth."""


class Addon(Section):
    """One EKS add-on."""

    version: Version | None = None
    """Exact version. None: EKS's default for the Kubernetes version, so both move together."""
    configuration: Annotated[dict[str, JsonValue], FREE_FORM] = Field(default={})
    """Configuration in the add-on's own schema (`aws eks describe-addon-configuration`)."""

    role: AddonRole | None = None
    """Permissions in place of the AWS managed policy, such as a narrower one or keys of your own. None: the managed
    policies that the platform knows for it, if any.
    """


class OtherAddon(Addon):
    """An EKS add-on by its name: of AWS, of the community or of a vendor (`aws eks describe-addon-versions`)."""

    name: Annotated[str, matching(r"[a-z0-9][a-z0-9_-]{0,40}", "an EKS add-on name such as snapshot-controller")]
    """Name, such as eks-node-monitoring-agent, snapshot-controller, aws-mountpoint-s3-csi-driver,
    amazon-cloudwatch-observability or aws-guardduty-agent.
    """
    namespace: NamespaceName | None = None
    """Namespace of its service account. None: the one that the platform knows, or kube-system."""
    service_account: KubernetesName | None = None
    """Service account that has the role. None: the one that the platform knows; required for the role of other add-ons."""

    def facts(self) -> EksAddon:
        """What the platform knows of it, and what is set here."""
        known = OTHER_ADDONS.get(self.name, EksAddon(name=self.name, default=False, fargate=True, in_auto_mode=False))
        return replace(
            known,
            namespace=self.namespace or known.namespace,
            service_account=self.service_account or known.service_account,
        )


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

    others: tuple[OtherAddon, ...] = ()
    """Further EKS add-ons, installed after the nodes."""

    def chosen(self) -> Iterator[tuple[EksAddon, Addon]]:
        """Enabled add-ons with their data."""
        for facts in ADDONS.values():
            addon = getattr(self, setting_of(facts))
            if addon is not None:
                yield facts, addon
        for other in self.others:
            yield other.facts(), other


def setting_of(addon: EksAddon) -> str:
    """The name of an add-on among the settings: coredns, others[snapshot-controller]."""
    return addon.name.replace("-", "_") if addon.name in ADDONS else f"others[{addon.name}]"


class AutoMode(Section):
    """EKS Auto Mode: EKS operates the nodes, the pod network, block volumes and load balancers."""

    node_pools: tuple[Literal["general-purpose", "system"], ...] = ("general-purpose", "system")
    """Built-in node pools of EKS; Kubeflow requires general-purpose. Empty: an extra component creates the NodePools."""
