"""Settings of the cluster: a new EKS cluster, or an existing one."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from modules.aws_data.kubernetes_versions import DEFAULT_KUBERNETES_VERSION
from modules.settings.addons import Addons, AutoMode
from modules.settings.fargate import FargateProfile
from modules.settings.network import IPV6
from modules.settings.node_group import NodeGroup
from modules.settings.section import NotSettings, Section
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


AccessPolicyName = Literal[
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSSecretReaderPolicy",
    "AmazonEKSViewPolicy",
]


class AccessPolicy(Section):
    """One more EKS access policy of a principal."""

    policy: AccessPolicyName
    """EKS access policy; each once per entry, since EKS has one scope per policy and principal."""
    namespaces: tuple[NamespaceName, ...] = ()
    """Namespaces that the policy applies to. Empty: the whole cluster."""


class AccessEntry(Section):
    """Access of one principal to the cluster, in addition to admins and viewers."""

    name: NodeName
    """Name of the entry, such as ci."""
    principal: Principal
    """ARN of a role or user, or role/<name> or user/<name> of the platform's account."""
    policy: AccessPolicyName | None = "AmazonEKSViewPolicy"
    """EKS access policy, by default read access without Secrets. None: only the permissions that your RBAC rules grant
    to kubernetes_groups.
    """
    namespaces: tuple[NamespaceName, ...] = ()
    """Namespaces that the policy applies to. Empty: the whole cluster."""
    more_policies: tuple[AccessPolicy, ...] = ()
    """Further EKS access policies, each with namespaces of its own, such as view of the whole cluster and edit of one
    namespace. Empty: only policy.
    """
    kubernetes_groups: tuple[
        Annotated[str, matching(r"(?!system:).+", "a Kubernetes group (EKS rejects system:…)")], ...
    ] = ()
    """Kubernetes groups, for your own RBAC rules."""


class SchedulerScoring(Section):
    """How the Kubernetes scheduler chooses among nodes that can run a pod."""

    strategy: Literal["LeastAllocated", "MostAllocated"] = "MostAllocated"
    """LeastAllocated spreads pods over the nodes; MostAllocated fills nodes one after the other, so that an autoscaler can
    remove the others.
    """
    weights: dict[str, int] = Field(default={})
    """Weights, 1 to 100, of cpu, memory, nvidia.com/gpu, aws.amazon.com/neuron and aws.amazon.com/neuroncore; those that
    are not listed do not count. Empty: cpu and memory alike.
    """


class NodePorts(Section):
    """Ports of nodes that Kubernetes assigns to Services."""

    first: int = Field(default=30000, ge=10260, le=32767)
    """Lowest port."""
    last: int = Field(default=32767, ge=10260, le=32767)
    """Highest port."""


class Cluster(Section):
    """An EKS cluster created by the platform."""

    kubernetes_version: str = DEFAULT_KUBERNETES_VERSION
    """Kubernetes minor version."""
    public_access_cidrs: Blocks = parsed_default(())
    """Networks that can reach the API server over the internet. Empty: the endpoint is private."""
    public_access_from_anywhere: bool = False
    """Allow 0.0.0.0/0 among public_access_cidrs."""
    private_access_cidrs: Blocks = parsed_default(())
    """Networks outside the VPC (VPN, peering, runners), or parts of it, that can reach the private endpoint."""
    service_cidr: OptionalBlock = parsed_default(None)
    """Addresses of Services, /12 to /24 of a private range. None: EKS selects 10.100.0.0/16 or 172.20.0.0/16."""
    secrets_kms_key_arn: KeyArn | None = None
    """Key that encrypts Kubernetes Secrets in etcd. None: the platform creates one."""
    log_types: tuple[LogType, ...] = ("api", "audit", "authenticator", "controllerManager", "scheduler")
    """Control-plane logs; all by default."""
    log_retention_days: Retention = 365
    """Retention of control-plane logs in days. Audits usually require a year."""
    authentication_mode: Literal["API", "API_AND_CONFIG_MAP"] = "API"
    """Access entries only, or the aws-auth ConfigMap as well (for a migration from it)."""
    admins: tuple[Principal, ...] = ()
    """Cluster admins. Listed explicitly, not taken from the caller, so every runner produces the same plan."""
    viewers: tuple[Principal, ...] = ()
    """Principals with read access to everything except Secrets."""
    access: tuple[AccessEntry, ...] = ()
    """Further principals: CI, or access to single namespaces."""
    support_type: Literal["STANDARD", "EXTENDED"] = "EXTENDED"
    """Behaviour at the end of standard support. EXTENDED: extended support at a higher hourly price, with a warning at
    synth before; STANDARD: EKS upgrades the cluster outside of Terraform.
    """
    zonal_shift: bool = True
    """Allow Application Recovery Controller to shift traffic away from an impaired zone."""
    eks_deletion_protection: bool = False
    """EKS deletion protection while Platform.deletion_protection is set; it applies to all clients. Requires AWS
    provider 6.9 or later for the cluster stack; this project is tested with 5.100, so this setting has not been applied
    yet.
    """
    control_plane_tier: Literal["standard", "tier-xl", "tier-2xl", "tier-4xl", "tier-8xl"] | None = None
    """Provisioned capacity of the control plane, at a price by the hour. None: standard, which EKS scales. Requires AWS
    provider 6.23 or later for the cluster stack.
    """
    event_retention_minutes: int | None = Field(default=None, ge=10, le=60)
    """Minutes for which the API server keeps events. None: 60. Requires AWS provider 6.62 or later for the cluster stack.
    """
    node_ports: NodePorts | None = None
    """Ports of Services of type NodePort. None: 30000 to 32767. Requires AWS provider 6.62 or later for the cluster stack.
    """
    scheduler_scoring: SchedulerScoring | None = None
    """Choice among nodes by the scheduler. None: LeastAllocated. Requires AWS provider 6.62 or later for the cluster
    stack.
    """
    service_account_auth: AuthMethod = "irsa"
    """How add-ons get their roles: irsa (works on Fargate) or pod_identity."""
    addons: Addons = Addons()
    """EKS add-ons."""
    auto_mode: AutoMode | None = None
    """EKS Auto Mode for compute. None: managed node groups."""
    node_groups: tuple[NodeGroup, ...] = ()
    """Managed node groups."""
    fargate_profiles: tuple[FargateProfile, ...] = ()
    """Fargate profiles."""

    NOT_SETTINGS: ClassVar[NotSettings] = dict.fromkeys(("enable_ipv6", "ip_family", "ipv6", "service_ipv6_cidr"), IPV6)

    @property
    def uses_cluster_group(self) -> bool:
        """Whether pods use the cluster security group of EKS, as with EKS Auto Mode and Fargate."""
        return self.auto_mode is not None or bool(self.fargate_profiles)


WebhookPort = Literal[4443, 8443, 9443, 10250, 15017]
"""Ports of the catalogue's webhooks; a test compares them with the security groups of new clusters."""


class ExistingCluster(Section):
    """An existing cluster, such as one created by eksctl, terraform-aws-modules or the console.

    It is looked up, not changed.
    """

    name: Annotated[str, matching(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}", "the name of an EKS cluster")]
    """Name of the cluster."""
    oidc_provider: Literal["existing", "made"] = "existing"
    """Whether the IAM OIDC provider of the cluster exists. made: it does not (eksctl without withOIDC), and the
    platform creates it.
    """
    private_subnet_ids: tuple[SubnetId, ...] = ()
    """Subnets for the database and file systems. Empty: each plan looks up the subnets of the cluster whose route table has
    no route to an internet gateway.
    """
    public_subnet_ids: tuple[SubnetId, ...] = ()
    """Subnets for a public load balancer."""
    node_security_group_id: SecurityGroupId | None = None
    """Security group of the nodes. None: each plan looks up the group that the launch templates of all managed node
    groups give to nodes, and fails if there is none. Required if all nodes are self-managed, or made by Karpenter.
    """
    network_policies: Literal["vpc_cni_addon", "other"] | None = None
    """Enforcement of NetworkPolicies, which isolate teams. vpc_cni_addon: the EKS add-on vpc-cni, which must be
    installed; each plan looks up its configuration and warns if enforcement is disabled. other: another network plugin,
    verified by you. None: unknown, with a warning at each synth.
    """
    open_webhook_ports: tuple[WebhookPort, ...] = ()
    """Ports to open from the control plane to the nodes, one rule each. Empty: none; the plan reports missing ports.
    Not for a security group with inline rules, whose owner would remove these rules.
    """
