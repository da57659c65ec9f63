from ipaddress import IPv4Network
from itertools import combinations

import pytest

from modules.network.plan import private_cidrs, public_cidrs

SIX = [f"us-east-1{letter}" for letter in "abcdef"]


@pytest.mark.parametrize("prefix", [16, 18, 20])
def test_subnets_lie_in_the_vpc_and_apart(prefix: int) -> None:
    vpc = IPv4Network(f"10.0.0.0/{prefix}")
    blocks = [IPv4Network(cidr) for cidr in (*private_cidrs(vpc, SIX).values(), *public_cidrs(vpc, SIX).values())]
    assert len(blocks) == 12
    assert all(block.subnet_of(vpc) for block in blocks)
    assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))


def test_a_zone_that_comes_or_goes_moves_no_other_subnet() -> None:
    vpc = IPv4Network("10.0.0.0/16")
    for plan in (private_cidrs, public_cidrs):
        few, many = plan(vpc, ["us-east-1c", "us-east-1a"]), plan(vpc, SIX)
        assert few == {zone: many[zone] for zone in few}


def test_the_sizes_that_settings_promise() -> None:
    vpc = IPv4Network("10.0.0.0/16")
    assert private_cidrs(vpc, SIX)["us-east-1b"] == "10.0.32.0/19"
    assert public_cidrs(vpc, SIX)["us-east-1b"] == "10.0.196.0/22"
    assert private_cidrs(IPv4Network("10.0.0.0/20"), SIX)["us-east-1f"] == "10.0.10.0/23"


def test_an_eighth_stays_free() -> None:
    vpc = IPv4Network("10.0.0.0/16")
    free = IPv4Network("10.0.224.0/19")
    taken = (*private_cidrs(vpc, SIX).values(), *public_cidrs(vpc, SIX).values())
    assert not any(IPv4Network(cidr).overlaps(free) for cidr in taken)
