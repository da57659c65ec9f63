"""Bucket for load balancer access logs."""

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_elb_service_account import DataAwsElbServiceAccount
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementPrincipals,
)
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
)
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from constructs import Construct

from modules.account import Account
from modules.iam.tls_only import tls_only
from modules.naming import addressed, aws_name
from modules.security_scan import accepted
from modules.storage.closed_bucket import close_bucket

ACCEPTED = {
    "CKV_AWS_18": "It is a log bucket; logging its own access is not useful.",
    "CKV_AWS_21": "Records are written once and never changed.",
    "CKV_AWS_144": "Access logs need no replication to another region.",
    "CKV_AWS_145": "Elastic Load Balancing supports only buckets with S3-managed encryption.",
    "CKV2_AWS_62": "No consumer for events of this bucket.",
}


class AccessLogBucket(Construct):
    """A private bucket writable by Elastic Load Balancing for this account only.

    Args:
        account: account, region and partition.
        platform_name: prefix of its name.
        prefix: object key prefix.
        retention_days: retention of records in days.
        protect: prevent destruction; otherwise destroy deletes its records, too.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        account: Account,
        platform_name: str,
        prefix: str,
        retention_days: int,
        protect: bool,
    ) -> None:
        super().__init__(scope, id_)
        self._account = account
        self.resource = addressed(
            "access_logs",
            S3Bucket(
                self,
                "bucket",
                # With the account id, since bucket names are globally unique.
                bucket=f"{aws_name(platform_name, 'load-balancer-logs', limit=50)}-{account.account_id}",
                force_destroy=not protect,
                lifecycle=TerraformResourceLifecycle(prevent_destroy=protect),
            ),
        )
        accepted(self.resource, **ACCEPTED)
        self.name = self.resource.bucket
        self._close(retention_days)
        self.ready: ITerraformDependable = self._let_write(prefix)
        """Prerequisites of the load balancer's log configuration, which is tested by a write."""

    def _close(self, retention_days: int) -> None:
        close_bucket(self, "access_logs", self.resource)
        addressed(
            "access_logs",
            S3BucketLifecycleConfiguration(
                self,
                "lifecycle",
                bucket=self.resource.id,
                rule=[
                    S3BucketLifecycleConfigurationRule(
                        id="expire",
                        status="Enabled",
                        filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
                        expiration=[S3BucketLifecycleConfigurationRuleExpiration(days=retention_days)],
                        abort_incomplete_multipart_upload=[
                            S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(days_after_initiation=7)
                        ],
                    )
                ],
            ),
        )

    def _writer(self) -> DataAwsIamPolicyDocumentStatementPrincipals:
        """Principal that writes: a service; in GovCloud and China an account per region, known to Terraform."""
        if self._account.partition == "aws":
            service = f"logdelivery.elasticloadbalancing.{self._account.dns_suffix}"
            return DataAwsIamPolicyDocumentStatementPrincipals(type="Service", identifiers=[service])
        writer = addressed("access_logs", DataAwsElbServiceAccount(self, "writer"))
        return DataAwsIamPolicyDocumentStatementPrincipals(type="AWS", identifiers=[writer.arn])

    def _let_write(self, prefix: str) -> S3BucketPolicy:
        account, arn = self._account, self.resource.arn
        write = DataAwsIamPolicyDocumentStatement(
            sid="LoadBalancersOfThisAccount",
            actions=["s3:PutObject"],
            resources=[f"{arn}/{prefix}/AWSLogs/{account.account_id}/*"],
            principals=[self._writer()],
        )
        kept = tls_only("s3", [arn, f"{arn}/*"])
        document = addressed("access_logs", DataAwsIamPolicyDocument(self, "document", statement=[write, kept]))
        return addressed("access_logs", S3BucketPolicy(self, "policy", bucket=self.resource.id, policy=document.json))
