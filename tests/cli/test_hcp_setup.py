"""Workspaces in HCP Terraform over its API, against the stand-in, which refuses what the API refuses."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cli import hcp
from cli.hcp.client import CREDENTIALS, Client, token_of
from cli.hcp.setup import Setup
from cli.hcp.wanted import Wanted, wanted_of
from examples.hcp_terraform.main import TEAM
from modules.settings.state import HcpState
from tests.built_once import build
from tests.platforms import platform
from tests.stand_ins.hcp.protocol import USER_TOKEN
from tests.stand_ins.hcp.records import AgentPool, StateVersion
from tests.stand_ins.hcp.server import Api

ROOT = Path(__file__).parents[2]
ROLES = {
    "TFC_AWS_PROVIDER_AUTH": "true",
    "TFC_AWS_PLAN_ROLE_ARN": "arn:aws:iam::111122223333:role/team-hcp-plan",
    "TFC_AWS_APPLY_ROLE_ARN": "arn:aws:iam::111122223333:role/team-hcp-apply",
}
IN_CLUSTER = ("team-addons", "team-kubeflow", "team-teams")


@cache
def documents() -> dict[str, Any]:
    return build(TEAM).documents


def wanted(*, run_triggers: bool = True, **changes: Any) -> Wanted:
    """What the example requires, an organization with agents."""
    state = TEAM.state
    assert isinstance(state, HcpState)
    settings = TEAM.with_changes(state=state.with_changes(**changes))
    return wanted_of(settings, documents(), agent_pool="team", run_triggers=run_triggers)


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api(lambda _: None)
    yield made
    made.close()
    assert made.unknown == []


def client(api: Api, token: str = USER_TOKEN) -> Client:
    return Client(f"{api.address}/api/v2/", token, "app.terraform.io")


def setup(api: Api, *, write: bool = True, **changes: Any) -> Setup:
    return Setup(client(api), wanted(**changes), write=write).run()


def apply_runner(api: Api, variables: dict[str, str]) -> None:
    """The local apply of the roles, whose outputs the server then has."""
    outputs = {"workspace_variables": {"value": variables, "type": ["map", "string"]}}
    content = json.dumps({"outputs": outputs}).encode()
    workspace = api.workspaces["team-runner"]
    workspace.states.append(StateVersion(len(workspace.states) + 1, "lineage", content=content))


@pytest.mark.slow
def test_everything_is_made_in_two_runs_around_the_first_apply(api: Api) -> None:
    first = setup(api)
    assert first.notes[-1] == "variable set team-aws: apply team-runner locally, then run this command again"
    assert api.projects == ["Default Project", "kubeflow"]
    assert list(api.workspaces) == [
        f"team-{layer}" for layer in ("runner", "network", "cluster", "services", "addons", "kubeflow", "teams")
    ]
    assert {one.project for one in api.workspaces.values()} == {"kubeflow"}
    (pool,) = api.agent_pools
    assert {name: (one.remote, one.agent_pool) for name, one in api.workspaces.items()} == {
        "team-runner": (False, None),
        **dict.fromkeys(("team-network", "team-cluster", "team-services"), (True, None)),
        **dict.fromkeys(IN_CLUSTER, (True, pool.id)),
    }
    assert (pool.for_all, pool.allowed) == (False, [api.workspaces[name].id for name in IN_CLUSTER])
    assert api.workspaces["team-cluster"].shares_state_with == {"team-services", *IN_CLUSTER}
    assert api.workspaces["team-runner"].shares_state_with == {"team-cluster"}
    assert api.workspaces["team-cluster"].triggered_by == [api.workspaces["team-network"].id]
    assert api.workspaces["team-network"].triggered_by == [], "no run is queued by a local apply"
    apply_runner(api, ROLES)
    second = setup(api)
    assert second.changes == [f"variable set team-aws: create with {', '.join(sorted(ROLES))}"]
    assert api.variables_of(api.workspaces["team-teams"]) == ROLES
    assert api.variables_of(api.workspaces["team-runner"]) == {}


def test_a_repeated_run_changes_nothing_and_requests_nothing(api: Api) -> None:
    setup(api)
    apply_runner(api, ROLES)
    setup(api)
    again = setup(api)
    assert (again.changes, again.notes) == ([], [])


def test_without_write_it_says_the_same_and_writes_nothing(api: Api) -> None:
    shown = setup(api, write=False)
    assert (api.projects, api.workspaces, api.agent_pools) == (["Default Project"], {}, [])
    assert shown.changes == setup(api).changes
    assert "project kubeflow: create" in shown.changes
    assert "workspace team-runner: create, local runs" in shown.changes


def test_what_was_changed_by_hand_is_set_again_and_what_others_added_stays(api: Api) -> None:
    setup(api)
    apply_runner(api, ROLES)
    setup(api)
    network, cluster, addons = (api.workspaces[f"team-{layer}"] for layer in ("network", "cluster", "addons"))
    network.global_state, network.project = True, "Default Project"
    cluster.shares_state_with = {"team-services", "team-kubeflow", "team-teams"}
    network.shares_state_with |= {"team-teams"}
    addons.agent_pool = None
    api.agent_pools[0].allowed.remove(addons.id)
    (variables,) = api.variable_sets
    key = next(id_ for id_, one in variables.variables.items() if one["key"] == "TFC_AWS_PROVIDER_AUTH")
    variables.variables[key] = {**variables.variables[key], "value": "false"}
    variables.variables["var-more"] = {"key": "TF_LOG", "value": "info", "category": "env"}
    variables.workspaces.remove(cluster)
    cluster.triggered_by.clear()
    assert set(setup(api).changes) == {
        "workspace team-network: set global-remote-state false, project kubeflow",
        "workspace team-cluster: share its state with team-addons",
        "workspace team-cluster: run after an apply of team-network",
        "agent pool team: allow team-addons",
        "workspace team-addons: set agent pool team",
        "variable set team-aws: set TFC_AWS_PROVIDER_AUTH",
        "variable set team-aws: use in team-cluster",
    }
    assert "team-teams" in network.shares_state_with
    assert "var-more" in variables.variables
    assert setup(api).changes == []


def test_a_new_variable_is_added(api: Api) -> None:
    setup(api)
    apply_runner(api, ROLES)
    setup(api)
    apply_runner(api, {**ROLES, "TFC_AWS_RUN_ROLE_ARN": "arn:aws:iam::111122223333:role/x"})
    assert setup(api).changes == ["variable set team-aws: add TFC_AWS_RUN_ROLE_ARN"]


def test_a_pool_of_the_organization_is_used_as_it_is_and_names_are_matched_whole(api: Api) -> None:
    api.agent_pools += [AgentPool("team-b", True, []), AgentPool("team", True, [])]
    api.projects.append("kubeflow")
    changes = setup(api).changes
    assert not any(change.startswith(("agent pool", "project")) for change in changes)
    assert {api.workspaces[name].agent_pool for name in IN_CLUSTER} == {api.agent_pools[1].id}


def test_long_lists_are_read_to_their_end(api: Api) -> None:
    api.projects += [f"project {number}" for number in range(250)]
    assert len(client(api).read_all("organizations/example/projects")) == 251


def test_without_run_triggers_and_agents_there_are_none(api: Api) -> None:
    assert [one.after for one in wanted(run_triggers=False).workspaces] == [None] * 7
    assert TEAM.kubeflow is not None
    one_stack = TEAM.with_changes(runner="hcp_remote", kubeflow=TEAM.kubeflow.with_changes(split=False))
    remote = wanted_of(one_stack, documents(), agent_pool="team", run_triggers=True)
    assert (remote.agent_pool, {one.mode for one in remote.workspaces}) == (None, {"local", "remote"})
    local = wanted_of(TEAM.with_changes(runner="local"), documents(), agent_pool="team", run_triggers=True)
    assert {one.mode for one in local.workspaces} == {"local"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"organization": "exmaple"}, "exmaple: no such organization at app.terraform.io"),
        ({"project": "no/such"}, "project no/such: HCP Terraform refused it with status 422 .*3 to 40 letters"),
    ],
)
def test_what_the_api_refuses_is_one_sentence_with_its_reason(changes: dict[str, Any], said: str, api: Api) -> None:
    with pytest.raises(ValueError, match=said):
        setup(api, **changes)


@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        ("workspaces", {"attributes": {"name": "a b"}}, "Name is invalid"),
        ("workspaces", {"attributes": {"name": "team-network"}}, "already been taken"),
        ("projects", {"attributes": {"name": "kubeflow"}}, "already been taken"),
        ("varsets", {"attributes": {"name": "team-aws"}}, "already been taken"),
        ("agent-pools", {"attributes": {"name": "team"}}, "already been taken"),
        ("workspaces", {"attributes": {"name": "x", "execution-mode": "agent"}}, "Agent pool must be specified"),
        (
            "workspaces",
            {"attributes": {"name": "x"}, "relationships": {"project": {"data": {"type": "projects", "id": "prj-9"}}}},
            "Project does not exist",
        ),
    ],
)
def test_the_stand_in_refuses_what_the_api_refuses(path: str, data: dict[str, Any], reason: str, api: Api) -> None:
    setup(api)
    apply_runner(api, ROLES)
    setup(api)
    with pytest.raises(ValueError, match=f"this: HCP Terraform refused it with status 422 .*{reason}"):
        client(api).write("this", "POST", f"organizations/example/{path}", data)


def test_a_wrong_token_is_an_error_without_the_token(api: Api) -> None:
    with pytest.raises(ValueError, match="the API token is not valid; run `terraform login") as failed:
        Setup(client(api, "secret-of-mine"), wanted(), write=True).run()
    assert "secret-of-mine" not in str(failed.value)


def test_the_token_is_the_one_that_terraform_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ValueError, match=r"terraform login tfe-1\.example\.com`, or set TF_TOKEN_tfe__1_example_com"):
        token_of("tfe-1.example.com", {})
    file = Path(CREDENTIALS).expanduser()
    file.parent.mkdir()
    file.write_text(json.dumps({"credentials": {"tfe-1.example.com": {"token": "of-login"}}}))
    assert token_of("tfe-1.example.com", {}) == "of-login"
    assert token_of("tfe-1.example.com", {"TF_TOKEN_tfe__1_example_com": "of-ci"}) == "of-ci"


@pytest.mark.slow
def test_the_command_shows_and_then_writes_and_never_prints_the_token(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.py").write_text((ROOT / "examples/hcp_terraform/main.py").read_text())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TF_TOKEN_app_terraform_io", USER_TOKEN)
    said = []
    for yes in (False, True, True):
        hcp.main("team", agent_pool=None, run_triggers=False, yes=yes, address_of=lambda host: f"{api.address}/api/v2/")
        said.append(capsys.readouterr().out)
        assert USER_TOKEN not in said[-1]
    assert "changes, not written; add --yes to write them" in said[0]
    assert "  workspace team-network: create, remote runs" in said[0]
    assert said[1].splitlines()[1:-2] == said[0].splitlines()[1:-2]
    assert "7 workspaces in app.terraform.io/example: nothing to change" in said[2]
    assert [one.name for one in api.agent_pools] == ["team"]


def test_a_platform_without_hcp_terraform_is_refused() -> None:
    with pytest.raises(ValueError, match="prod: the state is not in HCP Terraform"):
        hcp.in_hcp([platform("prod")])
