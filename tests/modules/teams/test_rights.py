"""What a team's role lets its pods do, tried request by request, and which principals may assume it."""

import pytest

from modules.iam.artifact_prefixes import team_prefix
from modules.iam.policy_context import ArtifactBucket
from modules.iam.policy_engine import Request, is_allowed
from modules.teams.rights import rights

BUCKET, KEY = "arn:aws:s3:::prod-artifacts-111122223333", "arn:aws:kms:us-west-2:111122223333:key/artifacts"
HOST = "s3.us-west-2.amazonaws.com"
OWN, THEIRS = f"{BUCKET}/{team_prefix('team-a')}", f"{BUCKET}/{team_prefix('team-b')}"
STATEMENTS = rights("team-a", ArtifactBucket(BUCKET, KEY, HOST))
THROUGH_S3 = {"kms:ViaService": (HOST,), "kms:EncryptionContext:aws:s3:arn": (BUCKET,)}
"""What S3 sends with a bucket key. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html"""
OF_AN_OBJECT = {**THROUGH_S3, "kms:EncryptionContext:aws:s3:arn": (f"{OWN}run/model",)}

ALLOWED = {
    "launcher reads an input": Request("s3:GetObject", f"{OWN}v2/artifacts/x"),
    "launcher writes an output": Request("s3:PutObject", f"{OWN}v2/artifacts/x"),
    "executor lists a folder": Request("s3:ListBucket", BUCKET, {"s3:prefix": (f"{team_prefix('team-a')}run/",)}),
    "notebook deletes an old model": Request("s3:DeleteObject", f"{OWN}old"),
    "executor uploads in parts": Request("s3:ListMultipartUploadParts", f"{OWN}big"),
    "executor gives a broken upload up": Request("s3:AbortMultipartUpload", f"{OWN}big"),
    "S3 encrypts what is written": Request("kms:GenerateDataKey", KEY, THROUGH_S3),
    "S3 decrypts what is read": Request("kms:Decrypt", KEY, THROUGH_S3),
    "S3 decrypts without a bucket key": Request("kms:Decrypt", KEY, OF_AN_OBJECT),
}
DENIED = {
    "another team's object": Request("s3:GetObject", f"{THEIRS}x"),
    "another team's object, written": Request("s3:PutObject", f"{THEIRS}x"),
    "a team whose name goes on": Request("s3:GetObject", f"{BUCKET}/{team_prefix('team-a2')}x"),
    "the list of all teams": Request("s3:ListBucket", BUCKET),
    "the list of another team": Request("s3:ListBucket", BUCKET, {"s3:prefix": (team_prefix("team-b"),)}),
    "pipelines' own objects": Request("s3:GetObject", f"{BUCKET}/artifacts/x"),
    "another bucket": Request("s3:GetObject", f"arn:aws:s3:::other/{team_prefix('team-a')}x"),
    "the bucket's policy": Request("s3:PutBucketPolicy", BUCKET),
    "an old version for good": Request("s3:DeleteObjectVersion", f"{OWN}x"),
    "another key": Request("kms:Decrypt", f"{KEY}-of-others", THROUGH_S3),
    "the key past S3": Request("kms:Decrypt", KEY, {"kms:ViaService": ("secretsmanager.us-west-2.amazonaws.com",)}),
    "another team's object by the key": Request(
        "kms:Decrypt", KEY, {**THROUGH_S3, "kms:EncryptionContext:aws:s3:arn": (f"{THEIRS}x",)}
    ),
    "the key itself": Request("kms:ScheduleKeyDeletion", KEY, THROUGH_S3),
    "a role": Request("iam:CreateRole", "arn:aws:iam::111122223333:role/x"),
    "its own trust": Request("iam:UpdateAssumeRolePolicy", "arn:aws:iam::111122223333:role/prod-team-team-a"),
}


@pytest.mark.parametrize("request_", ALLOWED.values(), ids=ALLOWED)
def test_a_team_does_its_work(request_: Request) -> None:
    assert is_allowed(STATEMENTS, request_)


@pytest.mark.parametrize("request_", DENIED.values(), ids=DENIED)
def test_a_team_does_nothing_else(request_: Request) -> None:
    assert not is_allowed(STATEMENTS, request_)


@pytest.mark.parametrize("left_out", range(len(STATEMENTS)))
def test_every_statement_is_needed(left_out: int) -> None:
    rest = [statement for number, statement in enumerate(STATEMENTS) if number != left_out]
    assert not all(is_allowed(rest, request) for request in ALLOWED.values())


def test_every_action_is_needed() -> None:
    for statement in STATEMENTS:
        for action in statement.actions if len(statement.actions) > 1 else ():
            others = tuple(other for other in statement.actions if other != action)
            changed = [statement.with_changes(actions=others) if one is statement else one for one in STATEMENTS]
            assert not all(is_allowed(changed, request) for request in ALLOWED.values()), action


def test_a_bucket_without_a_key_of_its_own_needs_no_right_on_one() -> None:
    actions = [
        action for statement in rights("team-a", ArtifactBucket(BUCKET, None, HOST)) for action in statement.actions
    ]
    assert [action for action in actions if action.startswith("kms:")] == []
