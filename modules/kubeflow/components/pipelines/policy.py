"""IAM policies of Pipelines for the artifact bucket. Steps of runs use team roles instead."""

from modules.iam.artifact_prefixes import LOG_NAME, PIPELINE_DEFINITIONS, team_prefix
from modules.iam.policy_context import ArtifactBucket, PolicyContext, needed
from modules.settings import Statement


def pipelines(context: PolicyContext) -> tuple[Statement, ...]:
    """The API server checks at startup that the bucket exists, and reads definitions that are not in its database.

    It writes none (definitions are in the database since 2.0) and creates no bucket. It could also read artifacts of runs by
    keys in objects that teams can change, so this permission is omitted.

    Source: https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/apiserver/client_manager/client_manager.go (HeadBucket),
        https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/apiserver/resource/resource_manager.go (GetFile)
    """
    bucket = needed("pipelines", "artifact_bucket", context.artifact_bucket)
    return (
        Statement(actions=("s3:ListBucket",), resources=(bucket.arn,)),
        *_read(bucket, f"{PIPELINE_DEFINITIONS}/*"),
    )


def pipelines_ui(context: PolicyContext) -> tuple[Statement, ...]:
    """The web UI reads archived logs after an authorization check on the namespace; team proxies read artifacts.

    Source: https://github.com/kubeflow/pipelines/blob/2.17.0/frontend/server/handlers/pod-logs.ts
    """
    bucket = needed("pipelines-ui", "artifact_bucket", context.artifact_bucket)
    return _read(bucket, f"{team_prefix('*')}*/{LOG_NAME}")


def _read(bucket: ArtifactBucket, keys: str) -> tuple[Statement, ...]:
    """Read some objects, and use the key that encrypts them only for these.

    The KMS encryption context is the bucket with a bucket key, otherwise the object.
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
