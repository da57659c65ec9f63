"""Connections that cannot be derived from objects, with sources: required and forbidden ones.

`required` and `forbidden` expand the rows to flows for a cluster; rows without matching pods are skipped.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from modules.checks.traffic.cluster import Cluster, Pod
from modules.checks.traffic.derived import SIGNED_IN
from modules.checks.traffic.istio import Request
from modules.checks.traffic.selectors import matches
from modules.checks.traffic.started import TEAM
from modules.checks.traffic.verdict import LOAD_BALANCER, Flow, Outside

OWN_TEAM, OTHER_TEAM = "{team}", "{another team}"
PIPELINES = "https://www.kubeflow.org/docs/components/pipelines/operator-guides/multi-user/"
KATIB = "https://www.kubeflow.org/docs/components/katib/reference/architecture/"
KNATIVE = "https://knative.dev/docs/serving/request-flow/"
NET_ISTIO = "https://github.com/knative-extensions/net-istio/blob/main/pkg/reconciler/ingress/lister.go"
METRICS = "https://istio.io/latest/docs/ops/integrations/prometheus/#option-1-metrics-merging"
WITH_TOKEN = Request("/apis/v2beta1/runs", headers={"authorization": "Bearer token"})
CACHED_TASKS = Request("/api.TaskService/ListTasksV1", "POST")
PERSON = Request("/", headers=SIGNED_IN, principal="issuer/person")
INGRESS = {"istio": "ingressgateway"}
LOCAL = {"istio": "cluster-local-gateway"}


@dataclass(frozen=True)
class Pods:
    """Pods by namespace and labels."""

    namespace: str
    """A name, `OWN_TEAM` or `OTHER_TEAM`."""
    labels: tuple[tuple[str, str], ...] = ()

    def of(self, cluster: Cluster, teams: Mapping[str, str]) -> list[Pod]:
        """Matching pods of a cluster, with team names resolved."""
        return cluster.select(teams.get(self.namespace, self.namespace), dict(self.labels))


def pods(namespace: str, **labels: str) -> Pods:
    """Select pods of a namespace by labels that are valid Python names."""
    return Pods(namespace, tuple(labels.items()))


def labelled(namespace: str, labels: Mapping[str, str]) -> Pods:
    """Select pods of a namespace by any labels."""
    return Pods(namespace, tuple(sorted(labels.items())))


@dataclass(frozen=True)
class Row:
    """One connection."""

    source: Pods | Outside
    target: Pods
    port: int
    """Port of the Service if one is set, otherwise of the pod."""
    why: str
    link: str = ""
    service: str = ""
    """Service called, in the target's namespace; empty: the pod's address."""
    request: Request | None = None
    any_answer: bool = False
    """Whether a rejection by the proxy also counts as an answer."""


NOTEBOOK = labelled(OWN_TEAM, {"notebook-name": "notebook"})
STEP = labelled(OWN_TEAM, {"pipelines.kubeflow.org/v2_component": "true"})
TRIAL = labelled(OWN_TEAM, {"katib.kubeflow.org/trial": "trial"})
SUGGESTION = labelled(OWN_TEAM, {"katib.kubeflow.org/suggestion": "experiment"})
MODEL = labelled(OWN_TEAM, {"serving.knative.dev/service": "model-without-sidecar"})
ACTIVATOR = pods("knative-serving", app="activator")
DB_MANAGER = labelled("kubeflow", {"katib.kubeflow.org/component": "db-manager"})
METADATA = pods("kubeflow", component="metadata-grpc-server")
PROMETHEUS = labelled("monitoring", {"app.kubernetes.io/name": "prometheus"})

REQUIRED = (
    Row(LOAD_BALANCER, labelled("istio-system", INGRESS), 8080, "users and programs call the gateway", request=PERSON),
    Row(LOAD_BALANCER, labelled("istio-system", INGRESS), 15021, "health checks of the target group"),
    Row(NOTEBOOK, pods("kubeflow", app="ml-pipeline"), 8888, "kfp.Client() in a notebook", PIPELINES, "ml-pipeline", WITH_TOKEN),
    Row(STEP, pods("kubeflow", app="ml-pipeline"), 8887, "drivers of a run look up cached tasks", PIPELINES, "ml-pipeline", CACHED_TASKS),
    Row(STEP, METADATA, 8080, "launchers of a run record their outputs", PIPELINES, "metadata-grpc-service", Request("/")),
    Row(STEP, pods("kubeflow", app="seaweedfs"), 9000, "launchers of a run store artifacts", PIPELINES, "seaweedfs", Request("/")),
    Row(TRIAL, DB_MANAGER, 6789, "the metrics collector of a trial reports", KATIB, "katib-db-manager"),
    Row(SUGGESTION, DB_MANAGER, 6789, "early stopping reads metrics of trials", KATIB, "katib-db-manager"),
    Row(labelled("kubeflow", {"katib.kubeflow.org/component": "controller"}), SUGGESTION, 6789, "Katib requests suggestions", KATIB, "katib-suggestion"),
    Row(labelled("kubeflow", {"katib.kubeflow.org/component": "controller"}), SUGGESTION, 6788, "Katib requests early stopping", KATIB, "katib-suggestion"),
    Row(labelled("kubeflow", {"katib.kubeflow.org/component": "controller"}), DB_MANAGER, 6789, "Katib reads metrics of trials", KATIB, "katib-db-manager"),
    Row(labelled("kubeflow", {"katib.kubeflow.org/component": "ui"}), DB_MANAGER, 6789, "Katib's web UI reads metrics of trials", KATIB, "katib-db-manager"),
    Row(NOTEBOOK, labelled("istio-system", LOCAL), 80, "models and functions by cluster-internal host name", KNATIVE, "cluster-local-gateway", Request("/")),
    Row(NOTEBOOK, labelled("istio-system", LOCAL), 80, "models and functions by cluster-internal host name", KNATIVE, "knative-local-gateway", Request("/")),
    Row(labelled("istio-system", LOCAL), ACTIVATOR, 8012, "a model scaled to zero, HTTP", KNATIVE, request=Request("/")),
    Row(labelled("istio-system", LOCAL), ACTIVATOR, 8013, "a model scaled to zero, HTTP/2 and gRPC", KNATIVE, request=Request("/")),
    Row(labelled("istio-system", INGRESS), ACTIVATOR, 8012, "a model scaled to zero, HTTP", KNATIVE, request=Request("/")),
    Row(labelled("istio-system", INGRESS), ACTIVATOR, 8013, "a model scaled to zero, HTTP/2 and gRPC", KNATIVE, request=Request("/")),
    Row(ACTIVATOR, MODEL, 8012, "a model scaled up from zero, HTTP", KNATIVE),
    Row(ACTIVATOR, MODEL, 8013, "a model scaled up from zero, HTTP/2 and gRPC", KNATIVE),
    Row(labelled("istio-system", INGRESS), MODEL, 8012, "a running model, HTTP", KNATIVE),
    Row(labelled("istio-system", INGRESS), MODEL, 8013, "a running model, HTTP/2 and gRPC", KNATIVE),
    Row(labelled("istio-system", LOCAL), MODEL, 8012, "a running model, cluster-internal", KNATIVE),
    Row(labelled("istio-system", LOCAL), MODEL, 8013, "a running model, cluster-internal, gRPC", KNATIVE),
    Row(pods("knative-serving", app="autoscaler"), MODEL, 9090, "request counts of a model", KNATIVE),
    Row(pods("knative-serving", app="net-istio-controller"), labelled("istio-system", INGRESS), 8080, "readiness probe of a route", NET_ISTIO, any_answer=True),
    Row(pods("knative-serving", app="net-istio-controller"), labelled("istio-system", LOCAL), 8081, "readiness probe of a route", NET_ISTIO),
    Row(labelled("istio-system", INGRESS), NOTEBOOK, 8888, "a user opens a notebook", service="notebook", request=Request("/notebook/", headers=SIGNED_IN)),
    Row(labelled("kubeflow", {"app": "notebook-controller"}), NOTEBOOK, 8888, "detection of idle notebooks", service="notebook", request=Request("/notebook/a/b/api/kernels")),
    Row(labelled("kubeflow", {"app": "ml-pipeline-ui"}), pods(OWN_TEAM, app="ml-pipeline-ui-artifact"), 3000, "a user opens an artifact", PIPELINES, "artifact-proxy", Request("/", headers=SIGNED_IN)),
    Row(pods(OWN_TEAM, app="tensorboard"), pods("istio-system", app="istiod"), 15012, "a sidecar requests its configuration"),
    Row(labelled(OWN_TEAM, {"jobset.sigs.k8s.io/jobset-name": "job"}), labelled(OWN_TEAM, {"jobset.sigs.k8s.io/jobset-name": "job"}), 29500, "workers of a job connect to each other"),
    Row(PROMETHEUS, pods("istio-system", app="istiod"), 15014, "metrics of istiod", METRICS),
    Row(PROMETHEUS, labelled("istio-system", INGRESS), 15020, "metrics of a gateway", METRICS),
    Row(PROMETHEUS, labelled("istio-system", LOCAL), 15020, "metrics of a gateway", METRICS),
    Row(PROMETHEUS, ACTIVATOR, 9090, "metrics of Knative", "https://knative.dev/docs/serving/observability/metrics/collecting-metrics/"),
    Row(PROMETHEUS, pods("knative-serving", app="autoscaler"), 9090, "metrics of Knative"),
    Row(PROMETHEUS, pods("kubeflow", app="ml-pipeline"), 15020, "metrics of a pod with a sidecar", METRICS),
    Row(PROMETHEUS, labelled("kubeflow", {"katib.kubeflow.org/component": "controller"}), 8080, "metrics of Katib", KATIB),
    Row(PROMETHEUS, NOTEBOOK, 15020, "metrics of a team's pods", METRICS),
)  # fmt: skip
"""Required connections."""

FORBIDDEN = (
    Row(NOTEBOOK, labelled(OTHER_TEAM, {"notebook-name": "notebook"}), 8888, "another team's notebook", service="notebook", request=Request("/")),
    Row(STEP, labelled(OTHER_TEAM, {"notebook-name": "notebook"}), 8888, "another team's notebook, bypassing the sidecar"),
    Row(STEP, labelled(OTHER_TEAM, {"serving.knative.dev/service": "model-without-sidecar"}), 8012, "another team's model, bypassing the gateway"),
    Row(STEP, labelled(OTHER_TEAM, {"jobset.sigs.k8s.io/jobset-name": "job"}), 29500, "another team's training"),
    Row(STEP, labelled(OTHER_TEAM, {"katib.kubeflow.org/suggestion": "experiment"}), 6789, "another team's experiment"),
    Row(NOTEBOOK, pods("kubeflow", app="mysql"), 3306, "the database of Pipelines", service="mysql"),
    Row(STEP, pods("kubeflow", app="mysql"), 3306, "the database of Pipelines"),
    Row(STEP, labelled("kubeflow", {"katib.kubeflow.org/component": "mysql"}), 3306, "the database of Katib"),
    Row(STEP, pods("kubeflow", component="db"), 3306, "the database of Model Registry"),
    Row(STEP, pods("kubeflow", app="seaweedfs"), 9333, "the artifact store's master"),
    Row(STEP, pods("kubeflow", app="seaweedfs"), 19333, "the artifact store's master, gRPC"),
    Row(STEP, pods("kubeflow", app="seaweedfs"), 8888, "the artifact store's files of all teams"),
    Row(STEP, pods("kubeflow", app="seaweedfs"), 18888, "the artifact store's files of all teams, gRPC"),
    Row(STEP, pods("kubeflow", app="seaweedfs"), 8111, "the artifact store's users"),
    Row(NOTEBOOK, DB_MANAGER, 6789, "Katib's database, from a pod outside trials", KATIB, "katib-db-manager"),
    Row(STEP, DB_MANAGER, 6789, "Katib's database, from a pod outside trials", KATIB),
    Row(NOTEBOOK, pods("kubeflow", app="ml-pipeline"), 8888, "Pipelines, without authentication", PIPELINES, "ml-pipeline", Request("/apis/v2beta1/runs")),
    Row(NOTEBOOK, METADATA, 8080, "ML Metadata, from a pod outside runs", PIPELINES, "metadata-grpc-service", Request("/")),
    Row(TRIAL, METADATA, 8080, "ML Metadata, from a pod outside runs", PIPELINES),
    Row(NOTEBOOK, pods("istio-system", app="istiod"), 15010, "configuration of the mesh in clear text"),
    Row(NOTEBOOK, pods("istio-system", app="istiod"), 8080, "istiod's debug pages"),
    Row(STEP, pods("kubeflow", app="kubeflow-dashboard"), 8082, "the dashboard with a forged user header"),
    Row(STEP, pods("kubeflow", app="jupyter-web-app"), 5000, "a web app with a forged user header"),
    Row(STEP, labelled("kubeflow", {"kustomize.component": "profiles"}), 8081, "KFAM with a forged user header"),
    Row(STEP, pods("auth", app="dex"), 5556, "dex, bypassing the gateway"),
    Row(STEP, labelled("oauth2-proxy", {"app.kubernetes.io/name": "oauth2-proxy"}), 4180, "oauth2-proxy, bypassing the gateway"),
    Row(STEP, pods("knative-serving", app="activator"), 8012, "models of all teams, bypassing the gateway"),
    Row(STEP, PROMETHEUS, 9090, "metrics of all teams"),
    Row(STEP, labelled("monitoring", {"app.kubernetes.io/name": "alertmanager"}), 9093, "silences of all alerts"),
    Row(STEP, labelled("monitoring", {"app.kubernetes.io/name": "grafana"}), 3000, "Grafana's page"),
    Row(STEP, pods("knative-serving", app="autoscaler"), 8080, "request counts of all teams"),
)  # fmt: skip
"""Forbidden connections."""


def required(cluster: Cluster, balancer: Outside | None) -> list[Flow]:
    """Required flows.

    Args:
        cluster: model of the cluster, with pods of at least one team.
        balancer: load balancer of the gateway; None: port-forward, which no policy applies to.
    """
    rows = [replace(row, source=balancer) if balancer and row.source == LOAD_BALANCER else row for row in REQUIRED]
    return [flow for row in rows if row.source != LOAD_BALANCER or balancer for flow in flows(cluster, row)]


def forbidden(cluster: Cluster) -> list[Flow]:
    """Forbidden flows; requires pods of at least two teams."""
    return [flow for row in FORBIDDEN for flow in flows(cluster, row)]


def flows(cluster: Cluster, row: Row) -> Iterator[Flow]:
    """Expand a row for each team, or each pair of teams."""
    seen = set()
    for teams in _teams(cluster, row):
        sources = [row.source] if isinstance(row.source, Outside) else row.source.of(cluster, teams)
        for target, port, service in _targets(cluster, row, teams):
            via = f"Service {service[0]}/{service[1]}:{row.port}" if service else f"port {port}"
            for source in sources:
                flow = Flow(source, target, port, via, service, row.request, any_answer=row.any_answer, why=row.why)
                if str(flow) not in seen:
                    seen.add(str(flow))
                    yield flow


def _targets(cluster: Cluster, row: Row, teams: Mapping[str, str]) -> Iterator[tuple[Pod, int, tuple[str, str] | None]]:
    namespace = teams.get(row.target.namespace, row.target.namespace)
    chosen = row.target.of(cluster, teams)
    if not row.service:
        yield from ((pod, row.port, None) for pod in chosen)
        return
    for pod, number in cluster.behind(namespace, row.service, row.port):
        if pod in chosen:
            yield pod, number, (namespace, row.service)


def _teams(cluster: Cluster, row: Row) -> Iterable[dict[str, str]]:
    used = {end.namespace for end in (row.source, row.target) if isinstance(end, Pods)}
    teams = sorted(name for name, labels in cluster.namespaces.items() if matches({"matchLabels": TEAM}, labels))
    if OTHER_TEAM in used:
        return [{OWN_TEAM: one, OTHER_TEAM: other} for one in teams for other in teams if one != other]
    return [{OWN_TEAM: one} for one in teams] if OWN_TEAM in used else [{}]
