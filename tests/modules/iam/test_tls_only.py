from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import DataAwsIamPolicyDocument

from modules.iam.tls_only import tls_only
from tests.documents import at, bare_stack, synthesized


def test_without_tls_every_request_for_objects_is_denied() -> None:
    stack = bare_stack()
    DataAwsIamPolicyDocument(stack, "policy", statement=[tls_only("sqs", ["arn:aws:sqs:us-west-2:111122223333:a"])])
    assert at(synthesized(stack), "data aws_iam_policy_document policy statement") == [
        {
            "sid": "TlsOnly",
            "effect": "Deny",
            "actions": ["sqs:*"],
            "resources": ["arn:aws:sqs:us-west-2:111122223333:a"],
            "principals": [{"identifiers": ["*"], "type": "*"}],
            "condition": [{"test": "Bool", "values": ["false"], "variable": "aws:SecureTransport"}],
        }
    ]
