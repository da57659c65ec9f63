"""The runner of Terraform, and what it lacks."""

import re
from pathlib import Path
from typing import Any

import pytest

from modules.kubeflow.catalogue import CATALOGUE, FOUNDATION
from modules.kubeflow.chosen import platform_parts
from modules.kubeflow.install_order import first_install_minutes, install_order, minutes_of_longest_path, parts
from modules.rules import problems_of_all
from modules.rules.runner import (
    TOKEN_MINUTES,
    TRUST_LIMIT,
    runner_warnings,
    subjects,
    trust_characters,
    with_images,
)
from modules.settings import HcpRoles, Platform, State
from modules.settings.component import Component, HelmChart
from modules.settings.state import HcpState
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import cluster, on_kubeflow, platform

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
ROLES = HcpRoles(apply_policy_arns=(ADMINISTRATOR,))
HCP = State.hcp(organization="example", project="kubeflow", roles=ROLES)
OPEN = cluster(public_access_cidrs=("203.0.113.0/24",))
SLOW = Component("slow", "slow", HelmChart("https://charts.example.com", "slow", "1.2.3"), minutes=30)
LOCAL_CHART = Component("portal", "portal", HelmChart("../charts", "portal", "1.2.3"))


def hcp(**changes: object) -> HcpState:
    return HCP.with_changes(**changes)


ROWS: Rows = {
    "runner": (
        platform(runner="laptop"),
        "runner: must be",
    ),
    "ci_and_local_state": (
        platform(runner="ci"),
        "runner: job",
    ),
    "hcp_and_local_state": (
        platform(runner="hcp_remote"),
        "runner: State.local",
    ),
    "agent_and_s3_state": (
        platform(runner="hcp_agent", state=State.s3(bucket="state", region="us-west-2")),
        "runner: State.s3",
    ),
    "roles_and_no_run_of_hcp": (
        platform(state=HCP),
        "state.roles: used",
    ),
    "roles_without_a_project": (
        platform(runner="hcp_agent", state=hcp(project=None)),
        "state.project: trust",
    ),
    "roles_and_another_role": (
        platform(runner="hcp_agent", state=HCP, assume_role_arn="arn:aws:iam::111122223333:role/deploy"),
        "assume_role_arn: state.roles",
    ),
    "roles_of_another_partition": (
        platform(
            runner="hcp_agent",
            state=hcp(roles=ROLES.with_changes(plan_policy_arns=("arn:aws-cn:iam::aws:policy/ReadOnlyAccess",))),
        ),
        "state.roles.plan_policy_arns[0]: arn:aws-cn:iam::aws:policy/ReadOnlyAccess",
    ),
    "policy_of_a_role_twice": (
        platform(runner="hcp_agent", state=hcp(roles=ROLES.with_changes(plan_policy_arns=(ADMINISTRATOR,) * 2))),
        "state.roles.plan_policy_arns: more than once",
    ),
    "more_policies_than_a_role_takes": (
        platform(
            runner="hcp_agent",
            state=hcp(
                roles=HcpRoles(
                    apply_policy_arns=tuple(f"arn:aws:iam::111122223333:policy/{number}" for number in range(21))
                )
            ),
        ),
        "state.roles.apply_policy_arns: at most 20 policies",
    ),
    "private_endpoint": (
        on_kubeflow().with_changes(runner="hcp_remote", state=HCP),
        "cluster.public_access_cidrs: private",
    ),
    "exec_without_the_program": (
        on_kubeflow(provider_auth="exec").with_changes(runner="hcp_remote", state=HCP, cluster=OPEN),
        "kubeflow.provider_auth: program",
    ),
    "longer_than_a_token_lives": (
        on_kubeflow(extra_components=(SLOW,)).with_changes(runner="hcp_remote", state=HCP, cluster=OPEN),
        "kubeflow.provider_auth: kubeflow-2",
    ),
    "a_chart_of_this_machine": (
        on_kubeflow(extra_components=(LOCAL_CHART,)).with_changes(runner="hcp_agent", state=HCP),
        "kubeflow.extra_components[0].source: charts",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []


@pytest.mark.parametrize(
    "good",
    [
        platform(runner="ci", state=State.s3(bucket="state", region="us-west-2")),
        platform(runner="ci", state=State.none()),
        platform(runner="local", state=State.hcp(organization="example")),
        platform(runner="hcp_remote", state=HCP),
        platform(runner="hcp_remote", state=State.none(backend="remote")),
        on_kubeflow().with_changes(runner="hcp_remote", state=HCP, cluster=OPEN),
        on_kubeflow(provider_auth="exec").with_changes(runner="hcp_agent", state=HCP),
        on_kubeflow(provider_auth="exec").with_changes(runner="ci", state=State.none()),
    ],
    ids=lambda good: f"{good.runner}-{type(good.state).__name__}-{good.kubeflow is not None}",
)
def test_what_works(good: Platform) -> None:
    assert problems_of_all([good]) == []


REMOTE: dict[str, Any] = {"runner": "hcp_remote", "state": HCP, "cluster": OPEN}


@pytest.mark.parametrize(
    ("changes", "given", "method", "stacks"),
    [
        ({}, {}, "exec", ["addons", "kubeflow"]),
        ({"runner": "ci", "state": State.s3(bucket="state", region="us-west-2")}, {}, "exec", ["addons", "kubeflow"]),
        ({"runner": "hcp_agent", "state": HCP}, {}, "exec", ["addons", "kubeflow"]),
        (REMOTE, {}, "token", ["addons", "kubeflow-1", "kubeflow-2"]),
        ({"state": State.none()}, {}, "token", ["addons", "kubeflow-1", "kubeflow-2"]),
        ({"runner": "ci", "state": State.none()}, {"provider_auth": "exec"}, "exec", ["addons", "kubeflow"]),
        (REMOTE, {"split": False}, "token", ["addons", "kubeflow"]),
        ({}, {"provider_auth": "token", "split": False}, "token", ["addons", "kubeflow"]),
    ],
)
def test_terraform_signs_in_as_its_runner(
    changes: dict[str, Any], given: dict[str, Any], method: str, stacks: list[str]
) -> None:
    found = on_kubeflow(**given).with_changes(**changes)
    assert problems_of_all([found]) == []
    assert (found.provider_auth(), [part.name for part in platform_parts(found)]) == (method, stacks)


def test_one_stack_with_a_token_is_warned_about_and_allowed() -> None:
    """It is right for what is applied already: nothing moves between stacks."""
    warned = [
        fix for path, _, fix in runner_warnings(on_kubeflow(split=False).with_changes(**REMOTE)) if "split" in path
    ]
    assert len(warned) == 1
    assert "already applied" in warned[0]
    assert not [path for path, *_ in runner_warnings(on_kubeflow().with_changes(**REMOTE)) if "split" in path]


def test_everything_of_the_catalogue_that_goes_together_fits_into_a_token() -> None:
    """By the estimate, each of the two stacks; the foundation needs nothing of the other."""
    chosen = [one for one in CATALOGUE if one.name not in ("cluster-autoscaler", "nvidia-device-plugin")]
    for part in parts(install_order(chosen, ["cluster-autoscaler"]), FOUNDATION):
        assert first_install_minutes(part.components, with_images(part.components)) <= TOKEN_MINUTES, part.name
    layers = {one.name: one.layer for one in CATALOGUE}
    for one in CATALOGUE:
        if one.name in FOUNDATION:
            assert {need for need in one.needs if layers[need] == "kubeflow"} <= FOUNDATION, one.name


def test_the_page_has_the_estimate_for_the_whole_catalogue() -> None:
    chosen = [one for one in CATALOGUE if one.name not in ("cluster-autoscaler", "nvidia-device-plugin")]
    order = install_order(chosen, ["cluster-autoscaler"])
    found = {part.name: part.components for foundation in ((), FOUNDATION) for part in parts(order, foundation)}
    estimates = {
        name: (minutes_of_longest_path(components), first_install_minutes(components, with_images(components)))
        for name, components in found.items()
    }
    page = (Path(__file__).parents[3] / "docs" / "kubeflow.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `((?:addons|kubeflow)[-12]*)`[^|]* \| (\d+) \| (\d+) \|$", page, re.MULTILINE)
    assert {name: (int(with_images_there), int(first)) for name, with_images_there, first in rows} == estimates
    assert estimates["kubeflow"][1] > TOKEN_MINUTES, "one stack would do: the cut is not needed any more"


def test_the_runners_own_workspace_is_not_among_those_that_are_trusted() -> None:
    found = subjects(
        platform(runner="hcp_agent", state=hcp(workspace_prefix="ml-")), ("runner", "network", "cluster"), "plan"
    )
    before, after = "organization:example:project:kubeflow:workspace:ml-prod-", ":run_phase:plan"
    assert found == [f"{before}{layer}{after}" for layer in ("network", "cluster")]


def test_a_trust_grows_by_each_subject_and_fits_for_usual_names() -> None:
    one, two = (trust_characters("app.terraform.io", ("first", "second")[:count]) for count in (1, 2))
    assert two - one == len(',"second"')
    assert two < TRUST_LIMIT
