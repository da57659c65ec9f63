"""What jobs with devices tolerate under Kueue."""

from modules.kubeflow.queues import FLAVORS, tolerations
from modules.settings import Cluster, ExistingCluster, Kubeflow, NodeGroup, NodePool, Taint
from tests.effects import CLUSTER

GPU = Taint(key="nvidia.com/gpu", value="present")
SPOT = Taint(key="spot", effect="NO_EXECUTE")
GROUPS = (
    NodeGroup(name="cpu", taints=(SPOT,)),
    NodeGroup(name="a10g", instance_types=("g5.xlarge",), accelerator="nvidia", taints=(GPU,)),
    NodeGroup(name="spot", instance_types=("g5.2xlarge",), accelerator="nvidia", taints=(GPU, SPOT)),
)


def test_tolerations_are_the_taints_of_nodes_with_the_device_each_once() -> None:
    cluster: Cluster = CLUSTER.with_changes(node_groups=GROUPS)
    pool = NodePool(name="chips", instance_categories=("trn",), taints=(Taint(key="aws.amazon.com/neuron"),))
    assert tolerations(Kubeflow(node_pools=(pool,)), cluster) == {
        "nvidia_gpus_tolerations": [
            {"key": "nvidia.com/gpu", "operator": "Equal", "value": "present", "effect": "NoSchedule"},
            {"key": "spot", "operator": "Exists", "effect": "NoExecute"},
        ],
        "neuron_devices_tolerations": [
            {"key": "aws.amazon.com/neuron", "operator": "Exists", "effect": "NoSchedule"},
        ],
    }


def test_nodes_of_an_existing_cluster_are_not_known() -> None:
    assert not any(tolerations(Kubeflow(), ExistingCluster(name="shared")).values())
    assert [flavor.token for flavor in FLAVORS] == ["", "nvidia_gpus_tolerations", "neuron_devices_tolerations"]
