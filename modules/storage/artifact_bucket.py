"""The artifact bucket."""

from collections.abc import Sequence

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
)
from cdktf_cdktf_provider_aws.data_aws_s3_bucket import DataAwsS3Bucket
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
)
from cdktf_cdktf_provider_aws.s3_bucket_logging import S3BucketLoggingA
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
)
from cdktf_cdktf_provider_aws.s3_bucket_versioning import S3BucketVersioningA, S3BucketVersioningVersioningConfiguration
from constructs import Construct

from modules.iam.tls_only import tls_only
from modules.kms_key import KmsKey
from modules.naming import addressed
from modules.platform_context import PlatformContext
from modules.security_scan import accepted
from modules.settings import ArtifactBucket
from modules.storage.closed_bucket import close_bucket

NAME = "artifacts"
"""Terraform name of all its resources."""


class ArtifactStore(Construct):
    """A created bucket. Destroy deletes objects only with `empty_on_destroy`; otherwise it fails on a non-empty bucket.

    Args:
        context: name prefix, account, role settings and protection of the platform.
        settings: bucket settings.
        key_statements: further statements of the key policy, for AWS services that access objects.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: PlatformContext,
        settings: ArtifactBucket,
        key_statements: Sequence[DataAwsIamPolicyDocumentStatement] = (),
    ) -> None:
        super().__init__(scope, id_)
        lifecycle = TerraformResourceLifecycle(prevent_destroy=context.protect)
        key = KmsKey(
            self,
            "key",
            platform_name=context.platform_name,
            name=NAME,
            description=f"Encrypts the artifacts of the platform {context.platform_name}",
            account_root_arn=context.account.root_arn,
            statements=key_statements,
            protect=context.protect,
        )
        self.kms_key_arn = key.arn
        self.bucket = addressed(
            NAME,
            S3Bucket(
                self,
                "bucket",
                bucket=settings.name or f"{context.platform_name}-artifacts-{context.account.account_id}",
                force_destroy=settings.empty_on_destroy,
                lifecycle=lifecycle,
            ),
        )
        self.name, self.arn = self.bucket.bucket, self.bucket.arn
        accepted(
            self.bucket,
            CKV_AWS_144="Versioning keeps overwritten and deleted objects; cross-region replication is not configured.",
            CKV2_AWS_62="No consumer for events of this bucket.",
        )
        self._encrypted()
        self._closed()
        self._kept_and_cleaned(settings)
        self._logged(settings)

    def _encrypted(self) -> None:
        """With a bucket key, which reduces KMS calls."""
        addressed(
            NAME,
            S3BucketServerSideEncryptionConfigurationA(
                self,
                "encryption",
                bucket=self.bucket.id,
                rule=[
                    S3BucketServerSideEncryptionConfigurationRuleA(
                        bucket_key_enabled=True,
                        apply_server_side_encryption_by_default=S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
                            sse_algorithm="aws:kms", kms_master_key_id=self.kms_key_arn
                        ),
                    )
                ],
            ),
        )

    def _closed(self) -> None:
        """Deny public access, object ACLs, and connections without TLS."""
        block = close_bucket(self, NAME, self.bucket)
        policy = addressed(
            f"{NAME}_bucket",
            DataAwsIamPolicyDocument(self, "policy", statement=[tls_only("s3", [self.arn, f"{self.arn}/*"])]),
        )
        addressed(
            NAME,
            S3BucketPolicy(self, "bucket-policy", bucket=self.bucket.id, policy=policy.json, depends_on=[block]),
        )

    def _kept_and_cleaned(self, settings: ArtifactBucket) -> None:
        """Expire noncurrent versions and incomplete uploads after some days."""
        versioning = addressed(
            NAME,
            S3BucketVersioningA(
                self,
                "versioning",
                bucket=self.bucket.id,
                versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
            ),
        )
        addressed(
            NAME,
            S3BucketLifecycleConfiguration(
                self,
                "lifecycle",
                bucket=self.bucket.id,
                rule=[
                    S3BucketLifecycleConfigurationRule(
                        id="old-versions-and-broken-uploads",
                        status="Enabled",
                        filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
                        noncurrent_version_expiration=[
                            S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(
                                noncurrent_days=settings.noncurrent_version_days
                            )
                        ],
                        expiration=[S3BucketLifecycleConfigurationRuleExpiration(expired_object_delete_marker=True)],
                        abort_incomplete_multipart_upload=[
                            S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(
                                days_after_initiation=settings.abort_upload_days
                            )
                        ],
                    )
                ],
                depends_on=[versioning],
            ),
        )

    def _logged(self, settings: ArtifactBucket) -> None:
        if settings.access_log_bucket is None:
            accepted(self.bucket, CKV_AWS_18="Disabled by settings: access_log_bucket=None.")
            return
        addressed(
            NAME,
            S3BucketLoggingA(
                self,
                "access-log",
                bucket=self.bucket.id,
                target_bucket=settings.access_log_bucket,
                target_prefix=f"{self.name}/",
            ),
        )


class ExistingArtifactStore(Construct):
    """An existing bucket, looked up so that a wrong name fails the plan.

    Args:
        name: bucket name.
        kms_key_arn: ARN of the key that encrypts its objects; None: the S3-managed key.
    """

    def __init__(self, scope: Construct, id_: str, *, name: str, kms_key_arn: str | None) -> None:
        super().__init__(scope, id_)
        found = addressed(NAME, DataAwsS3Bucket(self, "bucket", bucket=name))
        self.name, self.arn = found.bucket, found.arn
        self.kms_key_arn = kms_key_arn or ""
