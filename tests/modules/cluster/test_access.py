from typing import Any

import pytest

from modules.cluster.access import ClusterAccess, principal_slug
from modules.settings import AccessEntry, AccessPolicy
from tests.documents import GONE, at, bare_stack, exactly, synthesized

SUPPORT = "arn:aws:iam::444455556666:role/team/support"


def made(**given: Any) -> dict[str, Any]:
    stack = bare_stack()
    groups = {"admins": (), "viewers": (), "entries": (), **given}
    ClusterAccess(stack, "access", cluster_name="prod", partition="aws", **groups)
    return synthesized(stack)


def test_an_admin_is_looked_up_so_that_a_wrong_name_fails_the_plan() -> None:
    document = made(admins=("role/platform-admins",))
    assert at(document, "data aws_iam_role admin_platform_admins") == {"name": "platform-admins"}
    assert at(document, "resource aws_eks_access_entry admin_platform_admins") == {
        "cluster_name": "prod",
        "principal_arn": "${data.aws_iam_role.admin_platform_admins.arn}",
    }
    assert at(document, "resource aws_eks_access_policy_association admin_platform_admins") == {
        "access_scope": {"type": "cluster"},
        "cluster_name": "prod",
        "policy_arn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        "principal_arn": "${aws_eks_access_entry.admin_platform_admins.principal_arn}",
    }


def test_a_user_is_looked_up_as_a_user() -> None:
    document = made(viewers=("user/auditor",))
    assert at(document, "data aws_iam_user viewer_user_auditor") == {"user_name": "auditor"}
    assert at(document, "data aws_iam_role") == GONE
    policy = at(document, "resource aws_eks_access_policy_association viewer_user_auditor policy_arn")
    assert policy == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


def test_an_arn_is_taken_as_it_is() -> None:
    document = made(admins=(SUPPORT,))
    entry = at(document, "resource aws_eks_access_entry admin_444455556666_team_support")
    assert entry["principal_arn"] == SUPPORT
    assert at(document, "data") == GONE


def test_an_entry_has_the_rights_that_settings_say_where_they_say() -> None:
    entry = AccessEntry(
        name="ci",
        principal=SUPPORT,
        policy="AmazonEKSEditPolicy",
        namespaces=("team-a", "team-b"),
        kubernetes_groups=("deployers",),
    )
    document = made(entries=(entry,))
    assert at(document, "resource aws_eks_access_entry ci kubernetes_groups") == ["deployers"]
    association = at(document, "resource aws_eks_access_policy_association ci")
    assert association["access_scope"] == {"namespaces": ["team-a", "team-b"], "type": "namespace"}
    assert association["policy_arn"] == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"


def test_each_policy_of_an_entry_has_its_own_scope() -> None:
    edit = AccessPolicy(policy="AmazonEKSEditPolicy", namespaces=("team-a",))
    document = made(entries=(AccessEntry(name="ci", principal=SUPPORT, more_policies=(edit,)),))
    assert list(at(document, "resource aws_eks_access_entry")) == ["ci"]
    associations = at(document, "resource aws_eks_access_policy_association")
    assert {name: one["access_scope"] for name, one in associations.items()} == {
        "ci": {"type": "cluster"},
        "ci_AmazonEKSEditPolicy": {"namespaces": ["team-a"], "type": "namespace"},
    }
    assert {one["principal_arn"] for one in associations.values()} == {"${aws_eks_access_entry.ci.principal_arn}"}


def test_an_entry_can_have_groups_alone() -> None:
    document = made(entries=(AccessEntry(name="ci", principal=SUPPORT, policy=None, kubernetes_groups=("ops",)),))
    assert at(document, "resource aws_eks_access_entry ci kubernetes_groups") == ["ops"]
    assert at(document, "resource aws_eks_access_policy_association") == GONE


def test_a_role_and_a_user_of_one_name_both_get_in() -> None:
    document = made(admins=("role/ops", "user/ops", SUPPORT, "arn:aws:iam::444455556666:user/team/support"))
    assert set(at(document, "resource aws_eks_access_entry")) == {
        "admin_ops",
        "admin_user_ops",
        "admin_444455556666_team_support",
        "admin_444455556666_user_team_support",
    }


@pytest.mark.parametrize(
    "given",
    [
        {"admins": ("role/a.b", "role/a-b")},
        {"admins": ("role/a.b",), "entries": (AccessEntry(name="admin-a-b", principal="role/a-b"),)},
    ],
    ids=["names that differ in a dot", "an entry named like an admin"],
)
def test_two_principals_are_never_one_address(given: dict[str, Any]) -> None:
    said = (
        "cluster.access: role/a.b and role/a-b would both have the Terraform name admin_a_b; write one of them as "
        "AccessEntry(name=…) with a unique name"
    )
    with pytest.raises(ValueError, match=exactly(said)):
        made(**given)


@pytest.mark.parametrize(
    ("principal", "slug"),
    [
        ("role/platform-admins", "platform_admins"),
        ("user/jane@example.com", "user_jane_example_com"),
        ("arn:aws-cn:iam::111122223333:role/a", "111122223333_a"),
        ("arn:aws:iam::111122223333:user/path/b", "111122223333_user_path_b"),
    ],
)
def test_addresses_that_a_person_would_write(principal: str, slug: str) -> None:
    assert principal_slug(principal) == slug
