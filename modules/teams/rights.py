"""What a team's service account may do with the artifact bucket: all below its own prefix, and nothing else."""

from modules.iam.artifact_prefixes import team_prefix
from modules.iam.policy_context import ArtifactBucket
from modules.settings import Statement


def rights(team: str, bucket: ArtifactBucket) -> tuple[Statement, ...]:
    """Statements for a team: what launcher, Argo's executor and notebooks do with artifacts.

    Read and write: launcher and executor (https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/v2/objectstore,
    https://github.com/argoproj/argo-workflows/blob/v4.0.5/workflow/artifacts/s3). List: artifacts that are folders. An upload in
    parts that broke is listed and given up by both; reading with the key is part of uploading in parts, too.
    """
    prefix = team_prefix(team)
    found = [
        Statement(
            actions=(
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
            ),
            resources=(f"{bucket.arn}/{prefix}*",),
        ),
        Statement(
            actions=("s3:ListBucket",),
            resources=(bucket.arn,),
            conditions={"StringLike": {"s3:prefix": (f"{prefix}*",)}},
        ),
    ]
    if bucket.kms_key_arn is not None:
        found.append(
            Statement(
                actions=("kms:Decrypt", "kms:GenerateDataKey"),
                resources=(bucket.kms_key_arn,),
                conditions={
                    "StringEquals": {"kms:ViaService": (bucket.s3_host,)},
                    # S3 names what it encrypts; with a bucket key that is the bucket, else the object.
                    "StringLike": {
                        "kms:EncryptionContext:aws:s3:arn": (bucket.arn, f"{bucket.arn}/{prefix}*"),
                    },
                },
            )
        )
    return tuple(found)
