"""Where artifacts are kept."""

from typing import Any

import pytest

from modules.rules import problems_of_all
from modules.settings import ArtifactBucket, ExistingBucket, InClusterStore, Platform, Services
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import KEY, on_kubeflow


def on_artifacts(artifacts: Any) -> Platform:
    return on_kubeflow(services=Services(artifacts=artifacts))


BUCKET = "is not an S3 bucket name of 3 to 63 lower-case letters, digits and inner hyphens (a dot breaks TLS)"

ROWS: Rows = {
    "name": (
        on_artifacts(ArtifactBucket(name="My.Bucket")),
        "kubeflow.services.artifacts.name: My.Bucket",
    ),
    "name_that_aws_keeps": (
        on_artifacts(ExistingBucket(name="artifacts--ol-s3")),
        "kubeflow.services.artifacts.name: artifacts--ol-s3",
    ),
    "log_bucket": (
        on_artifacts(ArtifactBucket(access_log_bucket="ab")),
        "kubeflow.services.artifacts.access_log_bucket: lower-case",
    ),
    "key": (
        on_artifacts(ExistingBucket(name="artifacts", kms_key_arn="alias/artifacts")),
        "kubeflow.services.artifacts.kms_key_arn: alias/artifacts",
    ),
    "key_of_another_region": (
        on_artifacts(ExistingBucket(name="artifacts", kms_key_arn=KEY)).with_changes(region="eu-west-1"),
        "kubeflow.services.artifacts.kms_key_arn: us-west-2",
    ),
    "kind": (
        on_artifacts("s3://artifacts"),
        "kubeflow.services.artifacts: here",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []


@pytest.mark.parametrize(
    "artifacts",
    [ArtifactBucket(name="a-1"), ExistingBucket(name="b" * 63, kms_key_arn=KEY), InClusterStore()],
    ids=repr,
)
def test_every_kind_is_accepted(artifacts: Any) -> None:
    assert problems_of_all([on_artifacts(artifacts)]) == []
