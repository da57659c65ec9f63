"""Kubernetes objects of a team, as one chart.

Helm creates the namespace first and the profile last, so the namespace exists before the profile controller acts. It
adopts the namespace only if the annotation `owner` is the profile's owner, and adds missing labels except
`istio-injection`; all labels are set here.
Source: https://github.com/kubeflow/dashboard/blob/main/components/profile-controller/controllers/profile_controller.go
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from modules.iam.artifact_prefixes import team_prefix
from modules.kubeflow.manifest import Object
from modules.kubeflow.normalize import KEEP
from modules.kubeflow.queues import COHORT, FLAVORS
from modules.kubeflow.service_accounts import service_account
from modules.settings import BucketVolumes, Queue, Quota, ServiceAccountRole, Team
from modules.teams.names import NO_OWNER, binding_name

ROLE_TOKEN = "role_arn"
"""ARN of the team's role, known at apply."""
VOLUME = "artifacts"
"""Claim of the team's prefix of the artifact bucket."""
BUCKET_TOKEN = "artifact_bucket"
"""Name of the artifact bucket, known at apply."""

POD_SECURITY = "pod-security.kubernetes.io/enforce"
LABELS = {
    "app.kubernetes.io/part-of": "kubeflow-profile",
    "istio-injection": "enabled",
    "katib.kubeflow.org/metrics-collector-injection": "enabled",
    "pipelines.kubeflow.org/enabled": "true",
    POD_SECURITY: "baseline",
    "serving.kubeflow.org/inferenceservice": "enabled",
}
"""Labels of a team's namespace; those of Kubeflow (applications/dashboard/upstream/profile-controller/overlays/kubeflow-pss), and the controller's own for the sidecar."""
GATEWAY = "cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account"
PIPELINES_UI = "cluster.local/ns/kubeflow/sa/ml-pipeline-ui"
USER_HEADER = "kubeflow-userid"
USERS = "rbac.authorization.k8s.io"
TOKEN_FOLDER = "/var/run/secrets/kubeflow/pipelines"
PIPELINES_ACCESS, ARTIFACT_STORE = "access-ml-pipeline", "artifact-store"
"""PodDefaults; pods select one with a label of its name."""
NO_PUBLIC_SERVICES = {"services.loadbalancers": "0", "services.nodeports": "0"}
"""Quota of every team for Services created by controllers; `team-admission` rejects those created by the team.

Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/#object-count-quota
"""
QUEUE_VERSION = "kueue.x-k8s.io/v1beta2"
QUEUE, EVERYTHING = "team", "default"
"""LocalQueues: jobs select the first by a label; Kueue adds the label of the second to what has none.

Source: https://kueue.sigs.k8s.io/docs/tasks/manage/enforce_job_management/setup_default_local_queue/
"""
LEAST_REQUESTS = {"cpu": "100m", "memory": "256Mi"}
"""Default requests of containers: required under a quota, and pipeline steps set none."""


@dataclass(frozen=True)
class TeamContext:
    """Shared context of a platform's teams."""

    region: str
    callers: tuple[str, ...] = ()
    """Further namespaces with access to a team's pods; empty: all namespaces."""
    pod_defaults: bool = True
    """Whether the PodDefault CRD is installed."""
    pipelines: bool = True
    """Whether Pipelines is installed."""
    annotated: bool = True
    """Whether the role is annotated on the service account (IRSA)."""
    bucket_volumes: BucketVolumes | None = None
    """Volume of a team's prefix of the artifact bucket, if any."""
    service_accounts: tuple[ServiceAccountRole, ...] = ()
    """Roles of `service_account_roles` whose service accounts are created, of all teams."""
    tokens: dict[str, str] = field(default_factory=dict)
    """Token values shared by all teams; `artifact_bucket` is missing without a bucket."""


def objects(team: Team, context: TeamContext, *, has_role: bool) -> Iterator[Object]:
    """All objects of a team; Helm sorts them."""
    yield {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": team.name,
            "labels": {**LABELS, POD_SECURITY: team.pod_security},
            "annotations": {"owner": team.owner or NO_OWNER, KEEP: "keep"},
        },
    }
    yield _profile(team, annotate=has_role and context.annotated)
    for contributor in team.contributors:
        yield from _contributor(team.name, contributor.user, contributor.role)
    if team.quota is not None or team.queue is not None:
        yield _namespaced(
            "v1",
            "LimitRange",
            team.name,
            "requests",
            {"limits": [{"type": "Container", "defaultRequest": LEAST_REQUESTS}]},
        )
    if team.queue is not None:
        yield from _queues(team.name, team.queue)
    if context.callers:
        yield _isolation(team.name, context.callers)
    if context.pod_defaults:
        yield from _pod_defaults(team.name, context)
    if context.bucket_volumes is not None:
        yield from _bucket_volume(team.name, context.bucket_volumes, context.region)
    yield from (service_account(role) for role in context.service_accounts if role.namespace == team.name)


def _namespaced(version: str, kind: str, namespace: str, name: str, spec: Object) -> Object:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}


def _user(name: str) -> Object:
    return {"apiGroup": USERS, "kind": "User", "name": name}


def _profile(team: Team, *, annotate: bool) -> Object:
    """With `annotateOnly` the controller annotates the service account with the role and changes nothing in AWS."""
    spec: Object = {"owner": _user(team.owner or NO_OWNER)}
    limits = _limits(team.quota) if team.quota is not None else {}
    spec["resourceQuotaSpec"] = {"hard": {**limits, **NO_PUBLIC_SERVICES}}
    if annotate:
        role = {"awsIamRole": f"@@{ROLE_TOKEN}@@", "annotateOnly": True}
        spec["plugins"] = [{"kind": "AwsIamForServiceAccount", "spec": role}]
    return {
        "apiVersion": "kubeflow.org/v1",
        "kind": "Profile",
        "metadata": {"name": team.name, "annotations": {KEEP: "keep"}},
        "spec": spec,
    }


def _limits(quota: Quota) -> dict[str, str]:
    """The `hard` limits of a ResourceQuota.

    Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/
    """
    limits = {
        "requests.cpu": (quota.cpu, ""),
        "requests.memory": (quota.memory_gib, "Gi"),
        "requests.nvidia.com/gpu": (quota.gpus, ""),
        "requests.aws.amazon.com/neuron": (quota.neuron_devices, ""),
        "requests.storage": (quota.storage_gib, "Gi"),
        "pods": (quota.pods, ""),
    }
    return {name: f"{value}{unit}" for name, (value, unit) in limits.items() if value is not None}


def _queues(namespace: str, queue: Queue) -> Iterator[Object]:
    """The team's ClusterQueue, which only its namespace can use, and LocalQueues that lead to it.

    Within the team a job with a higher priority stops others; a lender gets its share back from any borrower.

    Source: https://kueue.sigs.k8s.io/docs/concepts/cluster_queue/
    """
    yield {
        "apiVersion": QUEUE_VERSION,
        "kind": "ClusterQueue",
        "metadata": {"name": namespace},
        "spec": {
            "cohortName": COHORT,
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
            "preemption": {"reclaimWithinCohort": "Any", "withinClusterQueue": "LowerPriority"},
            "resourceGroups": [
                {
                    "coveredResources": list(flavor.resources),
                    "flavors": [
                        {
                            "name": flavor.name,
                            "resources": [_share(name, queue, field) for name, field in flavor.resources.items()],
                        }
                    ],
                }
                for flavor in FLAVORS
            ],
        },
    }
    for name in (QUEUE, EVERYTHING) if queue.covers == "all" else (QUEUE,):
        yield _namespaced(QUEUE_VERSION, "LocalQueue", namespace, name, {"clusterQueue": namespace})


def _share(resource: str, queue: Queue, field: str) -> Object:
    unit = "Gi" if field.endswith("_gib") else ""
    none = f"0{unit}"
    share: Object = {"name": resource, "nominalQuota": f"{getattr(queue, field)}{unit}"}
    return {
        **share,
        **({} if queue.borrows else {"borrowingLimit": none}),
        **({} if queue.lends else {"lendingLimit": none}),
    }


def _contributor(namespace: str, user: str, role: str) -> Iterator[Object]:
    """The two objects that KFAM creates for a contributor, identified by annotations.

    Source: https://github.com/kubeflow/dashboard/blob/main/components/access-management/kfam/bindings.go
    """
    metadata = {
        "name": binding_name(user, role),
        "namespace": namespace,
        "annotations": {"role": role, "user": user},
    }
    yield {
        "apiVersion": f"{USERS}/v1",
        "kind": "RoleBinding",
        "metadata": metadata,
        "roleRef": {"apiGroup": USERS, "kind": "ClusterRole", "name": f"kubeflow-{role}"},
        "subjects": [_user(user)],
    }
    yield {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": metadata,
        "spec": {
            "rules": [
                {
                    "from": [{"source": {"principals": [GATEWAY, PIPELINES_UI]}}],
                    "when": [{"key": f"request.headers[{USER_HEADER}]", "values": [user]}],
                }
            ]
        },
    }


def _isolation(namespace: str, callers: tuple[str, ...]) -> Object:
    """Only the team and shared services can connect to its pods.

    Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
    """
    others = {
        "namespaceSelector": {
            "matchExpressions": [
                {"key": "kubernetes.io/metadata.name", "operator": "In", "values": sorted(callers)},
            ]
        }
    }
    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": [{"podSelector": {}}, others]}]}
    return _namespaced("networking.k8s.io/v1", "NetworkPolicy", namespace, "only-own-and-kubeflow", spec)


def _pod_defaults(namespace: str, context: TeamContext) -> Iterator[Object]:
    """PodDefaults of a team: a token for the Pipelines API, and the location of its artifacts.

    Source: https://www.kubeflow.org/docs/components/pipelines/user-guides/core-functions/connect-api/#serviceaccount-token-volume
    """
    if context.pipelines:
        token = {"path": "token", "audience": "pipelines.kubeflow.org", "expirationSeconds": 7200}
        yield _pod_default(
            namespace,
            PIPELINES_ACCESS,
            "Access to Kubeflow Pipelines",
            {
                "env": [{"name": "KF_PIPELINES_SA_TOKEN_PATH", "value": f"{TOKEN_FOLDER}/token"}],
                "volumes": [{"name": "pipelines-token", "projected": {"sources": [{"serviceAccountToken": token}]}}],
                "volumeMounts": [{"name": "pipelines-token", "mountPath": TOKEN_FOLDER, "readOnly": True}],
            },
        )
    if BUCKET_TOKEN in context.tokens:
        prefix = team_prefix(namespace)
        env = {
            "AWS_REGION": context.region,
            "AWS_DEFAULT_REGION": context.region,
            "ARTIFACT_BUCKET": f"@@{BUCKET_TOKEN}@@",
            "ARTIFACT_PREFIX": prefix,
            "ARTIFACT_ROOT": f"s3://@@{BUCKET_TOKEN}@@/{prefix}",
        }
        yield _pod_default(
            namespace,
            ARTIFACT_STORE,
            "Where the team's artifacts are in S3",
            {"env": [{"name": name, "value": value} for name, value in env.items()]},
        )


def _bucket_volume(namespace: str, settings: BucketVolumes, region: str) -> Iterator[Object]:
    """The team's prefix as volume and claim; S3 is read with the role of the pod's service account, which ends at the prefix.

    The driver looks up the region in the instance metadata, which pods cannot reach. It reads the role by IRSA, or from version 2
    on by EKS Pod Identity, and caches from version 2 on.

    Source: https://github.com/awslabs/mountpoint-s3-csi-driver/blob/main/docs/CONFIGURATION.md
    """
    volume = f"{VOLUME}-{namespace}"
    size = {"storage": "1Gi"}  # required by Kubernetes, and without a meaning for a bucket
    shared: Object = {"accessModes": ["ReadOnlyMany"], "storageClassName": ""}
    cache = {"cache": "emptyDir", "cacheEmptyDirSizeLimit": f"{settings.cache_gib}Gi"} if settings.cache_gib else {}
    yield {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": volume},
        "spec": {
            **shared,
            "capacity": size,
            "persistentVolumeReclaimPolicy": "Retain",
            "claimRef": {"namespace": namespace, "name": VOLUME},
            "mountOptions": ["read-only", "allow-other", f"region {region}", f"prefix {team_prefix(namespace)}"],
            "csi": {
                "driver": "s3.csi.aws.com",
                "volumeHandle": volume,
                "volumeAttributes": {
                    "bucketName": f"@@{BUCKET_TOKEN}@@",
                    "authenticationSource": "pod",
                    "stsRegion": region,
                    **cache,
                },
            },
        },
    }
    claim = {**shared, "volumeName": volume, "resources": {"requests": size}}
    yield _namespaced("v1", "PersistentVolumeClaim", namespace, VOLUME, claim)


def _pod_default(namespace: str, name: str, about: str, what: Object) -> Object:
    spec = {"desc": about, "selector": {"matchLabels": {name: "true"}}, **what}
    return _namespaced("kubeflow.org/v1alpha1", "PodDefault", namespace, name, spec)
