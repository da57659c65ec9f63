"""Artifact bucket of Pipelines and teams."""

from typing import Annotated

from pydantic import Field, Tag

from modules.settings.section import Section
from modules.settings.types import KeyArn, kind_of, matching

BucketName = Annotated[
    str,
    matching(
        r"(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|--x-s3|--table-s3)$)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
        "an S3 bucket name of 3 to 63 lower-case letters, digits and inner hyphens (a dot breaks TLS)",
    ),
]
"""Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""


class ArtifactBucket(Section):
    """An S3 bucket created by the platform: own KMS key, versioned, TLS only, no public access."""

    name: BucketName | None = None
    """Name of the bucket. None: `<platform>-artifacts-<account id>`, which is globally unique. Changing this forces
    replacement.
    """
    noncurrent_version_days: int = Field(default=90, ge=1)
    """Days for which overwritten or deleted objects can be restored."""
    abort_upload_days: int = Field(default=7, ge=1)
    """Days after which incomplete multipart uploads are deleted."""
    access_log_bucket: BucketName | None = None
    """Existing bucket in the same account and region for access logs below `<name of the bucket>/`; its policy must
    allow S3 log delivery. None: no access log.
    """
    empty_on_destroy: bool = False
    """Delete all objects when the bucket is destroyed. False: destroy fails for a bucket with objects."""


class ExistingBucket(Section):
    """An existing bucket; it is not changed."""

    name: BucketName
    """Name of the bucket. Looked up at plan, so that a wrong name fails the plan."""
    kms_key_arn: KeyArn | None = None
    """KMS key of its objects; roles are allowed to use it. None: an S3 managed key, which needs no permission."""


class InClusterStore(Section):
    """Upstream's object store in the cluster, with a generated key. For evaluation only: one volume, no backup."""


class BucketVolumes(Section):
    """A volume of each team with its prefix of the artifact bucket, read-only, by Mountpoint for Amazon S3."""

    cache_gib: int = Field(default=0, ge=0, le=16384)
    """Cache for each volume on each node, GiB of the node's ephemeral storage. 0: every read goes to S3."""


AnyArtifacts = Annotated[
    Annotated[ArtifactBucket, Tag("union:ArtifactBucket")]
    | Annotated[ExistingBucket, Tag("union:ExistingBucket")]
    | Annotated[InClusterStore, Tag("union:InClusterStore")],
    kind_of("ArtifactBucket(…)", "ExistingBucket(…)", "InClusterStore()"),
]
