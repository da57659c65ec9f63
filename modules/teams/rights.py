"""IAM policy of a team's service account: full access to its own prefix of the artifact bucket only."""

from modules.iam.artifact_prefixes import team_prefix
from modules.iam.policy_context import ArtifactBucket
from modules.settings import Statement


def rights(team: str, bucket: ArtifactBucket) -> tuple[Statement, ...]:
    """Policy statements of a team, for launcher, Argo executor and notebooks.

    Read and write: launcher and executor (https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/v2/objectstore,
    https://github.com/argoproj/argo-workflows/blob/v4.0.5/workflow/artifacts/s3). List: artifacts that are folders. Both list
    and abort failed multipart uploads; multipart uploads also need decrypt permission.
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
                    # The KMS encryption context is the bucket with a bucket key, otherwise the object.
                    "StringLike": {
                        "kms:EncryptionContext:aws:s3:arn": (bucket.arn, f"{bucket.arn}/{prefix}*"),
                    },
                },
            )
        )
    return tuple(found)
