"""The statement that keeps everybody out who comes without TLS."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementCondition,
    DataAwsIamPolicyDocumentStatementPrincipals,
)


def tls_only(service: str, resource_arns: Sequence[str]) -> DataAwsIamPolicyDocumentStatement:
    """For the policy of a bucket or a queue.

    Args:
        service: whose actions it is about, such as `s3`.
        resource_arns: what is kept (may be tokens).

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport
    """
    return DataAwsIamPolicyDocumentStatement(
        sid="TlsOnly",
        effect="Deny",
        actions=[f"{service}:*"],
        resources=list(resource_arns),
        principals=[DataAwsIamPolicyDocumentStatementPrincipals(type="*", identifiers=["*"])],
        condition=[
            DataAwsIamPolicyDocumentStatementCondition(test="Bool", variable="aws:SecureTransport", values=["false"])
        ],
    )
