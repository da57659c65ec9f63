"""Options of the notebook spawner: devices, tolerations and affinities, derived from the platform's nodes.

Source: https://github.com/kubeflow/notebooks/blob/notebooks-v1/components/crud-web-apps/jupyter/manifests/base/configs/spawner_ui_config.yaml
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from modules.cluster.user_data.node_group import TAINT_EFFECTS
from modules.kubeflow.encoded_text import EncodedText
from modules.settings.cluster import Cluster, ExistingCluster
from modules.settings.kubeflow import Kubeflow
from modules.settings.node_group import Taint
from modules.settings.notebooks import Notebooks

DEVICES = {
    "nvidia": {"limitsKey": "nvidia.com/gpu", "uiName": "NVIDIA"},
    "neuron": {"limitsKey": "aws.amazon.com/neuron", "uiName": "AWS Neuron"},
}
"""Resource name and display name."""
DEVICE_CATEGORIES = {"g": "nvidia", "p": "nvidia", "inf": "neuron", "trn": "neuron"}
"""EC2 instance categories with a device, as Karpenter names them."""
SHARED_CLASSES = ("efs",)
"""StorageClasses that support ReadWriteMany (objects/efs-storage-class.yaml.j2)."""


@dataclass(frozen=True)
class Nodes:
    """Nodes with the same properties, one entry in the spawner."""

    name: str
    about: str
    label: str
    """Node label whose value is the name of the group."""
    taints: Sequence[Taint]
    devices: frozenset[str]

    @property
    def repels(self) -> bool:
        """Whether the nodes have taints that pods must tolerate."""
        return any(taint.effect != "PREFER_NO_SCHEDULE" for taint in self.taints)


def nodes_of(cluster: Cluster | ExistingCluster, kubeflow: Kubeflow) -> Iterator[Nodes]:
    """Node groups, then Karpenter's node pools."""
    for group in cluster.node_groups if isinstance(cluster, Cluster) else ():
        yield Nodes(
            group.name,
            f"node group {group.name} ({', '.join(group.instance_types)})",
            "eks.amazonaws.com/nodegroup",
            group.taints,
            frozenset({group.accelerator} if group.accelerator else ()),
        )
    for pool in kubeflow.node_pools:
        yield Nodes(
            pool.name,
            f"node pool {pool.name} ({', '.join(pool.instance_types or pool.instance_families or pool.instance_categories)})",
            "karpenter.sh/nodepool",
            pool.taints,
            frozenset(DEVICE_CATEGORIES[kind] for kind in pool.categories() if kind in DEVICE_CATEGORIES),
        )


def spawner_tokens(kubeflow: Kubeflow, cluster: Cluster | ExistingCluster) -> dict[str, EncodedText]:
    """Token values of the spawner and notebook controller configuration.

    Each is JSON (valid YAML) that replaces the value of a key.
    """
    settings = kubeflow.notebooks
    nodes = list(nodes_of(cluster, kubeflow))
    values = {
        "jupyter_images": _images(settings.jupyter_images),
        "code_server_images": _images(settings.code_server_images),
        "rstudio_images": _images(settings.rstudio_images),
        "custom_images": settings.custom_images,
        "notebook_cpu": f"{settings.cpu:g}",
        "notebook_memory": f"{settings.memory_gib:g}Gi",
        "notebook_devices": _devices(settings, nodes),
        "notebook_volume": _volume(settings),
        "notebook_affinities": _affinities(nodes),
        "notebook_tolerations": _tolerations(nodes),
        "notebook_pod_defaults": list(settings.pod_defaults),
    }
    return {name: EncodedText(value) for name, value in values.items()}


def culling_tokens(settings: Notebooks) -> dict[str, str]:
    """Environment of the notebook controller; minutes apply only if culling is enabled."""
    minutes = settings.idle_minutes
    return {
        "notebook_culling": "false" if minutes is None else "true",
        "notebook_idle_minutes": str(minutes or 1440),
        "notebook_idle_check_minutes": str(settings.idle_check_minutes),
    }


def offered_images(settings: Notebooks) -> set[str]:
    """Images listed in the spawner."""
    return {*settings.jupyter_images, *settings.code_server_images, *settings.rstudio_images}


def _images(images: Sequence[str]) -> dict[str, Any]:
    return {"value": images[0], "options": list(images)}


def _devices(settings: Notebooks, nodes: Sequence[Nodes]) -> list[dict[str, str]]:
    """Devices available on the nodes, and configured ones."""
    wanted = {*settings.devices, *(device for node in nodes for device in node.devices)}
    return [vendor for name, vendor in DEVICES.items() if name in wanted]


def _volume(settings: Notebooks) -> dict[str, Any]:
    """A claim for a new volume; `{notebook-name}` is a placeholder of the spawner."""
    shared = settings.storage_class in SHARED_CLASSES
    spec: dict[str, Any] = {
        "accessModes": ["ReadWriteMany" if shared else "ReadWriteOnce"],
        "resources": {"requests": {"storage": f"{settings.workspace_gib}Gi"}},
    }
    if settings.storage_class is not None:
        spec["storageClassName"] = settings.storage_class
    return {"metadata": {"name": "{notebook-name}-workspace"}, "spec": spec}


def _affinities(nodes: Sequence[Nodes]) -> list[dict[str, Any]]:
    """One affinity per group: schedule only on its nodes."""
    return [
        {
            "configKey": node.name,
            "displayName": f"Only {node.about}",
            "affinity": {
                "nodeAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": {
                        "nodeSelectorTerms": [
                            {"matchExpressions": [{"key": node.label, "operator": "In", "values": [node.name]}]}
                        ]
                    }
                }
            },
        }
        for node in nodes
    ]


def _tolerations(nodes: Sequence[Nodes]) -> list[dict[str, Any]]:
    """One toleration set per group with taints, so that a notebook can be scheduled there."""
    return [
        {
            "groupKey": node.name,
            "displayName": f"Also {node.about}",
            "tolerations": [
                {"key": taint.key, "operator": "Equal", "value": taint.value, "effect": TAINT_EFFECTS[taint.effect]}
                for taint in node.taints
            ],
        }
        for node in nodes
        if node.repels
    ]
