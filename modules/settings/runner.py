"""Runners of Terraform, and AWS roles for HCP Terraform."""

from typing import Literal

from modules.settings.section import Section
from modules.settings.types import PolicyArn

Runner = Literal["local", "ci", "hcp_remote", "hcp_agent"]
IN_HCP: tuple[Runner, ...] = ("hcp_remote", "hcp_agent")


class HcpRoles(Section):
    """AWS roles that runs in HCP Terraform take without keys: the stack `<platform>-runner`, which a person applies first.

    Source: https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration
    """

    apply_policy_arns: tuple[PolicyArn, ...] = ()
    """Policies of the role for applies. Empty: policies made for this platform from recorded requests of Terraform, never
    used in AWS; apply the runner stack before a change that requires more.
    """
    plan_policy_arns: tuple[PolicyArn, ...] = ()
    """Policies of the role for plans. Empty: policies made for this platform; with apply_policy_arns, the AWS managed policy
    ReadOnlyAccess, which can also read data, such as objects in S3.
    """
    permissions_boundary_arn: PolicyArn | None = None
    """Permissions boundary of the two roles. None: the boundary of the platform."""
    oidc_provider: Literal["made", "existing"] = "made"
    """Whether the IAM OIDC provider of HCP Terraform exists. An account can have one: the second platform of an account
    sets existing.
    """
