"""Values of the `@@tokens@@` in local charts."""

from collections.abc import Iterable, Mapping
from typing import Any

from modules.kubeflow.normalize import annotations_token
from modules.kubeflow.notebooks import culling_tokens, spawner_tokens
from modules.kubeflow.queues import tolerations
from modules.kubeflow.values import ROLE_ANNOTATION
from modules.settings.cluster import Cluster, ExistingCluster
from modules.settings.exposure import PortForward
from modules.settings.kubeflow import Kubeflow

CLUSTER_DOMAIN = "svc.cluster.local"
"""Knative's domain for cluster-local services."""

DOMAIN_TEMPLATES = {
    "http": "{{.Name}}.{{.Namespace}}.{{.Domain}}",
    "https": "{{.Name}}-{{.Namespace}}.{{.Domain}}",
}
"""URL template of a service; see `Kubeflow.one_label_hosts`."""


def tokens(kubeflow: Kubeflow, cluster: Cluster | ExistingCluster, *, oidc_issuer_host: str) -> dict[str, Any]:
    """Token values derived from settings and issuer; `auth/` adds sign-in values, and stacks add AWS resource attributes.

    Args:
        kubeflow: Kubeflow settings.
        cluster: cluster settings; the notebook spawner offers its nodes.
        oidc_issuer_host: OIDC issuer of the cluster without `https://` (Terraform token).
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
        **tolerations(kubeflow, cluster),
    }


def annotations(service_accounts: Iterable[str], role_arns: Mapping[str, str | None]) -> dict[str, Any]:
    """Annotation values of service accounts that call AWS.

    Args:
        service_accounts: those of a component; without a role there is no annotation.
        role_arns: service account to the ARN of its role; None with EKS Pod Identity.
    """
    arns = {account: role_arns.get(account) for account in service_accounts}
    return {annotations_token(account): {} if arn is None else {ROLE_ANNOTATION: arn} for account, arn in arns.items()}


def gateway_servers(kubeflow: Kubeflow) -> list[dict[str, Any]]:
    """Istio servers of Kubeflow's gateway: HTTP, and HTTPS for Knative hosts if there is a certificate.

    With a load balancer the hosts are explicit: a route for exactly the dashboard's host would take precedence over
    Kubeflow's own wildcard routes, and with an explicit gateway host it is evaluated after them. With a port-forward the
    host name is unknown.
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
