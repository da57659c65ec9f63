import pytest

from modules.aws_data.instance_types import instance_type, instance_types
from modules.aws_data.node_capacity import (
    allocatable,
    block_volumes,
    interfaces,
    reserved_cpu_millicores,
    reserved_memory_mib,
)


# https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go: 6 % of the first CPU, and so on
@pytest.mark.parametrize(
    ("vcpus", "millicores"), [(1, 60), (2, 70), (4, 80), (8, 90), (16, 110), (48, 190), (96, 310), (192, 550)]
)
def test_cpu_reserve_of_nodeadm(vcpus: int, millicores: int) -> None:
    assert reserved_cpu_millicores(vcpus) == millicores


# the same file: 255 MiB and 11 MiB for each pod; 17, 29, 58 and 110 pods
@pytest.mark.parametrize(("pods", "mib"), [(17, 442), (29, 574), (58, 893), (110, 1465)])
def test_memory_reserve_of_nodeadm(pods: int, mib: int) -> None:
    assert reserved_memory_mib(pods) == mib


def test_nodeadm_reserves_for_addresses_and_bottlerocket_for_max_pods() -> None:
    kind = instance_type("t3.medium")  # 4096 MiB, 3788 without the hypervisor's share; addresses for 17 pods
    assert allocatable(kind, 110, by_addresses=True).memory_mib == 3788 - 442 - 100
    assert allocatable(kind, 110, by_addresses=False).memory_mib == 3788 - 1465 - 100
    assert allocatable(kind, 110, by_addresses=True).cpu_millicores == 1930


def test_no_node_offers_more_than_it_has_or_less_than_nothing() -> None:
    for kind in instance_types().values():
        room = allocatable(kind, 250, by_addresses=False)
        assert 0 < room.cpu_millicores < kind.vcpus * 1000, kind.name
        assert 0 <= room.memory_mib < kind.memory_mib, kind.name


def test_the_kernel_of_arm64_keeps_some_memory() -> None:
    room = allocatable(instance_type("m7g.large"), 29, by_addresses=True)  # 8192 MiB
    assert room.memory_mib == int((8192 - 64) * 0.925) - 574 - 100


# https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/pkg/driver/node.go (getVolumesLimit)
@pytest.mark.parametrize(
    ("name", "disks", "cards", "volumes"),
    [
        ("m6i.xlarge", 1, 1, 26),
        ("m6i.xlarge", 2, 4, 22),  # shared: three more interfaces
        ("m8g.xlarge", 1, 4, 31),  # dedicated
        ("t3.medium", 1, 3, 24),
    ],
)
def test_ebs_volumes_of_a_node(name: str, disks: int, cards: int, volumes: int) -> None:
    assert block_volumes(instance_type(name), disks=disks, interfaces=cards) == volumes


def test_a_driver_never_reports_less_than_one_volume() -> None:
    least = min(instance_types().values(), key=lambda kind: kind.ebs_attachments)
    assert block_volumes(least, disks=2, interfaces=15) == 1


@pytest.mark.parametrize(
    ("pods", "prefixes", "cards"),
    [
        (110, True, 1),  # 14 prefixes of 16 on the first interface of m6i.xlarge
        (250, True, 2),
        (16, False, 2),  # 14 addresses and a warm interface
        (58, False, 4),  # all
        (2, False, 1),
    ],
)
def test_interfaces_of_a_node(pods: int, prefixes: bool, cards: int) -> None:
    assert interfaces(instance_type("m6i.xlarge"), pods, prefix_delegation=prefixes) == cards
