"""Taking over: what others made becomes ours by import, with no change; then hardenings, one by one."""

import re
from pathlib import Path

import pytest

from cli.import_cluster import main
from modules.settings import ExistingCluster, FlowLogs, Import, Platform, read_import
from tests.e2e.foreign import Foreign
from tests.e2e.stage import stage
from tests.stand_ins.moto_extension import CREDENTIALS, Server
from tests.terraform import Plan, Terraform

pytestmark = pytest.mark.terraform


def of(adopted: Import) -> Platform:
    return Platform(
        name="legacy",
        region="us-west-2",
        cluster=ExistingCluster(name="legacy"),
        imported=adopted,
        tags={"owner": "platform"},
    )


def changes(plan: Plan) -> dict[str, list[str]]:
    """Action to addresses, of what a plan does."""
    return {
        action: plan.of(action) for action in ("create", "update", "replace", "delete", "import") if plan.of(action)
    }


def test_a_foreign_cluster_is_taken_over_unchanged_and_hardened_step_by_step(
    aws: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Foreign(tmp_path / "theirs", aws)
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": aws.endpoint}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    writes = len([call for call in aws.gate.calls if not re.match(r"Describe|List|Get|Head", call.operation)])
    main("legacy", "us-west-2")
    assert writes == len([call for call in aws.gate.calls if not re.match(r"Describe|List|Get|Head", call.operation)])
    printed = capsys.readouterr().out
    assert 'imported=read_import("adopted/legacy.json")' in printed
    adopted = read_import("adopted/legacy.json")
    assert re.search(rf"{len(adopted.resources)} resources. Nothing was changed", printed)

    def planned(changed: Import) -> tuple[Terraform, Plan]:
        stack = stage(tmp_path / "ours", aws, of(changed))["legacy-adopted"]
        return stack, stack.plan()

    stack, plan = planned(adopted)
    text = stack.run("show", "-no-color", str(plan.file))
    summary = f"Plan: {len(adopted.resources)} to import, 0 to add, 0 to change, 0 to destroy."
    assert summary in text, plan.explain()
    assert len(adopted.resources) > 40
    stack.apply(plan=plan)
    again = stack.plan()
    assert again.is_empty, again.explain()

    steps: list[tuple[dict[str, object], dict[str, list[str]]]] = [
        ({"log_types": ("audit", "authenticator")}, {"update": ["aws_eks_cluster.this"]}),
        ({"public_access_cidrs": ("198.51.100.0/24",)}, {"update": ["aws_eks_cluster.this"]}),
        ({"closed_default_security_group": True}, {"create": ["aws_default_security_group.this"]}),
    ]
    for step, expected in steps:
        stack, plan = planned(adopted.with_changes(**step))
        assert changes(plan) == expected, plan.explain()
    stack.apply(plan=plan)
    again = stack.plan()
    assert again.is_empty, again.explain()
    adopted = adopted.with_changes(closed_default_security_group=True)
    _, plan = planned(adopted.with_changes(flow_logs=FlowLogs()))
    assert set(changes(plan)) == {"create"}, plan.explain()
    _, plan = planned(adopted.with_changes(default_tags=True))
    assert set(changes(plan)) == {"update"}, plan.explain()
    assert "aws_vpc.this" in plan.of("update")
