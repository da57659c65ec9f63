"""A KMS key with its policy and alias."""

from collections.abc import Sequence

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
)
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey as AwsKmsKey
from constructs import Construct

from modules.naming import addressed, aws_name
from modules.security_scan import accepted


class KmsKey(Construct):
    """A customer managed key with yearly rotation, controlled by IAM policies of its account.

    Args:
        platform_name: prefix of the alias.
        name: suffix of the alias, and the Terraform name.
        description: purpose of the key.
        account_root_arn: `arn:<partition>:iam::<account>:root` (token).
        statements: further statements of the key policy, for AWS services.
        protect: prevent destruction, which makes encrypted data unreadable.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        platform_name: str,
        name: str,
        description: str,
        account_root_arn: str,
        statements: Sequence[DataAwsIamPolicyDocumentStatement] = (),
        protect: bool = True,
    ) -> None:
        super().__init__(scope, id_)
        policy = addressed(
            f"{name}_key",
            DataAwsIamPolicyDocument(
                self,
                "policy",
                statement=[
                    DataAwsIamPolicyDocumentStatement(
                        sid="AccountDecidesByIam",
                        actions=["kms:*"],
                        resources=["*"],
                        principals=[{"type": "AWS", "identifiers": [account_root_arn]}],
                    ),
                    *statements,
                ],
            ),
        )
        own_key = 'In a key policy "*" means this key only, and without this statement the key could not be managed.'
        accepted(policy, CKV_AWS_109=own_key, CKV_AWS_111=own_key, CKV_AWS_356=own_key)
        self.resource = addressed(
            name,
            AwsKmsKey(
                self,
                "key",
                description=description,
                enable_key_rotation=True,
                deletion_window_in_days=30,
                policy=policy.json,
                lifecycle=TerraformResourceLifecycle(prevent_destroy=protect),
            ),
        )
        addressed(
            name,
            KmsAlias(
                self,
                "alias",
                name=f"alias/{aws_name(platform_name, name.replace('_', '-'), limit=250)}",
                target_key_id=self.resource.key_id,
            ),
        )

    @property
    def arn(self) -> str:
        """ARN of the key (token)."""
        return self.resource.arn
