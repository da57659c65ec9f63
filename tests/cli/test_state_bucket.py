"""The state bucket: made as it should be, made once, and another's is never touched."""

import json
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest

from cli.state_bucket import MARK, buckets, ensure, main, missing
from cli.state_client import state_client
from modules.settings import State
from tests.modules.settings.valid import KEY
from tests.stand_ins.moto_extension import CREDENTIALS, Server

STATE = State.s3(bucket="example-state", region="eu-west-1", create_bucket=True)
MAIN = """
from kubeflow_aws import synthesize
from modules.settings import Cluster, Network, NodeGroup, Platform, State
CLUSTER = Cluster(admins=("role/a",), private_access_cidrs=("10.0.0.0/8",), node_groups=(NodeGroup(name="n"),))
DEV = Platform(name="dev", region="eu-west-1", network=Network(), cluster=CLUSTER, state={state})
synthesize(*[DEV, DEV.with_changes(name="test", state={state})])
"""


@pytest.fixture
def s3(aws: Server, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": aws.endpoint}.items():
        monkeypatch.setenv(name, value)
    return aws.client("s3", "eu-west-1")


def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    (tmp_path / "main.py").write_text(MAIN.format(state=state), encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def test_a_bucket_is_made_versioned_encrypted_closed_and_tls_only(s3: Any) -> None:
    assert ensure(STATE.with_changes(kms_key_arn=KEY.replace("us-west-2", "eu-west-1")), s3) == "example-state: created"
    bucket = {"Bucket": "example-state"}
    assert s3.get_bucket_location(**bucket)["LocationConstraint"] == "eu-west-1"
    assert s3.get_bucket_versioning(**bucket)["Status"] == "Enabled"
    (rule,) = s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"].startswith("arn:aws:kms:eu-west-1")
    assert set(s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"].values()) == {True}
    assert s3.get_bucket_ownership_controls(**bucket)["OwnershipControls"]["Rules"] == [
        {"ObjectOwnership": "BucketOwnerEnforced"}
    ]
    (statement,) = json.loads(s3.get_bucket_policy(**bucket)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_a_second_run_fixes_what_was_changed_and_keeps_what_is_in_it(s3: Any) -> None:
    ensure(STATE, s3)
    s3.put_bucket_versioning(Bucket="example-state", VersioningConfiguration={"Status": "Suspended"})
    s3.put_object(Bucket="example-state", Key="kubeflow/dev/network.tfstate", Body=b"{}")
    assert ensure(STATE, s3) == "example-state: exists, settings are up to date"
    assert s3.get_bucket_versioning(Bucket="example-state")["Status"] == "Enabled"
    assert s3.get_object(Bucket="example-state", Key="kubeflow/dev/network.tfstate")["Body"].read() == b"{}"


@pytest.mark.parametrize("tags", [[], [{"Key": MARK, "Value": "another"}], [{"Key": "team", "Value": "data"}]])
def test_a_bucket_of_another_owner_is_refused_and_left_as_it_is(s3: Any, tags: list[dict[str, str]]) -> None:
    s3.create_bucket(Bucket="example-state", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    if tags:
        s3.put_bucket_tagging(Bucket="example-state", Tagging={"TagSet": tags})
    with pytest.raises(
        ValueError, match="was not created by this command, so it is not changed; set create_bucket=False"
    ):
        ensure(STATE, s3)
    assert "Status" not in s3.get_bucket_versioning(Bucket="example-state")


def test_a_bucket_that_may_not_be_seen_is_refused(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]

    def head(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "403"}}, "HeadBucket")

    monkeypatch.setattr(s3, "head_bucket", head)
    with pytest.raises(ValueError, match="in another account, or access is denied; choose another name"):
        ensure(STATE, s3)


def test_a_bucket_of_another_account_is_made_with_its_role(
    s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    role = "arn:aws:iam::444455556666:role/state"
    given = f'bucket="their-state", region="eu-west-1", create_bucket=True, assume_role_arn="{role}"'
    ours(tmp_path, monkeypatch, f"State.s3({given})")
    main(["dev"])
    assert capsys.readouterr().out == "their-state: created\n"
    theirs = state_client("eu-west-1", role, None)
    assert theirs.get_bucket_versioning(Bucket="their-state")["Status"] == "Enabled"
    assert "their-state" not in [one["Name"] for one in s3.list_buckets()["Buckets"]]


def test_one_bucket_of_two_platforms_is_created_once_and_only_when_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours(tmp_path, monkeypatch, 'State.s3(bucket="example-state", region="eu-west-1", create_bucket=True)')
    assert list(buckets({"dev", "test"})) == ["example-state"]
    ours(tmp_path, monkeypatch, 'State.s3(bucket="example-state", region="eu-west-1")')
    assert buckets({"dev", "test"}) == {}


def test_the_command_says_what_it_did(
    s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ours(tmp_path, monkeypatch, 'State.s3(bucket="example-state", region="eu-west-1", create_bucket=True)')
    main(["other"])
    assert capsys.readouterr().out == "", "only buckets of chosen platforms: others may be in another account"
    main(["dev"])
    assert capsys.readouterr().out == "example-state: created\n"
    s3.delete_bucket_tagging(Bucket="example-state")
    with pytest.raises(ValueError, match="state bucket example-state: exists"):
        main(["dev"])


def test_without_credentials_it_ends_with_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps the credentials it found first
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    ours(tmp_path, monkeypatch, 'State.s3(bucket="example-state", region="eu-west-1", create_bucket=True)')
    with pytest.raises(ValueError, match="state bucket example-state: Unable to locate credentials"):
        main(["dev"])


def test_a_bucket_that_deploy_has_yet_to_create_is_named(
    s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours(tmp_path, monkeypatch, 'State.s3(bucket="example-state", region="eu-west-1", create_bucket=True)')
    assert missing({"dev"}) == {"example-state"}
    assert missing({"other"}) == frozenset()
    main({"dev"})
    assert missing({"dev"}) == frozenset()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(ValueError, match="state bucket example-state: Could not connect"):
        missing({"dev"})
