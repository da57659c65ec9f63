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
    """An S3 bucket made here: encrypted with a key of its own, versioned, TLS only, closed to the public."""

    name: BucketName | None = None
    """Name of the bucket. None: `<platform>-artifacts-<account id>`, which is free worldwide. A change makes a new bucket.
    """
    noncurrent_version_days: int = Field(default=90, ge=1)
    """Days that an overwritten or deleted object can be had back."""
    abort_upload_days: int = Field(default=7, ge=1)
    """Days after which a broken upload is taken away."""
    access_log_bucket: BucketName | None = None
    """Bucket of yours, in the same account and region, that takes the access log below `<name of the bucket>/`; its policy
    must let S3's log delivery write. None: no access log.
    """
    empty_on_destroy: bool = False
    """Let destroy delete all objects with the bucket. False: destroy stops at a bucket with objects."""


class ExistingBucket(Section):
    """A bucket of yours; nothing about it is changed."""

    name: BucketName
    """Name of the bucket. It is looked up at plan, so a wrong name fails there."""
    kms_key_arn: KeyArn | None = None
    """Key that encrypts its objects: roles get its use. None: S3's own key, which needs no right."""


class InClusterStore(Section):
    """Upstream's object store in the cluster, with a generated key. For a look: it has one volume and no backup."""


AnyArtifacts = Annotated[
    Annotated[ArtifactBucket, Tag("union:ArtifactBucket")]
    | Annotated[ExistingBucket, Tag("union:ExistingBucket")]
    | Annotated[InClusterStore, Tag("union:InClusterStore")],
    kind_of("ArtifactBucket(…)", "ExistingBucket(…)", "InClusterStore()"),
]
