"""Pods and policies created later by controllers and users, one per kind with different traffic."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.kubeflow.manifest import Object

TEAM = {"app.kubernetes.io/part-of": "kubeflow-profile"}
"""Label of every team's namespace."""
NO_SIDECAR = {"sidecar.istio.io/inject": "false"}
GATEWAY = "cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account"


@dataclass(frozen=True)
class Started:
    """A kind of pod in a team's namespace."""

    name: str
    labels: Mapping[str, str]
    ports: Mapping[str, int] = field(default_factory=dict)
    account: str = "default-editor"
    source: str = ""


TEAM_PODS = (
    Started(
        "notebook",
        {"notebook-name": "notebook"},
        {"notebook-port": 8888},
        source="https://github.com/kubeflow/notebooks/blob/notebooks-v1/components/notebook-controller/controllers/notebook_controller.go",
    ),
    Started(
        "pipeline-step",
        {"pipelines.kubeflow.org/v2_component": "true", **NO_SIDECAR},
        source="https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/v2/compiler/argocompiler/argo.go",
    ),
    Started(
        "katib-trial",
        {"katib.kubeflow.org/trial": "trial", **NO_SIDECAR},
        source="https://github.com/kubeflow/katib/blob/v0.19.0/pkg/webhook/v1beta1/pod/inject_webhook.go",
    ),
    Started(
        "katib-suggestion",
        {"katib.kubeflow.org/suggestion": "experiment", **NO_SIDECAR},
        {"suggestion-api": 6789, "earlystop-api": 6788},
        source="https://github.com/kubeflow/katib/blob/v0.19.0/pkg/controller.v1beta1/suggestion/composer/composer.go",
    ),
    Started(
        "model",
        {"serving.knative.dev/service": "model"},
        {"queue-port": 8012, "http-autometric": 9090},
        source="https://github.com/knative/serving/blob/knative-v1.21.1/pkg/networking/constants.go",
    ),
    Started(
        "model-without-sidecar",
        {"serving.knative.dev/service": "model-without-sidecar", **NO_SIDECAR},
        {"queue-port": 8012, "h2c": 8013, "http-autometric": 9090},
        source="https://github.com/knative/serving/blob/knative-v1.21.1/pkg/networking/constants.go",
    ),
    Started(
        "artifact-proxy",
        {"app": "ml-pipeline-ui-artifact"},
        {"http": 3000},
        source="modules/kubeflow/components/pipelines/profile_controller.py",
    ),
    Started("training-worker", {"jobset.sigs.k8s.io/jobset-name": "job", **NO_SIDECAR}, {"rendezvous": 29500}),
    Started("tensorboard", {"app": "tensorboard"}, {"http": 6006}, account="default"),
)
"""Kinds of pods in a team's namespace."""


def team_objects(namespace: str, owner: str) -> Iterator[Object]:
    """Pods of a team, Services for those called by name, and the policy created by the profile controller.

    Args:
        namespace: team namespace.
        owner: the profile's owner.

    Source: https://github.com/kubeflow/dashboard/blob/main/components/profile-controller/controllers/profile_controller.go
    """
    for one in TEAM_PODS:
        yield _pod(namespace, one)
        if one.ports:
            ports = [{"name": name, "port": number} for name, number in one.ports.items()]
            spec = {"selector": dict(one.labels), "ports": ports}
            yield _head("v1", "Service", namespace, one.name, spec)
    rules: list[dict[str, Any]] = [
        {
            "from": [{"source": {"principals": [GATEWAY, "cluster.local/ns/kubeflow/sa/ml-pipeline-ui"]}}],
            "when": [{"key": "request.headers[kubeflow-userid]", "values": [owner]}],
        },
        {"when": [{"key": "source.namespace", "values": [namespace]}]},
        {"to": [{"operation": {"paths": ["/healthz", "/metrics", "/wait-for-drain"]}}]},
        {
            "from": [{"source": {"principals": ["cluster.local/ns/kubeflow/sa/notebook-controller-service-account"]}}],
            "to": [{"operation": {"methods": ["GET"], "paths": ["*/api/kernels"]}}],
        },
    ]
    spec = {"action": "ALLOW", "rules": rules}
    yield _head("security.istio.io/v1", "AuthorizationPolicy", namespace, "ns-owner-access-istio", spec)


def operator_pods(objects: Iterable[Object]) -> Iterator[Object]:
    """Pods started by the Prometheus operator.

    Source: https://github.com/prometheus-operator/prometheus-operator/blob/main/pkg/prometheus/server/statefulset.go
    """
    for one in objects:
        if one["kind"] not in ("Prometheus", "Alertmanager"):
            continue
        kind, name, namespace = one["kind"].lower(), one["metadata"]["name"], one["metadata"]["namespace"]
        labels = {"app.kubernetes.io/name": kind, "app.kubernetes.io/instance": name, kind: name}
        labels["operator.prometheus.io/name"] = name
        ports = {"http-web": 9090 if kind == "prometheus" else 9093, "reloader-web": 8080}
        account = one["spec"].get("serviceAccountName", "default")
        yield _pod(namespace, Started(f"{kind}-{name}", labels, ports, account))


def _pod(namespace: str, one: Started) -> Object:
    ports = [{"name": name, "containerPort": number} for name, number in one.ports.items()]
    spec = {"serviceAccountName": one.account, "containers": [{"name": "main", "image": "example", "ports": ports}]}
    return {**_head("v1", "Pod", namespace, one.name, spec, dict(one.labels))}


def _head(
    version: str, kind: str, namespace: str, name: str, spec: Object, labels: Mapping[str, str] | None = None
) -> Object:
    metadata: Object = {"name": name, "namespace": namespace}
    if labels:
        metadata["labels"] = dict(labels)
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}
