"""What a backup plan selects, by settings."""

from modules.naming import PLATFORM_TAG
from modules.settings.artifacts import ArtifactBucket
from modules.settings.backup import Backup
from modules.settings.cluster import Cluster
from modules.settings.database import AuroraMysql, RdsMysql
from modules.settings.file_systems import Efs
from modules.settings.platform import Platform

S3, EKS = "S3", "EKS"


def selected_types(platform: Platform) -> dict[str, str]:
    """Resource type of AWS Backup, as its service opt-in names it, to the pattern of ARNs after the partition.

    The pattern of the artifact bucket is empty: only its own ARN is selected, since AWS Backup fails for other buckets with the
    platform's tag that are not versioned.

    Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
    """
    backup = platform.backup
    if backup is None:
        return {}
    return {name: pattern for name, (wanted, pattern) in _types(platform, backup).items() if wanted}


def volume_tags(platform: Platform) -> dict[str, str]:
    """Tags of new EBS volumes of claims, by which the plan selects them."""
    backup = platform.backup
    return {PLATFORM_TAG: platform.name} if backup is not None and backup.volumes else {}


def _types(platform: Platform, backup: Backup) -> dict[str, tuple[bool, str]]:
    services = platform.kubeflow.services if platform.kubeflow is not None else None
    return {
        "RDS": (backup.database and isinstance(getattr(services, "database", None), RdsMysql), "rds:*:*:db:*"),
        "Aurora": (
            backup.database and isinstance(getattr(services, "database", None), AuroraMysql),
            "rds:*:*:cluster:*",
        ),
        "EFS": (backup.efs and isinstance(getattr(services, "efs", None), Efs), "elasticfilesystem:*:*:file-system/*"),
        S3: (backup.artifacts and isinstance(getattr(services, "artifacts", None), ArtifactBucket), ""),
        "EBS": (backup.volumes, "ec2:*:*:volume/*"),
        EKS: (backup.cluster and isinstance(platform.cluster, Cluster), "eks:*:*:cluster/*"),
    }
