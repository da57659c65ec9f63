from typing import Any

from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket

from modules.naming import addressed
from modules.storage.closed_bucket import close_bucket
from tests.documents import at, bare_stack, synthesized


def closed() -> dict[str, Any]:
    stack = bare_stack()
    close_bucket(stack, "data", addressed("data", S3Bucket(stack, "bucket", bucket="data")))
    return synthesized(stack)


def test_the_public_has_no_way_in() -> None:
    assert at(closed(), "resource aws_s3_bucket_public_access_block data") == {
        "bucket": "${aws_s3_bucket.data.id}",
        "block_public_acls": True,
        "block_public_policy": True,
        "ignore_public_acls": True,
        "restrict_public_buckets": True,
    }


def test_objects_are_the_accounts_whichever_account_wrote_them() -> None:
    assert at(closed(), "resource aws_s3_bucket_ownership_controls data") == {
        "bucket": "${aws_s3_bucket.data.id}",
        "rule": {"object_ownership": "BucketOwnerEnforced"},
    }
