"""What the settings of a runner in HCP Terraform do."""

from typing import Any

from modules.settings import HcpRoles, State
from tests.documents import GONE
from tests.effects import ACCOUNT, BASE, Effect, Expected

ROLES = HcpRoles(apply_policy_arns=("arn:aws:iam::aws:policy/AdministratorAccess",))
HCP = State.hcp(organization="example", project="kubeflow")
WITHOUT = BASE.with_changes(state=HCP)
WITH = BASE.with_changes(runner="hcp_agent", state=HCP.with_changes(roles=ROLES))
OWN = f"arn:aws:iam::{ACCOUNT}:policy"
POLICIES = "runner resource aws_iam_role_policy_attachment"


def roles(does: dict[str, Expected], **changes: Any) -> Effect:
    state = HCP.with_changes(roles=ROLES.with_changes(**changes))
    return Effect(WITH.with_changes(state=state), does, WITH)


EFFECTS = (
    Effect(
        WITH,
        {
            "Platform.runner": {"runner output workspace_variables value TFC_AWS_PROVIDER_AUTH": "true"},
            "HcpState.roles": {
                "runner terraform cloud workspaces name": "base-runner",
                "runner resource aws_iam_openid_connect_provider hcp url": "https://app.terraform.io",
            },
        },
        WITHOUT,
    ),
    roles(
        {
            "HcpRoles.apply_policy_arns": {
                f"{POLICIES} hcp_apply_{ACCOUNT}_makers policy_arn": f"{OWN}/makers",
                f"{POLICIES} hcp_apply_AdministratorAccess": GONE,
            }
        },
        apply_policy_arns=(f"{OWN}/makers",),
    ),
    roles(
        {
            "HcpRoles.apply_policy_arns": {
                f"{POLICIES} hcp_apply_aws_iam_policy_hcp_apply_1_arn policy_arn": "${aws_iam_policy.hcp_apply_1.arn}",
                f"{POLICIES} hcp_apply_AdministratorAccess": GONE,
                f"{POLICIES} hcp_plan_ReadOnlyAccess": GONE,
            }
        },
        apply_policy_arns=(),
    ),
    roles(
        {
            "HcpRoles.plan_policy_arns": {
                f"{POLICIES} hcp_plan_{ACCOUNT}_readers policy_arn": f"{OWN}/readers",
                f"{POLICIES} hcp_plan_ReadOnlyAccess": GONE,
            }
        },
        plan_policy_arns=(f"{OWN}/readers",),
    ),
    roles(
        {
            "HcpRoles.permissions_boundary_arn": {
                "runner resource aws_iam_role hcp_apply permissions_boundary": f"{OWN}/runner",
                "runner resource aws_iam_role hcp_plan permissions_boundary": f"{OWN}/runner",
            }
        },
        permissions_boundary_arn=f"{OWN}/runner",
    ),
    roles(
        {
            "HcpRoles.oidc_provider": {
                "runner data aws_iam_openid_connect_provider hcp url": "https://app.terraform.io",
                "runner resource aws_iam_openid_connect_provider": GONE,
            }
        },
        oidc_provider="existing",
    ),
)
