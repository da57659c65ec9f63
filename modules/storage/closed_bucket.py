"""What closes a bucket to the public and to access lists of single objects."""

from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import (
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
)
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from constructs import Construct

from modules.naming import addressed


def close_bucket(scope: Construct, name: str, bucket: S3Bucket) -> S3BucketPublicAccessBlock:
    """Block the public, and let the account own each object, whoever wrote it.

    Args:
        scope: holds what is made.
        name: Terraform name of it all.
        bucket: the bucket.

    Returns:
        The block, for what comes after it.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    addressed(
        name,
        S3BucketOwnershipControls(
            scope,
            "ownership",
            bucket=bucket.id,
            rule=S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),
        ),
    )
    return addressed(
        name,
        S3BucketPublicAccessBlock(
            scope,
            "public-access",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        ),
    )
