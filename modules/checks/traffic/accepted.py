"""What stays open, and why: held by tests, and written into docs/traffic.md."""

from collections.abc import Mapping

WITHOUT_POLICIES: Mapping[str, str] = {
    "argo": "an official chart in a namespace of its own; its server asks for a token",
    "external-dns": "metrics alone",
    "gpu-operator": "controllers with metrics alone",
    "jupyterhub": "placeholders that listen nowhere; the chart has policies for all else",
    "kube-system": "Kubernetes' own, with drivers and controllers: a policy there would have to know every cluster's DNS and add-ons",
    "kubeflow-database": "Jobs, which listen nowhere",
    "kuberay": "metrics alone",
    "logging": "metrics alone",
    "seldon-system": "a webhook and metrics",
}
"""Namespaces whose pods no policy selects, with the reason."""
OPEN_TO_TEAMS: Mapping[tuple[str, str, int], str] = {
    ("istio-system", "Deployment/cluster-local-gateway", 8080): "functions and models by their address in the cluster",
    ("istio-system", "Deployment/cluster-local-gateway", 8081): "functions and models by their address in the cluster",
    ("istio-system", "Deployment/istiod", 15012): "sidecars, with mTLS",
    ("kubeflow", "Deployment/katib-db-manager", 6789): "trials and suggestions",
    ("kubeflow", "Deployment/metadata-grpc-deployment", 8080): "steps of runs",
    ("kubeflow", "Deployment/ml-pipeline", 8887): "the API of Pipelines, which asks for a token",
    ("kubeflow", "Deployment/ml-pipeline", 8888): "the API of Pipelines, which asks for a token",
    ("kubeflow", "Deployment/model-registry-deployment", 8080): "the API of Model Registry, which asks for nothing",
    ("kubeflow", "Deployment/seaweedfs", 8333): "artifacts, with keys of the team",
}
"""Ports that a team's pods reach besides webhooks, which the API server calls from addresses that no selector matches."""
