"""The policies of the product against the recording: each request is allowed, and no statement is there for nothing."""

import functools
from collections.abc import Mapping
from typing import Any

import pytest

from modules.iam.policy_engine import Request, is_allowed
from modules.installer_policy.documents import ATTACHED_LIMIT, MANAGED_LIMIT, characters, split
from modules.installer_policy.measured import FILE, PHASES, Phase, requests
from modules.installer_policy.names import Names
from modules.installer_policy.statement import PolicyStatement
from modules.installer_policy.statements import INCLUDED, kinds, statements
from modules.settings import Platform
from tests.built_once import build
from tests.installer_policy.aws_reference import dependent_actions, privilege
from tests.installer_policy.implied import DEPENDENT, NOT_ASKED, TAG_ACTIONS
from tests.installer_policy.judge import policy, refused, superfluous
from tests.installer_policy.need import Need
from tests.installer_policy.recorded_platforms import RECORDED
from tests.installer_policy.recorded_requests import Row, read
from tests.installer_policy.shapes import SECTION, as_text, document, shape
from tests.platforms import NAMES, PLATFORMS, all_stacks_of
from tests.stand_ins.moto_extension.names import ACCOUNT

STACKS = tuple(sorted({row.stack for row in read()}))


@functools.cache
def documents(platform: str) -> dict[str, list[Mapping[str, Any]]]:
    """Stack name to its documents, before and after the recorded change."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for settings in (RECORDED[platform].first, RECORDED[platform].then):
        for stack, one in build(settings).documents.items():
            found.setdefault(stack, []).append(one)
    return found


def settings_of(stack: str) -> Platform:
    return RECORDED[stack.partition("-")[0]].first


@functools.cache
def made(stack: str, phase: Phase) -> tuple[PolicyStatement, ...]:
    name, _, layer = stack.partition("-")
    return tuple(policy(settings_of(stack), layer, documents(name)[stack], phase))


@functools.cache
def asked(stack: str, phase: Phase) -> frozenset[Need]:
    """All that the requests of a stack ask for, of a phase and those that it includes."""
    return frozenset(need for row in read() if row.stack == stack and of_phase(row, phase) for need in row.needs)


@functools.cache
def asked_of_types(stack: str, phase: Phase) -> frozenset[Need]:
    """The same, and what was recorded for its Terraform types in other stacks, with the names of this platform.

    A policy allows what a type may ask for; one recording of one stack need not show all of it.
    """
    name = stack.partition("-")[0]
    names = Names.of(settings_of(stack), account=ACCOUNT)
    types = {kind for one in documents(name)[stack] for kind in kinds(one)}
    others = (row for row in read() if row.stack != stack and row.kind in types and of_phase(row, phase))
    return asked(stack, phase) | {
        Need(need.action, names.filled(shape(Need(need.action, need.resource), row.platform)), need.conditions)
        for row in others
        for need in row.needs
    }


def of_phase(row: Row, phase: Phase) -> bool:
    return SECTION[row.phase] in INCLUDED[phase]


def test_the_file_of_the_product_follows_from_the_recording() -> None:
    assert FILE.read_text(encoding="utf-8") == as_text(document(read())), "run: python -m tests.installer_policy.record"


@pytest.mark.slow
@pytest.mark.parametrize("stack", STACKS)
def test_each_recorded_request_is_allowed_in_its_phase(stack: str) -> None:
    for phase in PHASES:
        assert refused(made(stack, phase), asked(stack, phase), settings_of(stack).name) == []


@pytest.mark.slow
@pytest.mark.parametrize("stack", STACKS)
def test_a_statement_taken_away_fails(stack: str) -> None:
    for phase in PHASES:
        assert superfluous(made(stack, phase), asked_of_types(stack, phase), settings_of(stack).name) == [], phase


@pytest.mark.slow
@pytest.mark.parametrize("stack", STACKS)
def test_an_action_taken_away_fails(stack: str) -> None:
    for phase in PHASES:
        used = {need.action for need in asked_of_types(stack, phase)}
        assert {action for one in made(stack, phase) for action in one.actions} <= used


def test_a_statement_that_nothing_needs_is_found() -> None:
    more = PolicyStatement(("iam:CreateUser",), ("*",))
    every = (*made("tagged-network", "apply"), more)
    assert superfluous(every, asked_of_types("tagged-network", "apply"), "tagged") == [more]
    again = (*made("tagged-network", "apply"), made("tagged-network", "apply")[0])
    assert len(superfluous(again, asked_of_types("tagged-network", "apply"), "tagged")) == 2


def test_a_request_of_another_phase_is_refused() -> None:
    (create,) = (need for need in asked("made-network", "apply") if need.action == "ec2:CreateVpc")
    assert refused(made("made-network", "apply"), [create], "made") == []
    for phase in ("plan", "destroy"):
        assert refused(made("made-network", phase), [create], "made") == [create]


@pytest.mark.parametrize("name", NAMES)
def test_each_platform_has_policies_that_iam_takes(name: str) -> None:
    platform, stacks = PLATFORMS[name], all_stacks_of(name)
    for phase in PHASES:
        for layer, one in (*((layer, [one]) for layer, one in stacks.items()), ("", list(stacks.values()))):
            policies = split(statements(platform, layer, one, phase, Names.of(platform)))
            assert all(characters(found) <= MANAGED_LIMIT for found in policies)
            assert len(policies) <= ATTACHED_LIMIT


@pytest.mark.slow
def test_a_plan_changes_nothing() -> None:
    """Levels of AWS's reference; a lock is written and deleted, and what decrypts is a write to KMS's reference only."""
    further = {"kms:Decrypt", "s3:DeleteObject", "s3:PutObject"}
    for stack in STACKS:
        for action in {action for one in made(stack, "plan") for action in one.actions} - further:
            assert privilege(action)["access_level"] in ("List", "Read"), f"{stack}: {action}"
        for one in made(stack, "plan"):
            if {"s3:DeleteObject", "s3:PutObject"} & set(one.actions):
                assert all(resource.endswith(".tflock") for resource in one.resources)


def test_each_action_is_in_the_reference_of_aws() -> None:
    for phases in requests().values():
        for actions in phases.values():
            for action in actions:
                privilege(action)


def test_each_dependent_action_is_checked_or_left_out_for_a_reason() -> None:
    left_out = tuple(one for found in NOT_ASKED.values() for one in found)
    tagging = {f"{service}:{action}" for service, action in TAG_ACTIONS.items()}
    derived = ("iam:PassRole", "kms:", "rds:ModifyDBInstance")  # from parameters
    for action in {need.action for row in read() for need in row.needs}:
        for dependent in dependent_actions(action) - set(DEPENDENT.get(action, ())) - tagging:
            assert dependent.startswith((*left_out, *derived)), f"{action} may ask for {dependent}"


OTHERS = (
    Request(
        "ec2:DeleteVpc",
        "arn:aws:ec2:us-west-2:123456789012:vpc/vpc-0",
        {"aws:ResourceTag/kubeflow-platform": ("other",)},
    ),
    Request("ec2:DeleteVpc", "arn:aws:ec2:us-west-2:123456789012:vpc/vpc-0"),
    Request("ec2:CreateVpc", "arn:aws:ec2:us-west-2:123456789012:vpc/*"),
    Request("kms:ScheduleKeyDeletion", "arn:aws:kms:us-west-2:123456789012:key/0"),
    Request("iam:CreateRole", "arn:aws:iam::123456789012:role/other-cluster"),
    Request("iam:PassRole", "arn:aws:iam::123456789012:role/other", {"iam:PassedToService": ("ec2.amazonaws.com",)}),
    Request(
        "iam:PassRole",
        "arn:aws:iam::123456789012:role/made-cluster",
        {"iam:PassedToService": ("lambda.amazonaws.com",)},
    ),
    Request(
        "iam:AttachRolePolicy",
        "arn:aws:iam::123456789012:role/made-cluster",
        {"iam:PolicyARN": ("arn:aws:iam::aws:policy/AdministratorAccess",)},
    ),
    Request("iam:CreateUser", "arn:aws:iam::123456789012:user/made"),
    Request("eks:DeleteCluster", "arn:aws:eks:us-west-2:123456789012:cluster/other"),
    Request("s3:DeleteBucket", "arn:aws:s3:::other-artifacts"),
    Request("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-west-2:123456789012:secret:other/database-0"),
    Request("rds:DeleteDBInstance", "arn:aws:rds:us-west-2:123456789012:db:other-kubeflow"),
    Request("s3:GetObject", "arn:aws:s3:::terraform-states/kubeflow/other/network.tfstate"),
)
"""What an installer of one platform may not do."""


@pytest.mark.parametrize("request_", OTHERS, ids=lambda one: f"{one.action} {one.resource.rpartition(':')[2]}")
def test_other_resources_are_refused(request_: Request) -> None:
    every = [one for stack in STACKS if stack.startswith("made-") for one in made(stack, "apply")]
    assert not is_allowed(every, request_)


def test_roles_must_have_the_boundary_of_the_platform() -> None:
    arn = "arn:aws:iam::123456789012:policy/boundary"
    platform = RECORDED["made"].first.with_changes(permissions_boundary_arn=arn)
    every = policy(platform, "cluster", documents("made")["made-cluster"], "apply")
    role = "arn:aws:iam::123456789012:role/made-cluster"
    for action in ("iam:CreateRole", "iam:PutRolePolicy"):
        assert is_allowed(every, Request(action, role, {"iam:PermissionsBoundary": (arn,)}))
        assert not is_allowed(every, Request(action, role))
    assert is_allowed(every, Request("iam:GetRole", role))


def test_roles_are_below_the_path_of_the_platform() -> None:
    platform = RECORDED["made"].first.with_changes(iam_path="/kubeflow/")
    every = policy(platform, "cluster", documents("made")["made-cluster"], "apply")
    assert is_allowed(every, Request("iam:DeleteRole", "arn:aws:iam::123456789012:role/kubeflow/made-cluster"))
    assert not is_allowed(every, Request("iam:DeleteRole", "arn:aws:iam::123456789012:role/made-cluster"))


def test_an_unknown_type_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"resource\.aws_quantum: .* record a platform"):
        policy(RECORDED["made"].first, "network", [{"resource": {"aws_quantum": {"one": {}}}}], "plan")


def test_types_of_other_providers_are_not_of_aws() -> None:
    assert kinds({"resource": {"helm_release": {}, "aws_vpc": {}}, "data": {"aws_vpc": {}}}) == [
        "data.aws_vpc",
        "resource.aws_vpc",
    ]
