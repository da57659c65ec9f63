"""Which failure a step meets, and what the life with failures makes of it."""

from pathlib import Path
from typing import Any

import pytest

from cli.rehearsal import failing
from cli.rehearsal.failing import FailingLife
from cli.rehearsal.faults import Armed, Failure, choose, other_errors, waiting_releases
from cli.rehearsal.kinds import NO_FAULT, NOT_HEALED
from cli.rehearsal.trace import Trace
from cli.terraform_run import Ended
from tests.cli.rehearsal.played import Scripted, change, error, staged, synthesized

CALLS = (
    ("ec2", "CreateVpc"),
    ("ec2", "CreateTags"),
    ("ec2", "CreateSubnet"),
    ("ec2", "CreateSubnet"),
    ("ec2", "ModifyVpcAttribute"),
    ("ec2", "CreateNatGateway"),
    ("iam", "DeleteRole"),
)


@pytest.mark.parametrize(
    ("trace", "number", "destroys", "expected"),
    [
        (Trace(CALLS), 0, False, "request refused: ec2 CreateSubnet"),
        (Trace(CALLS), 1, False, "interrupted: ec2 CreateNatGateway"),
        (Trace(CALLS), 0, True, "request refused: iam DeleteRole"),
        (Trace((("ec2", "CreateSubnet"),) * 2), 1, False, "request refused: ec2 CreateSubnet"),
        (Trace((("eks", "UpdateClusterConfig"),)), 0, False, "request refused: eks UpdateClusterConfig"),
        (Trace(CALLS, ("namespaces", "istio", "dex")), 0, False, "release not ready: dex"),
        (Trace(CALLS, ("namespaces",)), 1, False, "release refused: namespaces"),
        (Trace(CALLS, ("dex", "istio", "namespaces")), 0, True, "connection lost: istio"),
        (Trace((("ec2", "CreateTags"),)), 0, False, "None"),
    ],
)
def test_a_step_meets_what_it_did(trace: Trace, number: int, destroys: bool, expected: str) -> None:
    assert str(choose(trace, ("istio", "dex"), number, destroys=destroys)) == expected


def test_releases_that_do_not_wait_are_known() -> None:
    releases = {"one": {"name": "one"}, "two": {"name": "two", "wait": False}, "three": {"name": "three", "wait": True}}
    assert waiting_releases({"resource": {"helm_release": releases}}) == ["one", "three"]


def test_an_error_that_the_failure_does_not_explain_is_found() -> None:
    refused = Failure("request refused", "ec2 CreateVpc")
    errors = [error("injected fault: ec2 CreateVpc")["diagnostic"], error("no such zone", "aws_subnet.a")["diagnostic"]]
    assert other_errors(refused, errors) == ["aws_subnet.a: no such zone"]


class Failing(Scripted, FailingLife):
    """The life with failures, its commands scripted."""


@pytest.fixture
def failing_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes a life of one stack in which each step is refused a request."""

    class Nothing:
        def __enter__(self) -> Armed:
            return Armed()

        def __exit__(self, *_: object) -> None:
            """Nothing was armed."""

    monkeypatch.setattr(failing, "armed", lambda *_: Nothing())

    def made(trace: Trace, *ends: Ended) -> Failing:
        life = Failing(staged(tmp_path, synthesized(network={})), tmp_path / "life")
        for phase in ("apply", "destroy"):
            life.stage.traces[phase, "prod-network"] = trace if phase == "apply" else Trace()
        life.ends = {("apply", "network"): list(ends)}
        return life

    return made


REFUSED = Ended(1, [error("injected fault: ec2 CreateVpc")])
CREATES = Trace((("ec2", "CreateVpc"),), changed=True)


def results(life: Failing) -> list[tuple[str, str]]:
    life.play()
    return [(step.phase, step.result) for step in life.result.steps]


def test_a_step_fails_and_the_next_one_completes_it(failing_life: Any) -> None:
    life = failing_life(CREATES, REFUSED, Ended(0, [change("aws_vpc.this", "create")]))
    assert results(life) == [
        ("apply", "failed as injected"),
        ("apply", "completed"),
        ("second plan", "empty"),
        ("destroy", "done"),
    ]
    assert life.result.findings == []


def test_a_step_that_is_not_completed_ends_the_life(failing_life: Any) -> None:
    life = failing_life(CREATES, REFUSED, Ended(1, [error("already exists", "aws_vpc.this")]))
    assert results(life) == [("apply", "failed as injected"), ("apply", "failed")]
    (found,) = life.result.findings
    assert (found.id, found.text) == (
        NOT_HEALED.id,
        "prod-network, apply, with failures: aws_vpc.this: already exists",
    )


def test_other_errors_of_a_failed_step_are_reported(failing_life: Any) -> None:
    life = failing_life(CREATES, Ended(1, [*REFUSED.events, error("no such zone")]), Ended(0))
    life.play()
    (found,) = life.result.findings
    assert found.id == NOT_HEALED.id
    assert found.text.endswith("request refused: ec2 CreateVpc: caused: no such zone")


def test_a_failure_that_is_not_met_is_reported_as_not_checked(failing_life: Any) -> None:
    life = failing_life(CREATES, Ended(0))
    assert results(life)[0] == ("apply", "not met")
    (found,) = life.result.findings
    assert (found.id, found.severity) == (NO_FAULT.id, "not checked")
    assert not life.result.failed


def test_a_step_in_which_nothing_can_fail_is_reported_if_it_changes_something(failing_life: Any) -> None:
    life = failing_life(Trace(changed=True), Ended(0))
    assert results(life)[0] == ("apply", "done")
    assert [one.id for one in life.result.findings] == [NO_FAULT.id]
