"""What Terraform does with a change that synthesis refuses: the table of docs/state.md, on the network of a platform."""

from pathlib import Path

import pytest

from modules.errors import ProblemsError
from modules.settings import Network, Platform
from stacks.platform import build
from stacks.protected_resources import Recorded, check, recorded
from tests.e2e.stage import place, small
from tests.stand_ins.moto_extension import Server
from tests.terraform import Plan

pytestmark = pytest.mark.terraform
STACK = "small-network"
LOST: dict[str, tuple[Platform, str]] = {
    "region": (small(region="us-east-2"), "the region changes from us-west-2 to us-east-2"),
    "CIDR": (small(network=Network(cidr="10.4.0.0/16", zones=2, flow_logs=None)), "aws_vpc.this: cidr_block changes"),
    "zone": (
        small(network=Network(zones=("us-west-2a", "us-west-2c"), flow_logs=None)),
        "aws_subnet.private_us_west_2b: no longer generated",
    ),
}
BEFORE = small(network=Network(zones=2, flow_logs=None))


@pytest.fixture(scope="module")
def plans(moto: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Plan]:
    """The plan of each change, against the applied network."""
    moto.reset()
    folder = tmp_path_factory.mktemp("lost")
    place(folder, moto, build(BEFORE).tree)[STACK].apply()
    return {name: place(folder, moto, build(after).tree)[STACK].plan() for name, (after, _) in LOST.items()}


def test_another_region_is_a_second_network_and_the_first_is_forgotten(plans: dict[str, Plan]) -> None:
    assert {*plans["region"].actions.values()} == {"create"}
    assert "aws_vpc.this" in plans["region"].actions


def test_another_block_replaces_the_vpc_and_all_that_is_in_it(plans: dict[str, Plan]) -> None:
    replaced = plans["CIDR"].of("replace")
    assert {"aws_vpc.this", "aws_subnet.private_us_west_2a", "aws_nat_gateway.us_west_2a"} <= {*replaced}


def test_a_zone_less_deletes_its_subnets(plans: dict[str, Plan]) -> None:
    assert {"aws_subnet.private_us_west_2b", "aws_subnet.public_us_west_2b"} <= {*plans["zone"].of("delete")}


@pytest.mark.parametrize("change", LOST)
def test_synthesis_refuses_it_before(change: str, tmp_path: Path) -> None:
    after, said = LOST[change]
    state: Recorded = recorded(build(BEFORE).documents)
    with pytest.raises(ProblemsError) as error:
        check(state, build(after).documents, tmp_path)
    assert any(said in line for line in error.value.lines)
