"""Patches of Kubeflow's namespaces and NetworkPolicies: access of team pods, and metrics for Prometheus."""

from collections.abc import Mapping
from typing import Any

from modules.kubeflow.patching.network_policies import MONITORING, TEAMS, allow, namespace
from modules.kubeflow.patching.patch import Objects, Variant

PROXY_METRICS = 15020
"""Port of merged sidecar and application metrics.

Source: https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
"""
PODDEFAULTS_PORT = 4443
JOBSET = {"control-plane": "controller-manager"}
"""Label of JobSet's pods in every version, unique in its namespace."""
GATEWAYS = namespace("istio-system")
METRICS: Mapping[str, tuple[Mapping[str, Any], int]] = {
    "kserve-metrics-to-monitoring": ({"control-plane": "kserve-controller-manager"}, 8443),
    "training-operator-metrics-to-monitoring": ({"control-plane": "kubeflow-training-operator"}, 8080),
}
"""Policy to labels and port of pods without sidecar whose metrics port is not named `metrics`."""


def callers_of_katib(objects: Objects) -> None:
    """Upstream allows every team pod to read and write Katib's database through its database manager.

    Required by the metrics collector in a trial and early stopping in a suggestion. Teams can set these labels on any of
    their pods, so this prevents accidental access, not deliberate access.

    Source: https://github.com/kubeflow/katib/blob/v0.19.0/pkg/controller.v1beta1/consts/const.go
    """
    _narrow(objects, "katib-db-manager", ("katib.kubeflow.org/trial", "katib.kubeflow.org/suggestion"))


def callers_of_metadata(objects: Objects) -> None:
    """Upstream allows every team pod to access ML Metadata; only steps of runs need it, and Pipelines labels them.

    Source: https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/v2/compiler/argocompiler/argo.go
    """
    _narrow(objects, "metadata-grpc-server", ("pipelines.kubeflow.org/v2_component",))


def metrics(objects: Objects) -> None:
    """Only from the namespace of kube-prometheus-stack, if installed."""
    objects.add(allow("kubeflow", "metrics-to-monitoring", {}, [PROXY_METRICS, "metrics"], [MONITORING]))
    objects.add(allow("kubeflow-system", "metrics-to-monitoring-kubeflow-system", {}, [PROXY_METRICS], [MONITORING]))
    for name, (labels, port) in METRICS.items():
        objects.add(allow("kubeflow", name, {"matchLabels": dict(labels)}, [port], [MONITORING]))


def poddefaults(objects: Objects) -> None:
    """Allow the API server on the PodDefaults webhook. 26.03.1 moved the policy to the webhook's folder; it is kept in this release.

    Helm cannot create an object owned by another release. `app: poddefaults` is on the webhook's pods of every version, so
    the webhook responds before, during and after the upgrade of its own release, and no team pod is rejected.
    """
    pods = {"matchLabels": {"app": "poddefaults"}}
    objects.add(allow("kubeflow", "poddefaults", pods, [PODDEFAULTS_PORT], []))


def pages_of_26_03(objects: Objects) -> None:
    """Allow the gateway on two web UIs of 26.03 until their own releases replace them.

    This release is upgraded minutes before the releases of these web UIs. Without these policies of 26.03, the old pods of the
    dashboard and of the models web UI would be unreachable in between. The policies select no pod of this version.
    """
    for name, labels, sources in (
        ("centraldashboard", {"app": "centraldashboard"}, [GATEWAYS, {"podSelector": {}}]),
        ("kserve-models-web-app", {"app.kubernetes.io/component": "kserve-models-web-app"}, [GATEWAYS]),
    ):
        policy = allow("kubeflow", name, {"matchLabels": labels}, [], sources)
        del policy["metadata"]["labels"]
        del policy["spec"]["ingress"][0]["ports"]
        objects.add(policy)


def jobset_of_both_versions(objects: Objects) -> None:
    """Allow the API server on JobSet's webhook during the upgrade of its release: pods of 0.10 lack upstream's new label."""
    selector = objects.one("NetworkPolicy", "jobset-webhook")["spec"]["podSelector"]
    if selector != {"matchLabels": {"app.kubernetes.io/name": "jobset", **JOBSET}}:
        raise ValueError("patch: NetworkPolicy jobset-webhook: selects other pods; check upstream's change")
    selector["matchLabels"] = dict(JOBSET)


def _narrow(objects: Objects, policy: str, labels: tuple[str, ...]) -> None:
    """Restrict a policy from all team pods to pods with labels.

    Raises:
        ValueError: it does not select them.
    """
    for rule in objects.one("NetworkPolicy", policy)["spec"]["ingress"]:
        for peer in rule.get("from") or ():
            keys = {one["key"] for one in (peer.get("namespaceSelector") or {}).get("matchExpressions") or ()}
            if keys == {"app.kubernetes.io/part-of"} and "podSelector" not in peer:
                position = rule["from"].index(peer)
                rule["from"][position : position + 1] = [
                    {**TEAMS, "podSelector": {"matchExpressions": [{"key": label, "operator": "Exists"}]}}
                    for label in labels
                ]
                return
    raise ValueError(f"patch: NetworkPolicy {policy}: does not allow all teams; check upstream's change")


VARIANTS = {
    "default": Variant(
        (callers_of_katib, callers_of_metadata, metrics, poddefaults, pages_of_26_03, jobset_of_both_versions)
    )
}
