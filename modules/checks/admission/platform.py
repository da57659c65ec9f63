"""What decides about admission on one platform: its objects with those of its teams, namespaces, kinds, webhooks."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from modules.aws_data.kubernetes_versions import DEFAULT_KUBERNETES_VERSION
from modules.checks.admission.knative import flags
from modules.checks.admission.pods import Namespace, istio_cni
from modules.checks.admission.quotas import limits_of
from modules.checks.admission.templates.template import Around
from modules.checks.admission.webhooks import Webhook, webhooks
from modules.checks.rendered import PlatformObjects
from modules.checks.traffic.assembly import before_injector, security_groups
from modules.checks.traffic.cluster import Cluster as Model
from modules.checks.traffic.injection import injector_webhooks
from modules.checks.traffic.verdict import SecurityGroups
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.manifest import Identity, Object
from modules.settings import Cluster, Platform, Team
from modules.teams.callers import callers
from modules.teams.objects import TeamContext
from modules.teams.objects import objects as objects_of_team

RUNTIMES = frozenset({"ClusterServingRuntime", "ClusterTrainingRuntime", "ServingRuntime", "TrainingRuntime"})
EXAMPLE_TEAM = "example-team"
"""Team of a platform without teams, so that the defaults of teams are evaluated."""


@dataclass(frozen=True)
class Admission:
    """The objects that decide, and what is derived from them."""

    version: str
    """Kubernetes version of the cluster, or the platform's default version where it is not known."""
    objects: tuple[Object, ...] = field(repr=False)
    """Those of components and teams."""
    early: frozenset[Identity] = field(default=frozenset(), repr=False)
    """Objects that do not wait for the sidecar injector."""
    security_groups: SecurityGroups = field(default_factory=SecurityGroups, repr=False)

    @cached_property
    def labels(self) -> Mapping[str, Mapping[str, str]]:
        """Labels of each namespace."""
        return self.model.namespaces

    @cached_property
    def model(self) -> Model:
        """Model of the cluster, for Services and policies."""
        return Model(self.objects, self.early)

    @cached_property
    def webhooks(self) -> list[Webhook]:
        """All webhooks of the platform."""
        return webhooks(self.model, self.security_groups)

    @cached_property
    def around(self) -> Around:
        """Runtimes of models and training, and KServe's default mode."""
        runtimes = {(one["kind"], one["metadata"]["name"]): one for one in self.objects if one["kind"] in RUNTIMES}
        return Around(runtimes, knative=self.features is not None and _default_mode(self.objects) == "Knative")

    @cached_property
    def features(self) -> Mapping[str, str] | None:
        """Flags of Knative; None: it is not installed."""
        return flags(self.objects)

    @cached_property
    def by_namespace(self) -> Mapping[str, Namespace]:
        """Each namespace with what decides about its pods."""
        hooks, cni = tuple(injector_webhooks(self.objects)), istio_cni(self.objects)
        deciding = [one for one in self.objects if one["kind"] in ("Profile", "ResourceQuota", "LimitRange")]
        major, minor = map(int, self.version.split(".")[:2])
        return {
            name: Namespace(name, labels, limits_of(deciding, name), (major, minor), hooks, cni)
            for name, labels in self.labels.items()
        }


def _default_mode(objects: Iterable[Object]) -> str:
    """KServe's deployment mode of models that name none.

    Source: https://github.com/kserve/kserve/blob/v0.18.1/pkg/apis/serving/v1beta1/configmap.go
    """
    for one in objects:
        if one["kind"] == "ConfigMap" and one["metadata"]["name"] == "inferenceservice-config":
            return str(json.loads(one["data"].get("deploy") or "{}").get("defaultDeploymentMode", "Knative"))
    return "Knative"


def admission_of(platform: Platform, found: PlatformObjects) -> Admission:
    """That of a platform.

    Args:
        platform: platform with valid settings.
        found: its objects, without those of teams.
    """
    return Admission(
        version_of(platform),
        (*found, *_teams(platform)),
        before_injector(platform, found),
        security_groups(platform),
    )


def version_of(platform: Platform) -> str:
    """Kubernetes version of a platform, such as 1.35; the default version for an existing cluster."""
    cluster = platform.cluster
    return cluster.kubernetes_version if isinstance(cluster, Cluster) else DEFAULT_KUBERNETES_VERSION


def teams_of(platform: Platform) -> tuple[Team, ...]:
    """Teams of the settings; without any, one with the defaults."""
    if platform.kubeflow is None:
        return ()
    return platform.kubeflow.teams or (Team(name=EXAMPLE_TEAM, owner="owner@example.com"),)


def _teams(platform: Platform) -> Iterator[Object]:
    installed = {one.name for one in chosen_components(platform.kubeflow)} if platform.kubeflow is not None else set()
    context = TeamContext(
        region=platform.region,
        callers=callers(platform.kubeflow) if platform.kubeflow and platform.kubeflow.team_defaults.isolated else (),
        pod_defaults="admission-webhook" in installed,
        pipelines="pipelines" in installed,
    )
    for team in teams_of(platform):
        yield from objects_of_team(team, context, has_role=False)
