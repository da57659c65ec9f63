from typing import Any

import pytest

from modules.cluster.capacity import pods_per_node
from modules.settings import Addons, NodeGroup, VpcCni
from tests.platforms import cluster

SINGLE = Addons(vpc_cni=VpcCni(prefix_delegation=False))


@pytest.mark.parametrize(
    ("group", "addons", "custom_networking", "pods"),
    [
        ({"instance_types": ("m6i.xlarge",)}, Addons(), False, 110),
        ({"instance_types": ("m6i.xlarge",)}, SINGLE, False, 58),
        ({"instance_types": ("m6i.xlarge",)}, SINGLE, True, 44),
        ({"instance_types": ("t3.medium",)}, SINGLE, False, 17),
        ({"instance_types": ("m6i.xlarge", "m6i.large")}, SINGLE, False, 29),
        ({"instance_types": ("m6i.8xlarge",)}, Addons(), False, 250),
        ({"instance_types": ("z99.xlarge",), "architecture": "x86_64"}, Addons(), False, 110),
        ({"instance_types": ("m6i.xlarge",), "max_pods": 30}, Addons(), False, 30),
    ],
    ids=[
        "prefixes",
        "single addresses",
        "an interface less for pods with subnets of their own",
        "the walk-through's size",
        "the smallest type decides",
        "a large node",
        "a type newer than the table",
        "as set",
    ],
)
def test_pods_of_a_node(group: dict[str, Any], addons: Addons, custom_networking: bool, pods: int) -> None:
    settings = NodeGroup(name="a", **group)
    assert pods_per_node(cluster(addons=addons), settings, custom_networking=custom_networking) == pods
