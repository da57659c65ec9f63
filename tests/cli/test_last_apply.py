"""What is read from a state: the account of the last apply, tainted resources, outputs."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.last_apply import State, account_problem
from cli.stack_list import Stack
from tests.cli.deploy_stage import Project
from tests.stand_ins.moto_extension import ACCOUNT, CREDENTIALS, Server


def pulled(account: str) -> dict[str, Any]:
    """A state whose last apply ran in an account."""
    identity = {"mode": "data", "type": "aws_caller_identity", "name": "current"}
    vpc = {"mode": "managed", "type": "aws_vpc", "name": "this", "instances": [{"attributes": {"id": "vpc-1"}}]}
    cluster = {"mode": "managed", "type": "aws_eks_cluster", "name": "this", "instances": [{"status": "tainted"}]}
    return {
        "version": 4,
        "outputs": {"vpc_id": {"value": "vpc-1"}, "password": {"value": "secret", "sensitive": True}},
        "resources": [{**identity, "instances": [{"attributes": {"account_id": account}}]}, vpc, cluster],
    }


def test_a_state_and_none() -> None:
    state = State.parse(json.dumps(pulled("111111111111")))
    assert state.applied
    assert state.account == "111111111111"
    assert state.resources == ["aws_vpc.this", "aws_eks_cluster.this"]
    assert state.tainted == ["aws_eks_cluster.this"]
    assert (state.output("vpc_id"), state.output("password"), state.output("none")) == ("vpc-1", None, None)
    empty = State.parse("")
    assert (empty.applied, empty.account, empty.resources) == (False, None, [])


def test_an_apply_that_created_nothing_does_not_fix_the_account(tmp_path: Path) -> None:
    found = pulled("111111111111")
    stack = Stack("a-network", tmp_path, ())
    assert account_problem(stack, State(found), "222222222222")
    found["resources"] = found["resources"][:1]
    assert account_problem(stack, State(found), "222222222222") is None


ROLE = "arn:aws-cn:iam::222222222222:role/apply"


@pytest.mark.parametrize("command", ["deploy", "diff", "destroy"])
@pytest.mark.parametrize(
    "provider", [{"region": "us-west-2"}, {"region": "us-west-2", "assume_role": [{"role_arn": ROLE}]}]
)
def test_another_account_is_refused_before_anything(
    aws: Server, tmp_path: Path, command: str, provider: dict[str, Any]
) -> None:
    project = Project(tmp_path, "a")
    project.fake(ends_after=1)
    project.environment |= {**CREDENTIALS, "AWS_ENDPOINT_URL": aws.endpoint, "NO_PROXY": "127.0.0.1"}
    for document in project.documents.values():
        document["provider"] = {"aws": [provider]}
    project.write()
    (tmp_path / "pulled.json").write_text(json.dumps(pulled("111111111111")))
    code, said = project.run(command, "a-network", *(() if command == "diff" else ("--auto-approve",)))
    caller = "222222222222" if "assume_role" in provider else ACCOUNT
    assert code == 1
    assert f"a-network: last applied in account 111111111111, but these credentials belong to {caller}" in said
    assert "AWS_PROFILE" in said
    assert not {"plan", "apply"} & {call.split()[0] for call in (tmp_path / "calls").read_text().splitlines()}
