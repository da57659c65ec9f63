"""Settings of the components in the cluster."""

from collections.abc import Set
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue

from modules.settings.auth import AnyAuth
from modules.settings.certificates import Dns01Issuer
from modules.settings.component import Component
from modules.settings.exposure import AnyExposure, PortForward
from modules.settings.node_pool import NodePool
from modules.settings.notebooks import Notebooks
from modules.settings.section import Section, copy_of
from modules.settings.services import Services
from modules.settings.team import Team, TeamDefaults
from modules.settings.texts import FREE_FORM
from modules.settings.types import DomainName, KubernetesName, NodeName, Retention, ZoneId, matching

ImageName = Annotated[
    str,
    matching(
        r"[a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})",
        "a full image name with tag or digest, such as quay.io/team/tool:v1.2",
    ),
]
"""Source: https://github.com/distribution/reference/blob/main/reference.go"""

AutoModePart = Literal["cluster", "nodes"]
"""What EKS Auto Mode operates: load balancers and volumes of the cluster; all of its nodes."""


class KnativeDomain(Section):
    """External domain of models and other Knative services."""

    name: DomainName
    """Domain: a service is available at <service>.<namespace>.<name>; with TLS at <service>-<namespace>.<name>, since a
    wildcard certificate covers one label. With a load balancer, record and certificate are created; otherwise point
    *.<name> to the gateway.
    """
    tls_secret_name: KubernetesName | None = None
    """Secret in istio-system with a wildcard certificate for the domain (cert-manager can create it). None: HTTP only.
    """


class Kubeflow(Section):
    """Components in the cluster. The default is upstream's default set of Kubeflow 26.03.1."""

    auth: AnyAuth | None = None
    """Authentication of users: Dex(…), Cognito(…), ExistingCognito(…), Oidc(…), or NoAuth(…). None: only on a cluster
    that has authentication at its gateway; there is no default user.
    """
    machine_tokens: bool = False
    """Accept tokens of Kubernetes service accounts at the gateway, for programs outside the cluster. Every program that
    can read such a token can act as its service account.
    """
    exposure: AnyExposure = PortForward()
    """Access from outside: PortForward(), LoadBalancer(…) or ExistingLoadBalancer(…)."""
    services: Services = Services()
    """AWS services: storage, database, files, and delivery of credentials."""
    teams: tuple[Team, ...] = ()
    """Teams: each is a namespace with members, limits and an AWS role."""
    team_defaults: TeamDefaults = TeamDefaults()
    """Settings of all teams."""
    notebooks: Notebooks = Notebooks()
    """Options of the notebook spawner."""
    enable: tuple[str, ...] = ()
    """Opt-in catalogue entries to install in addition to the default set."""
    disable: tuple[str, ...] = ()
    """Default catalogue entries to omit."""
    preinstalled: tuple[str, ...] = ()
    """Entries that a shared cluster already has, such as cert-manager: not installed, but available as dependencies."""
    extra_components: tuple[Component, ...] = ()
    """Your own components: charts or kustomizations, with the fields of catalogue entries."""
    values: Annotated[dict[str, dict[str, JsonValue]], FREE_FORM] = Field(default={})
    """Values of official charts, by entry; they override the platform's values."""
    images: dict[str, ImageName] = Field(default={})
    """Image replacements: name, with or without its version, to a full image name, such as {"mysql": "mysql:8.4.7"}.
    Applied wherever the platform names the image; the output images lists all images.
    """
    service_account_auth: Literal["irsa", "pod_identity"] = "irsa"
    """How service accounts get their AWS roles."""
    provider_auth: Literal["token", "exec"] | None = None
    """How Terraform's Helm and Kubernetes providers authenticate to the cluster: token (an ephemeral token that is
    valid for 15 minutes; works everywhere), or exec (the aws program, which renews it and must be installed where
    Terraform runs). None: exec for the runners local, ci and hcp_agent, token for hcp_remote and for State.none.
    """
    split: bool | None = None
    """Split Kubeflow into two stacks, kubeflow-1 (mesh, authentication, certificates) and kubeflow-2, each with its own
    token. None: two if Terraform authenticates by token, one otherwise. It must not change after the first apply.
    """
    knative_domain: KnativeDomain | None = None
    """Domain of Knative services. None: cluster-local only."""
    dns01_issuer: Dns01Issuer | None = None
    """Issuer of certificates for a domain, by DNS01 in Route 53. None: only the self-signed issuer of Kubeflow."""
    dns_zone_ids: tuple[ZoneId, ...] = ()
    """Route 53 zones that external-dns manages records in."""
    node_pools: tuple[NodePool, ...] = ()
    """Node pools of Karpenter, or of EKS Auto Mode on a cluster with it."""
    karpenter_node_group: NodeName | None = None
    """Managed node group for Karpenter itself, with two nodes in two zones. None: any node that Karpenter did not
    create.
    """
    pod_log_retention_days: Retention = 365
    """Retention of pod logs in days (aws-for-fluent-bit)."""
    gpu_time_slices: int = Field(default=1, ge=1, le=48)
    """Pods that share one GPU (nvidia-device-plugin). 1: no sharing."""

    @property
    def auto_mode(self) -> frozenset[AutoModePart]:
        """What EKS Auto Mode operates on the cluster of its platform, so that no component must; empty without a platform."""
        parts: frozenset[AutoModePart] = (self.__pydantic_private__ or {}).get("_auto_mode", frozenset())
        return parts

    def on_auto_mode(self, parts: Set[AutoModePart]) -> Self:
        """The same settings on a cluster whose EKS Auto Mode operates some parts; a platform calls it."""
        return self if parts == self.auto_mode else copy_of(self, vars(self), _auto_mode=frozenset(parts))

    @property
    def one_label_hosts(self) -> bool:
        """Whether models answer at `<service>-<namespace>.<domain>`: with TLS, since a wildcard certificate covers one label.

        Source: https://datatracker.ietf.org/doc/html/rfc6125#section-6.4.3
        """
        domain = self.knative_domain
        return domain is not None and (domain.tls_secret_name is not None or not isinstance(self.exposure, PortForward))
