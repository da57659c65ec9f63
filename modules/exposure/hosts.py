"""Which names the platform answers at: the one rule for certificate, DNS records and the listener's rule."""


def host_names(host: str, knative_domain: str | None) -> tuple[str, ...]:
    """The dashboard's host, and all hosts of Knative's domain.

    A sign-in page of Cognito has a certificate of its own, in another region, and is not among them. A wildcard covers one
    label, so services answer at `<service>-<namespace>.<domain>` behind a load balancer (`modules/kubeflow/release_inputs.py`).

    Args:
        host: name of the dashboard.
        knative_domain: domain of models and other Knative services; None: they answer inside the cluster only.

    Source: https://datatracker.ietf.org/doc/html/rfc6125#section-6.4.3
    """
    return (host,) if knative_domain is None else (host, f"*.{knative_domain}")
