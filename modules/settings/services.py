"""What Kubeflow stands on in AWS: storage, database, files, images, metrics, and how its credentials are kept."""

from typing import Literal

from pydantic import Field

from modules.settings.artifacts import AnyArtifacts, ArtifactBucket
from modules.settings.database import AnyDatabase, RdsMysql
from modules.settings.file_systems import AnyEfs, AnyFsx
from modules.settings.metrics import AnyMetrics
from modules.settings.repositories import Repositories
from modules.settings.section import Section

SECRETS_STORE = ("secrets-store-csi-driver", "secrets-store-csi-driver-provider-aws")
"""Entries of the catalogue that credential_delivery="csi" needs: the driver, and what it asks AWS with."""


class Services(Section):
    """AWS services behind Kubeflow: each made here, existing by name or id, or left out."""

    artifacts: AnyArtifacts = ArtifactBucket()
    """Artifacts of Pipelines and of teams: ArtifactBucket(…), ExistingBucket(…) or InClusterStore()."""
    database: AnyDatabase = RdsMysql()
    """Tables of Pipelines, ML Metadata, Katib and the model registry: RdsMysql(…), AuroraMysql(…), ExistingDatabase(…) or
    InClusterDatabase(). Made only if one of them is installed.
    """
    efs: AnyEfs | None = None
    """Shared files: Efs(…) or ExistingEfs(…). None: none."""
    fsx: AnyFsx | None = None
    """Shared files for training: FsxLustre(…) or ExistingFsxLustre(…). None: none."""
    repositories: Repositories | None = None
    """ECR repositories of the teams. None: none."""
    metrics: AnyMetrics | None = None
    """Where kube-prometheus-stack sends its metrics, too: ManagedPrometheus(…) or ExistingPrometheus(…). None: it keeps
    them itself.
    """
    credential_recovery_days: Literal[0, 7, 14, 30] = 7
    """Days in which a deleted credential can be had back. 0: gone at once, so that the platform can be made again."""
    credentials_version: int = Field(default=1, ge=1)
    """Raise it to make every generated credential anew, at its store and at every reader."""
    credential_delivery: Literal["terraform", "csi"] = "terraform"
    """How credentials reach the cluster: Kubernetes Secrets that Terraform writes without keeping their content
    (terraform), or the secrets-store CSI driver, by the role of each reader (csi).
    """
