"""Knative: the domain at which services answer."""

from modules.kubeflow.patch import Objects, Variant


def domain(objects: Objects) -> None:
    """Token `knative_domains`: `{domain: ""}`; `knative_url_scheme`: what its URLs begin with; `knative_domain_template`: hosts.

    Source: https://knative.dev/docs/serving/using-a-custom-domain/
    """
    objects.one("ConfigMap", "config-domain")["data"] = "@@json:knative_domains@@"
    network = {"default-external-scheme": "@@knative_url_scheme@@", "domain-template": "@@knative_domain_template@@"}
    objects.merge("ConfigMap", "config-network", {"data": network})


VARIANTS = {"default": Variant((domain,))}
