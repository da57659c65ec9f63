"""Secrets and security groups that settings name."""

from typing import Any

import pytest

from modules.settings import (
    ExistingDatabase,
    InClusterDatabase,
    Oidc,
    Platform,
    ProgramDatabase,
    ProgramDatabases,
    RdsMysql,
    Services,
)
from tests.modules.doctor.found import said
from tests.modules.settings.valid import on_kubeflow
from tests.stand_ins.moto_extension import Server

MISSING = "arn:aws:secretsmanager:us-west-2:111122223333:secret:missing-a1B2c3"


def with_server(arn: str, group: str | None = None, **changes: Any) -> Platform:
    server = ExistingDatabase(host="mysql.corp.org", username="katib", password_secret_arn=arn, security_group_id=group)
    programs = ProgramDatabases(katib=ProgramDatabase(server=server))
    return on_kubeflow(services=Services(database=RdsMysql(), program_databases=programs), **changes)


@pytest.fixture
def secret(aws: Server) -> str:
    return str(aws.client("secretsmanager").create_secret(Name="katib", SecretString="open-sesame")["ARN"])


def test_secrets_exist_and_stay(admin: str, aws: Server, secret: str) -> None:
    assert said("existing secrets", on_kubeflow(services=Services(database=InClusterDatabase()))) == []
    assert said("existing secrets", with_server(secret)) == ["ok: the secrets that settings name exist (1)"]
    login = Oidc(issuer="https://login.corp.org", client_id="kubeflow", client_secret_arn=MISSING)
    (error,) = said("existing secrets", with_server(secret, auth=login))
    assert error.startswith("error: kubeflow.auth.client_secret_arn: the secret does not exist")
    assert MISSING in error
    aws.client("secretsmanager").delete_secret(SecretId=secret)
    (error,) = said("existing secrets", with_server(secret))
    assert "katib.server.password_secret_arn: the secret" in error
    assert secret in error


def test_security_groups_of_servers_exist(admin: str, aws: Server, secret: str) -> None:
    check = "existing database servers"
    assert said(check, with_server(secret)) == []
    assert said(check, on_kubeflow().with_changes(kubeflow=None)) == []
    group = aws.client("ec2").create_security_group(GroupName="mysql", Description="MySQL")["GroupId"]
    assert said(check, with_server(secret, group)) == [f"ok: security groups of database servers exist ({group})"]
    (error,) = said(check, with_server(secret, "sg-0123456789abcdef9"))
    assert error.startswith(
        "error: security groups of database servers do not exist in us-west-2: sg-0123456789abcdef9"
    )
