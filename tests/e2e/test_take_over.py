"""Import: existing resources become the platform's without a change; then hardenings, one by one."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.import_cluster import main
from modules.settings import ExistingCluster, FlowLogs, Import, Platform, read_import
from tests.e2e import others
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


def check_ownership(printed: str) -> None:
    """What is not taken is listed, and nothing of what is taken is unknown."""
    left = [line for line in printed.splitlines() if line.startswith("left with its owner: ")]
    for part in (
        "KMS key arn:aws:kms:",
        "log group /aws/eks/legacy/cluster",
        "network ACL acl-",
        "the VPC's main one",
        "the VPC's default one",
        "legacy-database (sg-",
    ):
        assert any(part in line for line in left), part
    assert any("KMS key" in line and "cannot be restored" in line for line in left)
    assert "unknown, and in no argument" not in printed


def remove_from_state(theirs: Foreign, printed: str) -> None:
    """Run the printed commands there: what was imported left the other state, and the rest is unchanged."""
    addresses = re.findall(r"  terraform state rm (\S+)", printed)
    theirs.terraform.run("state", "rm", *(shlex.split(address)[0] for address in addresses))
    rest = theirs.terraform.run("state", "list").split()
    named = printed.partition("They stay in its state")[2].partition("Remove the same blocks")[0]
    assert sorted(named.split()[-len([one for one in rest if not one.startswith("data.")]) :]) == sorted(
        one for one in rest if not one.startswith("data.")
    )
    assert {one.partition(".")[0] for one in rest} == {
        "data",
        "aws_cloudwatch_log_group",
        "aws_cognito_user_pool",
        "aws_cognito_user_pool_client",
        "aws_default_network_acl",
        "aws_default_security_group",
        "aws_kms_key",
        "aws_route53_zone",
        "aws_s3_bucket",
        "aws_security_group",
    }


def test_a_foreign_cluster_is_taken_over_unchanged_and_hardened_step_by_step(
    aws: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = Foreign(tmp_path / "theirs", aws)
    state = tmp_path / "theirs.tfstate"
    state.write_text(theirs.terraform.run("state", "pull"))
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": aws.endpoint}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    writes = len([call for call in aws.gate.calls if not re.match(r"Describe|List|Get|Head", call.operation)])
    main("legacy", "us-west-2", state)
    assert writes == len([call for call in aws.gate.calls if not re.match(r"Describe|List|Get|Head", call.operation)])
    printed = capsys.readouterr().out
    assert 'imported=read_import("adopted/legacy.json")' in printed
    check_ownership(printed)
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

    remove_from_state(theirs, printed)

    steps: list[tuple[dict[str, object], dict[str, list[str]]]] = [
        ({"log_types": ("audit", "scheduler")}, {"update": ["aws_eks_cluster.this"]}),
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


SAID: dict[str, tuple[str, ...]] = {
    "eksctl": (
        'name="research-cluster-2024"',
        'ExistingCluster(name="Research_Cluster_2024_ml", oidc_provider="made")',
        "node group ng-1 uses version 1, not the newest, 2; the import keeps version 1",
        "  aws cloudformation wait stack-update-complete --region us-west-2 --stack-name eksctl-Research_Cluster_2024_ml-nodegroup-ng-1",
        "  aws cloudformation delete-stack --region us-west-2 --stack-name eksctl-Research_Cluster_2024_ml-cluster",
    ),
    "console": (
        "Fargate profile system: if its owner deletes it, its pods end",
        "identity provider company (oidc)",
        "of jobs/runner, with its role",
        "access entry arn:aws:iam::123456789012:role/console of type",
        "key pair operators: node groups name it",
    ),
}


@pytest.mark.parametrize("shape", [others.eksctl, others.console])
def test_a_cluster_of_eksctl_or_the_console_is_taken_over_unchanged(
    shape: Callable[[Server, str], None],
    aws: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cluster = "Research_Cluster_2024_ml"
    shape(aws, cluster)
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": aws.endpoint}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    main(cluster, "us-west-2")
    printed = capsys.readouterr().out
    for part in SAID[shape.__name__]:
        assert part in printed
    unknown = [line for line in printed.splitlines() if line.startswith("unknown, and in no argument: ")]
    assert [re.findall(r"(\w+)=", line) for line in unknown] == (
        [["CreditSpecification"]] if shape is others.eksctl else []
    )
    adopted = read_import(f"adopted/{cluster}.json")
    settings = Platform(
        name="research",
        region="us-west-2",
        cluster=ExistingCluster(name=cluster),
        imported=adopted,
        deletion_protection=False,
    )
    stack = stage(tmp_path / "ours", aws, settings)["research-adopted"]
    plan = stack.plan()
    assert set(changes(plan)) <= {"import"}, plan.explain()
    text = stack.run("show", "-no-color", str(plan.file))
    assert f"Plan: {len(adopted.resources)} to import, 0 to add, 0 to change, 0 to destroy." in text, plan.explain()
