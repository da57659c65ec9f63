"""A fault after each create in turn: the next apply goes on where the last one ended."""

from pathlib import Path

import pytest

from modules.settings import FULLY_PRIVATE_ENDPOINTS as ENDPOINTS
from modules.settings import Network
from tests.e2e.stage import admin_role, small, stage
from tests.stand_ins.moto_extension import Server
from tests.terraform import Terraform, TerraformError

pytestmark = pytest.mark.terraform


def applies(stack: Terraform) -> bool:
    """Whether an apply goes through; what stops it may only be an injected fault."""
    try:
        stack.apply()
    except TerraformError as error:
        if "injected fault" not in str(error):
            raise
        return False
    return True


def test_a_failed_apply_is_completed_by_the_next_one(aws: Server, tmp_path: Path) -> None:
    """Every create is refused once; each apply gets one level of the graph further, until the last one is clean."""
    admin_role(aws)
    stacks = stage(
        tmp_path, aws, small(network=Network(zones=2, nat="none", flow_logs=None, interface_endpoints=ENDPOINTS))
    )
    for name in ("small-network", "small-cluster"):
        aws.gate.reset()
        aws.gate.fail_each_once("Create")
        failed = 0
        while not applies(stacks[name]):
            failed += 1
            assert failed < 20, "an apply that never ends is not healed"
        assert failed >= 3, "the graph has several levels, and each must have met its fault"
        assert len(aws.gate.refused) >= 10
        plan = stacks[name].plan()
        assert plan.is_empty, plan.explain()
        assert len(set(stacks[name].state())) == len(stacks[name].state())
