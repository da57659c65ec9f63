"""Knative: the domain at which services answer."""

from modules.kubeflow.patch import Objects, Variant


def domain(objects: Objects) -> None:
    """Token `knative_domains`: `{domain: ""}`; `knative_url_scheme`: what its URLs begin with.

    Source: https://knative.dev/docs/serving/using-a-custom-domain/
    """
    objects.one("ConfigMap", "config-domain")["data"] = "@@json:knative_domains@@"
    objects.merge("ConfigMap", "config-network", {"data": {"default-external-scheme": "@@knative_url_scheme@@"}})


VARIANTS = {"default": Variant((domain,))}
