"""Values of charts: what is in them, without any official chart at hand."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.aws_data.kubernetes_versions import KUBERNETES_VERSIONS
from modules.kubeflow import values
from modules.kubeflow.values import (
    TEMPLATES,
    ChartContext,
    chart_values,
    cluster_autoscaler_tag,
)
from modules.settings.component import AwsAccess, Component, HelmChart
from modules.settings.kubeflow import Kubeflow
from tests.documents import strings
from tests.object_schemas import problems
from tests.official_charts import ENTRIES, IRSA, POD_IDENTITY, arguments, defaults, for_kubernetes, unknown
from tests.stand_ins.providers.charts import render
from tests.stand_ins.providers.cluster import Refused

OWN_CHARTS = Path(__file__).parents[2] / "charts"
TINY = Component(
    "tiny",
    "tiny",
    HelmChart("https://charts.example.com", "tiny", "1.0.0"),
    aws=(AwsAccess("tiny-account", "external-dns"),),
)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a chart of our own, with a template of values for it."""
    monkeypatch.setattr(values, "TEMPLATES", OWN_CHARTS / "values")
    return OWN_CHARTS / "tiny"


def context(**kubeflow: Any) -> ChartContext:
    return replace(IRSA, roles={"tiny-account": "arn:aws:iam::111122223333:role/tiny"}, kubeflow=Kubeflow(**kubeflow))


def test_every_template_is_of_an_entry_with_a_chart() -> None:
    assert {file.name.removesuffix(".yaml.j2") for file in TEMPLATES.iterdir()} <= set(ENTRIES)


@pytest.mark.parametrize("name", ENTRIES)
def test_the_users_values_win_and_the_rest_stays(name: str) -> None:
    ours = chart_values(ENTRIES[name], IRSA)
    theirs = {"nodeSelector": {"of": "mine"}, "tolerations": None}

    told_so = Kubeflow(**{**vars(IRSA.kubeflow), "values": {name: theirs}})

    assert chart_values(ENTRIES[name], replace(IRSA, kubeflow=told_so)) == {
        **ours,
        "nodeSelector": {**ours.get("nodeSelector", {}), "of": "mine"},
        "tolerations": None,  # which takes the chart's own away
    }


def test_values_are_merged_map_by_map_and_lists_as_a_whole(tiny: Path) -> None:
    mine = context(values={"tiny": {"image": {"pullPolicy": "Always"}, "tolerations": [{"operator": "Exists"}]}})
    assert chart_values(TINY, mine) == {
        "clusterName": "the-cluster",
        "serviceAccount": {
            "name": "tiny-account",
            "annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/tiny"},
        },
        "image": {"tag": "v2", "pullPolicy": "Always"},
        "tolerations": [{"operator": "Exists"}],
    }


def test_a_chart_of_the_users_gets_the_users_values() -> None:
    own = Component("own", "own", HelmChart("https://charts.example.com", "own", "1.0.0"))
    assert chart_values(own, context(values={"own": {"a": [1]}})) == {"a": [1]}
    assert chart_values(own, context()) == {}


def test_what_the_user_writes_is_not_terraforms(tiny: Path) -> None:
    mine = context(values={"tiny": {"pattern": "${HOME} %{if}", "list": ["${A}"], "${KEY}": 1}})
    found = chart_values(TINY, mine)
    assert (found["pattern"], found["list"], found["$${KEY}"]) == ("$${HOME} %%{if}", ["$${A}"], 1)


def placeholders(value: object) -> Iterator[str]:
    """What Terraform would evaluate in a document of values."""
    for _, text in strings(value):
        yield from re.findall(r"(?<!\$)\$\{[^}]*\}|(?<!%)%\{[^}]*\}", text)


@pytest.mark.parametrize("name", ENTRIES)
def test_terraform_evaluates_what_it_was_given_and_nothing_else(name: str) -> None:
    facts = ("cluster_name", "vpc_id", "pod_log_group_name", "interruption_queue_name")
    given: dict[str, Any] = {fact: f"${{data.x.y.{fact}}}" for fact in facts}
    roles = {account: f"${{aws_iam_role.{account}.arn}}" for account in IRSA.roles}

    found = chart_values(ENTRIES[name], replace(IRSA, **given, roles=roles))

    assert set(placeholders(found)) <= {*given.values(), *roles.values()}
    assert {roles[access.service_account] for access in ENTRIES[name].aws} <= set(placeholders(found))
    json.dumps(found)


@pytest.mark.parametrize(
    ("entry", "missing", "sentence"),
    [
        ("karpenter", {"interruption_queue_name": None}, "karpenter: requires interruption_queue_name"),
        ("aws-for-fluent-bit", {"pod_log_group_name": None}, "aws-for-fluent-bit: requires pod_log_group_name"),
        ("external-dns", {"roles": {}}, "external-dns: no IAM role for service account external-dns"),
        ("cluster-autoscaler", {"kubernetes_version": "1.99"}, "Kubernetes version '1.99': not in the table"),
        ("aws-efa-k8s-device-plugin", {"region": "moon-1"}, "region 'moon-1'"),
    ],
)
def test_what_is_missing_is_named(entry: str, missing: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        chart_values(ENTRIES[entry], replace(IRSA, **missing))


def test_the_autoscaler_is_of_the_clusters_minor() -> None:
    for version in KUBERNETES_VERSIONS:
        assert cluster_autoscaler_tag(version).startswith(f"v{version}.")
    assert cluster_autoscaler_tag("${data.aws_eks_cluster.x.version}").startswith("${TfToken")


def test_a_chart_of_the_project_goes_through_the_real_engine(tiny: Path) -> None:
    found = render(tiny, chart_values(TINY, context()), "tiny", "tiny", 1).objects
    assert problems(found, "1.35", {}) == []
    account, daemon_set = found
    assert account["metadata"]["annotations"] == {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/tiny"}
    assert account["metadata"]["name"] == daemon_set["spec"]["template"]["spec"]["serviceAccountName"]
    assert {"--cluster=the-cluster", "example.com/tiny:v2"} <= arguments(found)


def test_the_engine_refuses_what_the_charts_schema_forbids(tiny: Path) -> None:
    with pytest.raises(Refused, match="clusterName"):
        render(tiny, {**chart_values(TINY, context()), "clusterName": 7}, "tiny", "tiny", 1)


def test_templates_see_the_kubernetes_version_that_we_say(tiny: Path, tmp_path: Path) -> None:
    folder = for_kubernetes(tiny, "1.32", tmp_path)
    labels = [
        one["metadata"].get("labels") for one in render(folder, chart_values(TINY, context()), "tiny", "t", 1).objects
    ]
    assert labels == [None, {"kubernetes": "v1.32.0"}]


def test_a_value_that_a_chart_does_not_know_is_found(tiny: Path) -> None:
    known = defaults(tiny)
    wrong = {
        "clusterNam": "x",
        "image": {"tga": "v2"},
        "serviceAccount": {"name": {"first": "x"}, "annotations": {"a": "b"}},
    }
    assert list(unknown(wrong, known, frozenset({"serviceAccount.annotations"}))) == [
        "clusterNam",
        "image.tga",
        "serviceAccount.name.first",
    ]
    assert list(unknown(chart_values(TINY, context()), known, frozenset({"serviceAccount.annotations"}))) == []


def test_templates_say_nothing_of_roles_with_pod_identity() -> None:
    for entry in ENTRIES.values():
        assert "role-arn" not in yaml.safe_dump(chart_values(entry, POD_IDENTITY)), entry.name
