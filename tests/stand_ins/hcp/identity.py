"""Dynamic credentials: the token that a run gets, and whether a role trusts it.

moto gives credentials for any token, so what IAM would decide is decided here, by the trust that Terraform made.
Source: https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from moto.sts.models import sts_backends

from modules.iam.policy_engine import OPERATORS
from modules.settings import Statement
from tests.stand_ins.moto_extension import ACCOUNT, Server
from tests.stand_ins.moto_extension.gate import Asked

from .protocol import ORGANIZATION
from .records import Run

HOST = "app.terraform.io"
VARIABLES = {"plan": "TFC_AWS_PLAN_ROLE_ARN", "apply": "TFC_AWS_APPLY_ROLE_ARN"}


class NotTrustedError(Exception):
    """AWS would not let the run in; the text is what the log says."""


def credentials(run: Run, phase: str, aws: Server, variables: Mapping[str, str]) -> tuple[str, str]:
    """Role and token of a phase.

    Raises:
        NotTrustedError: the role does not exist, or trusts another identity.
    """
    role_arn = variables[VARIABLES[phase]]
    claims = claims_of(run, phase)
    iam = aws.client("iam")
    try:
        role = iam.get_role(RoleName=role_arn.rpartition("/")[2])["Role"]
    except iam.exceptions.NoSuchEntityException as error:
        raise NotTrustedError(f"{role_arn} is not there") from error
    known = {one["Arn"] for one in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]}
    if not any(trusts(statement, claims, known) for statement in role["AssumeRolePolicyDocument"]["Statement"]):
        raise NotTrustedError(
            f"Not authorized to perform sts:AssumeRoleWithWebIdentity on {role_arn} as {claims['sub']}"
        )
    return role_arn, token(claims)


def claims_of(run: Run, phase: str) -> dict[str, str]:
    """What HCP Terraform says of a run."""
    where = f"organization:{ORGANIZATION}:project:{run.workspace.project}:workspace:{run.workspace.name}"
    return {"iss": f"https://{HOST}", "aud": "aws.workload.identity", "sub": f"{where}:run_phase:{phase}"}


def trusts(statement: Mapping[str, Any], claims: Mapping[str, str], known: set[str]) -> bool:
    """Whether a statement of a role's trust lets the bearer of these claims in, by a provider that IAM knows."""
    provider = statement["Principal"].get("Federated", "")
    context = {f"{HOST}:{name}": (value,) for name, value in claims.items()}
    return (
        provider in known
        and provider.endswith(f":oidc-provider/{HOST}")
        and statement["Action"] == "sts:AssumeRoleWithWebIdentity"
        and all(
            OPERATORS[test](context.get(key), several(wanted))
            for test, keys in statement["Condition"].items()
            for key, wanted in keys.items()
        )
    )


def token(claims: Mapping[str, str]) -> str:
    """A token in the form of a JWT; its signature is not checked here."""
    parts: tuple[Mapping[str, str], ...] = ({"alg": "none"}, claims, {})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)


def asked_by(aws: Server, role_arn: str) -> set[Asked]:
    """All requests to AWS of a role's sessions."""
    sessions = [one for one in sts_backends[ACCOUNT]["aws"].assumed_roles if one.role_arn == role_arn]
    keys = {one.access_key_id for one in sessions}
    return {one for one in aws.gate.asked if one.access_key_id in keys}


def rights_of(aws: Server, role_name: str) -> list[Statement]:
    """Statements of all policies of a role, AWS's managed ones too."""
    iam = aws.client("iam")
    documents = [
        iam.get_role_policy(RoleName=role_name, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role_name)["PolicyNames"]
    ]
    for attached in iam.list_attached_role_policies(RoleName=role_name)["AttachedPolicies"]:
        policy = iam.get_policy(PolicyArn=attached["PolicyArn"])["Policy"]
        version = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])
        documents.append(version["PolicyVersion"]["Document"])
    return [statement_of(one) for document in documents for one in document["Statement"]]


def statement_of(statement: Mapping[str, Any]) -> Statement:
    """A statement of a policy document; unchecked, since AWS's own have actions such as `*`."""
    assert statement["Effect"] == "Allow"
    return Statement.model_construct(
        actions=several(statement["Action"]),
        resources=several(statement["Resource"]),
        conditions={
            test: {key: several(value) for key, value in keys.items()}
            for test, keys in statement.get("Condition", {}).items()
        },
    )


def several(value: str | list[str]) -> tuple[str, ...]:
    """IAM writes one value bare."""
    return (value,) if isinstance(value, str) else tuple(value)
