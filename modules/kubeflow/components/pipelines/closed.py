"""What Pipelines leaves open to every pod in the cluster, and needs not: the visualization server, and calls without a token."""

from modules.kubeflow.manifest import Object
from modules.kubeflow.patching.patch import Objects

VISUALIZATION = "ml-pipeline-visualizationserver"
VISUALIZATION_PATHS = [
    *(f"/apis/{version}/visualizations{rest}" for version in ("v1beta1", "v2beta1") for rest in ("", "/*")),
    "/api.VisualizationService/*",
    "/kubeflow.pipelines.backend.api.v2beta1.VisualizationService/*",
]
CACHE_OF_STEPS = "/api.TaskService/*"
"""gRPC calls of drivers and launchers in teams' namespaces (CreateTaskV1, ListTasksV1), which carry no token. They call no other
service of the API server.

Source: https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/v2/cacheutils/cache.go
"""


def no_visualization_server(objects: Objects) -> None:
    """Leave out a server that runs the Python code of whoever reaches it, and close the API that leads to it.

    It is a part of Pipelines 1; no page of Pipelines 2 asks for it.
    Source: https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/apiserver/visualization/server.py
    """
    for kind in ("Deployment", "Service", "ServiceAccount", "AuthorizationPolicy", "DestinationRule"):
        objects.remove(kind, VISUALIZATION)
    rules = objects.one("ClusterRole", "aggregate-to-kubeflow-pipelines-view")["rules"]
    kept = [rule for rule in rules if "visualizations" not in rule["resources"]]
    if len(kept) != len(rules) - 1:
        raise ValueError(
            "patch: ClusterRole aggregate-to-kubeflow-pipelines-view: has no rule for visualizations alone"
        )
    rules[:] = kept
    objects.add(
        {
            "apiVersion": "security.istio.io/v1",
            "kind": "AuthorizationPolicy",
            "metadata": {"name": "ml-pipeline-no-visualizations", "namespace": "kubeflow"},
            "spec": {
                "action": "DENY",
                "selector": {"matchLabels": {"app": "ml-pipeline"}},
                "rules": [{"to": [{"operation": {"paths": VISUALIZATION_PATHS}}]}],
            },
        }
    )


def only_callers_with_a_token(objects: Objects) -> None:
    """Upstream lets every pod call the API server as nobody; what nobody may do is then up to the API server's code.

    Pipelines' own programs are let in by their identity. Others need a token, which the API server has Kubernetes check; a step's
    driver and launcher have none, and reach the cache of steps alone.
    Source: https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/apiserver/auth
    """
    rules: list[Object] = objects.one("AuthorizationPolicy", "ml-pipeline")["spec"]["rules"]
    nobody = {"key": "request.headers[kubeflow-userid]", "notValues": ["*"]}
    (anyone,) = [rule for rule in rules if rule.get("when") == [nobody]]
    if anyone.keys() != {"when"}:
        raise ValueError(
            "patch: AuthorizationPolicy ml-pipeline: asks for more than no user; look at what upstream made of it"
        )
    rules[rules.index(anyone) :] = [
        {"when": [nobody, {"key": "request.headers[authorization]", "values": ["*"]}]},
        {"to": [{"operation": {"paths": [CACHE_OF_STEPS]}}], "when": [nobody]},
    ]


CLOSED = (no_visualization_server, only_callers_with_a_token)
"""For every variant of Pipelines."""
