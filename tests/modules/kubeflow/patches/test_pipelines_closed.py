"""Callers of Pipelines' API server, by its policies as rendered; the visualization server is absent."""

import re
from pathlib import Path
from typing import Any

import pytest

from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import Object, strings
from tests.platform_objects import needs_everything, objects_of

pytestmark = [needs_everything, pytest.mark.upstream]

OWN = "cluster.local/ns/kubeflow/sa/ml-pipeline-ui"
TEAM = "cluster.local/ns/team-a/sa/default-editor"
NOBODY: dict[str, str] = {}
TOKEN = {"authorization": "Bearer t"}
USER = {"kubeflow-userid": "ada@team.example.net"}
RUNS, CACHE = "/apis/v2beta1/runs", "/api.TaskService/ListTasksV1"
VISUALIZE = ("/apis/v1beta1/visualizations/team-a", "/api.VisualizationService/CreateVisualizationV1")


def reached(objects: list[Object], caller: str, headers: dict[str, str], path: str) -> bool:
    """Whether the API server's sidecar lets a request in: any rule of a DENY refuses it, then a rule of an ALLOW is needed.

    Source: https://istio.io/latest/docs/concepts/security/#implicit-enablement
    """
    specs = [
        one["spec"]
        for one in objects
        if one["kind"] == "AuthorizationPolicy"
        and (one.get("spec") or {}).get("selector", {}).get("matchLabels") == {"app": "ml-pipeline"}
    ]
    matching = [
        spec.get("action", "ALLOW") for spec in specs for rule in spec["rules"] if fits(rule, caller, headers, path)
    ]
    return "DENY" not in matching and "ALLOW" in matching


def fits(rule: Any, caller: str, headers: dict[str, str], path: str) -> bool:
    assert rule.keys() <= {"from", "to", "when"}
    froms = [caller in source["source"]["principals"] for source in rule.get("from", ())]
    tos = [any(like(one, path) for one in to["operation"]["paths"]) for to in rule.get("to", ())]
    return all(any(found) for found in (froms, tos) if found) and all(
        holds(one, headers) for one in rule.get("when", ())
    )


def like(pattern: str, path: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern


def holds(condition: Any, headers: dict[str, str]) -> bool:
    there = condition["key"].removeprefix("request.headers[").removesuffix("]") in headers
    assert condition.get("values", ["*"]) == condition.get("notValues", ["*"]) == ["*"]
    return there if "values" in condition else not there


@pytest.mark.parametrize("name", ["prod", "full"])
@pytest.mark.parametrize(
    ("caller", "headers", "path", "wanted"),
    [
        (OWN, USER, RUNS, True),
        (TEAM, TOKEN, RUNS, True),
        (TEAM, NOBODY, CACHE, True),  # drivers and launchers
        (TEAM, NOBODY, RUNS, False),  # upstream admits it
        (TEAM, USER, RUNS, False),
        (TEAM, {**USER, **TOKEN}, RUNS, False),
        (TEAM, USER, CACHE, False),
        (OWN, USER, VISUALIZE[0], False),
        (TEAM, TOKEN, VISUALIZE[0], False),
        (TEAM, TOKEN, VISUALIZE[1], False),
    ],
)
def test_callers_that_reach_the_api_server(
    name: str, caller: str, headers: dict[str, str], path: str, wanted: bool
) -> None:
    assert reached(objects_of(name), caller, headers, path) is wanted


@pytest.mark.parametrize("name", ["prod", "full"])
def test_nothing_runs_visualizations(name: str) -> None:
    """Any team's pod could have its code run in the namespace of Kubeflow by it."""
    found = [
        one["metadata"]["name"]
        for one in objects_of(name)
        if one["kind"] != "CustomResourceDefinition"
        if not one["metadata"]["name"].startswith(
            "pipeline-api-server-config"
        )  # upstream's name of a host, without a reader
        if any("visualizationserver" in text or "visualization-server" in text for _, text in strings(one))
    ]
    assert found == []


def test_the_page_reads_no_secret_on_s3() -> None:
    rules = [
        rule
        for one in objects_of("prod")
        if one["kind"] in ("ClusterRole", "Role") and one["metadata"]["name"] == "ml-pipeline-ui"
        for rule in one["rules"]
    ]
    assert len(rules) > 5
    assert [rule for rule in rules if "secrets" in rule["resources"]] == []


def test_sources_of_facts_about_pipelines_are_of_the_installed_version() -> None:
    """Such as what drivers and launchers call without a token: another version is read again."""
    linked = {
        version
        for file in (Path(__file__).parents[4] / "modules").rglob("*.py")
        for version in re.findall(r"github\.com/kubeflow/pipelines/(?:blob|tree)/([^/]+)/", file.read_text("utf-8"))
    }
    images = read_lock().components["pipelines"]["s3"].images
    installed = {image.rpartition(":")[2] for image in images if "/kfp-api-server:" in image}
    assert linked - {"master"} == installed
