"""What Pipelines does with the bucket of artifacts. Steps of runs are not here: they have the roles of their teams."""

from modules.iam.artifact_prefixes import LOG_NAME, PIPELINE_DEFINITIONS, team_prefix
from modules.iam.policy_context import ArtifactBucket, PolicyContext, needed
from modules.settings import Statement


def pipelines(context: PolicyContext) -> tuple[Statement, ...]:
    """The API server asks at its start whether the bucket is there, and reads definitions that are not in its database.

    It writes none (definitions are in the database since 2.0) and makes no bucket. It could also read artifacts of runs, by keys
    that stand in objects which a team may change; so it may not.

    Source: https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/apiserver/client_manager/client_manager.go (HeadBucket),
        https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/apiserver/resource/resource_manager.go (GetFile)
    """
    bucket = needed("pipelines", "artifact_bucket", context.artifact_bucket)
    return (
        Statement(actions=("s3:ListBucket",), resources=(bucket.arn,)),
        *_read(bucket, f"{PIPELINE_DEFINITIONS}/*"),
    )


def pipelines_ui(context: PolicyContext) -> tuple[Statement, ...]:
    """The page reads archived logs, after it asked whether the user may see the namespace; artifacts are read by teams' proxies.

    Source: https://github.com/kubeflow/pipelines/blob/2.17.0/frontend/server/handlers/pod-logs.ts
    """
    bucket = needed("pipelines-ui", "artifact_bucket", context.artifact_bucket)
    return _read(bucket, f"{team_prefix('*')}*/{LOG_NAME}")


def _read(bucket: ArtifactBucket, keys: str) -> tuple[Statement, ...]:
    """Read some objects, and use the key that encrypts them, for nothing else.

    S3 names to the key what it decrypts: with a bucket key that is the bucket, without one the object.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html#bucket-key-changes
    """
    objects = f"{bucket.arn}/{keys}"
    read = Statement(actions=("s3:GetObject",), resources=(objects,))
    if bucket.kms_key_arn is None:
        return (read,)
    decrypt = Statement(
        actions=("kms:Decrypt",),
        resources=(bucket.kms_key_arn,),
        conditions={
            "StringEquals": {"kms:ViaService": (bucket.s3_host,)},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": (bucket.arn, objects)},
        },
    )
    return (read, decrypt)
