"""Restricts Pipelines endpoints that upstream exposes to every pod: visualization server and unauthenticated calls."""

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
    """Remove a server that runs arbitrary Python code for any client, and the API that forwards to it.

    It belongs to Pipelines 1; the UI of Pipelines 2 does not use it.
    Source: https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/apiserver/visualization/server.py
    """
    for kind in ("Deployment", "Service", "ServiceAccount", "AuthorizationPolicy", "DestinationRule"):
        objects.remove(kind, VISUALIZATION)
    rules = objects.one("ClusterRole", "aggregate-to-kubeflow-pipelines-view")["rules"]
    kept = [rule for rule in rules if "visualizations" not in rule["resources"]]
    if len(kept) != len(rules) - 1:
        raise ValueError(
            "patch: ClusterRole aggregate-to-kubeflow-pipelines-view: expected a rule for visualizations only; check upstream's change"
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
    """Require authentication for calls to the API server, which upstream leaves to the API server's own checks.

    Pipelines' own programs are authorized by mesh identity. Other callers need a token, which the API server validates with
    Kubernetes. A step's driver and launcher have no token and can only use the step cache.
    Source: https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/apiserver/auth
    """
    rules: list[Object] = objects.one("AuthorizationPolicy", "ml-pipeline")["spec"]["rules"]
    nobody = {"key": "request.headers[kubeflow-userid]", "notValues": ["*"]}
    (anyone,) = [rule for rule in rules if rule.get("when") == [nobody]]
    if anyone.keys() != {"when"}:
        raise ValueError(
            "patch: AuthorizationPolicy ml-pipeline: expected only the rule without user header; check upstream's change"
        )
    rules[rules.index(anyone) :] = [
        {"when": [nobody, {"key": "request.headers[authorization]", "values": ["*"]}]},
        {"to": [{"operation": {"paths": [CACHE_OF_STEPS]}}], "when": [nobody]},
    ]


CLOSED = (no_visualization_server, only_callers_with_a_token)
"""Apply to every variant of Pipelines."""
