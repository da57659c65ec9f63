"""The permissions boundary of a platform's roles: all that they use fits in, and nothing that makes other identities."""

import json
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from modules.aws_data.managed_policies import IAM_ACTIONS, SERVICES
from modules.iam.policy_engine import Request, is_allowed
from modules.installer_policy.boundary import boundary
from modules.installer_policy.documents import MANAGED_LIMIT, characters
from tests.platforms import NAMES, all_stacks_of

PUBLISHED: dict[str, Any] = json.loads(aws_managed_policies_data)


def actions_of(policy: str) -> set[str]:
    statements = PUBLISHED[policy]["Document"]["Statement"]
    every = statements if isinstance(statements, list) else [statements]
    return {
        action for one in every for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }


@pytest.mark.parametrize("policy", SERVICES)
def test_the_table_says_what_aws_publishes(policy: str) -> None:
    actions = actions_of(policy)
    assert {action.partition(":")[0] for action in actions} == set(SERVICES[policy])
    assert {action for action in actions if action.startswith("iam:")} == set(IAM_ACTIONS.get(policy, ()))


@pytest.mark.parametrize("name", NAMES)
def test_the_roles_of_each_platform_fit_in(name: str) -> None:
    stacks = list(all_stacks_of(name).values())
    found = boundary(stacks)
    assert characters(found.statements) <= MANAGED_LIMIT
    for document in stacks:
        for rights, one in document.get("data", {}).get("aws_iam_policy_document", {}).items():
            for statement in one["statement"]:
                for action in () if statement.get("principals") or rights.startswith("hcp_") else statement["actions"]:
                    assert is_allowed(found.statements, Request(action.replace("*", "Any"), "*")), action
    for arn in found.unknown:
        assert ":iam::aws:policy/" not in arn or arn.endswith(("ReadOnlyAccess", "AdministratorAccess")), arn


def test_no_role_makes_identities() -> None:
    found = boundary(all_stacks_of("production").values())
    for action in ("iam:CreateRole", "iam:CreateUser", "iam:PutRolePolicy", "iam:AttachRolePolicy", "sts:AssumeRole"):
        assert not is_allowed(found.statements, Request(action, "*"))


def test_policies_whose_content_is_not_known_are_named() -> None:
    assert "arn:aws:iam::111122223333:policy/team/data" in boundary(all_stacks_of("teams").values()).unknown
