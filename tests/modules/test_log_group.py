import pytest

from modules.account import Account
from modules.log_group import LogGroup
from tests.documents import at, bare_stack, synthesized


@pytest.mark.parametrize(
    ("region", "partition", "principal"),
    [
        ("us-west-2", "aws", "logs.us-west-2.amazonaws.com"),
        ("us-gov-west-1", "aws-us-gov", "logs.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "aws-cn", "logs.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_only_this_log_group_can_use_its_key(region: str, partition: str, principal: str) -> None:
    stack = bare_stack()
    LogGroup(
        stack,
        "logs",
        account=Account(stack, "account", region=region),
        platform_name="prod",
        name="audit",
        log_group_name="/kubeflow/audit",
        retention_days=30,
    )
    document = synthesized(stack)
    assert at(document, "data aws_iam_policy_document audit_key statement 1") == {
        "actions": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        "condition": [
            {
                "test": "ArnEquals",
                "values": [
                    f"arn:{partition}:logs:{region}:${{data.aws_caller_identity.current.account_id}}:log-group:/kubeflow/audit"
                ],
                "variable": "kms:EncryptionContext:aws:logs:arn",
            }
        ],
        "principals": [{"identifiers": [principal], "type": "Service"}],
        "resources": ["*"],
        "sid": "CloudWatchLogsForThisGroup",
    }
    assert at(document, "resource aws_cloudwatch_log_group audit") == {
        "kms_key_id": "${aws_kms_key.audit.arn}",
        "lifecycle": {"prevent_destroy": True},
        "name": "/kubeflow/audit",
        "retention_in_days": 30,
    }
