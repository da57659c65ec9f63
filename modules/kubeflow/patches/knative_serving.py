"""Knative: the domain at which services answer, and what teams may write."""

from modules.kubeflow.patch import Objects, Variant


def domain(objects: Objects) -> None:
    """Token `knative_domains`: `{domain: ""}`; `knative_url_scheme`: what its URLs begin with; `knative_domain_template`: hosts.

    Source: https://knative.dev/docs/serving/using-a-custom-domain/
    """
    objects.one("ConfigMap", "config-domain")["data"] = "@@json:knative_domains@@"
    network = {"default-external-scheme": "@@knative_url_scheme@@", "domain-template": "@@knative_domain_template@@"}
    objects.merge("ConfigMap", "config-network", {"data": network})


OF_TEAMS = ["configurations", "revisions", "routes", "services"]


def no_domains_of_teams(objects: Objects) -> None:
    """Upstream's roles give teams all of `serving.knative.dev`, and so DomainMappings: a route for a host of their choice.

    Source: https://knative.dev/docs/serving/services/custom-domains/
    """
    for name in ("knative-serving-namespaced-admin", "knative-serving-namespaced-edit"):
        (rule,) = [
            one for one in objects.one("ClusterRole", name)["rules"] if one["apiGroups"] == ["serving.knative.dev"]
        ]
        if rule["resources"] != ["*"]:
            raise ValueError(f"patch: ClusterRole {name}: has other resources than *; look at what upstream made of it")
        rule["resources"] = list(OF_TEAMS)


VARIANTS = {"default": Variant((domain, no_domains_of_teams))}
