"""What the policies of service accounts are written from."""

from dataclasses import dataclass
from typing import TypeVar

Fact = TypeVar("Fact")


@dataclass(frozen=True)
class ArtifactBucket:
    """The bucket of artifacts; all may be tokens."""

    arn: str
    kms_key_arn: str | None
    """Key that encrypts its objects; None where S3's own does, which needs no right."""
    s3_host: str
    """`s3.<region>.<suffix>`: the service through which the key is used."""


@dataclass(frozen=True)
class PolicyContext:
    """Names that policies are narrowed down to. All of them may be Terraform tokens, except `partition` and `region`."""

    partition: str
    region: str
    account_id: str
    cluster_name: str
    vpc_id: str
    dns_zone_ids: tuple[str, ...] = ()
    """Route 53 zones of external-dns."""
    pod_log_group_name: str | None = None
    """Log group of aws-for-fluent-bit."""
    interruption_queue_arn: str | None = None
    """Queue of Karpenter."""
    karpenter_node_role_arn: str | None = None
    """Role of the nodes that Karpenter makes."""
    artifact_bucket: ArtifactBucket | None = None
    """Where Pipelines and teams keep their artifacts."""

    def arn(self, service: str, resource: str) -> str:
        """ARN of a regional resource of this account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"

    def global_arn(self, service: str, resource: str) -> str:
        """ARN of a resource of this account that is in no region."""
        return f"arn:{self.partition}:{service}::{self.account_id}:{resource}"


def needed(policy: str, name: str, fact: Fact | None) -> Fact:
    """A fact that a policy cannot do without.

    Raises:
        ValueError: it is not there.
    """
    if not fact:
        raise ValueError(f"policy {policy}: needs {name}, and its stack gave none; make it first")
    return fact
