"""Generated credentials: no plan and no state holds one."""

from typing import Any

from modules.kubeflow.credential import Credential
from modules.kubeflow.secrets.secrets_manager import CredentialStore
from tests.contexts import context_of
from tests.documents import at, bare_stack, synthesized

RESOURCE = "resource aws_secretsmanager_secret_version login"


def made(*, protect: bool = True, **settings: Any) -> dict[str, Any]:
    """A store of one generated password."""
    stack = bare_stack()
    CredentialStore(
        stack,
        "credentials",
        context=context_of(stack, protect=protect),
        **{
            "credentials": [Credential("login", "Password of a program")],
            "revision": 3,
            "recovery_days": 7,
            **settings,
        },
    )
    return synthesized(stack)


def test_a_password_is_written_only_where_the_state_does_not_keep_it() -> None:
    document = made()
    version = at(document, RESOURCE)
    assert set(version) - {"//"} == {"secret_id", "secret_string_wo", "secret_string_wo_version"}
    assert version["secret_string_wo"] == "${ephemeral.aws_secretsmanager_random_password.login.random_password}"
    assert version["secret_string_wo_version"] == 3
    assert "aws_secretsmanager_random_password" not in document.get("data", {})


def test_a_secret_is_kept_as_settings_say() -> None:
    secret = at(made(recovery_days=0, protect=False), "resource aws_secretsmanager_secret login")
    assert (secret["name"], secret["recovery_window_in_days"]) == ("prod/login", 0)
    assert secret["lifecycle"]["prevent_destroy"] is False
