"""Bucket and database inputs of Kubeflow's components."""

from typing import Any

from modules.iam.policy_context import ArtifactBucket
from modules.kubeflow.behaviours import external_services
from modules.kubeflow.chosen import external_services_of
from modules.kubeflow.program_databases import database_tokens
from modules.settings import ExistingBucket, InClusterStore, Kubeflow
from stacks.services import ServicesStack
from stacks.stack import PlatformStack


def artifact_bucket(stack: PlatformStack, kubeflow: Kubeflow) -> ArtifactBucket | None:
    """The artifact bucket from the services stack; None if artifacts are in the cluster."""
    artifacts = kubeflow.services.artifacts
    if isinstance(artifacts, InClusterStore):
        return None
    services = stack.upstream_stack(ServicesStack)
    has_key = not isinstance(artifacts, ExistingBucket) or artifacts.kms_key_arn is not None
    return ArtifactBucket(
        arn=services.string("artifact_bucket_arn"),
        kms_key_arn=services.string("artifact_kms_key_arn") if has_key else None,
        s3_host=f"s3.{stack.account.region}.{stack.account.dns_suffix}",
    )


def backing_tokens(stack: PlatformStack, kubeflow: Kubeflow, component: str) -> dict[str, Any]:
    """Token values of a component's chart for services outside the cluster."""
    external = external_services_of(kubeflow).external & set(external_services(component))
    found: dict[str, Any] = {}
    services = stack.upstream_stack(ServicesStack) if external else None
    if services is not None and "s3" in external:
        found |= {
            "artifact_bucket": services.string("artifact_bucket"),
            "region": stack.account.region,
            "dns_suffix": stack.account.dns_suffix,
        }
    if services is not None and "rds" in external:
        found |= {name: services.string(name) for name in ("database_host", "database_port")}
        found |= database_tokens(kubeflow, component, found["database_host"], found["database_port"])
    return found
