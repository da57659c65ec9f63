"""What is said about wrong teams, and what is allowed and still printed."""

from datetime import date

import pytest

from modules.iam.policy_context import ArtifactBucket
from modules.rules import problems, warnings_of
from modules.rules.teams import MOST_POLICY_CHARACTERS, OWN_POLICY_CHARACTERS, namespaces_taken, policy_characters
from modules.settings import (
    Contributor,
    KnativeDomain,
    NodeGroup,
    Platform,
    Quota,
    Statement,
    Team,
    TeamDefaults,
    TeamPermissions,
)
from modules.teams.names import release_name
from modules.teams.rights import rights
from tests.modules.settings.valid import READ, Rows, cluster, on_kubeflow, platform, role

ADA, GRACE = "ada@example.company", "grace@example.company"
BIG = Statement(actions=("s3:GetObject",), resources=tuple(f"arn:aws:s3:::data/{number:0100d}" for number in range(80)))


def team(**changes: object) -> Team:
    return Team(**{"name": "team-a", "owner": ADA, **changes})


def on_team(**changes: object) -> Platform:
    return on_kubeflow(teams=(team(**changes),))


def on_node_role(*, open_group: bool, **changes: object) -> Platform:
    made = on_kubeflow(teams=(team(**changes),), team_defaults=TeamDefaults(aws_identity="node_role"))
    group = NodeGroup(name="nodes", pods_use_node_role=open_group, role_policy_arns=(READ,) if open_group else ())
    return made.with_changes(cluster=cluster(node_groups=(group,)))


ROWS: Rows = {
    "a_team": (on_team(),),
    "a_name_with_a_dot": (
        on_team(name="team.a"),
        "kubeflow.teams[0].name: 'team.a' is not a name of 1 to 36 lower-case letters, digits and single inner hyphens, a letter "
        "first (36: AWS names, which begin with the platform's, end at 64)",
    ),
    "an_owner_with_a_space": (
        on_team(owner="Ada Lovelace"),
        "kubeflow.teams[0].owner: 'Ada Lovelace' is not a user as the identity provider writes it: 1 to 128 characters without "
        "spaces and *, which Istio would read as everybody, and not system:…, which is Kubernetes' own; such as ada@example.com",
    ),
    "an_owner_that_is_a_token": (
        on_team(owner="@@role_arn@@"),
        "kubeflow.teams[0].owner: '@@role_arn@@' is not a user as the identity provider writes it: 1 to 128 characters without "
        "spaces and *, which Istio would read as everybody, and not system:…, which is Kubernetes' own; such as ada@example.com",
    ),
    "an_owner_who_would_be_everybody": (
        on_team(owner="*"),
        "kubeflow.teams[0].owner: '*' is not a user as the identity provider writes it: 1 to 128 characters without "
        "spaces and *, which Istio would read as everybody, and not system:…, which is Kubernetes' own; such as ada@example.com",
    ),
    "contributors_by_wildcard": (
        on_team(contributors=(Contributor(user="*@example.company"),)),
        "kubeflow.teams[0].contributors[0].user: '*@example.company' is not a user as the identity provider writes it: 1 to 128 characters without "
        "spaces and *, which Istio would read as everybody, and not system:…, which is Kubernetes' own; such as ada@example.com",
    ),
    "an_owner_of_kubernetes": (
        on_team(owner="system:masters"),
        "kubeflow.teams[0].owner: 'system:masters' is not a user as the identity provider writes it: 1 to 128 characters without "
        "spaces and *, which Istio would read as everybody, and not system:…, which is Kubernetes' own; such as ada@example.com",
    ),
    "models_of_two_teams_at_one_address": (
        on_kubeflow(
            teams=(team(name="b"), team(name="a-b"), team(name="ab")),
            knative_domain=KnativeDomain(name="models.example.company", tls_secret_name="wildcard"),
        ),
        "kubeflow.teams[1].name: a-b ends with -b, another team: with TLS a model answers at <name>-<team>.<domain>, so both teams "
        "could have a model at one address; rename one of the teams, or leave knative_domain out",
    ),
    "models_of_two_teams_at_two_addresses": (
        on_kubeflow(
            teams=(team(name="b"), team(name="a-b")), knative_domain=KnativeDomain(name="models.example.company")
        ),
    ),
    "an_empty_quota": (
        on_team(quota=Quota()),
        "kubeflow.teams[0].quota.cpu: the quota limits nothing; give cpu, memory_gib or another, or leave the quota out",
    ),
    "too_many_policies": (
        on_team(aws=TeamPermissions(policy_arns=tuple(f"{READ}{number}" for number in range(21)))),
        "kubeflow.teams[0].aws.policy_arns: 21 policies; IAM takes 20 a role at most: write some as statements",
    ),
    "a_policy_twice": (
        on_team(aws=TeamPermissions(policy_arns=(READ, READ))),
        f"kubeflow.teams[0].aws.policy_arns: {READ} stands there twice; name it once",
    ),
    "too_long_a_policy": (
        on_team(aws=TeamPermissions(statements=(BIG,))),
        "kubeflow.teams[0].aws.statements: 9,752 characters of policy; IAM takes 10,240 a role, of which 1,500 are the platform's: "
        "give 8,740 or fewer, or make a managed policy of them and give its ARN",
    ),
    "an_owner_who_contributes": (
        on_team(contributors=(Contributor(user=ADA),)),
        f"kubeflow.teams[0].contributors: {ADA} owns the team and may do everything; leave them out here",
    ),
    "a_contributor_twice": (
        on_team(contributors=(Contributor(user=GRACE), Contributor(user=GRACE, role="view"))),
        f"kubeflow.teams[0].contributors: {GRACE} stands there twice; give them one role",
    ),
    "two_contributors_of_one_binding": (
        on_team(contributors=(Contributor(user="a.b@example.company"), Contributor(user="A-b@example.company"))),
        "kubeflow.teams[0].contributors: a.b@example.company and A-b@example.company would both be "
        "user-a-b-example-company-clusterrole-edit: Kubeflow reads a user's letters and digits alone; keep one, and bind the other by "
        "hand",
    ),
    "a_team_twice": (
        on_kubeflow(teams=(team(), team(owner=GRACE))),
        "kubeflow.teams: the name team-a stands twice; give each its own",
    ),
    "too_many_teams": (
        on_kubeflow(teams=tuple(team(name=f"t{number}") for number in range(501))),
        "kubeflow.teams: 501 teams; 500 on one platform are tried: put the others on a second platform",
    ),
    "no_profiles_component": (
        on_kubeflow(teams=(team(),), disable=("central-dashboard", "profiles")),
        "kubeflow.disable: teams need profiles, which makes their service accounts; leave it in",
    ),
    "a_namespace_of_kubernetes": (
        on_team(name="kube-flow"),
        "kubeflow.teams[0].name: the namespace kube-flow is Kubernetes' or a component's; choose another name",
    ),
    "a_namespace_of_a_component": (
        on_team(name="monitoring"),
        "kubeflow.teams[0].name: the namespace monitoring is Kubernetes' or a component's; choose another name",
    ),
    "a_role_for_the_same_account": (
        on_team().with_changes(service_account_roles=(role(service_account="default-editor"),)),
        "kubeflow.teams[0].name: service_account_roles has a role for team-a/default-editor, and the team brings one; put its "
        "rights in the team's aws, and take it out there",
    ),
    "a_role_of_the_same_name": (
        on_team().with_changes(service_account_roles=(role(role_name="team-team-a"),)),
        "kubeflow.teams[0].name: the role prod-team-team-a is in service_account_roles already; set another role_name there",
    ),
    "node_role": (on_node_role(open_group=True),),
    "rights_without_a_role": (
        on_node_role(open_group=True, aws=TeamPermissions(policy_arns=(READ,))),
        'kubeflow.teams[0].aws: there is no role to give these rights to with team_defaults=TeamDefaults(aws_identity="node_role"); give them to the '
        "node groups, or let each team have its role",
    ),
    "node_role_that_no_pod_reaches": (
        on_node_role(open_group=False),
        "kubeflow.team_defaults.aws_identity: node_role gives pods what the nodes' role may do, and no node group lets pods at it; set "
        "pods_use_node_role=True and role_policy_arns there, or leave this out",
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_what_is_said(row: tuple[Platform, *tuple[str, ...]]) -> None:
    built, *lines = row
    assert [f"{path}: {text}" for path, text in problems(built)] == lines


def test_the_node_role_is_warned_of_by_what_every_pod_can_do() -> None:
    warnings = list(warnings_of(on_node_role(open_group=True), date(2026, 1, 1)))
    assert (
        "prod: kubeflow.team_defaults.aws_identity: every pod of every team can do what the nodes' role may do (AmazonS3ReadOnlyAccess): pull every "
        "image, change network interfaces, and read and write what other teams can"
    ) in warnings


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
