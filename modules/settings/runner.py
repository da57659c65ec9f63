"""Runners of Terraform, and AWS roles for HCP Terraform."""

from typing import Annotated, Literal

from modules.settings.section import Section
from modules.settings.types import AtLeastOne, PolicyArn

Runner = Literal["local", "ci", "hcp_remote", "hcp_agent"]
IN_HCP: tuple[Runner, ...] = ("hcp_remote", "hcp_agent")


class HcpRoles(Section):
    """AWS roles that runs in HCP Terraform take without keys: the stack `<platform>-runner`, which a person applies first.

    Source: https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration
    """

    apply_policy_arns: Annotated[tuple[PolicyArn, ...], AtLeastOne]
    """Policies of the role for applies. Required: creating a platform includes creating roles, which needs nearly all
    permissions, so this is your decision. The AWS managed policy AdministratorAccess is sufficient.
    """
    plan_policy_arns: tuple[PolicyArn, ...] = ()
    """Policies of the role for plans. Empty: the AWS managed policy ReadOnlyAccess, which can also read data, such as
    objects in S3.
    """
    permissions_boundary_arn: PolicyArn | None = None
    """Permissions boundary of the two roles. None: the boundary of the platform."""
    oidc_provider: Literal["made", "existing"] = "made"
    """Whether the IAM OIDC provider of HCP Terraform exists. An account can have one: the second platform of an account
    sets existing.
    """
