"""Settings of what is installed in the cluster: which components, and the choices that they leave open."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from modules.settings.auth import AnyAuth
from modules.settings.component import Component
from modules.settings.exposure import AnyExposure, PortForward
from modules.settings.node_group import Disk, Taint
from modules.settings.notebooks import Notebooks
from modules.settings.section import Section
from modules.settings.services import Services
from modules.settings.team import Team, TeamDefaults
from modules.settings.texts import FREE_FORM
from modules.settings.types import AtLeastOne, DomainName, NodeName, NonEmpty, Retention, ZoneId, matching

ImageName = Annotated[
    str,
    matching(
        r"[a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})",
        "the whole name of an image, with its tag or digest, such as quay.io/team/tool:v1.2",
    ),
]
"""Source: https://github.com/distribution/reference/blob/main/reference.go"""
InstanceCategory = Annotated[str, matching(r"[a-z]{1,4}", "an instance category such as m or g")]


class NodePool(Section):
    """Nodes that Karpenter may make."""

    name: NodeName
    """Name of the pool; unique on the platform."""
    instance_categories: Annotated[tuple[InstanceCategory, ...], AtLeastOne] = ("c", "m", "r")
    """Instance categories, such as c, m, r; g or p for GPUs."""
    architectures: Annotated[tuple[Literal["amd64", "arm64"], ...], AtLeastOne] = ("amd64",)
    """CPU architectures."""
    capacity_types: Annotated[tuple[Literal["on-demand", "spot"], ...], AtLeastOne] = ("on-demand",)
    """How instances are bought."""
    ami_family: Literal["AL2023", "Bottlerocket"] = "AL2023"
    """Operating system; the AMI variant follows from the devices."""
    cpu_limit: int = Field(default=256, ge=1)
    """Most vCPUs that the pool may have in all."""
    memory_limit_gib: int = Field(default=1024, ge=1)
    """Most memory that the pool may have in all, GiB."""
    labels: dict[str, str] = Field(default={})
    """Kubernetes labels of the nodes."""
    taints: tuple[Taint, ...] = ()
    """Taints of the nodes."""
    disk: Disk = Disk()
    """Disk of each node."""
    consolidate_after: Annotated[str, matching(r"\d+[smh]|Never", "a time such as 10m, or Never")] = "10m"
    """How long a node must be little used before its pods are moved and it goes."""


class KnativeDomain(Section):
    """The domain at which models and other Knative services answer from outside."""

    name: DomainName
    """Domain: a service answers at <service>.<namespace>.<name>; with TLS at <service>-<namespace>.<name>, since a
    wildcard certificate covers one label. With a load balancer, record and certificate are made; else point *.<name> at
    the gateway.
    """
    tls_secret_name: NonEmpty | None = None
    """Secret in istio-system with a wildcard certificate for it (cert-manager can make it). None: HTTP only."""


class Kubeflow(Section):
    """What is installed in the cluster. The default is what Kubeflow 26.03.1 installs by default."""

    auth: AnyAuth | None = None
    """How people sign in: Dex(…), Cognito(…), ExistingCognito(…), Oidc(…), or NoAuth(…). None: only on a cluster that has
    its sign-in already, since a default would be a user that everybody knows.
    """
    machine_tokens: bool = False
    """Whether the gateway accepts tokens of Kubernetes service accounts, for programs outside of the cluster. Every
    program that can read such a token is then its service account at the gateway.
    """
    exposure: AnyExposure = PortForward()
    """How it is reached: PortForward(), LoadBalancer(…) or ExistingLoadBalancer(…)."""
    services: Services = Services()
    """What it stands on in AWS: storage, database, files, and how credentials are kept."""
    teams: tuple[Team, ...] = ()
    """Teams: each is a namespace with people, limits and a role in AWS."""
    team_defaults: TeamDefaults = TeamDefaults()
    """What holds for all teams."""
    notebooks: Notebooks = Notebooks()
    """What the notebook spawner offers."""
    enable: tuple[str, ...] = ()
    """Names of the catalogue's opt-in entries to install, too."""
    disable: tuple[str, ...] = ()
    """Names of default entries to leave out."""
    preinstalled: tuple[str, ...] = ()
    """Names of entries that a shared cluster has already, such as cert-manager: not installed, but counted as there."""
    extra_components: tuple[Component, ...] = ()
    """Components of yours: charts or kustomizations, as the catalogue has them."""
    values: Annotated[dict[str, dict[str, JsonValue]], FREE_FORM] = Field(default={})
    """Further values of official charts, by entry; they win over ours."""
    images: dict[str, ImageName] = Field(default={})
    """Images in place of others: name, with or without its version, to the whole name of yours, such as {"mysql":
    "mysql:8.4.7"}. Wherever the platform names the image, yours stands; the output images lists all of them.
    """
    service_account_auth: Literal["irsa", "pod_identity"] = "irsa"
    """How service accounts get their AWS roles."""
    provider_auth: Literal["token", "exec"] | None = None
    """How Terraform signs in to the cluster: a token that Terraform asks for (15 minutes, works everywhere), or the aws
    program (exec; renews itself, and must be where Terraform runs). None: exec for the runners local, ci and hcp_agent,
    token for hcp_remote and for State.none (a hand-over).
    """
    split: bool | None = None
    """Whether Kubeflow is two stacks, kubeflow-1 (mesh, sign-in, certificates) and kubeflow-2, each with a token of its
    own. None: two where Terraform signs in by token, one otherwise. It must not change once the platform is applied.
    """
    knative_domain: KnativeDomain | None = None
    """Domain of Knative services. None: inside the cluster only."""
    dns_zone_ids: tuple[ZoneId, ...] = ()
    """Route 53 zones that external-dns may write to."""
    node_pools: tuple[NodePool, ...] = ()
    """Node pools of Karpenter."""
    karpenter_node_group: NodeName | None = None
    """Managed node group that Karpenter itself runs on, with two nodes in two zones. None: any node that it did not make.
    """
    pod_log_retention_days: Retention = 365
    """Days that pods' logs are kept (aws-for-fluent-bit)."""
    gpu_time_slices: int = Field(default=1, ge=1, le=48)
    """Pods that share one GPU (nvidia-device-plugin). 1: a GPU belongs to one pod."""

    @property
    def one_label_hosts(self) -> bool:
        """Whether models answer at `<service>-<namespace>.<domain>`: with TLS, since a wildcard certificate covers one label.

        Source: https://datatracker.ietf.org/doc/html/rfc6125#section-6.4.3
        """
        domain = self.knative_domain
        return domain is not None and (domain.tls_secret_name is not None or not isinstance(self.exposure, PortForward))
