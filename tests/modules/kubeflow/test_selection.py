"""What settings choose: charts, namespaces and Secrets."""

from dataclasses import replace

import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.credential import DerivedSecrets
from modules.kubeflow.lock import Namespace
from modules.kubeflow.selection import chart_of_namespaces, charts, namespaces, namespaces_of_others, secrets
from modules.kubeflow.variants import entries
from modules.settings.component import Builtin, Component, HelmChart, Kustomization
from tests.documents import exactly
from tests.modules.kubeflow.lock_entries import entry, phase

BY_NAME = {component.name: component for component in CATALOGUE}
SHOP = Component("shop", "shop", Kustomization("apps/shop"))


def test_only_kustomizations_have_entries() -> None:
    assert set(entries([BY_NAME["katib"], BY_NAME["kuberay"], BY_NAME["default-storage-class"]])) == {"katib"}


def test_charts_by_kind_of_source() -> None:
    katib = BY_NAME["katib"]
    assert [chart.release for chart in charts(katib, entries([katib])["katib"], {})] == ["katib-crds", "katib"]
    assert charts(BY_NAME["kuberay"], None, {}) == []
    facts = {"provisioner": "ebs.csi.aws.com", "reclaim_policy": "Delete", "volume_tags": {}}
    (chart,) = charts(BY_NAME["default-storage-class"], None, facts)
    assert chart.content is not None
    with pytest.raises(ValueError, match=exactly("shop: not found in the lock; run `make vendor UPDATE=1`")):
        charts(SHOP, None, {})


def test_a_volume_outlives_its_claim_only_while_it_is_protected() -> None:
    component = Component("default-storage-class", "kube-system", Builtin())
    texts = [
        charts(component, None, {"provisioner": "p", "reclaim_policy": policy, "volume_tags": {}})[0].content or b""
        for policy in ("Retain", "Delete")
    ]
    assert b"reclaimPolicy: Retain" in texts[0]
    assert b"reclaimPolicy: Delete" in texts[1]


def test_namespaces_are_upstream_s_with_its_labels_and_those_of_every_object() -> None:
    ours = Namespace("shop", {"istio-injection": "enabled"}, {})
    chosen = {"shop": entry(namespaces=(ours,), phases={"main": phase({}, namespaces=("other", "kube-system"))})}
    official = replace(SHOP, name="chart", namespace="charts", source=HelmChart("https://a", "b", "1.0.0"))
    found = namespaces([SHOP, official], chosen, frozenset())
    assert found == [Namespace("charts", {}, {}), Namespace("other", {}, {}), ours]
    assert namespaces([SHOP, official], chosen, frozenset({"charts", "shop"})) == [Namespace("other", {}, {})]


def test_what_is_installed_already_has_its_namespaces() -> None:
    assert namespaces_of_others([]) == set()
    assert namespaces_of_others([BY_NAME["kubeflow-namespace"], BY_NAME["kuberay"]]) == {
        "kubeflow",
        "kubeflow-system",
        "kuberay",
    }


def test_charts_that_need_a_secret_get_it_as_kustomizations_do() -> None:
    (made,) = secrets([BY_NAME["kube-prometheus-stack"]], {}, DerivedSecrets())
    assert (made.namespace, made.name, made.credentials) == ("monitoring", "grafana-admin", ["grafana-admin"])
    assert secrets([BY_NAME["kuberay"]], {}, DerivedSecrets()) == []


def test_namespaces_stay_while_they_are_protected() -> None:
    chart = chart_of_namespaces("kubeflow-namespaces", [Namespace("a", {}, {})])
    assert chart.keeps
    assert b"helm.sh/resource-policy: keep" in (chart.content or b"")
