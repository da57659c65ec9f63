"""Static analysis of a component's objects: ports, volumes, images, CRDs."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from modules.kubeflow.images.references import images_of, images_of_pods
from modules.kubeflow.manifest import Object, identity
from modules.kubeflow.secrets.pod_references import pod_specs


def facts(objects: Sequence[Object]) -> dict[str, Any]:
    """All derived facts in the format of the lock."""
    in_pods = images_of_pods(objects)
    found = images_of(objects)
    return {
        "webhook_ports": webhook_ports(objects),
        "volumes": volumes(objects),
        "images": in_pods,
        "hidden_images": sorted(found.images - set(in_pods)),
        "composed_images": dict(sorted(found.hubs.items())),
        "crds": crd_versions(objects),
    }


def webhook_ports(objects: Sequence[Object]) -> list[int]:
    """Pod ports called by the API server (admission, conversion, aggregated APIs). Node security groups must allow them.

    Raises:
        ValueError: a webhook's Service is missing, or has no matching port.
    """
    return sorted({_target_port(objects, who, service) for who, service in _called_services(objects)})


def volumes(objects: Sequence[Object]) -> list[dict[str, str]]:
    """PersistentVolumeClaims: name, size, StorageClass (empty: the default)."""
    claims = [(str(identity(item).place), item["spec"]) for item in objects if item["kind"] == "PersistentVolumeClaim"]
    for item in objects:
        for claim in item["spec"].get("volumeClaimTemplates", ()) if item["kind"] == "StatefulSet" else ():
            claims.append((f"{identity(item).place}/{claim['metadata']['name']}", claim["spec"]))
    return [
        {
            "name": name,
            "size": str(spec["resources"]["requests"]["storage"]),
            "storage_class": spec.get("storageClassName") or "",
        }
        for name, spec in sorted(claims, key=lambda claim: claim[0])
    ]


def crd_versions(objects: Iterable[Object]) -> dict[str, list[str]]:
    """`{CRD: its served versions}`, storage version first."""
    return {
        item["metadata"]["name"]: [
            version["name"]
            for version in sorted(item["spec"]["versions"], key=lambda version: not version["storage"])
            if version["served"] or version["storage"]
        ]
        for item in sorted(objects, key=identity)
        if item["kind"] == "CustomResourceDefinition"
    }


def _called_services(objects: Iterable[Object]) -> Iterator[tuple[str, Object]]:
    for item in objects:
        who = str(identity(item))
        if item["kind"] in ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"):
            for webhook in item.get("webhooks") or ():
                if "service" in webhook["clientConfig"]:
                    yield who, webhook["clientConfig"]["service"]
        elif item["kind"] == "CustomResourceDefinition":
            webhook = (item["spec"].get("conversion") or {}).get("webhook") or {}
            if service := webhook.get("clientConfig", {}).get("service"):
                yield who, service
        elif item["kind"] == "APIService" and item["spec"].get("service"):
            yield who, item["spec"]["service"]


def _target_port(objects: Iterable[Object], who: str, wanted: Object) -> int:
    place, number = (wanted["namespace"], wanted["name"]), wanted.get("port", 443)
    services = [
        item for item in objects if item["kind"] == "Service" and (_namespace(item), item["metadata"]["name"]) == place
    ]
    ports = [port for item in services for port in item["spec"]["ports"] if port["port"] == number]
    if not ports:
        raise ValueError(f"{who}: calls port {number} of Service {'/'.join(place)}, which is not among its objects")
    target = ports[0].get("targetPort", number)
    if isinstance(target, int) or target.isdigit():
        return int(target)
    selector = services[0]["spec"]["selector"].items()
    for item in objects:
        for template, spec in pod_specs(item):
            labels = (template.get("metadata") or {}).get("labels") or {}
            if _namespace(item) == place[0] and selector <= labels.items():
                for container in spec["containers"]:
                    for port in container.get("ports", ()):
                        if port.get("name") == target:
                            return int(port["containerPort"])
    raise ValueError(f"{who}: no pod behind Service {'/'.join(place)} has a port named {target!r}")


def _namespace(item: Object) -> str:
    return identity(item).namespace
