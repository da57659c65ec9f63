"""Host names of the platform, for certificate, DNS records and listener rule."""


def host_names(host: str, knative_domain: str | None) -> tuple[str, ...]:
    """The dashboard's host, and all hosts of Knative's domain.

    The hosted sign-in page of Cognito has a separate certificate in another region and is not included. A wildcard covers
    one label, so services are at `<service>-<namespace>.<domain>` behind a load balancer (`modules/kubeflow/release_inputs.py`).

    Args:
        host: host name of the dashboard.
        knative_domain: domain of models and other Knative services; None: cluster-internal only.

    Source: https://datatracker.ietf.org/doc/html/rfc6125#section-6.4.3
    """
    return (host,) if knative_domain is None else (host, f"*.{knative_domain}")
