"""AWS services used by Kubeflow: storage, database, files, images, metrics, and delivery of credentials."""

from typing import Literal

from pydantic import Field

from modules.settings.artifacts import AnyArtifacts, ArtifactBucket, BucketVolumes
from modules.settings.database import AnyDatabase, ProgramDatabases, RdsMysql
from modules.settings.file_systems import AnyEfs, AnyFsx
from modules.settings.metrics import AnyMetrics
from modules.settings.repositories import Repositories
from modules.settings.section import Section

SECRETS_STORE = ("secrets-store-csi-driver", "secrets-store-csi-driver-provider-aws")
"""Catalogue entries required by credential_delivery="csi": the driver and its AWS provider."""


class Services(Section):
    """AWS services used by Kubeflow: created by the platform, existing, or omitted."""

    artifacts: AnyArtifacts = ArtifactBucket()
    """Artifacts of Pipelines and of teams: ArtifactBucket(…), ExistingBucket(…) or InClusterStore()."""
    bucket_volumes: BucketVolumes | None = None
    """Claim `artifacts` in each team's namespace: its prefix of the artifact bucket as a read-only volume, such as for large
    models (`pvc://artifacts/…`). Requires the add-on aws-mountpoint-s3-csi-driver. None: no such claims.
    """
    database: AnyDatabase = RdsMysql()
    """Database of Pipelines, ML Metadata, Katib and the model registry: RdsMysql(…), AuroraMysql(…),
    ExistingDatabase(…) or InClusterDatabase(). Created only if one of them is installed.
    """
    program_databases: ProgramDatabases = ProgramDatabases()
    """Names of the programs' databases, and servers of single programs, for existing data. The default is that of a new
    platform: usual names, all on services.database.
    """
    efs: AnyEfs | None = None
    """Shared files: Efs(…) or ExistingEfs(…). None: none."""
    fsx: AnyFsx | None = None
    """Shared files for training: FsxLustre(…) or ExistingFsxLustre(…). None: none."""
    repositories: Repositories | None = None
    """ECR repositories of the teams. None: none."""
    metrics: AnyMetrics | None = None
    """Remote write target of kube-prometheus-stack: ManagedPrometheus(…) or ExistingPrometheus(…). None: metrics stay
    in the cluster.
    """
    credential_recovery_days: Literal[0, 7, 14, 30] = 7
    """Recovery window of deleted credentials in days; 0 = delete immediately, so that the platform can be created
    again.
    """
    credentials_version: int = Field(default=1, ge=1)
    """Increment to rotate all generated credentials."""
    credential_delivery: Literal["terraform", "csi"] = "terraform"
    """How credentials reach the cluster: Kubernetes Secrets that Terraform writes with write-only arguments
    (terraform), or the Secrets Store CSI driver with a role per reader (csi).
    """
