"""Kubernetes service accounts of `service_account_roles`, as objects of a chart."""

from collections.abc import Iterable

from modules.kubeflow.manifest import Object
from modules.naming import slug
from modules.settings import ServiceAccountRole

ROLE_ANNOTATION = "eks.amazonaws.com/role-arn"
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html"""


def service_account(role: ServiceAccountRole) -> Object:
    """The service account of a role; with EKS Pod Identity it has no annotation."""
    annotations = {ROLE_ANNOTATION: f"@@{arn_token(role)}@@"} if role.auth == "irsa" else {}
    metadata = {"name": role.service_account, "namespace": role.namespace}
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {**metadata, "annotations": annotations} if annotations else metadata,
    }


def arn_token(role: ServiceAccountRole) -> str:
    """Name of the token with the ARN of a role, known at apply."""
    return f"role_arn_{slug(role.name)}"


def created(roles: Iterable[ServiceAccountRole]) -> tuple[ServiceAccountRole, ...]:
    """Roles whose service accounts the platform creates."""
    return tuple(role for role in roles if role.create_service_account)
