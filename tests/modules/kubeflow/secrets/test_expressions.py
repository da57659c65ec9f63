"""Placeholders become references."""

from dataclasses import replace

import cdktf
import pytest

from modules.kubeflow.credential import external
from modules.kubeflow.secrets.credentials import NeededSecret
from modules.kubeflow.secrets.expressions import CredentialValues, version_in
from tests.documents import exactly

ACCOUNT = "arn:aws:secretsmanager:us-west-2:111122223333:secret"
GITHUB = f"{ACCOUNT}:team/github-AbCdEf"
SAME_NAME = GITHUB.replace("111122223333", "444455556666")
SECRET = NeededSecret("shop", "shop", "login", "Opaque", {"password": "{shop-database}"})


@pytest.fixture
def stack() -> cdktf.TerraformStack:
    return cdktf.TerraformStack(cdktf.Testing.app(), "stack")


@pytest.fixture
def values(stack: cdktf.TerraformStack) -> CredentialValues:
    return CredentialValues(stack, version=version_in("var.credentials"), output=lambda name: f"var.{name}")


def ephemeral(stack: cdktf.TerraformStack) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = stack.to_terraform()["ephemeral"]["aws_secretsmanager_secret_version"]
    return found


def test_a_credential_is_read_by_the_id_of_its_version(stack: cdktf.TerraformStack, values: CredentialValues) -> None:
    assert (
        values.expression("bcrypt({shop-database})")
        == "${bcrypt(ephemeral.aws_secretsmanager_secret_version.shop_database.secret_string)}"
    )
    values.expression("{shop-database}")
    assert ephemeral(stack) == {
        "shop_database": {
            "secret_id": "${var.credentials.shop-database.arn}",
            "version_id": "${var.credentials.shop-database.version_id}",
        }
    }


def test_a_secret_of_the_user_s_is_read_by_its_arn_alone(stack: cdktf.TerraformStack, values: CredentialValues) -> None:
    assert values.expressions({"a": external(GITHUB), "b": f"jsondecode({external(SAME_NAME)}).password"}) == {
        "a": "${ephemeral.aws_secretsmanager_secret_version.external_team_github_AbCdEf.secret_string}",
        "b": "${jsondecode(ephemeral.aws_secretsmanager_secret_version.external_team_github_AbCdEf_2.secret_string).password}",
    }
    values.expression(external(GITHUB))
    assert ephemeral(stack) == {
        "external_team_github_AbCdEf": {"secret_id": GITHUB},
        "external_team_github_AbCdEf_2": {"secret_id": SAME_NAME},
    }


def test_outputs_and_words_are_not_secrets(stack: cdktf.TerraformStack, values: CredentialValues) -> None:
    assert values.expression("{output.database_host}") == "${var.database_host}"
    assert values.expression('"admin"') == '${"admin"}'
    assert "ephemeral" not in stack.to_terraform()


def test_a_stack_without_outputs_says_so(stack: cdktf.TerraformStack) -> None:
    values = CredentialValues(stack, version=version_in("var.credentials"))
    with pytest.raises(
        ValueError,
        match=exactly("{output.x}: this stack has no outputs of the services stack; pass `output` to CredentialValues"),
    ):
        values.expression("{output.x}")


def test_a_secret_is_rewritten_with_each_of_its_sources(values: CredentialValues) -> None:
    """Terraform compares the number alone: it never sees what is written."""
    asked = values.revision(SECRET, 1)
    assert asked == values.revision(SECRET, 1)
    assert "var.credentials.shop-database.version_id" in asked
    assert "var.database_host" in values.revision(replace(SECRET, keys={"host": "{output.database_host}"}), 1)
    more = replace(SECRET, keys={**SECRET.keys, "user": '"ada"'})
    hashed = replace(SECRET, keys={"password": "bcrypt({shop-database})"})
    assert len({asked, values.revision(SECRET, 2), values.revision(more, 1), values.revision(hashed, 1)}) == 4


def test_pods_restart_with_each_source_of_their_secrets(values: CredentialValues) -> None:
    stamp = values.stamp([SECRET], 1)
    assert stamp.startswith("1-")
    assert values.stamp([SECRET], 2).startswith("2-")
    assert "var.credentials.shop-database.version_id" in stamp
    assert len({stamp, values.stamp([SECRET, replace(SECRET, name="more")], 1)}) == 2
    assert '"' not in stamp, "quotes would be escaped in the JSON of a release's values"
