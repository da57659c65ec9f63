"""Forty teams, applied for real: one leaves, and comes back; the controller that fills their namespaces comes late.

Terraform, the AWS provider and the charts are real; AWS is moto, and the cluster is the stand-in of tests/stand_ins/providers.
"""

import json
from collections.abc import Iterator

import pytest

from modules.kubeflow.cache import Cache
from modules.kubeflow.chart import RELEASE_SECRET_LIMIT_KIB
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import load
from modules.settings import (
    Contributor,
    InClusterDatabase,
    Oidc,
    Platform,
    Quota,
    ServiceAccountRole,
    Services,
    Team,
    TeamPermissions,
)
from modules.teams.names import NO_OWNER
from stacks.protected_resources import check_stateful
from tests.e2e.kubeflow_stage import NAME, Staged, platform, staged
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.providers.profiles import reconcile
from tests.terraform import TerraformError

pytestmark = pytest.mark.terraform

COUNT = 40
NO_REFRESH = "-refresh=false"
"""Where nothing outside has changed: reading forty roles takes longer than the rest."""
SERVICES = Services(database=InClusterDatabase(), credential_recovery_days=0)
GONE = {"helm_release.team_unit_3", "aws_iam_role.team_unit_3", "aws_iam_role_policy.team_unit_3"}


def team(number: int) -> Team:
    grace = Contributor(user=f"grace-{number}@x.org")
    return Team(
        name=f"unit-{number}", owner=f"ada-{number}@x.org", contributors=(grace,), quota=Quota(cpu=32, gpus=number)
    )


TEAMS = tuple(map(team, range(COUNT)))
OPEN = tuple(one.with_changes(deletion_protection=one.name != "unit-3") for one in TEAMS)
WITHOUT = tuple(one for one in TEAMS if one.name != "unit-3")


READER = ServiceAccountRole(
    namespace="unit-9",
    service_account="reader",
    policy_arns=("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",),
    create_service_account=True,
)


def settings(teams: tuple[Team, ...]) -> Platform:
    kubeflow = platform(auth=Oidc(issuer="https://login.x.org", client_id="kubeflow"), services=SERVICES, teams=teams)
    return kubeflow.with_changes(service_account_roles=(READER,))


@pytest.fixture(scope="module")
def stage(moto: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staged]:
    """Services and teams; of Kubeflow itself only the object types that a team needs."""
    layers = ("services", "teams")
    with staged(tmp_path_factory.mktemp("teams"), moto, settings(TEAMS), layers=layers) as stage:
        for entry in ("profiles", "admission-webhook", "istio-crds"):
            for crd in load(Cache().get(read_lock().components[entry]["default"].phases["crds"].sha256) or b""):
                stage.cluster.put(crd)
        for layer in layers:
            stage.stacks[layer].apply()
        yield stage


def test_every_team_is_installed_before_any_controller_has_come(stage: Staged) -> None:
    assert {name for _, name in stage.cluster.releases} == {f"team-{one.name}" for one in TEAMS}
    assert stage.cluster.get("ServiceAccount", "default-editor", "unit-3") is None
    sizes = [release.size_bytes or 0 for release in stage.cluster.releases.values()]
    assert 0 < max(sizes) < RELEASE_SECRET_LIMIT_KIB * 1024 / 50


def test_the_controller_takes_every_namespace_over_and_the_plan_stays_empty(stage: Staged) -> None:
    assert reconcile(stage.cluster) == []
    account = stage.cluster.get("ServiceAccount", "default-editor", "unit-3")
    assert account is not None
    role = stage.aws.client("iam").get_role(RoleName=f"{NAME}-team-unit-3")["Role"]
    assert account["metadata"]["annotations"] == {"eks.amazonaws.com/role-arn": role["Arn"]}
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    conditions = statement["Condition"]["StringEquals"]
    assert sorted(conditions.values()) == ["sts.amazonaws.com", "system:serviceaccount:unit-3:default-editor"]
    for layer in ("services", "teams"):
        plan = stage.stacks[layer].plan()
        assert plan.is_empty, plan.explain()


def test_a_service_account_has_the_role_that_was_made_for_it(stage: Staged) -> None:
    account = stage.cluster.get("ServiceAccount", "reader", "unit-9")
    role = stage.aws.client("iam").get_role(RoleName=f"{NAME}-unit-9-reader")["Role"]
    assert account is not None
    assert account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"] == role["Arn"]


def test_a_namespace_of_another_owner_is_not_taken_over(stage: Staged) -> None:
    """The stand-in does what the controller does; else the test above would show nothing."""
    namespace = stage.cluster.get("Namespace", "unit-3")
    assert namespace is not None
    owner = namespace["metadata"]["annotations"].pop("owner")
    assert reconcile(stage.cluster) == ["unit-3"]
    namespace["metadata"]["annotations"]["owner"] = owner


def test_a_protected_team_stays(stage: Staged) -> None:
    listed = check_stateful({}, stage.made.documents)
    assert len(listed[f"{NAME}-teams"]) == COUNT
    with pytest.raises(TerraformError, match="Instance cannot be destroyed"):
        stage.stacks["teams"].plan("-destroy", NO_REFRESH)
    stage.synth(settings(WITHOUT))
    with pytest.raises(ValueError, match="removed, but it is a team"):
        check_stateful(listed, stage.made.documents)


def test_a_team_that_may_go_leaves_alone_and_comes_back(stage: Staged) -> None:
    teams = stage.stacks["teams"]
    stage.synth(settings(OPEN))
    listed = check_stateful({}, stage.made.documents)
    assert len(listed[f"{NAME}-teams"]) == COUNT - 1
    assert set(teams.plan(NO_REFRESH).actions) == {"helm_release.team_unit_3"}
    teams.apply(NO_REFRESH)

    stage.synth(settings(WITHOUT))
    check_stateful(listed, stage.made.documents)
    plan = teams.plan(NO_REFRESH)
    assert set(plan.of("delete")) == set(plan.actions) == GONE
    teams.apply(plan=plan)
    assert stage.cluster.get("Namespace", "unit-3") is None
    assert stage.cluster.get("Namespace", "unit-30") is not None
    assert stage.cluster.get("Profile", "unit-3", api_group="kubeflow.org") is None

    stage.synth(settings(TEAMS))
    plan = teams.plan(NO_REFRESH)
    assert set(plan.of("create")) == set(plan.actions) == GONE
    teams.apply(plan=plan)
    assert reconcile(stage.cluster) == []
    assert teams.plan().is_empty


def test_a_team_that_terraform_only_lets_go_of_keeps_its_namespace_and_is_taken_up_again(stage: Staged) -> None:
    teams = stage.stacks["teams"]
    volume = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "work", "namespace": "unit-3"}}
    stage.cluster.put(volume)
    listed = check_stateful({}, stage.made.documents)
    stage.synth(settings(WITHOUT))
    check_stateful(listed, stage.made.documents, forget=(f"{NAME}-teams/helm_release.team_unit_3",))
    teams.apply(NO_REFRESH)
    assert stage.cluster.get("ConfigMap", "work", "unit-3") is not None
    assert stage.cluster.get("Profile", "unit-3", api_group="kubeflow.org") is not None

    stage.synth(settings(TEAMS))
    teams.apply(NO_REFRESH)
    assert stage.cluster.get("ConfigMap", "work", "unit-3") is not None
    assert teams.plan().is_empty


def test_an_existing_role_is_used_once_its_trust_policy_admits_the_team(stage: Staged) -> None:
    """The same plan moves the team to its contributors, without an owner."""
    iam, teams = stage.aws.client("iam"), stage.stacks["teams"]
    made = iam.get_role(RoleName=f"{NAME}-team-unit-8")["Role"]["AssumeRolePolicyDocument"]
    other = json.dumps(made).replace("unit-8", "unit-6")
    theirs = iam.create_role(RoleName="unit-8-data", AssumeRolePolicyDocument=other)["Role"]["Arn"]
    team = TEAMS[8].with_changes(owner=None, aws=TeamPermissions(role="role/unit-8-data"))
    stage.synth(settings((*TEAMS[:8], team, *TEAMS[9:])))
    with pytest.raises(TerraformError, match="does not let system:serviceaccount:unit-8:default-editor assume it"):
        teams.plan(NO_REFRESH)
    iam.update_assume_role_policy(RoleName="unit-8-data", PolicyDocument=json.dumps(made))
    plan = teams.plan(NO_REFRESH)
    assert plan.of("update") == ["helm_release.team_unit_8"]
    assert plan.of("delete") == ["aws_iam_role.team_unit_8", "aws_iam_role_policy.team_unit_8"]
    teams.apply(plan=plan)
    profile = stage.cluster.get("Profile", "unit-8", api_group="kubeflow.org")
    assert profile is not None
    assert profile["spec"]["plugins"][0]["spec"]["awsIamRole"] == theirs
    assert profile["spec"]["owner"]["name"] == NO_OWNER
    assert reconcile(stage.cluster) == []
