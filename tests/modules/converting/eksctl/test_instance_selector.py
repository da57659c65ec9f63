"""Types that match a selector, of the platform's table."""

from typing import Any

import pytest

from modules.aws_data.instance_types import instance_type
from modules.converting.eksctl.instance_selector import selected


@pytest.mark.parametrize(
    ("selector", "first", "among", "never"),
    [
        ({"vCPUs": 4, "memory": "16GiB"}, "m8a.xlarge", "m5.xlarge", "m7g.xlarge"),
        ({"vCPUs": 4, "memory": 16, "cpuArchitecture": "arm64"}, "m9g.xlarge", "m6g.xlarge", "m6i.xlarge"),
        ({"vCPUs": 4, "memory": "16384MiB", "cpuArchitecture": "amd64"}, "m8a.xlarge", "m5.xlarge", "m7g.xlarge"),
        ({"vCPUs": 8, "memory": "32", "allow": "^m[67]i"}, "m7i-flex.2xlarge", "m6i.2xlarge", "m5.2xlarge"),
        ({"vCPUs": 2, "memory": "4", "deny": ["^c", r"\.metal"]}, "t8i.medium", "t3.medium", "c5.large"),
        ({"gpus": 8, "vCPUs": 192}, "g7.48xlarge", "p5.48xlarge", "m6i.large"),
        ({"neuron_devices": 1}, "inf2.8xlarge", "trn1.2xlarge", "m6i.large"),
    ],
)
def test_types_have_the_properties(selector: dict[str, Any], first: str, among: str, never: str) -> None:
    found = selected(selector)
    assert found[0] == first
    assert among in found
    assert never not in found


def test_without_devices_none_has_them_and_old_ones_are_last() -> None:
    found = [instance_type(name) for name in selected({"vCPUs": 8})]
    assert {(one.gpus, one.neuron_devices) for one in found} == {(0, 0)}
    assert [one.hypervisor == "xen" for one in found] == sorted(one.hypervisor == "xen" for one in found)
    assert {one.gpu_manufacturer for one in map(instance_type, selected({"gpus": 1}))} == {"nvidia"}


@pytest.mark.parametrize(
    ("selector", "says"),
    [
        ({"vCPUs": 3}, "no type of the platform's table has these properties; choose instance types"),
        ({"memory": "much"}, "much is not an amount of memory such as 4 or 4GiB"),
        ({"allow": "m["}, "is not a regular expression"),
    ],
)
def test_a_selector_without_types_says_what_to_do(selector: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        selected(selector)
