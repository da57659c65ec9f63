"""The stack of the roles, and what all stacks of a platform on HCP Terraform have in common."""

import json
import re
from functools import cache
from typing import Any

import cdktf
import pytest

from modules.iam.policy_engine import Request, is_allowed
from modules.installer_policy.documents import MANAGED_LIMIT, characters, policy_document
from modules.installer_policy.names import Names
from modules.installer_policy.runner import runner_policies
from modules.rules.runner import subjects
from modules.settings import (
    Dex,
    ExistingDatabase,
    HcpRoles,
    Kubeflow,
    Oidc,
    ProgramDatabase,
    ProgramDatabases,
    Services,
    State,
)
from stacks.order import platform_layers
from stacks.runner import PHASES, RunnerStack
from tests.built_once import build
from tests.documents import GONE, at, bodies, strings
from tests.platforms import ACCOUNT, FULL_KUBEFLOW, cluster, platform

HCP = State.hcp(
    organization="example",
    project="kubeflow",
    workspace_prefix="ml-",
    roles=HcpRoles(apply_policy_arns=("arn:aws:iam::aws:policy/AdministratorAccess",)),
)
ON_HCP = platform(
    "prod",
    runner="hcp_remote",
    state=HCP,
    cluster=cluster(public_access_cidrs=("0.0.0.0/0",), public_access_from_anywhere=True),
    kubeflow=FULL_KUBEFLOW,
)


@cache
def documents() -> dict[str, Any]:
    return {name.removeprefix("prod-"): document for name, document in build(ON_HCP).documents.items()}


def test_it_is_the_first_of_all_and_every_workspace_but_its_own_is_trusted() -> None:
    made = build(ON_HCP)
    assert list(made.seconds)[:2] == ["prod-runner", "prod-network"]
    manifest = json.loads(made.tree["manifest.json"])["stacks"]
    assert manifest["prod-network"]["dependencies"] == ["prod-runner"]
    for phase in ("plan", "apply"):
        trusted = at(documents()["runner"], f"data aws_iam_policy_document hcp_{phase}_trust statement 0 condition 1")
        assert trusted["values"] == subjects(ON_HCP, platform_layers(ON_HCP), phase)
        names = {re.search(r":workspace:([^:]+):", one)[1] for one in trusted["values"]}  # type: ignore[index]
        assert names == {
            at(document, "terraform cloud workspaces name")
            for layer, document in documents().items()
            if layer != "runner"
        }


def test_a_plan_may_read_every_secret_that_settings_name() -> None:
    arns = [
        f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:{name}-a1B2c3" for name in ("database", "katib", "login")
    ]
    servers = [
        ExistingDatabase(host="db.example.net", username=f"kf{number}", password_secret_arn=arn)
        for number, arn in enumerate(arns[:2])
    ]
    programs = ProgramDatabases(katib=ProgramDatabase(server=servers[1]))
    kubeflow = Kubeflow(
        auth=Oidc(issuer="https://login.example.net", client_id="kubeflow", client_secret_arn=arns[2]),
        services=Services(database=servers[0], program_databases=programs),
    )
    document = build(ON_HCP.with_changes(kubeflow=kubeflow)).documents["prod-runner"]
    (read, *_) = at(document, "data aws_iam_policy_document hcp_plan_rights statement")
    assert read["resources"][1:] == arns


def test_without_policies_in_settings_both_roles_get_what_the_other_stacks_need() -> None:
    stacks = build(ON_HCP.with_changes(state=HCP.with_changes(roles=HcpRoles()))).documents
    document = stacks["prod-runner"]
    attached = {one["policy_arn"] for one in at(document, "resource aws_iam_role_policy_attachment").values()}
    policies = at(document, "resource aws_iam_policy")
    assert attached == {f"${{aws_iam_policy.{name}.arn}}" for name in policies}
    names = Names.of(ON_HCP, account="${data.aws_caller_identity.current.account_id}")
    others = [one for name, one in stacks.items() if name != "prod-runner"]
    for phase in PHASES:
        made = [one for name, one in sorted(policies.items()) if name.startswith(f"hcp_{phase}_")]
        assert [one["name"] for one in made] == [f"prod-hcp-{phase}-{number}" for number in range(1, len(made) + 1)]
        expected = runner_policies(ON_HCP, others, phase, names)
        assert [json.loads(one["policy"]) for one in made] == [policy_document(found) for found in expected]
        assert all(characters(found) <= MANAGED_LIMIT for found in expected)


@pytest.mark.parametrize("action", ["iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PassRole", "iam:DeleteRole"])
def test_an_apply_cannot_change_its_own_role(action: str) -> None:
    others = [one for layer, one in documents().items() if layer != "runner"]
    every = [
        one for found in runner_policies(ON_HCP, others, "apply", Names.of(ON_HCP, account=ACCOUNT)) for one in found
    ]
    context = {
        "iam:PolicyARN": ("arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",),
        "iam:PassedToService": ("eks.amazonaws.com",),
    }
    for role, allowed in (("prod-cluster", True), ("prod-hcp-apply", False), ("prod-hcp-plan", False)):
        request = Request(action, f"arn:aws:iam::{ACCOUNT}:role/{role}", context)
        assert is_allowed(every, request) is allowed, role


def test_the_cluster_lets_both_roles_in_as_the_runner_stack_says_them() -> None:
    document = documents()["cluster"]
    for phase in ("plan", "apply"):
        entry = at(document, f"resource aws_eks_access_entry hcp_{phase}")
        assert entry["principal_arn"] == f"${{data.terraform_remote_state.runner.outputs.{phase}_role_arn}}"


def test_the_role_that_plans_reads_secrets_where_terraform_has_releases_or_secrets() -> None:
    scope = at(documents()["cluster"], "resource aws_eks_access_policy_association hcp_plan access_scope")
    used = {
        body["namespace"] if address.startswith("helm_release") else body["metadata"]["namespace"]
        for document in documents().values()
        for address, body in bodies(document, "resource")
        if address.startswith(("helm_release.", "kubernetes_"))
    }
    assert len(used) > 5
    assert used <= set(scope["namespaces"])


def test_of_the_cluster_a_plan_reads_nothing_but_secrets() -> None:
    kinds = {
        address.partition(".")[0]
        for document in documents().values()
        for section in ("resource", "data")
        for address, _ in bodies(document, section)
    }
    assert {kind for kind in kinds if kind.startswith("kubernetes_")} <= {"kubernetes_secret_v1"}


def test_without_kubeflow_no_role_is_let_into_the_cluster() -> None:
    bare = build(ON_HCP.with_changes(kubeflow=None)).documents["prod-cluster"]
    assert at(bare, "resource aws_eks_access_entry hcp_plan") == GONE
    assert at(bare, "data terraform_remote_state runner") == GONE


def test_no_stack_needs_a_file_outside_of_its_folder_or_a_program() -> None:
    for layer, document in documents().items():
        for path, text in strings(document):
            assert not re.search(r"(?<![\w.])\.\./|file\(\"/|local-exec|path\.(cwd|root)", text), f"{layer}: {path}"
        for provider in document["provider"].values():
            assert '"exec"' not in json.dumps(provider), layer
        assert at(document, "terraform backend") == GONE


def test_every_stack_has_its_own_workspace_and_reads_other_states_from_their_workspaces() -> None:
    for layer, document in documents().items():
        assert at(document, "terraform cloud") == {
            "hostname": "app.terraform.io",
            "organization": "example",
            "workspaces": {"name": f"ml-prod-{layer}", "project": "kubeflow"},
        }
        states = document.get("data", {}).get("terraform_remote_state", {})
        for before, state in states.items():
            assert state["backend"] == "remote"
            assert state["config"]["workspaces"] == {"name": f"ml-prod-{before}"}


def test_it_is_not_made_for_a_platform_without_roles() -> None:
    with pytest.raises(ValueError, match=r"^state: no runner roles; set State\.hcp"):
        RunnerStack(cdktf.Testing.app(), platform("prod"), ())
    assert "runner" not in platform_layers(platform("prod", state=State.hcp(organization="example")))


def test_kubeflow_alone_does_not_ask_for_roles() -> None:
    settings = Kubeflow(auth=Dex(users=("ada@team.example.net",)))
    assert "runner" not in platform_layers(platform("prod", kubeflow=settings, state=State.hcp(organization="example")))
