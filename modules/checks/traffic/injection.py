"""Sidecar injection: selection by the injector's webhook, and exclusions by the injector itself.

A pod that starts before the webhook exists has no sidecar and does not get one later.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from modules.checks.traffic.selectors import Labels, matches
from modules.kubeflow.manifest import Object

INJECT = "sidecar.istio.io/inject"
"""Label of a pod, and its older form as an annotation."""


def injector_webhooks(objects: Iterable[Object]) -> list[Object]:
    """Webhooks that call `/inject` for new pods.

    Args:
        objects: all installed objects.
    """
    return [hook for one in objects for hook in _hooks(one)]


def brings_injector(objects: Iterable[Object]) -> bool:
    """Whether these objects contain the injector's webhook (the istiod release)."""
    return bool(injector_webhooks(objects))


def injected(template: Mapping[str, Any], namespace: Labels, webhooks: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a pod of this template gets a sidecar once istiod is ready.

    Args:
        template: `metadata` and `spec` of a pod.
        namespace: labels of the namespace.
        webhooks: result of `injector_webhooks`.

    Source: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy, and
    `injectRequired` in https://github.com/istio/istio/blob/1.30.0/pkg/kube/inject/inject.go
    """
    metadata = template.get("metadata") or {}
    labels: Labels = metadata.get("labels") or {}
    annotations: Labels = metadata.get("annotations") or {}
    if (template.get("spec") or {}).get("hostNetwork"):
        return False
    if labels.get(INJECT, annotations.get(INJECT)) in ("false", "n", "no", "off"):
        return False
    return any(
        matches(hook.get("namespaceSelector") or {}, namespace) and matches(hook.get("objectSelector") or {}, labels)
        for hook in webhooks
    )


def _hooks(one: Object) -> Iterator[Object]:
    if one["kind"] != "MutatingWebhookConfiguration":
        return
    for hook in one.get("webhooks") or ():
        service = hook["clientConfig"].get("service") or {}
        pods = any("pods" in rule.get("resources", ()) for rule in hook.get("rules") or ())
        if pods and str(service.get("path", "")).startswith("/inject"):
            yield hook
