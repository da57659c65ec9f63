"""KServe: the domain in the URLs of models, the same as Knative's."""

from modules.kubeflow.patch import Objects, Variant, replace_text


def domain(objects: Objects) -> None:
    """Tokens `knative_domain` and `knative_url_scheme`."""
    replace_text(
        objects.one("ConfigMap", "inferenceservice-config")["data"],
        "ingress",
        ('"ingressDomain": "example.com"', '"ingressDomain": "@@knative_domain@@"'),
        ('"urlScheme": "http"', '"urlScheme": "@@knative_url_scheme@@"'),
    )


VARIANTS = {"default": Variant((domain,))}
