"""Rules about GPUs, Neuron devices and Elastic Fabric Adapters: nodes need a device plugin, and quotas need nodes."""

from collections.abc import Iterator
from dataclasses import dataclass

from modules.kubeflow.chosen import auto_mode_pools
from modules.rules.rule import Problem, rule, warning
from modules.rules.selected import names_of, own
from modules.settings.cluster import Cluster, ExistingCluster
from modules.settings.kubeflow import Kubeflow
from modules.settings.node_group import NodeGroup
from modules.settings.node_pool import NodePool
from modules.settings.platform import Platform


@dataclass(frozen=True)
class Device:
    """A device of nodes, which pods request by name once a plugin offers it."""

    name: str
    plugins: tuple[str, ...]
    """Entries with its plugin, the usual one first."""
    words: tuple[str, ...]
    """In the name of a plugin that is an extra component."""
    quota: str | None = None
    """Field of a team's quota and queue."""
    categories: tuple[str, ...] = ()
    """Categories of EC2 types that have it."""


NVIDIA = Device("NVIDIA GPUs", ("nvidia-device-plugin", "gpu-operator"), ("nvidia", "gpu"), "gpus", ("g", "gr", "p"))
NEURON = Device("Neuron devices", ("neuron",), ("neuron",), "neuron_devices", ("inf", "trn"))
EFA = Device("Elastic Fabric Adapters", ("aws-efa-k8s-device-plugin",), ("efa",))
DEVICES = (NVIDIA, NEURON, EFA)


def of_group(group: NodeGroup) -> list[Device]:
    """Devices of a node group."""
    accelerator = {"nvidia": [NVIDIA], "neuron": [NEURON]}.get(group.accelerator or "", [])
    return [*accelerator, *([EFA] if group.efa else [])]


def of_pool(pool: NodePool) -> list[Device]:
    """Devices of a node pool."""
    found = [one for one in DEVICES if {*one.categories} & {*pool.categories()}]
    return [*found, *([EFA] if pool.efa else [])]


def places(platform: Platform) -> Iterator[tuple[str, Device, bool]]:
    """Path of each group and pool with devices, the device, and whether its AMI includes the plugin.

    Bottlerocket's NVIDIA variants do, and nodes of EKS Auto Mode.

    Source: https://bottlerocket.dev/en/os/latest/api/settings/kubelet-device-plugins/
    """
    if isinstance(platform.cluster, Cluster):
        for index, group in enumerate(platform.cluster.node_groups):
            for device in of_group(group):
                yield f"cluster.node_groups[{index}]", device, device is NVIDIA and group.ami_family == "BOTTLEROCKET"
    for index, pool in enumerate(platform.kubeflow.node_pools if platform.kubeflow is not None else ()):
        assert platform.kubeflow is not None
        for device in of_pool(pool):
            included = device is NVIDIA and pool.ami_family == "Bottlerocket"
            yield f"kubeflow.node_pools[{index}]", device, included or auto_mode_pools(platform.kubeflow)


def _without_plugin(platform: Platform, kubeflow: Kubeflow) -> Iterator[tuple[str, Device]]:
    installed = names_of(kubeflow)
    for path, device, included in places(platform):
        if not included and not installed & {*device.plugins}:
            yield path, device


@rule(Platform)
def device_plugins(platform: Platform) -> Iterator[Problem]:
    """Nodes with devices have their device plugin; otherwise pods that request one stay pending."""
    kubeflow = platform.kubeflow
    if kubeflow is None or not names_of(kubeflow):
        return
    for path, device in _without_plugin(platform, kubeflow):
        if isinstance(platform.cluster, Cluster) and not own(kubeflow, *device.words):
            yield (
                path,
                f"no pod can use its {device.name} without a device plugin",
                f'add enable=("{device.plugins[0]}",) to Kubeflow',
            )


@warning(Platform)
def other_device_plugins(platform: Platform) -> Iterator[Problem]:
    """A device plugin that the platform does not know: on an existing cluster, or an extra component."""
    kubeflow = platform.kubeflow
    if kubeflow is None:
        return
    for path, device in _without_plugin(platform, kubeflow):
        extra = own(kubeflow, *device.words)
        where = f"{', '.join(extra)} is" if extra else "the existing cluster is"
        yield (
            path,
            f"its {device.name} require a device plugin, and {where} not verified to have one",
            f"verify it, or enable {device.plugins[0]}",
        )


def _quotas(platform: Platform) -> Iterator[tuple[str, Device, int]]:
    """Path of each quota and queue that grants devices which no group and no pool has, the device, and its number."""
    present = {device.name for _, device, _ in places(platform)}
    for index, team in enumerate(platform.kubeflow.teams if platform.kubeflow is not None else ()):
        for part in ("quota", "queue"):
            for device in DEVICES if getattr(team, part) is not None else ():
                number = getattr(getattr(team, part), device.quota) if device.quota else None
                if number and device.name not in present:
                    yield f"kubeflow.teams[{index}].{part}.{device.quota}", device, number


def _nodes_elsewhere(platform: Platform) -> bool:
    """Whether nodes can exist that the settings do not list: existing cluster, node pools of your own."""
    cluster, kubeflow = platform.cluster, platform.kubeflow
    if isinstance(cluster, ExistingCluster) or kubeflow is None:
        return True
    return cluster.auto_mode is not None or bool(kubeflow.extra_components)


@rule(Platform)
def quotas_of_devices(platform: Platform) -> Iterator[Problem]:
    """A quota or queue grants devices that some node has."""
    if _nodes_elsewhere(platform):
        return
    for path, device, number in _quotas(platform):
        yield (
            path,
            f"it grants {number} {device.name}, and no node group and no node pool has any",
            "set it to 0, or add a node group with them",
        )


@warning(Platform)
def quotas_on_other_nodes(platform: Platform) -> Iterator[Problem]:
    """A quota or queue grants devices that only nodes outside of the settings can have."""
    if not _nodes_elsewhere(platform):
        return
    for path, device, number in _quotas(platform):
        yield (
            path,
            f"it grants {number} {device.name}, and no node of these settings has any",
            "verify that the cluster has them",
        )
