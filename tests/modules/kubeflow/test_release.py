"""The construct that installs any entry."""

import re
from typing import Any

import pytest

from modules.kubeflow.chart import LocalChart
from modules.kubeflow.release import ComponentRelease, Inputs
from modules.settings.component import Builtin, Component, HelmChart
from tests.documents import bare_stack, synthesized
from tests.release_values import release_values

OFFICIAL = HelmChart("https://charts.example.com", "portal", "1.2.3")
PLAIN = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\n"
CLAIM = (
    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a, annotations: {helm.sh/resource-policy: keep}}\n"
)
TOKEN = PLAIN + 'data: {host: "@@host@@"}\n'


def made(source: Any = OFFICIAL, charts: tuple[LocalChart, ...] = (), keep: bool = True, **more: Any) -> dict[str, Any]:
    """Address to body of the releases of one entry."""
    stack = bare_stack()
    component = Component("portal", "web", source, **more)
    inputs = Inputs(values={"title": "x"}, tokens={"host": "h", "unused": "u"}, keep=keep)
    release = ComponentRelease(stack, "portal", component=component, charts=charts, inputs=inputs, depends_on=())
    assert release.last is release.releases[-1]
    document = synthesized(stack)
    found: dict[str, Any] = document["resource"]["helm_release"]
    return {name: {**body, "values": release_values(document, name)} for name, body in found.items()}


def local(release: str, text: str) -> LocalChart:
    return LocalChart.of_text(release, text, "v1.2")


def test_an_official_chart_is_one_release_at_an_exact_version() -> None:
    (body,) = made().values()
    assert (body["repository"], body["chart"], body["version"]) == ("https://charts.example.com", "portal", "1.2.3")
    assert (body["name"], body["namespace"], body["values"]) == ("portal", "web", {"title": "x"})
    assert "lifecycle" not in body


def test_local_charts_wait_for_each_other_and_are_checked() -> None:
    found = made(Builtin(), (local("portal-crds", PLAIN), local("portal", PLAIN)))
    assert found["portal"]["depends_on"] == ["helm_release.portal_crds"]
    assert found["portal_crds"].get("depends_on") is None
    for body in found.values():
        assert body["chart"] == f"${{path.module}}/objects/{body['name']}"
        assert re.fullmatch(r"0\.0\.0\+[0-9a-f]{12}", body["version"])  # of its content, not of upstream's "v1.2"
        (guard,) = body["lifecycle"]["precondition"]
        assert guard["condition"] == f'${{local.charts_match["objects/{body["name"]}"]}}'
        assert "make synth" in guard["error_message"]


def test_a_chart_gets_the_values_that_it_requires_and_no_more() -> None:
    found = made(Builtin(), (local("portal", TOKEN), local("plain", PLAIN), local("claim", CLAIM)), keep=False)
    assert found["portal"]["values"] == {"tokens": {"host": "h"}}
    assert found["plain"]["values"] == {}
    assert found["claim"]["values"] == {"keep": False}


def test_a_token_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="other"):
        made(Builtin(), (local("portal", PLAIN + 'data: {host: "@@other@@"}\n'),))


@pytest.mark.parametrize("stateful", [True, False])
def test_what_holds_data_is_not_rolled_back_but_continued(stateful: bool) -> None:
    for body in (
        *made(stateful=stateful).values(),
        *made(Builtin(), (local("p", PLAIN),), stateful=stateful).values(),
    ):
        assert body["atomic"] is not stateful
        assert body.get("upgrade_install", False) is stateful


def test_limits_are_the_entry_s_and_the_project_s() -> None:
    (body,) = made(timeout_seconds=77).values()
    assert (body["timeout"], body["max_history"], body["wait"], body["create_namespace"]) == (77, 3, True, False)
