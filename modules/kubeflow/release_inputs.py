"""What releases are told about their platform: values of the `@@tokens@@` in local charts."""

from collections.abc import Iterable, Mapping
from typing import Any

from modules.kubeflow.normalize import annotations_token
from modules.kubeflow.notebooks import culling_tokens, spawner_tokens
from modules.kubeflow.values import ROLE_ANNOTATION
from modules.settings.cluster import Cluster, ExistingCluster
from modules.settings.exposure import PortForward
from modules.settings.kubeflow import Kubeflow

CLUSTER_DOMAIN = "svc.cluster.local"
"""Knative's own word for "inside the cluster only"."""

DOMAIN_TEMPLATES = {
    "http": "{{.Name}}.{{.Namespace}}.{{.Domain}}",
    "https": "{{.Name}}-{{.Namespace}}.{{.Domain}}",
}
"""Where a service answers, by the scheme of its URL; see `Kubeflow.one_label_hosts`."""


def tokens(kubeflow: Kubeflow, cluster: Cluster | ExistingCluster, *, oidc_issuer_host: str) -> dict[str, Any]:
    """Tokens that settings and issuer decide for all components; `sign_in.py` has those of sign-in, and stacks add what AWS has made.

    Args:
        kubeflow: the settings.
        cluster: its nodes are what the notebook spawner offers.
        oidc_issuer_host: issuer of the cluster without `https://` (Terraform token).
    """
    domain = kubeflow.knative_domain
    scheme = "https" if kubeflow.one_label_hosts else "http"
    return {
        "oidc_issuer_host": oidc_issuer_host,
        "knative_domain": domain.name if domain is not None else CLUSTER_DOMAIN,
        "knative_domains": {domain.name if domain is not None else CLUSTER_DOMAIN: ""},
        "knative_url_scheme": scheme,
        "knative_domain_template": DOMAIN_TEMPLATES[scheme],
        "gateway_servers": gateway_servers(kubeflow),
        **spawner_tokens(kubeflow, cluster),
        **culling_tokens(kubeflow.notebooks),
    }


def annotations(service_accounts: Iterable[str], role_arns: Mapping[str, str | None]) -> dict[str, Any]:
    """Values of the tokens for annotations of service accounts that call AWS.

    Args:
        service_accounts: all of a component's; one without a role gets no annotation.
        role_arns: service account to the ARN of its role; None when EKS Pod Identity hands it out.
    """
    arns = {account: role_arns.get(account) for account in service_accounts}
    return {annotations_token(account): {} if arn is None else {ROLE_ANNOTATION: arn} for account, arn in arns.items()}


def gateway_servers(kubeflow: Kubeflow) -> list[dict[str, Any]]:
    """Istio's servers of Kubeflow's gateway: HTTP, and HTTPS for Knative's hosts where there is a certificate.

    With a load balancer the hosts are named: a route for exactly the dashboard's host would win over Kubeflow's own routes, which
    are for every host, and with a named host it comes after them. With a port-forward nobody knows by which name people come.
    Source: https://istio.io/latest/docs/reference/config/networking/gateway/#Server
    """
    domain, exposure = kubeflow.knative_domain, kubeflow.exposure
    of_models = [f"*.{domain.name}"] if domain is not None else []
    hosts = ["*"] if isinstance(exposure, PortForward) else [exposure.host, *of_models]
    servers: list[dict[str, Any]] = [{"hosts": hosts, "port": {"name": "http", "number": 80, "protocol": "HTTP"}}]
    if domain is not None and domain.tls_secret_name is not None:
        servers.append(
            {
                "hosts": of_models,
                "port": {"name": "https", "number": 443, "protocol": "HTTPS"},
                "tls": {"mode": "SIMPLE", "credentialName": domain.tls_secret_name},
            }
        )
    return servers
