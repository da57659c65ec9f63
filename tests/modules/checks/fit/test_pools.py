from typing import Any

import pytest

from modules.checks.fit.pools import MOST_PODS, SYSTEM_TAINT, Pool, pools
from modules.settings import AutoMode, Cluster, Kubeflow, Network, NoAuth, NodeGroup, NodePool, Platform, Taint
from tests.modules.checks.fit.cases import ZONE


def pool(one: NodePool | None = None, *plugins: str, **cluster: Any) -> Pool:
    kubeflow = None
    if one is not None:
        enabled = ("karpenter", "karpenter-crds", "karpenter-node-pools")
        kubeflow = Kubeflow(
            auth=NoAuth(user="a@example.com"), enable=enabled, disable=("cluster-autoscaler",), node_pools=(one,)
        )
    groups = () if cluster else (NodeGroup(name="a"),)
    made = Cluster(node_groups=groups, **cluster)
    platform = Platform(name="any", region="us-west-2", network=Network(zones=2), cluster=made, kubeflow=kubeflow)
    (found,) = pools(platform, made, frozenset(plugins))
    return found


def of(found: Pool, name: str) -> Any:
    return next(one for one in found.types if one.kind.instance_type == name)


def test_types_of_the_categories_and_architectures() -> None:
    found = pool(NodePool(name="a", instance_categories=("m",), architectures=("arm64",)))
    names = [one.kind.instance_type for one in found.types]
    assert all(name.startswith("m") and "g" in name.partition(".")[0] for name in names)
    assert not any("metal" in name for name in names)
    assert {one.kind.labels["kubernetes.io/arch"] for one in found.types} == {"arm64"}
    assert [(one.vcpus, one.memory_mib) for one in found.types] == sorted(
        (one.vcpus, one.memory_mib) for one in found.types
    )


def test_families_types_sizes_and_generations_limit_the_types() -> None:
    families = pool(NodePool(name="a", instance_families=("g5",), instance_sizes=("xlarge", "2xlarge")))
    assert {one.kind.instance_type for one in families.types} == {"g5.xlarge", "g5.2xlarge"}
    exact = pool(NodePool(name="a", instance_types=("p4d.24xlarge",), zones=("us-west-2b",)))
    assert ([one.kind.instance_type for one in exact.types], exact.zones) == (["p4d.24xlarge"], ("us-west-2b",))
    newer = pool(NodePool(name="a", instance_categories=("m",), min_generation=7))
    assert {one.kind.instance_type[1] for one in newer.types} <= {"7", "8", "9"}


def test_a_fixed_number_of_nodes_counts_as_the_smallest_type() -> None:
    found = pool(NodePool(name="a", instance_families=("m6i",), replicas=3))
    assert [one.kind.instance_type for one in found.types] == ["m6i.large"]
    assert (found.cpu_limit, found.memory_limit_mib) == (6, 3 * 8192)


def test_each_size_is_there_once_in_its_newest_plain_type() -> None:
    found = pool(NodePool(name="a", instance_categories=("m",)))
    sizes = [(one.vcpus, one.memory_mib, *one.kind.devices) for one in found.types]
    assert len(sizes) == len(set(sizes))
    newest = next(one.kind.instance_type for one in found.types if (one.vcpus, one.memory_mib) == (4, 16384))
    assert newest.startswith("m8")
    assert len(newest.partition(".")[0]) == 3


def test_labels_taints_zones_and_limits() -> None:
    found = pool(NodePool(name="a", labels={"team": "b"}, taints=(Taint(key="k"),), cpu_limit=10, memory_limit_gib=20))
    assert (found.cpu_limit, found.memory_limit_mib, found.zones) == (10, 20480, ("us-west-2a", "us-west-2b"))
    kind = found.types[0].kind
    assert kind.labels["karpenter.sh/nodepool"] == "a"
    assert kind.labels["karpenter.sh/capacity-type"] == "on-demand"
    assert kind.labels["team"] == "b"
    assert ZONE not in kind.labels
    assert [one.key for one in kind.taints] == ["k"]
    both = pool(NodePool(name="a", capacity_types=("spot", "on-demand")))
    assert "karpenter.sh/capacity-type" not in both.types[0].kind.labels


def test_nodes_of_karpenter_run_pods_with_addresses_of_their_own() -> None:
    found = pool(NodePool(name="a", instance_categories=("t",)))
    assert next(one.kind.pods for one in found.types if one.memory_mib == 4096) == 17


@pytest.mark.parametrize(
    ("plugins", "gpus"), [((), None), (("nvidia-device-plugin",), 1), (("gpu-operator",), 1), (("neuron",), None)]
)
def test_gpus_need_a_device_plugin(plugins: tuple[str, ...], gpus: int | None) -> None:
    found = pool(NodePool(name="a", instance_categories=("g",)), *plugins)
    assert found.types[0].kind.devices.get("nvidia.com/gpu") == gpus


def test_neuron_and_efa() -> None:
    found = pool(NodePool(name="a", instance_categories=("trn",)), "neuron", "aws-efa-k8s-device-plugin")
    devices = of(found, "trn1.32xlarge").kind.devices
    assert devices == {"aws.amazon.com/neuron": 16, "aws.amazon.com/neuroncore": 32, "vpc.amazonaws.com/efa": 8}


# https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html
@pytest.mark.parametrize(
    ("name", "architectures", "taints"),
    [("general-purpose", {"amd64"}, ()), ("system", {"amd64", "arm64"}, (SYSTEM_TAINT,))],
)
def test_built_in_pools_of_auto_mode(name: str, architectures: set[str], taints: tuple[object, ...]) -> None:
    found = pool(auto_mode=AutoMode(node_pools=(name,)))
    assert {one.kind.labels["kubernetes.io/arch"] for one in found.types} == architectures
    assert {one.kind.taints for one in found.types} == {taints}
    assert {one.kind.instance_type[0] for one in found.types} == {"c", "m", "r"}
    assert min(one.vcpus for one in found.types) == 2
    assert max(one.kind.pods for one in found.types) == MOST_PODS
    assert (found.cpu_limit, found.memory_limit_mib) == (None, None)


def test_pools_that_users_create_are_not_known() -> None:
    cluster = Cluster(auto_mode=AutoMode(node_pools=()))
    platform = Platform(name="any", region="us-west-2", network=Network(), cluster=cluster)
    assert pools(platform, cluster, frozenset()) == ()
