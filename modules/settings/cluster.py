"""Settings of the cluster: an EKS cluster made here, or one that is there already."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from modules.facts.eks_addons import ADDONS, EksAddon
from modules.facts.kubernetes_versions import DEFAULT_KUBERNETES_VERSION, KUBERNETES_VERSIONS, minor_number
from modules.settings.node_group import FargateProfile, NodeGroup
from modules.settings.section import Problem, Section, repeated, unique_names
from modules.settings.types import KeyArn, NamespaceName, NodeName, Principal, Retention, Version, matching

ANYWHERE = IPv4Network("0.0.0.0/0")
LogType = Literal["api", "audit", "authenticator", "controllerManager", "scheduler"]
AuthMethod = Literal["irsa", "pod_identity"]


class Addon(Section):
    """One EKS add-on."""

    version: Version | None = Field(
        None, description="Exact version. None: EKS's default for the Kubernetes version, so both move together."
    )
    configuration: dict[str, JsonValue] = Field(
        {}, description="Configuration in the add-on's own schema (`aws eks describe-addon-configuration`)."
    )


class VpcCni(Addon):
    """The add-on that gives pods their addresses."""

    prefix_delegation: bool = Field(
        True,
        description="Give nodes prefixes of 16 addresses: an m6i.xlarge then carries 110 pods, not 58. Nitro types only.",
    )
    network_policy: bool = Field(
        True,
        description="Enforce NetworkPolicy objects. Without it the dozens that Kubeflow brings are inert, silently.",
    )


class Addons(Section):
    """EKS add-ons of the cluster. None leaves one out. Those that need AWS rights get a role of their own."""

    vpc_cni: VpcCni | None = Field(VpcCni(), description="Pod network. Before the nodes.")
    kube_proxy: Addon | None = Field(Addon(), description="Service addresses on each node.")
    coredns: Addon | None = Field(Addon(), description="DNS of the cluster.")
    eks_pod_identity_agent: Addon | None = Field(Addon(), description="EKS Pod Identity on each node.")
    aws_ebs_csi_driver: Addon | None = Field(Addon(), description="Block volumes: Kubeflow's databases and notebooks.")
    aws_efs_csi_driver: Addon | None = Field(None, description="Shared files (EFS). With the file system it serves.")
    aws_fsx_csi_driver: Addon | None = Field(
        None, description="Shared files (FSx for Lustre). With the file system it serves."
    )
    metrics_server: Addon | None = Field(
        Addon(), description="CPU and memory figures for autoscaling and `kubectl top`."
    )

    def chosen(self) -> Iterator[tuple[EksAddon, Addon]]:
        """Add-ons that are on, each with its facts."""
        for facts in ADDONS.values():
            addon = getattr(self, facts.name.replace("-", "_"))
            if addon is not None:
                yield facts, addon


class AutoMode(Section):
    """EKS Auto Mode: EKS runs the nodes, the pod network, block volumes and load balancers itself."""

    node_pools: tuple[Literal["general-purpose", "system"], ...] = Field(
        ("general-purpose", "system"), description="EKS's own node pools. Empty: you bring NodePools of yours."
    )


class AccessEntry(Section):
    """One principal's rights in the cluster, beside the admins and viewers."""

    name: NodeName = Field(description="Name, such as ci.")
    principal: Principal = Field(
        description="ARN of a role or user, or role/<name> or user/<name> of the platform's account."
    )
    policy: Literal[
        "AmazonEKSAdminPolicy",
        "AmazonEKSAdminViewPolicy",
        "AmazonEKSClusterAdminPolicy",
        "AmazonEKSEditPolicy",
        "AmazonEKSViewPolicy",
    ] = Field("AmazonEKSViewPolicy", description="EKS access policy.")
    namespaces: tuple[NamespaceName, ...] = Field(
        (), description="Namespaces the policy is for. Empty: the whole cluster."
    )
    kubernetes_groups: tuple[
        Annotated[str, matching(r"(?!system:).+", "a group of yours (EKS refuses system:…)")], ...
    ] = Field((), description="Kubernetes groups, for RBAC rules of yours.")


class Cluster(Section):
    """An EKS cluster made for the platform."""

    kubernetes_version: str = Field(DEFAULT_KUBERNETES_VERSION, description="Kubernetes minor version.")
    public_access_cidrs: tuple[IPv4Network, ...] = Field(
        (), description="Networks that may reach the API server over the internet. Empty: the endpoint is private."
    )
    public_access_from_anywhere: bool = Field(False, description="Allow 0.0.0.0/0 among public_access_cidrs.")
    private_access_cidrs: tuple[IPv4Network, ...] = Field(
        (),
        description="Networks outside of the VPC (VPN, peering, runners) or parts of it that may reach the private endpoint.",
    )
    service_cidr: IPv4Network | None = Field(
        None,
        description="Addresses of Services, /12 to /24 of a private range. None: EKS takes 10.100.0.0/16 or 172.20.0.0/16.",
    )
    secrets_kms_key_arn: KeyArn | None = Field(
        None, description="Key that encrypts Kubernetes Secrets in etcd. None: one made here."
    )
    log_types: tuple[LogType, ...] = Field(
        ("api", "audit", "authenticator", "controllerManager", "scheduler"),
        description="Control-plane logs; all, by default.",
    )
    log_retention_days: Retention = Field(
        365, description="Days that control-plane logs are kept. A year: what auditors ask for."
    )
    authentication_mode: Literal["API", "API_AND_CONFIG_MAP"] = Field(
        "API",
        description="Who may get in: access entries alone, or the aws-auth ConfigMap besides (for a move away from it).",
    )
    admins: tuple[Principal, ...] = Field(
        (),
        description="Cluster admins. They stand here, and not in who ran Terraform first: a laptop and CI give the same plan.",
    )
    viewers: tuple[Principal, ...] = Field((), description="Who may look at everything but Secrets.")
    access: tuple[AccessEntry, ...] = Field((), description="Further principals: CI, or rights in single namespaces.")
    support_type: Literal["STANDARD", "EXTENDED"] = Field(
        "EXTENDED",
        description="What happens when standard support ends. EXTENDED: it costs more by the hour, and synth warns before; STANDARD: "
        "EKS upgrades the cluster behind the plan's back.",
    )
    zonal_shift: bool = Field(
        True, description="Let Application Recovery Controller move traffic out of an impaired zone."
    )
    service_account_auth: AuthMethod = Field(
        "irsa", description="How add-ons get their roles: irsa (also on Fargate) or pod_identity."
    )
    addons: Addons = Field(Addons(), description="EKS add-ons.")
    auto_mode: AutoMode | None = Field(
        None, description="EKS Auto Mode as the way of compute. None: node groups of yours."
    )
    node_groups: tuple[NodeGroup, ...] = Field((), description="Managed node groups.")
    fargate_profiles: tuple[FargateProfile, ...] = Field((), description="Fargate profiles.")

    def own_problems(self) -> Iterator[Problem]:
        """Rules within the cluster."""
        yield from self._endpoint_problems()
        yield from self._compute_problems()
        if not self.admins:
            yield "admins", "nobody could use the cluster; name at least one admin, such as role/platform-admins"
        for principal in repeated(self._principals()):
            yield (
                "access",
                f"{principal} stands twice among admins, viewers and access; EKS takes one entry a principal",
            )
        yield from unique_names("access", self.access)
        if repeated(self.log_types):
            yield "log_types", "a log type stands twice; name each once"
        if self.service_cidr is not None and not (
            12 <= self.service_cidr.prefixlen <= 24 and self.service_cidr.is_private
        ):
            yield (
                "service_cidr",
                f"{self.service_cidr} is refused by EKS; give a /12 to /24 within 10/8, 172.16/12 or 192.168/16",
            )

    def _principals(self) -> list[str]:
        return [*self.admins, *self.viewers, *(entry.principal for entry in self.access)]

    def _endpoint_problems(self) -> Iterator[Problem]:
        """Never the whole internet unless asked, and never a door without a key."""
        if ANYWHERE in self.public_access_cidrs and not self.public_access_from_anywhere:
            yield (
                "public_access_cidrs",
                "0.0.0.0/0 shows the API server to the whole internet; give your networks, or say public_access_from_anywhere=True",
            )
        if not self.public_access_cidrs and not self.private_access_cidrs:
            yield (
                "public_access_cidrs",
                "the endpoint is private and nothing is let in; give private_access_cidrs (VPN, peering, or the VPC's own block for "
                "runners in it), or public_access_cidrs",
            )
        if len(self.public_access_cidrs) > 40:
            yield (
                "public_access_cidrs",
                f"{len(self.public_access_cidrs)} networks; EKS takes 40: sum them up to larger blocks",
            )

    def _compute_problems(self) -> Iterator[Problem]:
        """Something must run the pods, under names that are used once, on AMIs that the version has."""
        if not self.node_groups and not self.fargate_profiles and self.auto_mode is None:
            yield "node_groups", "nothing would run the pods; give a node group, a Fargate profile, or auto_mode"
        yield from unique_names("node_groups", self.node_groups)
        yield from unique_names("fargate_profiles", self.fargate_profiles)
        if self.kubernetes_version not in KUBERNETES_VERSIONS:
            yield (
                "kubernetes_version",
                f"{self.kubernetes_version!r} is not on EKS; choose one of {', '.join(KUBERNETES_VERSIONS)}",
            )
            return
        for index, group in enumerate(self.node_groups):
            yield from self._group_problems(f"node_groups[{index}]", group)
        if self.node_groups and self.addons.vpc_cni is None and self.auto_mode is None:
            yield (
                "addons.vpc_cni",
                "without it nodes never become Ready; leave it on (nodes of yours need a pod network)",
            )
        if self.service_account_auth == "pod_identity":
            if self.fargate_profiles:
                yield (
                    "service_account_auth",
                    'pods on Fargate cannot use EKS Pod Identity; set service_account_auth="irsa"',
                )
            if self.addons.eks_pod_identity_agent is None and self.auto_mode is None:
                yield "addons.eks_pod_identity_agent", "pod_identity needs the agent on each node; leave the add-on on"

    def _group_problems(self, path: str, group: NodeGroup) -> Iterator[Problem]:
        if list(group.problems()):
            return  # told at the group itself
        last = group.ami_type().last_kubernetes_version
        if last is not None and minor_number(last) < minor_number(self.kubernetes_version):
            yield (
                f"{path}.ami_family",
                f'{group.ami_family} has no AMI after Kubernetes {last}, and the cluster runs {self.kubernetes_version}; use "AL2023"',
            )


class ExistingCluster(Section):
    """A cluster that is there already: made by eksctl, terraform-aws-modules or a console. It is looked up, not changed."""

    name: Annotated[str, matching(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}", "the name of an EKS cluster")] = Field(
        description="Name of the cluster."
    )
    oidc_provider: Literal["existing", "made"] = Field(
        "existing",
        description="Whether IAM knows the cluster's OIDC issuer already. made: it lacks one (eksctl without withOIDC), make it here.",
    )
