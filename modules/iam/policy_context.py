"""Inputs of service account policies."""

from dataclasses import dataclass
from typing import TypeVar

Fact = TypeVar("Fact")


@dataclass(frozen=True)
class ArtifactBucket:
    """The artifact bucket; all values may be tokens."""

    arn: str
    kms_key_arn: str | None
    """KMS key of its objects; None: the S3-managed key, which needs no permission."""
    s3_host: str
    """`s3.<region>.<suffix>`: value of `kms:ViaService`."""


@dataclass(frozen=True)
class PolicyContext:
    """Resource names used in policies. All may be Terraform tokens except `partition` and `region`."""

    partition: str
    region: str
    account_id: str
    cluster_name: str
    vpc_id: str
    dns_zone_ids: tuple[str, ...] = ()
    """Route 53 zones of external-dns."""
    challenges: tuple[str, str] | None = None
    """Route 53 zone and domain of the issuer of certificates."""
    pod_log_group_name: str | None = None
    """Log group of aws-for-fluent-bit."""
    interruption_queue_arn: str | None = None
    """Queue of Karpenter."""
    karpenter_node_role_arn: str | None = None
    """Role of nodes launched by Karpenter."""
    artifact_bucket: ArtifactBucket | None = None
    """Artifact bucket of Pipelines and teams."""
    repository_prefix: str | None = None
    """First part of the names of ECR repositories of the platform."""
    cached_registries: tuple[str, ...] = ()
    """Second part of those of the pull-through cache."""

    def arn(self, service: str, resource: str) -> str:
        """ARN of a regional resource of this account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"

    def global_arn(self, service: str, resource: str) -> str:
        """ARN of a global resource of this account."""
        return f"arn:{self.partition}:{service}::{self.account_id}:{resource}"


def needed(policy: str, name: str, fact: Fact | None) -> Fact:
    """A required input of a policy.

    Raises:
        ValueError: it is missing.
    """
    if not fact:
        raise ValueError(f"policy {policy}: requires {name}, which its stack did not set; create it first")
    return fact
