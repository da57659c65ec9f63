"""Patches of Knative: domain of services, permissions of teams, and allowed callers."""

from modules.kubeflow.patching.network_policies import MONITORING, allow, namespace
from modules.kubeflow.patching.patch import Objects, Variant

GATEWAYS = namespace(
    "istio-system",
    {
        "matchExpressions": [
            {"key": "app", "operator": "In", "values": ["cluster-local-gateway", "istio-ingressgateway"]}
        ]
    },
)
METRICS = (9090, 15020)
"""Metrics ports of Knative's programs and their sidecars."""


def domain(objects: Objects) -> None:
    """Token `knative_domains`: `{domain: ""}`; `knative_url_scheme`: scheme of URLs; `knative_domain_template`: hosts.

    Source: https://knative.dev/docs/serving/using-a-custom-domain/
    """
    objects.one("ConfigMap", "config-domain")["data"] = "@@json:knative_domains@@"
    network = {"default-external-scheme": "@@knative_url_scheme@@", "domain-template": "@@knative_domain_template@@"}
    objects.merge("ConfigMap", "config-network", {"data": network})


OF_TEAMS = ["configurations", "revisions", "routes", "services"]


def no_domains_of_teams(objects: Objects) -> None:
    """Upstream's roles allow teams all of `serving.knative.dev`, including DomainMappings, routes for arbitrary hosts.

    Source: https://knative.dev/docs/serving/services/custom-domains/
    """
    for name in ("knative-serving-namespaced-admin", "knative-serving-namespaced-edit"):
        (rule,) = [
            one for one in objects.one("ClusterRole", name)["rules"] if one["apiGroups"] == ["serving.knative.dev"]
        ]
        if rule["resources"] != ["*"]:
            raise ValueError(f"patch: ClusterRole {name}: has other resources than *; check upstream's change")
        rule["resources"] = list(OF_TEAMS)


def http2(objects: Objects) -> None:
    """Upstream allows the activator's HTTP/1 port; HTTP/2 and gRPC use 8013.

    Source: https://github.com/knative/serving/blob/knative-v1.21.1/pkg/networking/constants.go (BackendHTTP2Port)
    """
    pods = {"matchLabels": {"app": "activator"}}
    objects.add(allow("knative-serving", "gateways-to-activator-http2", pods, [8013], [GATEWAYS]))


POD_FIELDS = (
    *("affinity", "fieldref", "init-containers", "nodeselector", "persistent-volume-claim", "persistent-volume-write"),
    *("priorityclassname", "runtimeclassname", "securitycontext", "tolerations", "topologyspreadconstraints"),
)
"""Flags `kubernetes.podspec-…` that are on. What opens the node (hostPath, host namespaces) and what changes DNS stays off."""


def pod_fields(objects: Objects) -> None:
    """Without these flags no model in serverless mode reaches a tainted GPU node or reads a volume; all pods of teams can.

    Source: https://knative.dev/docs/serving/configuration/feature-flags/
    """
    objects.merge(
        "ConfigMap", "config-features", {"data": {f"kubernetes.podspec-{one}": "enabled" for one in POD_FIELDS}}
    )


def metrics(objects: Objects) -> None:
    """Only from the namespace of kube-prometheus-stack, if installed."""
    objects.add(allow("knative-serving", "metrics-to-monitoring", {}, METRICS, [MONITORING]))


def reads_repositories(objects: Objects) -> None:
    """Pods get a role only when they start: they are replaced where the label is new.

    The controller resolves tags with go-containerregistry's keychain, which includes ECR's credential helper, and with it
    the role of its service account.

    Source: https://github.com/google/go-containerregistry/tree/main/pkg/authn/k8schain
    """
    labels = {"kubeflow-platform/registry": "ecr"}
    objects.merge("Deployment", "controller", {"spec": {"template": {"metadata": {"labels": labels}}}})


ALWAYS = (domain, no_domains_of_teams, http2, pod_fields, metrics)
VARIANTS = {
    "default": Variant(ALWAYS, annotated=False),
    "ecr": Variant((*ALWAYS, reads_repositories)),
}
