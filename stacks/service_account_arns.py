"""ARNs of the roles of `service_account_roles`, for the service accounts that later stacks create."""

from collections.abc import Iterable

from modules.kubeflow.service_accounts import arn_token
from modules.settings import ServiceAccountRole
from stacks.stack import UpstreamStack


def role_arns(services: UpstreamStack, roles: Iterable[ServiceAccountRole]) -> dict[str, str]:
    """Token to the ARN of a role from the services stack (reference, known at apply); none for EKS Pod Identity."""
    return {
        arn_token(
            role
        ): f'${{{services.expression("service_account_role_arns")}["{role.namespace}/{role.service_account}"]}}'
        for role in roles
        if role.auth == "irsa"
    }
