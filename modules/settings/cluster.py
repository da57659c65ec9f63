"""Settings of the cluster: an EKS cluster made here, or one that is there already."""

from typing import Annotated, Literal

from modules.aws_data.kubernetes_versions import DEFAULT_KUBERNETES_VERSION
from modules.settings.addons import Addons, AutoMode
from modules.settings.fargate import FargateProfile
from modules.settings.node_group import NodeGroup
from modules.settings.section import Section
from modules.settings.types import (
    Blocks,
    KeyArn,
    NamespaceName,
    NodeName,
    OptionalBlock,
    Principal,
    Retention,
    SecurityGroupId,
    SubnetId,
    matching,
    parsed_default,
)

LogType = Literal["api", "audit", "authenticator", "controllerManager", "scheduler"]
AuthMethod = Literal["irsa", "pod_identity"]


class AccessEntry(Section):
    """One principal's rights in the cluster, beside the admins and viewers."""

    name: NodeName
    """Name, such as ci."""
    principal: Principal
    """ARN of a role or user, or role/<name> or user/<name> of the platform's account."""
    policy: Literal[
        "AmazonEKSAdminPolicy",
        "AmazonEKSAdminViewPolicy",
        "AmazonEKSClusterAdminPolicy",
        "AmazonEKSEditPolicy",
        "AmazonEKSViewPolicy",
    ] = "AmazonEKSViewPolicy"
    """EKS access policy."""
    namespaces: tuple[NamespaceName, ...] = ()
    """Namespaces the policy is for. Empty: the whole cluster."""
    kubernetes_groups: tuple[
        Annotated[str, matching(r"(?!system:).+", "a group of yours (EKS refuses system:…)")], ...
    ] = ()
    """Kubernetes groups, for RBAC rules of yours."""


class Cluster(Section):
    """An EKS cluster made for the platform."""

    kubernetes_version: str = DEFAULT_KUBERNETES_VERSION
    """Kubernetes minor version."""
    public_access_cidrs: Blocks = parsed_default(())
    """Networks that may reach the API server over the internet. Empty: the endpoint is private."""
    public_access_from_anywhere: bool = False
    """Allow 0.0.0.0/0 among public_access_cidrs."""
    private_access_cidrs: Blocks = parsed_default(())
    """Networks outside of the VPC (VPN, peering, runners) or parts of it that may reach the private endpoint."""
    service_cidr: OptionalBlock = parsed_default(None)
    """Addresses of Services, /12 to /24 of a private range. None: EKS takes 10.100.0.0/16 or 172.20.0.0/16."""
    secrets_kms_key_arn: KeyArn | None = None
    """Key that encrypts Kubernetes Secrets in etcd. None: one made here."""
    log_types: tuple[LogType, ...] = ("api", "audit", "authenticator", "controllerManager", "scheduler")
    """Control-plane logs; all, by default."""
    log_retention_days: Retention = 365
    """Days that control-plane logs are kept. A year: what auditors ask for."""
    authentication_mode: Literal["API", "API_AND_CONFIG_MAP"] = "API"
    """Who may get in: access entries alone, or the aws-auth ConfigMap besides (for a move away from it)."""
    admins: tuple[Principal, ...] = ()
    """Cluster admins. They stand here, and not in who ran Terraform first: a laptop and CI give the same plan."""
    viewers: tuple[Principal, ...] = ()
    """Who may look at everything but Secrets."""
    access: tuple[AccessEntry, ...] = ()
    """Further principals: CI, or rights in single namespaces."""
    support_type: Literal["STANDARD", "EXTENDED"] = "EXTENDED"
    """What happens when standard support ends. EXTENDED: it costs more by the hour, and synth warns before; STANDARD: EKS
    upgrades the cluster behind the plan's back.
    """
    zonal_shift: bool = True
    """Let Application Recovery Controller move traffic out of an impaired zone."""
    eks_deletion_protection: bool = False
    """Let EKS itself refuse to delete the cluster while Platform.deletion_protection is on, whoever asks. Its stack then
    needs AWS provider 6.9 or later; applies of this project are tested with 5.100, so it was never applied here.
    """
    service_account_auth: AuthMethod = "irsa"
    """How add-ons get their roles: irsa (also on Fargate) or pod_identity."""
    addons: Addons = Addons()
    """EKS add-ons."""
    auto_mode: AutoMode | None = None
    """EKS Auto Mode as the way of compute. None: node groups of yours."""
    node_groups: tuple[NodeGroup, ...] = ()
    """Managed node groups."""
    fargate_profiles: tuple[FargateProfile, ...] = ()
    """Fargate profiles."""

    @property
    def uses_cluster_group(self) -> bool:
        """Whether pods carry the security group that EKS makes for the cluster: those of EKS Auto Mode and Fargate."""
        return self.auto_mode is not None or bool(self.fargate_profiles)


WebhookPort = Literal[4443, 8443, 9443, 10250, 15017]
"""What webhooks of the catalogue listen on; a test compares with the security groups of clusters made here."""


class ExistingCluster(Section):
    """A cluster that is there already: made by eksctl, terraform-aws-modules or a console. It is looked up, not changed."""

    name: Annotated[str, matching(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}", "the name of an EKS cluster")]
    """Name of the cluster."""
    oidc_provider: Literal["existing", "made"] = "existing"
    """Whether IAM knows the cluster's OIDC issuer already. made: it lacks one (eksctl without withOIDC), make it here.
    """
    private_subnet_ids: tuple[SubnetId, ...] = ()
    """Subnets for the database and for file systems. Empty: those that the cluster names."""
    public_subnet_ids: tuple[SubnetId, ...] = ()
    """Subnets for a public load balancer."""
    node_security_group_id: SecurityGroupId | None = None
    """Security group that its nodes carry. None: the one that EKS made for the cluster, which terraform-aws-modules does
    not use.
    """
    network_policies: Literal["vpc_cni_addon", "other"] | None = None
    """What enforces NetworkPolicies, which keep teams apart. vpc_cni_addon: the EKS add-on vpc-cni, which must be there;
    each plan looks up its configuration and warns when it does not enforce them. other: another network plugin, which
    you have checked yourself. None: not known, and each synth warns.
    """
    open_webhook_ports: tuple[WebhookPort, ...] = ()
    """Ports to open from the control plane to its nodes, one rule each, beside the group's own. Empty: none; a plan says
    which are missing. Not where the group's rules stand inside of it (inline), since whoever made them would take ours
    away.
    """
