"""Who runs Terraform, and the AWS roles of runs in HCP Terraform."""

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
    """Policies of the role that applies. There is no default: who makes a platform also makes roles, so its rights are
    close to all, and giving them is a decision. AWS's own AdministratorAccess is enough.
    """
    plan_policy_arns: tuple[PolicyArn, ...] = ()
    """Policies of the role that plans. Empty: AWS's own ReadOnlyAccess, which also reads data, such as objects in S3.
    """
    permissions_boundary_arn: PolicyArn | None = None
    """Permissions boundary of the two roles. None: the platform's, as for every role."""
    oidc_provider: Literal["made", "existing"] = "made"
    """Whether IAM knows the host of HCP Terraform already. An account has one entry for it: a second platform in it says
    existing.
    """
