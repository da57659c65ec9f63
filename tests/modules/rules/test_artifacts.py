"""Where artifacts are kept."""

from typing import Any

import pytest

from modules.rules import problems_of_all
from modules.settings import ArtifactBucket, ExistingBucket, InClusterStore, Platform, Services
from tests.modules.settings.valid import KEY, Rows, on_kubeflow


def on_artifacts(artifacts: Any) -> Platform:
    return on_kubeflow(services=Services(artifacts=artifacts))


BUCKET = "is not an S3 bucket name of 3 to 63 lower-case letters, digits and inner hyphens (a dot breaks TLS)"

ROWS: Rows = {
    "name": (
        on_artifacts(ArtifactBucket(name="My.Bucket")),
        f"kubeflow.services.artifacts.name: 'My.Bucket' {BUCKET}",
    ),
    "name_that_aws_keeps": (
        on_artifacts(ExistingBucket(name="artifacts--ol-s3")),
        f"kubeflow.services.artifacts.name: 'artifacts--ol-s3' {BUCKET}",
    ),
    "log_bucket": (
        on_artifacts(ArtifactBucket(access_log_bucket="ab")),
        f"kubeflow.services.artifacts.access_log_bucket: 'ab' {BUCKET}",
    ),
    "key": (
        on_artifacts(ExistingBucket(name="artifacts", kms_key_arn="alias/artifacts")),
        "kubeflow.services.artifacts.kms_key_arn: 'alias/artifacts' is not the ARN of a KMS key (not of an alias)",
    ),
    "key_of_another_region": (
        on_artifacts(ExistingBucket(name="artifacts", kms_key_arn=KEY)).with_changes(region="eu-west-1"),
        "kubeflow.services.artifacts.kms_key_arn: the key is in us-west-2, and what it encrypts in eu-west-1; give a key of that region",
    ),
    "kind": (
        on_artifacts("s3://artifacts"),
        "kubeflow.services.artifacts: is none of the sections that may stand here; give ArtifactBucket(…) or ExistingBucket(…) or InClusterStore()",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_the_reader_sees(row: str) -> None:
    bad, *lines = ROWS[row]
    assert problems_of_all([bad]) == [f"prod: {line}" for line in lines]


@pytest.mark.parametrize(
    "artifacts",
    [ArtifactBucket(name="a-1"), ExistingBucket(name="b" * 63, kms_key_arn=KEY), InClusterStore()],
    ids=repr,
)
def test_every_kind_may_stand_there(artifacts: Any) -> None:
    assert problems_of_all([on_artifacts(artifacts)]) == []
