import pytest

from modules.network.flow_logs import VpcFlowLogs
from modules.settings import FlowLogs
from tests.contexts import context_of
from tests.documents import at, bare_stack, synthesized


@pytest.mark.parametrize("protect", [True, False])
def test_records_go_to_an_encrypted_log_group_by_a_role_that_can_only_write_there(protect: bool) -> None:
    stack = bare_stack()
    settings = FlowLogs(traffic="REJECT", retention_days=30)
    VpcFlowLogs(stack, "logs", context=context_of(stack, protect=protect), vpc_id="vpc-1", settings=settings)
    document = synthesized(stack)
    assert at(document, "resource aws_flow_log this") == {
        "depends_on": ["aws_iam_role_policy.flow_logs"],
        "iam_role_arn": "${aws_iam_role.flow_logs.arn}",
        "log_destination": "${aws_cloudwatch_log_group.flow_logs.arn}",
        "log_destination_type": "cloud-watch-logs",
        "max_aggregation_interval": 600,
        "tags": {"Name": "prod"},
        "traffic_type": "REJECT",
        "vpc_id": "vpc-1",
    }
    assert at(document, "resource aws_cloudwatch_log_group flow_logs") == {
        "kms_key_id": "${aws_kms_key.flow_logs.arn}",
        "lifecycle": {"prevent_destroy": protect},
        "name": "/aws/vpc/prod/flow-logs",
        "retention_in_days": 30,
    }
    assert at(document, "data aws_iam_policy_document flow_logs_rights statement") == [
        {
            "actions": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            "resources": [
                "${aws_cloudwatch_log_group.flow_logs.arn}",
                "${aws_cloudwatch_log_group.flow_logs.arn}:log-stream:*",
            ],
        }
    ]
    assert at(document, "data aws_iam_policy_document flow_logs_trust statement 0 condition") == [
        {
            "test": "StringEquals",
            "values": ["${data.aws_caller_identity.current.account_id}"],
            "variable": "aws:SourceAccount",
        }
    ]
