"""A role that is there already: what a plan demands of its trust policy, evaluated by Terraform itself."""

import json
from pathlib import Path
from typing import Any, Literal

import pytest
from cdktf import TerraformLocal

from modules.iam.existing_role import ExistingRole
from modules.iam.oidc_role import OidcProvider
from tests.documents import GONE, at, bare_stack, synthesized
from tests.terraform import Terraform

HOST = "oidc.eks.us-west-2.amazonaws.com/id/ABC"
PROVIDER = OidcProvider(arn=f"arn:aws:iam::111122223333:oidc-provider/{HOST}", issuer_host=HOST)
THEIRS = "arn:aws:iam::444455556666:role/data"
EDITOR = "system:serviceaccount:vision:default-editor"


def made(auth: Literal["irsa", "pod_identity"] = "irsa", role: str = "role/data") -> dict[str, Any]:
    stack = bare_stack()
    ExistingRole(
        stack,
        "role",
        setting="kubeflow.teams: vision",
        name="team-vision",
        role=role,
        auth=auth,
        oidc_provider=PROVIDER,
        cluster_name="prod",
        namespace="vision",
        service_account="default-editor",
    )
    return synthesized(stack)


def by_token(*, test: str = "StringEquals", subject: str | list[str] = EDITOR, **changes: Any) -> dict[str, Any]:
    condition: dict[str, dict[str, Any]] = {"StringEquals": {f"{HOST}:aud": "sts.amazonaws.com"}}
    condition.setdefault(test, {})[f"{HOST}:sub"] = subject
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": PROVIDER.arn},
        "Condition": condition,
    }
    return {"Version": "2012-10-17", "Statement": [{**statement, **changes}]}


AGENT = {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}}
EC2 = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
OTHER = "system:serviceaccount:speech:default-editor"
ALLOWED: dict[str, dict[str, Any]] = {
    "irsa exact": by_token(),
    "irsa among others": {"Statement": [EC2, *by_token(subject=[OTHER, EDITOR])["Statement"]]},
    "irsa pattern": by_token(test="StringLike", subject="system:serviceaccount:*:default-editor"),
    "irsa one statement that is no list": {"Statement": by_token()["Statement"][0]},
    "pod_identity": {"Statement": [{**AGENT, "Action": ["sts:AssumeRole", "sts:TagSession"]}]},
}
REFUSED: dict[str, dict[str, Any]] = {
    "irsa other subject": by_token(subject=OTHER),
    "irsa a dot is no wildcard": by_token(subject=EDITOR.replace("-", ".")),
    "irsa any service account of the cluster": by_token(Condition={}),
    "irsa other provider": by_token(Principal={"Federated": f"{PROVIDER.arn}D"}),
    "irsa other action": by_token(Action="sts:AssumeRole"),
    "irsa denied": by_token(Effect="Deny"),
    "irsa a service": {"Statement": [EC2]},
    "pod_identity without tags": {"Statement": [{**AGENT, "Action": "sts:AssumeRole"}]},
    "pod_identity by token": by_token(),
}


@pytest.mark.terraform
def test_terraform_accepts_a_trust_policy_that_lets_the_service_account_in_and_no_other(tmp_path: Path) -> None:
    policies = {**ALLOWED, **REFUSED}
    outputs = {}
    for number, (name, policy) in enumerate(policies.items()):
        auth: Any = name.split()[0]
        check = at(made(auth), "data aws_iam_role team_vision lifecycle postcondition 0 condition")
        written = json.dumps(json.dumps(policy))
        outputs[f"o{number}"] = {"value": check.replace("self.assume_role_policy", written)}
    (tmp_path / "cdk.tf.json").write_text(json.dumps({"output": outputs}))
    terraform = Terraform(tmp_path, "")
    terraform.apply()
    found = dict(zip(policies, (terraform.output()[name] for name in outputs), strict=True))
    assert {name for name, accepted in found.items() if accepted} == set(ALLOWED)


@pytest.mark.parametrize("is_token", [True, False])
def test_values_known_at_plan_are_references_and_no_texts(is_token: bool) -> None:
    stack = bare_stack()
    found = TerraformLocal(stack, "host", HOST)
    found.override_logical_id("host")
    host = found.as_string if is_token else "${local.host}"
    ExistingRole(
        stack,
        "role",
        setting="kubeflow.teams: vision",
        name="team-vision",
        role="role/data",
        auth="irsa",
        oidc_provider=OidcProvider(arn=host, issuer_host=host),
        cluster_name="prod",
        namespace="vision",
        service_account="default-editor",
    )
    condition = at(synthesized(stack), "data aws_iam_role team_vision lifecycle postcondition 0 condition")
    assert "contains(flatten([try(statement.Principal.Federated, [])]), local.host)" in condition
    assert 'statement.Condition[test][format("%s:sub", local.host)]' in condition


def test_the_plan_says_what_the_policy_must_allow() -> None:
    (check,) = at(made(), "data aws_iam_role team_vision lifecycle postcondition")
    for part in ("kubeflow.teams: vision", "role/data", EDITOR, PROVIDER.arn, f"{HOST}:sub", f"{HOST}:aud"):
        assert part in check["error_message"]
    (check,) = at(made("pod_identity"), "data aws_iam_role team_vision lifecycle postcondition")
    assert "sts:AssumeRole and sts:TagSession to the service pods.eks.amazonaws.com" in check["error_message"]


def test_the_role_of_another_account_is_not_read() -> None:
    assert at(made(role=THEIRS), "data") == GONE
    association = at(made("pod_identity", THEIRS), "resource aws_eks_pod_identity_association team_vision")
    assert association == {
        "cluster_name": "prod",
        "namespace": "vision",
        "service_account": "default-editor",
        "role_arn": THEIRS,
    }
