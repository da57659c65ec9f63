"""The table of a plan and the list below it, from Terraform's events."""

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cli.plan_table import Plan, Row, document, duration, listing, table, verdict
from cli.stack_list import Stack, read_stacks, selected
from cli.terraform_run import Ended
from tests.cli.deploy_stage import Project


def stack(folder: Path, name: str = "prod-services", **resources: Any) -> Stack:
    (folder / "cdk.tf.json").write_text("{}")
    found = Stack(name, folder, ())
    found.__dict__["document"] = {"resource": resources}
    return found


def change(address: str, action: str, **more: Any) -> dict[str, Any]:
    return {"type": "planned_change", "change": {"resource": {"addr": address}, "action": action, **more}}


def planned(found: Stack, *events: dict[str, Any]) -> Plan:
    return Plan.of(found, Ended(2 if events else 0, list(events)))


def printed(*parts: Any) -> str:
    console = Console(width=160, record=True, file=None, force_terminal=False)
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    return capture.get()


def test_every_action_has_its_column(tmp_path: Path) -> None:
    plan = planned(
        stack(tmp_path),
        change("aws_iam_role.new", "create"),
        change("aws_iam_role.other", "update"),
        change("aws_db_instance.database", "replace"),
        change('aws_s3_bucket.artifacts["a.b"]', "delete"),
        change("aws_vpc.this", "import", importing={"id": "vpc-1"}),
        change("aws_subnet.a", "update", importing={"id": "subnet-1"}),
        change("aws_kms_key.new", "move", previous_resource={"addr": "aws_kms_key.old"}),
        change("aws_eip.kept", "remove"),
        change("data.aws_iam_policy_document.x", "read"),
    )
    counts = {
        column: plan.count(column) for column in ("add", "change", "replace", "destroy", "import", "move", "forget")
    }
    assert counts == {"add": 1, "change": 2, "replace": 1, "destroy": 1, "import": 2, "move": 1, "forget": 1}
    assert plan.steps == 6, "a replacement is two operations; imports, moves and forgotten objects are none"
    assert [one.address for one in plan.losses] == ["aws_db_instance.database", 'aws_s3_bucket.artifacts["a.b"]']
    (row,) = document([Row("prod-services", verdict(plan), plan)])
    assert row["result"] == "loses data"
    assert row["counts"] == counts
    shown = printed(table([Row("prod-services", verdict(plan), plan)], planned=True), *listing(plan))
    assert "to add   to change   to replace   to destroy   to import   to move   to forget" in shown
    assert "replace  aws_db_instance.database   loses a database: pipeline runs, metadata, experiments" in shown
    assert 'destroy  aws_s3_bucket.artifacts["a.b"]   loses artifacts, models, logs, state' in shown
    assert "forget   aws_eip.kept" in shown
    assert "aws_iam_role" not in shown


@pytest.mark.parametrize(
    ("name", "address", "lost"),
    [
        ("prod-teams", "helm_release.team_research", True),
        ("prod-teams-2", "helm_release.team_research", True),
        ("prod-kubeflow", "helm_release.istio", False),
        ("prod-services", "aws_secretsmanager_secret.user_me", False),
        ("prod-services", "aws_secretsmanager_secret.database", True),
    ],
)
def test_data_is_what_the_protected_list_knows(tmp_path: Path, name: str, address: str, lost: bool) -> None:
    kind, _, key = address.partition(".")
    found = stack(tmp_path, name, **{kind: {key: {}}})
    assert bool(planned(found, change(address, "delete")).losses) == lost
    assert not planned(found, change(address, "update")).losses


def test_no_changes_and_outputs_only(tmp_path: Path) -> None:
    found = stack(tmp_path)
    assert verdict(Plan.of(found, Ended(0))) == "no changes"
    assert verdict(Plan.of(found, Ended(2))) == "outputs change"


def test_stacks_are_selected_by_names_and_globs_in_order(tmp_path: Path) -> None:
    Project(tmp_path, "dev", "dev-2")
    stacks = read_stacks(tmp_path / "generated")
    names = [one.name for one in stacks]
    assert names == ["dev-2-network", "dev-2-cluster", "dev-network", "dev-cluster"]
    assert [one.platform for one in stacks] == ["dev-2", "dev-2", "dev", "dev"]
    assert [one.name for one in selected(stacks, ["dev-cluster", "dev-network"])] == names[2:]
    assert [one.name for one in selected(stacks, ["*-network dev-cluster"])] == [names[0], *names[2:]]
    with pytest.raises(ValueError, match="prod-cluster: matches no stack; stacks of generated/: dev-2-network, "):
        selected(stacks, ["dev-*", "prod-cluster"])


@pytest.mark.parametrize(("seconds", "text"), [(4.4, "4 s"), (75, "1 min 15 s"), (3780, "1 h 3 min")])
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
