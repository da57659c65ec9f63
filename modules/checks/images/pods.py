"""On how many nodes an image is pulled at most, by the pods that run all the time."""

from collections.abc import Iterable, Mapping

from modules.kubeflow.images.names import parse
from modules.kubeflow.manifest import Object
from modules.kubeflow.secrets.pod_references import containers, pod_specs

EVERY_NODE = 10**6
"""For images of DaemonSets."""


def pods_by_image(objects: Iterable[Object]) -> dict[str, int]:
    """Full name of an image to the number of its pods, with the most replicas of an autoscaler; `EVERY_NODE` for a DaemonSet.

    Args:
        objects: objects of all components.
    """
    found = list(objects)
    most = _autoscaled(found)
    counts: dict[str, int] = {}
    for one in found:
        for _, spec in pod_specs(one):
            pods = EVERY_NODE if one["kind"] == "DaemonSet" else _replicas(one, most)
            for image in {
                str(parse(container["image"])) for container in containers(dict(spec)) if container.get("image")
            }:
                counts[image] = counts.get(image, 0) + pods
    return counts


def _autoscaled(objects: Iterable[Object]) -> dict[tuple[str, str, str], int]:
    scalers = [one for one in objects if one["kind"] == "HorizontalPodAutoscaler"]
    return {
        (
            one["metadata"]["namespace"],
            one["spec"]["scaleTargetRef"]["kind"],
            one["spec"]["scaleTargetRef"]["name"],
        ): int(one["spec"]["maxReplicas"])
        for one in scalers
    }


def _replicas(one: Object, most: Mapping[tuple[str, str, str], int]) -> int:
    key = (one["metadata"].get("namespace", ""), one["kind"], one["metadata"]["name"])
    replicas = (one.get("spec") or {}).get("replicas", 1)
    return max(most.get(key, 0), replicas if isinstance(replicas, int) else 1)
