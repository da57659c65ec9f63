from typing import Any

import pytest

from modules.settings import ArtifactBucket
from modules.storage.artifact_bucket import ArtifactStore, ExistingArtifactStore
from tests.contexts import context_of
from tests.documents import GONE, at, bare_stack, synthesized

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-86ef-1234567890ab"


def made(protect: bool = True, **settings: Any) -> dict[str, Any]:
    stack = bare_stack()
    ArtifactStore(stack, "artifacts", context=context_of(stack, protect=protect), settings=ArtifactBucket(**settings))
    return synthesized(stack)


def test_objects_are_encrypted_with_a_key_of_their_own_one_call_to_it_for_many() -> None:
    (rule,) = at(made(), "resource aws_s3_bucket_server_side_encryption_configuration artifacts rule")
    assert rule == {
        "apply_server_side_encryption_by_default": {
            "kms_master_key_id": "${aws_kms_key.artifacts.arn}",
            "sse_algorithm": "aws:kms",
        },
        "bucket_key_enabled": True,
    }


def test_the_public_has_no_way_in() -> None:
    document = made()
    block = at(document, "resource aws_s3_bucket_public_access_block artifacts")
    assert {key: value for key, value in block.items() if key != "bucket"} == {
        "block_public_acls": True,
        "block_public_policy": True,
        "ignore_public_acls": True,
        "restrict_public_buckets": True,
    }
    ownership = at(document, "resource aws_s3_bucket_ownership_controls artifacts rule")
    assert ownership == {"object_ownership": "BucketOwnerEnforced"}


def test_without_tls_every_request_is_denied() -> None:
    (statement,) = at(made(), "data aws_iam_policy_document artifacts_bucket statement")
    assert statement["effect"] == "Deny"
    assert statement["actions"] == ["s3:*"]
    assert statement["principals"] == [{"identifiers": ["*"], "type": "*"}]
    assert statement["resources"] == ["${aws_s3_bucket.artifacts.arn}", "${aws_s3_bucket.artifacts.arn}/*"]
    assert statement["condition"] == [{"test": "Bool", "values": ["false"], "variable": "aws:SecureTransport"}]


def test_old_versions_and_broken_uploads_go_once_versioning_is_on() -> None:
    lifecycle = at(made(), "resource aws_s3_bucket_lifecycle_configuration artifacts")
    assert lifecycle["depends_on"] == ["aws_s3_bucket_versioning.artifacts"]
    (rule,) = lifecycle["rule"]
    assert rule["noncurrent_version_expiration"] == [{"noncurrent_days": 90}]
    assert rule["abort_incomplete_multipart_upload"] == [{"days_after_initiation": 7}]
    assert rule["expiration"] == [{"expired_object_delete_marker": True}]
    assert (rule["status"], rule["filter"]) == ("Enabled", [{"prefix": ""}])


@pytest.mark.parametrize("protect", [True, False])
def test_only_settings_let_destroy_delete_objects_and_only_without_protection(protect: bool) -> None:
    for emptied in (False, True):
        bucket = at(made(protect, empty_on_destroy=emptied), "resource aws_s3_bucket artifacts")
        assert (bucket["force_destroy"], bucket["lifecycle"]) == (emptied, {"prevent_destroy": protect})


def test_its_name_is_free_worldwide_unless_settings_give_one() -> None:
    name = "resource aws_s3_bucket artifacts bucket"
    assert at(made(), name) == "prod-artifacts-${data.aws_caller_identity.current.account_id}"
    assert at(made(name="mine"), name) == "mine"


def test_the_access_log_is_written_to_a_bucket_of_the_user() -> None:
    assert at(made(), "resource aws_s3_bucket_logging") == GONE
    log = at(made(access_log_bucket="logs"), "resource aws_s3_bucket_logging artifacts")
    assert (log["target_bucket"], log["target_prefix"]) == ("logs", "${aws_s3_bucket.artifacts.bucket}/")


@pytest.mark.parametrize("key", [KEY, None])
def test_a_bucket_of_the_user_is_looked_up_and_left_as_it_is(key: str | None) -> None:
    stack = bare_stack()
    found = ExistingArtifactStore(stack, "artifacts", name="theirs", kms_key_arn=key)
    document = synthesized(stack)
    assert at(document, "data aws_s3_bucket artifacts bucket") == "theirs"
    assert "resource" not in document
    assert found.kms_key_arn == (key or "")
