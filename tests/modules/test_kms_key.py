import pytest
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import DataAwsIamPolicyDocumentStatement

from modules.kms_key import KmsKey
from tests.documents import at, bare_stack, synthesized

ROOT = "arn:aws:iam::111122223333:root"


@pytest.mark.parametrize("protect", [True, False])
def test_a_key_is_rotated_kept_a_month_and_its_account_decides_about_it(protect: bool) -> None:
    stack = bare_stack()
    service = DataAwsIamPolicyDocumentStatement(sid="Logs", actions=["kms:Decrypt"], resources=["*"])
    KmsKey(
        stack,
        "key",
        platform_name="prod",
        name="flow_logs",
        description="Encrypts logs",
        account_root_arn=ROOT,
        statements=[service],
        protect=protect,
    )
    document = synthesized(stack)
    assert at(document, "resource aws_kms_key flow_logs") == {
        "deletion_window_in_days": 30,
        "description": "Encrypts logs",
        "enable_key_rotation": True,
        "lifecycle": {"prevent_destroy": protect},
        "policy": "${data.aws_iam_policy_document.flow_logs_key.json}",
    }
    assert at(document, "data aws_iam_policy_document flow_logs_key statement") == [
        {
            "actions": ["kms:*"],
            "principals": [{"identifiers": [ROOT], "type": "AWS"}],
            "resources": ["*"],
            "sid": "AccountDecidesByIam",
        },
        {"actions": ["kms:Decrypt"], "resources": ["*"], "sid": "Logs"},
    ]
    assert at(document, "resource aws_kms_alias flow_logs") == {
        "name": "alias/prod-flow-logs",
        "target_key_id": "${aws_kms_key.flow_logs.key_id}",
    }


def test_it_is_protected_unless_said_otherwise() -> None:
    stack = bare_stack()
    KmsKey(stack, "key", platform_name="p", name="a", description="d", account_root_arn=ROOT)
    assert at(synthesized(stack), "resource aws_kms_key a lifecycle prevent_destroy") is True
