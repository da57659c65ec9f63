import pytest

from modules.aws_data.fargate_sizes import SIZES, fargate_size

GIB = 1024


# https://docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html: 256 MiB are added to the memory
@pytest.mark.parametrize(
    ("cpu", "memory", "size"),
    [
        (0, 0, (250, 512)),
        (100, 128, (250, 512)),
        (100, 257, (250, GIB)),
        (250, 2 * GIB, (500, 3 * GIB)),
        (1000, 8 * GIB, (2000, 9 * GIB)),  # the page's own case: 1 vCPU and 9 GB do not exist
        (2001, 1, (4000, 8 * GIB)),
        (8000, 20 * GIB, (8000, 24 * GIB)),  # steps of 4 GB
        (16000, 119 * GIB, (16000, 120 * GIB)),
    ],
)
def test_the_next_combination(cpu: int, memory: int, size: tuple[int, int]) -> None:
    found = fargate_size(cpu, memory)
    assert found is not None
    assert (found.cpu_millicores, found.memory_mib) == size


def test_a_pod_above_the_largest_size_has_none() -> None:
    assert fargate_size(16001, 0) is None
    assert fargate_size(0, 120 * GIB) is None


def test_sizes_are_in_order_and_their_number_is_that_of_the_table() -> None:
    assert list(SIZES) == sorted(SIZES, key=lambda one: (one.cpu_millicores, one.memory_mib))
    assert len(SIZES) == 3 + 4 + 7 + 13 + 23 + 12 + 12
