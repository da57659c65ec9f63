"""What releases are told about their platform: values of the `@@tokens@@` in local charts."""

from typing import Any

from modules.settings.auth import Dex
from modules.settings.kubeflow import KnativeDomain, Kubeflow

CLUSTER_DOMAIN = "svc.cluster.local"
"""Knative's own word for "inside the cluster only"."""


def tokens(kubeflow: Kubeflow, *, oidc_issuer_host: str) -> dict[str, Any]:
    """Every token that the catalogue's patches name, by the settings.

    Args:
        kubeflow: the settings.
        oidc_issuer_host: issuer of the cluster without `https://` (Terraform token).
    """
    domain = kubeflow.knative_domain
    return {
        # one user is all that dex's patch takes so far
        "user_email": kubeflow.auth.users[0] if isinstance(kubeflow.auth, Dex) else None,
        "oidc_issuer_host": oidc_issuer_host,
        # The way in is a port-forward, which browsers take for plain HTTP.
        "secure_cookie": "false",
        "knative_domain": domain.name if domain is not None else CLUSTER_DOMAIN,
        "knative_domains": {domain.name if domain is not None else CLUSTER_DOMAIN: ""},
        "knative_url_scheme": "https" if domain is not None and domain.tls_secret_name is not None else "http",
        "gateway_servers": gateway_servers(domain),
        "annotations_argo": {},
        "annotations_ml_pipeline": {},
        "annotations_ml_pipeline_ui": {},
    }


def gateway_servers(domain: KnativeDomain | None) -> list[dict[str, Any]]:
    """Istio's servers of Kubeflow's gateway: HTTP for every host, and HTTPS for Knative's where it has a certificate.

    Source: https://istio.io/latest/docs/reference/config/networking/gateway/#Server
    """
    servers: list[dict[str, Any]] = [{"hosts": ["*"], "port": {"name": "http", "number": 80, "protocol": "HTTP"}}]
    if domain is not None and domain.tls_secret_name is not None:
        servers.append(
            {
                "hosts": [f"*.{domain.name}"],
                "port": {"name": "https", "number": 443, "protocol": "HTTPS"},
                "tls": {"mode": "SIMPLE", "credentialName": domain.tls_secret_name},
            }
        )
    return servers
