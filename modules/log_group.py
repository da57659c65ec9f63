"""Encrypted CloudWatch log group with retention."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementCondition,
    DataAwsIamPolicyDocumentStatementPrincipals,
)
from constructs import Construct

from modules.account import Account
from modules.kms_key import KmsKey
from modules.naming import addressed


class LogGroup(Construct):
    """A log group with a dedicated key that only this log group can use.

    Args:
        account: account, region and partition.
        platform_name: prefix of the key's alias.
        name: Terraform name, and suffix of the key's alias.
        log_group_name: name in CloudWatch.
        retention_days: retention in days.
        protect: prevent destruction of file system and key.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        account: Account,
        platform_name: str,
        name: str,
        log_group_name: str,
        retention_days: int,
        protect: bool = True,
    ) -> None:
        super().__init__(scope, id_)
        arn = f"arn:{account.partition}:logs:{account.region}:{account.account_id}:log-group:{log_group_name}"
        key = KmsKey(
            self,
            "key",
            platform_name=platform_name,
            name=name,
            description=f"Encrypts the log group {log_group_name}",
            account_root_arn=account.root_arn,
            protect=protect,
            statements=[
                DataAwsIamPolicyDocumentStatement(
                    sid="CloudWatchLogsForThisGroup",
                    actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
                    resources=["*"],
                    principals=[
                        DataAwsIamPolicyDocumentStatementPrincipals(
                            type="Service", identifiers=[f"logs.{account.region}.{account.dns_suffix}"]
                        )
                    ],
                    condition=[
                        DataAwsIamPolicyDocumentStatementCondition(
                            test="ArnEquals", variable="kms:EncryptionContext:aws:logs:arn", values=[arn]
                        )
                    ],
                )
            ],
        )
        self.resource = addressed(
            name,
            CloudwatchLogGroup(
                self,
                "group",
                name=log_group_name,
                retention_in_days=retention_days,
                kms_key_id=key.arn,
                lifecycle=TerraformResourceLifecycle(prevent_destroy=protect),
            ),
        )

    @property
    def arn(self) -> str:
        """ARN of the log group (token)."""
        return self.resource.arn
