"""What is said about wrong teams, and what is allowed and still printed."""

from datetime import date
from typing import Any

from modules.iam.policy_context import ArtifactBucket
from modules.rules import problems, warnings_of
from modules.rules.iam_quotas import MOST_POLICY_CHARACTERS, policy_characters
from modules.rules.teams import OWN_POLICY_CHARACTERS, namespaces_taken
from modules.settings import (
    Addon,
    Addons,
    Cognito,
    Contributor,
    Dex,
    KnativeDomain,
    NodeGroup,
    Oidc,
    Platform,
    Quota,
    Statement,
    Team,
    TeamDefaults,
    TeamPermissions,
)
from modules.teams.names import release_name
from modules.teams.rights import rights
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import READ, cluster, on_kubeflow, platform, role

ADA, GRACE = "ada@example.company", "grace@example.company"
ANYONE = Oidc(issuer="https://login.example.company", client_id="kubeflow", client_secret_arn=None)
BIG = Statement(actions=("s3:GetObject",), resources=tuple(f"arn:aws:s3:::data/{number:0100d}" for number in range(80)))


WITH_AGENT = cluster(addons=Addons(eks_pod_identity_agent=Addon()))


def team(**changes: object) -> Team:
    return Team(**{"name": "team-a", "owner": ADA, **changes})


def on_team(**changes: object) -> Platform:
    return on_kubeflow(auth=ANYONE, teams=(team(**changes),))


def on_node_role(*, open_group: bool, **changes: object) -> Platform:
    made = on_kubeflow(auth=ANYONE, teams=(team(**changes),), team_defaults=TeamDefaults(aws_identity="node_role"))
    group = NodeGroup(name="nodes", pods_use_node_role=open_group, role_policy_arns=(READ,) if open_group else ())
    return made.with_changes(cluster=cluster(node_groups=(group,)))


def with_members(*, owner: str = ADA, **changes: Any) -> Platform:
    """A team on a platform where two users sign in."""
    return on_kubeflow(auth=Dex(users=(ADA, GRACE)), teams=(team(owner=owner, **changes),))


ROWS: Rows = {
    "an_owner_who_cannot_sign_in": (
        with_members(owner="alan@example.company"),
        "kubeflow.teams[0].owner: cannot sign in",
    ),
    "an_owner_in_other_letters": (
        with_members(owner="Ada@example.company"),
        "kubeflow.teams[0].owner: write ada@example.company",
    ),
    "a_contributor_who_cannot_sign_in": (
        with_members(contributors=(Contributor(user=GRACE), Contributor(user="alan@example.company"))),
        "kubeflow.teams[0].contributors[1].user: cannot sign in",
    ),
    "members_of_a_user_pool": (
        on_kubeflow(auth=Cognito(domain_prefix="team", users=(ADA,)), teams=(team(owner=GRACE),)),
        "kubeflow.teams[0].owner: cannot sign in",
    ),
    "members_of_an_open_user_pool": (
        on_kubeflow(auth=Cognito(domain_prefix="team", self_sign_up=True), teams=(team(owner=GRACE),)),
    ),
    "a_group_as_owner": (
        on_team(owner="ml-engineers"),
        "kubeflow.teams[0].owner: groups",
    ),
    "a_group_as_contributor": (
        on_team(contributors=(Contributor(user="ml-engineers"),)),
        "kubeflow.teams[0].contributors[0].user: groups",
    ),
    "users_by_another_claim": (
        on_kubeflow(auth=ANYONE.with_changes(email_claim="sub"), teams=(team(owner="00u1f7q"),)),
    ),
    "a_team_without_an_owner": (on_team(owner=None, contributors=(Contributor(user=GRACE),)),),
    "a_team_without_members": (
        on_team(owner=None),
        "kubeflow.teams[0].contributors: neither",
    ),
    "a_role_of_theirs_with_more_permissions": (
        on_team(aws=TeamPermissions(role="role/data", policy_arns=(READ,))),
        "kubeflow.teams[0].aws.role: role/data",
    ),
    "a_role_that_is_a_user": (
        on_team(aws=TeamPermissions(role="user/data")),
        "kubeflow.teams[0].aws.role: role/<name>",
    ),
    "a_role_of_theirs_where_teams_have_none": (
        on_node_role(open_group=True, aws=TeamPermissions(role="role/data")),
        "kubeflow.teams[0].aws: node_role",
    ),
    "a_role_of_another_account_by_pod_identity": (
        on_kubeflow(
            auth=ANYONE,
            service_account_auth="pod_identity",
            teams=(team(aws=TeamPermissions(role="arn:aws:iam::444455556666:role/data")),),
        ).with_changes(allowed_account_ids=("111122223333",), cluster=WITH_AGENT),
        "kubeflow.teams[0].aws.role: allowed_account_ids",
    ),
    "a_team": (on_team(),),
    "a_name_with_a_dot": (
        on_team(name="team.a"),
        "kubeflow.teams[0].name: lower-case",
    ),
    "an_owner_with_a_space": (
        on_team(owner="Ada Lovelace"),
        "kubeflow.teams[0].owner: Lovelace",
    ),
    "an_owner_that_is_a_token": (
        on_team(owner="@@role_arn@@"),
        "kubeflow.teams[0].owner: role_arn",
    ),
    "an_owner_who_would_be_everybody": (
        on_team(owner="*"),
        "kubeflow.teams[0].owner: characters",
    ),
    "contributors_by_wildcard": (
        on_team(contributors=(Contributor(user="*@example.company"),)),
        "kubeflow.teams[0].contributors[0].user: example.company",
    ),
    "an_owner_of_kubernetes": (
        on_team(owner="system:masters"),
        "kubeflow.teams[0].owner: system:masters",
    ),
    "models_of_two_teams_at_one_address": (
        on_kubeflow(
            auth=ANYONE,
            teams=(team(name="b"), team(name="a-b"), team(name="ab")),
            knative_domain=KnativeDomain(name="models.example.company", tls_secret_name="wildcard"),
        ),
        "kubeflow.teams[1].name: address",
    ),
    "models_of_two_teams_at_two_addresses": (
        on_kubeflow(
            auth=ANYONE,
            teams=(team(name="b"), team(name="a-b")),
            knative_domain=KnativeDomain(name="models.example.company"),
        ),
    ),
    "an_empty_quota": (
        on_team(quota=Quota()),
        "kubeflow.teams[0].quota.cpu: limit",
    ),
    "too_many_policies": (
        on_team(aws=TeamPermissions(policy_arns=tuple(f"{READ}{number}" for number in range(21)))),
        "kubeflow.teams[0].aws.policy_arns: policies",
    ),
    "a_policy_twice": (
        on_team(aws=TeamPermissions(policy_arns=(READ, READ))),
        "kubeflow.teams[0].aws.policy_arns: arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    ),
    "too_long_a_policy": (
        on_team(aws=TeamPermissions(statements=(BIG,))),
        "kubeflow.teams[0].aws.statements: 752",
    ),
    "an_owner_who_contributes": (
        on_team(contributors=(Contributor(user=ADA),)),
        "kubeflow.teams[0].contributors: owns",
    ),
    "a_contributor_twice": (
        on_team(contributors=(Contributor(user=GRACE), Contributor(user=GRACE, role="view"))),
        "kubeflow.teams[0].contributors: grace",
    ),
    "two_contributors_of_one_binding": (
        on_team(contributors=(Contributor(user="a.b@example.company"), Contributor(user="A-b@example.company"))),
        "kubeflow.teams[0].contributors: user-a-b-example-company-clusterrole-edit",
    ),
    "a_team_twice": (
        on_kubeflow(auth=ANYONE, teams=(team(), team(owner=GRACE))),
        "kubeflow.teams: team-a",
    ),
    "too_many_teams": (
        on_kubeflow(auth=ANYONE, teams=tuple(team(name=f"t{number}") for number in range(501))),
        "kubeflow.teams: 500",
    ),
    "no_profiles_component": (
        on_kubeflow(auth=ANYONE, teams=(team(),), disable=("central-dashboard", "profiles")),
        "kubeflow.disable: profiles",
    ),
    "a_namespace_of_kubernetes": (
        on_team(name="kube-flow"),
        "kubeflow.teams[0].name: namespace",
    ),
    "a_namespace_of_a_component": (
        on_team(name="monitoring"),
        "kubeflow.teams[0].name: monitoring",
    ),
    "a_role_for_the_same_account": (
        on_team().with_changes(service_account_roles=(role(service_account="default-editor"),)),
        "kubeflow.teams[0].name: service_account_roles",
    ),
    "node_role": (on_node_role(open_group=True),),
    "rights_without_a_role": (
        on_node_role(open_group=True, aws=TeamPermissions(policy_arns=(READ,))),
        "kubeflow.teams[0].aws: team_defaults=TeamDefaults",
    ),
    "node_role_that_no_pod_reaches": (
        on_node_role(open_group=False),
        "kubeflow.team_defaults.aws_identity: group",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []


def test_the_node_role_is_warned_of_by_what_every_pod_can_do() -> None:
    warnings = [str(one) for one in warnings_of(on_node_role(open_group=True), date(2026, 1, 1))]
    (line,) = [line for line in warnings if line.startswith("prod: kubeflow.team_defaults.aws_identity: ")]
    assert "AmazonS3ReadOnlyAccess" in line


def test_every_namespace_that_a_platform_makes_is_taken() -> None:
    kubeflow = on_kubeflow().kubeflow
    assert kubeflow is not None
    assert {
        "kubeflow",
        "kubeflow-system",
        "istio-system",
        "auth",
        "knative-serving",
        "cert-manager",
    } <= namespaces_taken(kubeflow)


def test_room_is_kept_for_the_platforms_own_statements() -> None:
    """With names as long as AWS takes them."""
    key = f"arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/{'0' * 36}"
    bucket = ArtifactBucket(f"arn:aws-us-gov:s3:::{'b' * 63}", key, "s3.us-gov-west-1.amazonaws.com")
    assert 900 < policy_characters(rights("t" * 36, bucket)) + 40 <= OWN_POLICY_CHARACTERS < MOST_POLICY_CHARACTERS


def test_the_longest_names_fit() -> None:
    longest = "n" * 36
    assert len(f"{'p' * 22}-{release_name(longest)}") == 64, "IAM's limit"
    assert len(release_name(longest)) <= 53, "Helm's limit"
    assert list(problems(platform(name="p" * 22, kubeflow=on_team(name=longest).kubeflow))) == []
