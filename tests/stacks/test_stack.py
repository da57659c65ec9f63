"""What every stack has in common: provider, state, tags, moves, and how one reads another."""

from typing import Any

import cdktf
import pytest

from modules.settings import Moved, Platform, Removed, State
from stacks.network import NetworkStack
from stacks.stack import PlatformStack
from tests.documents import GONE, at, exactly, strings, synthesized
from tests.platforms import ACCOUNT, platform

KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-86ef-1234567890ab"
S3 = State.s3(bucket="example-state", region="us-east-1", kms_key_arn=KEY, key_prefix="team")
HCP = State.hcp(organization="example", project="ml", workspace_prefix="x-", hostname="tfe.example.com")


def cluster_stack(**settings: Any) -> dict[str, Any]:
    """A stack without resources that reads two outputs of the network."""
    stack = PlatformStack(cdktf.Testing.app(), platform("prod", **settings), "cluster")
    network = stack.upstream_stack(NetworkStack)
    cdktf.TerraformOutput(stack, "vpc", value=network.string("vpc_id"), static_id=True)
    cdktf.TerraformOutput(stack, "subnets", value=network.strings("private_subnet_ids"), static_id=True)
    network.string("vpc_id")  # read twice, declared once
    return synthesized(stack)


def test_provider_and_terraform_are_named_by_a_range() -> None:
    document = cluster_stack()
    assert at(document, "terraform required_providers") == {
        "aws": {"source": "hashicorp/aws", "version": ">= 5.100.0, < 7.0.0"}
    }
    assert at(document, "terraform required_version") == ">= 1.11.0"


def test_tags_are_the_providers_default_tags() -> None:
    document = cluster_stack(tags={"team": "ml"})
    assert at(document, "provider aws 0") == {
        "default_tags": [{"tags": {"kubeflow-platform": "prod", "managed-by": "terraform", "team": "ml"}}],
        "region": "us-west-2",
    }


def test_the_account_guard_and_the_role_to_take() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/deploy"
    document = cluster_stack(allowed_account_ids=(ACCOUNT,), assume_role_arn=role, assume_role_external_id="kubeflow")
    provider = at(document, "provider aws 0")
    assert provider["allowed_account_ids"] == [ACCOUNT]
    assert provider["assume_role"] == [{"external_id": "kubeflow", "role_arn": role}]


def test_local_state_is_outside_of_generated_and_is_read_from_there() -> None:
    document = cluster_stack()
    assert at(document, "terraform backend") == {"local": {"path": "../../../state/prod-cluster.tfstate"}}
    assert at(document, "data terraform_remote_state network") == {
        "backend": "local",
        "config": {"path": "../../../state/prod-network.tfstate"},
    }
    assert at(document, "output vpc value") == "${data.terraform_remote_state.network.outputs.vpc_id}"


def test_s3_state_is_encrypted_and_locked_by_its_own_lock_file() -> None:
    document = cluster_stack(state=S3)
    where = {"bucket": "example-state", "kms_key_id": KEY, "region": "us-east-1"}
    assert at(document, "terraform backend") == {
        "s3": {**where, "encrypt": True, "key": "team/prod/cluster.tfstate", "use_lockfile": True}
    }
    assert at(document, "data terraform_remote_state network") == {
        "backend": "s3",
        "config": {**where, "key": "team/prod/network.tfstate"},
    }


def test_s3_state_without_a_key_of_ones_own_names_none() -> None:
    document = cluster_stack(state=State.s3(bucket="example-state", region="us-east-1"))
    assert at(document, "terraform backend s3 kms_key_id") == GONE
    assert at(document, "data terraform_remote_state network config kms_key_id") == GONE


def test_hcp_state_is_a_workspace_a_stack() -> None:
    document = cluster_stack(state=HCP)
    assert at(document, "terraform cloud") == {
        "hostname": "tfe.example.com",
        "organization": "example",
        "workspaces": {"name": "x-prod-cluster", "project": "ml"},
    }
    assert at(document, "terraform backend") == GONE
    assert at(document, "data terraform_remote_state network") == {
        "backend": "remote",
        "config": {
            "hostname": "tfe.example.com",
            "organization": "example",
            "workspaces": {"name": "x-prod-network"},
        },
    }


def test_in_a_hand_over_inputs_are_variables_with_type_description_and_check() -> None:
    document = cluster_stack(state=State.none())
    assert at(document, "terraform backend") == GONE
    assert at(document, "data terraform_remote_state") == GONE
    assert at(document, "variable") == {
        "private_subnet_ids": {
            "description": "Ids of the subnets for nodes and control plane interfaces, in at least two zones. Output "
            "private_subnet_ids of the network stack.",
            "nullable": False,
            "type": "list(string)",
            "validation": [
                {
                    "condition": '${alltrue([for id in var.private_subnet_ids : startswith(id, "subnet-")]) && '
                    "length(var.private_subnet_ids) >= 2}",
                    "error_message": "private_subnet_ids: at least two subnet ids are required; each must begin with subnet-; it is output "
                    "private_subnet_ids of the network stack.",
                }
            ],
        },
        "vpc_id": {
            "description": "Id of the VPC. Output vpc_id of the network stack.",
            "nullable": False,
            "type": "string",
            "validation": [
                {
                    "condition": '${startswith(var.vpc_id, "vpc-")}',
                    "error_message": "vpc_id: must begin with vpc-; it is output vpc_id of the network stack.",
                }
            ],
        },
    }
    assert at(document, "output vpc value") == "${var.vpc_id}"
    assert at(document, "output subnets value") == "${var.private_subnet_ids}"


@pytest.mark.parametrize("kind", ["s3", "http", "azurerm", "gcs", "pg", "remote"])
def test_a_hand_over_may_leave_an_empty_backend_block(kind: str) -> None:
    document = cluster_stack(state=State.none(backend=kind))
    assert at(document, "terraform backend") == {kind: {}}


@pytest.mark.parametrize("state", [State.local(), S3, HCP, State.none()], ids=lambda state: type(state).__name__)
def test_no_path_of_this_machine_is_written(state: Any) -> None:
    assert [text for _, text in strings(cluster_stack(state=state)) if text.startswith("/")] == []


def test_moves_go_to_the_stack_that_they_are_about() -> None:
    document = cluster_stack(
        moved=(
            Moved(layer="cluster", from_address="aws_kms_key.old", to_address="aws_kms_key.secrets"),
            Moved(layer="network", from_address="aws_vpc.old", to_address="aws_vpc.this"),
        ),
        removed=(
            Removed(layer="cluster", from_address="aws_eks_addon.gone"),
            Removed(layer="cluster", from_address="aws_eks_addon.trash", destroy=True),
        ),
    )
    assert document["moved"] == [{"from": "aws_kms_key.old", "to": "aws_kms_key.secrets"}]
    assert document["removed"] == [
        {"from": "aws_eks_addon.gone", "lifecycle": {"destroy": False}},
        {"from": "aws_eks_addon.trash", "lifecycle": {"destroy": True}},
    ]


def test_outputs_are_exactly_those_of_the_contract() -> None:
    class Written(PlatformStack):
        layer = "network"
        outputs = NetworkStack.outputs

    stack = Written(cdktf.Testing.app(), platform("prod"))
    values = {output.name: "x" for output in NetworkStack.outputs if output.name != "vpc_id"}
    said = "stack network: ['mine', 'vpc_id'] are not both written and declared in `outputs`"
    with pytest.raises(ValueError, match=exactly(said)):
        stack.write_outputs({**values, "mine": "?"})


def test_an_output_that_a_predecessor_does_not_have_is_refused() -> None:
    stack = PlatformStack(cdktf.Testing.app(), platform("prod"), "cluster")
    with pytest.raises(KeyError, match="vpc_name"):
        stack.upstream_stack(NetworkStack).string("vpc_name")


def test_a_platform_with_problems_makes_no_stack() -> None:
    bad = Platform(**{**platform("prod")._given, "region": "eu-west-9"})
    with pytest.raises(ValueError, match=r"^region: .*eu-west-9"):
        PlatformStack(cdktf.Testing.app(), bad, "network")
