"""The stand-in's controller of aggregated ClusterRoles: what it fills, and what it creates again."""

from pathlib import Path

import pytest

from tests.stand_ins.providers import Cluster, Refused
from tests.stand_ins.providers.helm_client import HelmClient, Options
from tests.stand_ins.providers.trial import write_chart

ROLE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: {name}, labels: {{{labels}}}}}
{rest}
"""
AGGREGATED = ROLE.format(
    name="all", labels="", rest='aggregationRule: {clusterRoleSelectors: [{matchLabels: {to-all: "true"}}]}'
)


def source(name: str, resource: str) -> str:
    rest = f'rules: [{{apiGroups: [""], resources: [{resource}], verbs: [get]}}]'
    return ROLE.format(name=name, labels='to-all: "true"', rest=rest)


@pytest.fixture
def helm(tmp_path: Path) -> "Helm":
    return Helm(tmp_path)


class Helm:
    def __init__(self, folder: Path):
        self.cluster, self._folder = Cluster("https://trial.example"), folder

    def install(self, name: str, *templates: str) -> None:
        chart = write_chart(self._folder, name, *templates)
        HelmClient(self.cluster).install(chart, {}, ("default", name), Options())

    def uninstall(self, name: str) -> None:
        HelmClient(self.cluster).uninstall(("default", name), Options())

    def resources(self) -> list[str]:
        role = self.cluster.get("ClusterRole", "all", api_group="rbac.authorization.k8s.io")
        return [] if role is None else [resource for rule in role["rules"] for resource in rule["resources"]]


def test_an_aggregated_role_has_the_rules_of_what_it_selects(helm: Helm) -> None:
    helm.install("all", AGGREGATED)
    helm.install("b", source("b", "pods"))
    helm.install("a", source("a", "secrets"))
    assert helm.resources() == ["secrets", "pods"]
    helm.uninstall("a")
    assert helm.resources() == ["pods"]


def test_an_uninstall_of_both_together_hangs_and_leaves_a_role_without_an_owner(helm: Helm) -> None:
    helm.install("both", AGGREGATED, source("a", "pods"))
    with pytest.raises(Refused, match="still waiting for ClusterRole all"):
        helm.uninstall("both")
    left = helm.cluster.get("ClusterRole", "all", api_group="rbac.authorization.k8s.io")
    assert left is not None
    assert "aggregationRule" not in left
    assert helm.cluster.release("both").status == "uninstalling"
    with pytest.raises(Refused, match="invalid ownership metadata"):
        helm.install("again", AGGREGATED)


@pytest.mark.parametrize("first", ["all", "a"])
def test_an_uninstall_of_one_after_the_other_leaves_nothing(helm: Helm, first: str) -> None:
    helm.install("a", source("a", "pods"))
    helm.install("all", AGGREGATED)
    helm.uninstall(first)
    helm.uninstall({"all": "a", "a": "all"}[first])
    assert list(helm.cluster.of_kind("ClusterRole")) == []
