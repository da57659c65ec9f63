"""Policy statement that denies requests without TLS."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementCondition,
    DataAwsIamPolicyDocumentStatementPrincipals,
)


def tls_only(service: str, resource_arns: Sequence[str]) -> DataAwsIamPolicyDocumentStatement:
    """Deny statement for the policy of a bucket or a queue.

    Args:
        service: service prefix of the actions, such as `s3`.
        resource_arns: ARNs of the resources (may be tokens).

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
