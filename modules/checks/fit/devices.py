"""Extended resources that a node offers: GPUs, Neuron devices and EFA interfaces, if a device plugin reports them."""

from modules.aws_data.instance_types import InstanceType
from modules.kubeflow.chosen import chosen_components
from modules.settings import NodeGroup, Platform

GPU, NEURON, NEURON_CORE = "nvidia.com/gpu", "aws.amazon.com/neuron", "aws.amazon.com/neuroncore"
EFA = "vpc.amazonaws.com/efa"
PLUGINS = frozenset({"nvidia-device-plugin", "gpu-operator", "neuron", "aws-efa-k8s-device-plugin"})
"""Components that report devices."""
GPU_PRESENT = "nvidia.com/gpu.present"
"""Label of nodes with NVIDIA GPUs, which nodeadm sets from Kubernetes 1.35 on and the device plugin's discovery before.

Source: https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go (NvidiaGPULabel)
"""


def plugins(platform: Platform) -> frozenset[str]:
    """Components of a platform that report devices."""
    if platform.kubeflow is None:
        return frozenset()
    return frozenset(one.name for one in chosen_components(platform.kubeflow)) & PLUGINS


def devices(platform: Platform, group: NodeGroup, kind: InstanceType, there: frozenset[str]) -> dict[str, int]:
    """Devices of a node of a group. Bottlerocket's NVIDIA AMI includes the plugin for GPUs.

    Args:
        platform: platform, for GPUs that count several times (`gpu_time_slices`).
        group: node group.
        kind: instance type.
        there: its device plugins.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/ml-eks-k8s-device-plugin.html
    """
    found: dict[str, int] = {}
    slices = "nvidia-device-plugin" in there
    included = group.ami_family == "BOTTLEROCKET"
    if group.accelerator == "nvidia" and (slices or included or "gpu-operator" in there):
        per_gpu = platform.kubeflow.gpu_time_slices if slices and platform.kubeflow is not None else 1
        found[GPU] = kind.gpus * per_gpu
    if group.accelerator == "neuron" and "neuron" in there:
        found |= {NEURON: kind.neuron_devices, NEURON_CORE: kind.neuron_cores}
    if group.efa and "aws-efa-k8s-device-plugin" in there:
        found[EFA] = kind.max_efa_interfaces
    return found
