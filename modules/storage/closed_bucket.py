"""Public access block and ownership controls of a bucket."""

from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import (
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
)
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from constructs import Construct

from modules.naming import addressed


def close_bucket(scope: Construct, name: str, bucket: S3Bucket) -> S3BucketPublicAccessBlock:
    """Block public access, and make the bucket owner the owner of all objects.

    Args:
        scope: parent construct.
        name: Terraform name of the resources.
        bucket: the bucket.

    Returns:
        The public access block, for `depends_on`.

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
