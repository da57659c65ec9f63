"""Accepted open connections with reasons; enforced by tests and listed in docs/traffic.md."""

from collections.abc import Mapping

WITHOUT_POLICIES: Mapping[str, str] = {
    "argo": "an official chart in a separate namespace; its server requires a token",
    "external-dns": "metrics alone",
    "gpu-operator": "controllers with metrics only",
    "jupyterhub": "placeholders without listening ports; the chart has policies for all other pods",
    "kube-system": "system pods, drivers and controllers: a policy would depend on each cluster's DNS and add-ons",
    "kubeflow-database": "Jobs without listening ports",
    "kuberay": "metrics alone",
    "kueue-system": "a Job without listening ports; the controller has a policy",
    "logging": "metrics alone",
    "seldon-system": "a webhook and metrics",
}
"""Namespaces with pods not selected by any policy, with the reason."""
OPEN_TO_TEAMS: Mapping[tuple[str, str, int], str] = {
    ("istio-system", "Deployment/cluster-local-gateway", 8080): "functions and models by cluster-internal host name",
    ("istio-system", "Deployment/cluster-local-gateway", 8081): "functions and models by cluster-internal host name",
    (
        "istio-system",
        "Deployment/istio-ingressgateway",
        15021,
    ): "health checks of the gateway, if the subnets of its load balancer are not known",
    ("istio-system", "Deployment/istiod", 15012): "sidecars, with mTLS",
    ("kubeflow", "Deployment/katib-db-manager", 6789): "trials and suggestions",
    ("kubeflow", "Deployment/metadata-grpc-deployment", 8080): "steps of runs",
    ("kubeflow", "Deployment/ml-pipeline", 8887): "the API of Pipelines, which requires a token",
    ("kubeflow", "Deployment/ml-pipeline", 8888): "the API of Pipelines, which requires a token",
    ("kubeflow", "Deployment/model-registry-deployment", 8080): "the API of Model Registry, without authentication",
    ("kubeflow", "Deployment/seaweedfs", 8333): "artifacts, with keys of the team",
}
"""Ports reachable from team pods, without those of webhooks, which the API server calls from addresses that no selector matches."""
