"""The temporary folder: what leads Terraform to the stand-ins, and away from the user's state and credentials."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.rehearsal.project import OVERRIDE, VARIABLES, Project

ACCOUNT = "123456789012"
REMOTE = {"backend": "s3", "config": {"bucket": "company-state", "key": "x", "region": "eu-west-1"}}
AWS = {
    "region": "us-west-2",
    "allowed_account_ids": ["111122223333"],
    "assume_role": [{"role_arn": "arn:aws:iam::111122223333:role/deploy/er", "external_id": "x"}],
}


def project(folder: Path, **documents: Any) -> Project:
    """A project with stacks as another revision has them."""
    source = folder / "source"
    entries = {}
    for name, document in documents.items():
        stack = name.replace("_", "-")
        (source / "stacks" / stack).mkdir(parents=True)
        (source / "stacks" / stack / "cdk.tf.json").write_text(json.dumps(document))
        entries[stack] = {"dependencies": [], "workingDirectory": f"stacks/{stack}"}
    (source / "manifest.json").write_text(json.dumps({"stacks": entries}))
    made = Project(folder / "life", "prod")
    made.copy(source)
    return made


def override(made: Project, stack: str) -> dict[str, Any]:
    made.stacks(ACCOUNT)
    found: dict[str, Any] = json.loads((made.generated / "stacks" / stack / OVERRIDE).read_text())
    return found


def test_state_is_local_and_in_the_folder(tmp_path: Path) -> None:
    document = {
        "terraform": {"backend": {"s3": {"bucket": "company-state"}}},
        "data": {"terraform_remote_state": {"network": REMOTE}},
        "provider": {"aws": [AWS, {"alias": "east", "region": "us-east-1"}]},
    }
    made = project(tmp_path, prod_network={}, prod_cluster=document)
    found = override(made, "prod-cluster")
    state = made.folder / "state"
    assert found["terraform"] == {"backend": {"local": {"path": str(state / "prod-cluster.tfstate")}}}
    assert found["data"]["terraform_remote_state"] == {
        "network": {"backend": "local", "config": {"path": str(state / "prod-network.tfstate")}}
    }
    first, second = found["provider"]["aws"]
    assert first["allowed_account_ids"] == [ACCOUNT]
    assert first["assume_role"] == [{"role_arn": f"arn:aws:iam::{ACCOUNT}:role/deploy/er", "external_id": "x"}]
    assert second == {"alias": "east", "max_retries": 3, "s3_use_path_style": True}
    assert override(made, "prod-network") == {
        "terraform": {"backend": {"local": {"path": str(state / "prod-network.tfstate")}}}
    }


def test_variables_of_an_exported_platform_are_outputs_of_its_stacks(tmp_path: Path) -> None:
    made = project(tmp_path, prod_network={}, prod_cluster={"variable": {"vpc_id": {}, "later": {}}})
    made.stacks(ACCOUNT)
    variables = made.generated / "stacks" / "prod-cluster" / VARIABLES
    assert json.loads(variables.read_text()) == {}
    made.state_file("prod-network").parent.mkdir()
    state = {"outputs": {"vpc_id": {"value": "vpc-1"}}, "resources": []}
    made.state_file("prod-network").write_text(json.dumps(state))
    made.stacks(ACCOUNT)
    assert json.loads(variables.read_text()) == {"vpc_id": "vpc-1"}


def test_what_a_state_still_has_is_left(tmp_path: Path) -> None:
    made = project(tmp_path, prod_network={})
    made.state_file("prod-network").parent.mkdir()
    resources = [{"mode": "managed", "type": "aws_vpc", "name": "this"}, {"mode": "data", "type": "x", "name": "y"}]
    made.state_file("prod-network").write_text(json.dumps({"resources": resources}))
    assert made.left_in_states() == ["prod-network/aws_vpc.this"]


def test_only_stacks_of_the_platform_are_copied(tmp_path: Path) -> None:
    made = project(tmp_path, prod_network={}, dev_network={})
    assert [stack.name for stack in made.stacks(ACCOUNT)] == ["prod-network"]
    with pytest.raises(ValueError, match="other: that revision has no such platform; choose another"):
        Project(tmp_path / "other", "other").copy(tmp_path / "source")


def test_terraform_gets_no_credentials_and_no_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "AWS_PROFILE",
        "AWS_SESSION_TOKEN",
        "TF_TOKEN_app_terraform_io",
        "KUBECONFIG",
        "HELM_REPOSITORY_CONFIG",
    ):
        monkeypatch.setenv(name, "the user's")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com")
    made = Project(tmp_path, "prod")
    found = made.environment("http://127.0.0.1:5000", {"AWS_ACCESS_KEY_ID": "testing"}, tmp_path / "mirror", "{}")
    assert "the user's" not in found.values()
    assert found["HTTPS_PROXY"] == found["HTTP_PROXY"] == "http://127.0.0.1:9"
    assert Path(found["HOME"]).parent == tmp_path
    assert {name for name in found if name.startswith("AWS_")} == {
        "AWS_ACCESS_KEY_ID",
        "AWS_CONFIG_FILE",
        "AWS_EC2_METADATA_DISABLED",
        "AWS_ENDPOINT_URL",
        "AWS_SHARED_CREDENTIALS_FILE",
    }
