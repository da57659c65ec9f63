"""Admission webhooks: a write that one has to allow fails while no pod answers for it."""

from collections.abc import Iterable
from typing import Any

from .cluster import Cluster
from .kinds import Key, Object, group
from .pods import pod_template, why_not_ready

_CONFIGURATIONS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")


def silent_webhook(cluster: Cluster, one: Object, namespace: str, operation: str) -> str | None:
    """The webhook that a write calls and that cannot answer; None: all that it calls can.

    Args:
        cluster: after all that was written before.
        one: the object to write.
        namespace: where it goes; empty for kinds without one.
        operation: `CREATE` or `UPDATE`.
    """
    for kind in _CONFIGURATIONS:
        for configuration in cluster.of_kind(kind):
            for webhook in configuration.get("webhooks") or []:
                if webhook.get("failurePolicy", "Fail") == "Fail" and _asks(
                    cluster, webhook, one, namespace, operation
                ):
                    silent = _silent(cluster, webhook)
                    if silent:
                        return f'failed calling webhook "{webhook["name"]}": {silent}'
    return None


def _asks(cluster: Cluster, webhook: dict[str, Any], one: Object, namespace: str, operation: str) -> bool:
    version = one["apiVersion"].rpartition("/")[2]
    for rule in webhook.get("rules") or []:
        if (
            _in(group(one["apiVersion"]), rule["apiGroups"])
            and _in(version, rule["apiVersions"])
            and _in(operation, rule["operations"])
            and _in(plural(cluster, one), rule["resources"])
            and rule.get("scope", "*") in ("*", "Namespaced" if namespace else "Cluster")
        ):
            break
    else:
        return False
    if not selects(webhook.get("objectSelector"), one["metadata"].get("labels")):
        return False
    place = one["metadata"]["name"] if one["kind"] == "Namespace" else namespace
    stored = cluster.get("Namespace", place) if place else None
    return stored is None or selects(webhook.get("namespaceSelector"), stored["metadata"].get("labels"))


def _silent(cluster: Cluster, webhook: dict[str, Any]) -> str | None:
    """Why no pod answers for a webhook; one outside the cluster is taken to answer."""
    service = webhook["clientConfig"].get("service")
    if service is None:
        return None
    found = cluster.get("Service", service["name"], service["namespace"])
    if found is None:
        return f'service "{service["name"]}" not found in {service["namespace"]}'
    ready = [
        key
        for key in _behind(cluster, service)
        if key not in cluster.starting and not why_not_ready(cluster, cluster.objects[key])
    ]
    if not ready:
        return f'no endpoints available for service "{service["name"]}" in {service["namespace"]}'
    if set(ready) <= cluster.warming:
        return f'service "{service["name"]}" in {service["namespace"]}: connect: connection refused'
    return None


def _behind(cluster: Cluster, service: dict[str, Any]) -> list[Key]:
    """What runs the pods of a Service."""
    found = cluster.get("Service", service["name"], service["namespace"])
    selector = {"matchLabels": found["spec"].get("selector") if found else None}
    return [
        key
        for key, one in cluster.objects.items()
        if key[2] == service["namespace"] and one["kind"] != "CronJob"
        if (template := pod_template(one)) is not None and selects(selector, template.get("metadata", {}).get("labels"))
    ]


def waited(cluster: Cluster, objects: Iterable[Object]) -> None:
    """Time passes while a client sends some objects again and again: the webhooks that are called begin to answer."""
    for one in objects:
        for kind in _CONFIGURATIONS:
            for configuration in cluster.of_kind(kind):
                for webhook in configuration.get("webhooks") or []:
                    service = webhook["clientConfig"].get("service")
                    if service and _asks(cluster, webhook, one, one["metadata"].get("namespace", ""), "CREATE"):
                        cluster.warming -= set(_behind(cluster, service))


def _in(value: str, patterns: list[str]) -> bool:
    return value in patterns or "*" in patterns or "*/*" in patterns


def plural(cluster: Cluster, one: Object) -> str:
    """The resource name in a rule: `clusterissuers`."""
    for crd in cluster.of_kind("CustomResourceDefinition"):
        if crd["spec"]["group"] == group(one["apiVersion"]) and crd["spec"]["names"]["kind"] == one["kind"]:
            return str(crd["spec"]["names"]["plural"])
    name = str(one["kind"].lower())
    if name.endswith("y"):
        return f"{name[:-1]}ies"
    return name if name == "endpoints" else f"{name}es" if name.endswith("s") else f"{name}s"


def selects(selector: dict[str, Any] | None, labels: dict[str, str] | None) -> bool:
    """Whether a label selector takes in an object with these labels; an empty one takes in all."""
    given, wanted = labels or {}, selector or {}
    if any(given.get(key) != value for key, value in (wanted.get("matchLabels") or {}).items()):
        return False
    for rule in wanted.get("matchExpressions") or []:
        has, values = rule["key"] in given, rule.get("values") or []
        meets = {
            "In": given.get(rule["key"]) in values,
            "NotIn": given.get(rule["key"]) not in values,
            "Exists": has,
            "DoesNotExist": not has,
        }
        if not meets[rule["operator"]]:
            return False
    return True
