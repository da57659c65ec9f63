"""The order of steps, and what each end of a command means for the result."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from cli.rehearsal.kinds import FAILED, LEFT, LOSS, REFUSED, SECOND_PLAN
from cli.rehearsal.report import Phase
from cli.terraform_run import Ended
from stacks.platform import Synthesized
from tests.cli.rehearsal.played import Scripted, change, error, staged, synthesized

EMPTY = synthesized(network={}, services={})
BUCKET = {"resource": {"aws_s3_bucket": {"artifacts": {"bucket": "one"}}}}


def scripted(
    folder: Path,
    head: Synthesized,
    ends: Mapping[tuple[Phase, str], Ended],
    base: Synthesized | None = None,
    leaves: Sequence[str] = (),
) -> Scripted:
    """A life, not played yet."""
    life = Scripted(staged(folder, head, base, leaves), folder / "life")
    life.ends = {step: [ended] for step, ended in ends.items()}
    return life


def found(life: Scripted) -> dict[str, str]:
    life.play()
    return {one.id: one.text for one in life.result.findings}


def test_stacks_are_applied_in_order_all_planned_again_and_destroyed_in_reverse(tmp_path: Path) -> None:
    life = scripted(tmp_path, EMPTY, {})
    assert found(life) == {}
    assert life.commands == [
        *(("apply", name) for name in ("prod-network", "prod-services")),
        *(("second plan", name) for name in ("prod-network", "prod-services")),
        *(("destroy", name) for name in ("prod-services", "prod-network")),
    ]


def test_a_second_plan_with_a_change_is_an_error_and_the_life_goes_on(tmp_path: Path) -> None:
    life = scripted(tmp_path, EMPTY, {("second plan", "network"): Ended(2, [change("aws_vpc.this", "update")])})
    assert found(life) == {SECOND_PLAN.id: "prod-network, second plan: change aws_vpc.this"}
    assert life.commands[-1] == ("destroy", "prod-network")


def test_a_failed_step_ends_the_life_with_terraforms_message(tmp_path: Path) -> None:
    life = scripted(tmp_path, EMPTY, {("apply", "network"): Ended(1, [error("no such zone", "aws_subnet.a")])})
    assert found(life) == {FAILED.id: "prod-network, apply: aws_subnet.a: no such zone"}
    assert life.commands == [("apply", "prod-network")]


def test_an_upgrade_that_replaces_or_destroys_data_is_an_error(tmp_path: Path) -> None:
    changes = [change("aws_s3_bucket.artifacts", "replace"), change("aws_iam_role.one", "replace")]
    life = scripted(tmp_path, EMPTY, {("upgrade", "services"): Ended(0, changes)}, base=EMPTY)
    text = "prod-services: upgrade replaces aws_s3_bucket.artifacts, which holds artifacts, models, logs, state"
    assert found(life) == {LOSS.id: text}
    assert ("plan after the upgrade", "prod-services") in life.commands


def test_the_same_changes_of_a_destroy_are_none(tmp_path: Path) -> None:
    assert (
        found(scripted(tmp_path, EMPTY, {("destroy", "services"): Ended(0, [change("aws_s3_bucket.a", "delete")])}))
        == {}
    )


def test_an_upgrade_that_synthesis_refuses_ends_the_life(tmp_path: Path) -> None:
    life = scripted(tmp_path, EMPTY, {}, base=synthesized(network={}, services=BUCKET))
    assert found(life)[REFUSED.id].startswith(
        "prod-services/aws_s3_bucket.artifacts: no longer generated, but it holds"
    )
    assert life.commands[-1] == ("second plan", "prod-services")


def test_what_the_account_has_after_a_destroy_is_left(tmp_path: Path) -> None:
    life = scripted(tmp_path, EMPTY, {}, leaves=["role prod-nodes", "vpc vpc-1"])
    assert found(life) == {LEFT.id: "2: role prod-nodes, vpc vpc-1"}
