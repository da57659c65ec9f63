import pytest

from modules.iam.policy_engine import Request, is_allowed
from modules.managed_prometheus import ExistingPrometheusWorkspace, PrometheusWorkspace, remote_write
from tests.contexts import context_of
from tests.documents import at, bare_stack, synthesized

WORKSPACE = "ws-0a1b2c3d-1111-2222-3333-0123456789ab"


@pytest.mark.parametrize("protect", [True, False])
def test_a_workspace_is_encrypted_logged_and_kept(protect: bool) -> None:
    stack = bare_stack()
    PrometheusWorkspace(stack, "metrics", context=context_of(stack, protect=protect), log_retention_days=30)
    document = synthesized(stack)
    assert at(document, "resource aws_prometheus_workspace metrics") == {
        "alias": "prod",
        "kms_key_arn": "${aws_kms_key.metrics.arn}",
        "lifecycle": {"prevent_destroy": protect},
        "logging_configuration": {"log_group_arn": "${aws_cloudwatch_log_group.metrics_log.arn}:*"},
    }
    log = at(document, "resource aws_cloudwatch_log_group metrics_log")
    assert (log["name"], log["retention_in_days"]) == ("/aws/vendedlogs/prometheus/prod", 30)
    assert log["kms_key_id"] == "${aws_kms_key.metrics_log.arn}"


def test_a_workspace_of_the_user_is_looked_up() -> None:
    stack = bare_stack()
    ExistingPrometheusWorkspace(stack, "metrics", workspace_id=WORKSPACE)
    document = synthesized(stack)
    assert at(document, "data aws_prometheus_workspace metrics workspace_id") == WORKSPACE
    assert "resource" not in document


def test_the_right_is_to_write_into_that_workspace_alone() -> None:
    arn = f"arn:aws:aps:us-west-2:111122223333:workspace/{WORKSPACE}"
    rights = remote_write(arn)
    assert is_allowed(rights, Request("aps:RemoteWrite", arn))
    for action, resource in (
        ("aps:RemoteWrite", arn.replace("0a1b2c3d", "ffffffff")),
        ("aps:RemoteWrite", arn.replace("111122223333", "444455556666")),
        ("aps:QueryMetrics", arn),
        ("aps:DeleteWorkspace", arn),
        ("iam:PassRole", "*"),
    ):
        assert not is_allowed(rights, Request(action, resource)), (action, resource)
