"""Which pods get a sidecar; none of them is installed before the injector is ready."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from modules.checks.traffic.injection import brings_injector, injected, injector_webhooks
from modules.kubeflow.manifest import Object
from modules.kubeflow.secrets.pod_references import pod_specs
from tests.platform_objects import Release, needs_everything, releases_of
from tests.platforms import NAMES_WITH_KUBEFLOW
from tests.release_order import earlier_releases, order_of

NEVER = {"matchExpressions": [{"key": "sidecar.istio.io/inject", "operator": "NotIn", "values": ["false"]}]}
RULES = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]
INJECTOR: Object = {
    "apiVersion": "admissionregistration.k8s.io/v1",
    "kind": "MutatingWebhookConfiguration",
    "metadata": {"name": "istio-sidecar-injector"},
    "webhooks": [
        {
            "name": "namespace.sidecar-injector.istio.io",
            "clientConfig": {"service": {"name": "istiod", "namespace": "istio-system", "path": "/inject"}},
            "namespaceSelector": {"matchLabels": {"istio-injection": "enabled"}},
            "objectSelector": NEVER,
            "rules": RULES,
        }
    ],
}
IN = {"istio-injection": "enabled"}


def too_early(releases: Sequence[Release], earlier: Mapping[str, frozenset[str]]) -> list[str]:
    """Workloads that get a sidecar by their labels, in a release that does not wait for the one with the injector."""
    objects = [one for release in releases for one in release.objects]
    labels = {
        one["metadata"]["name"]: one["metadata"].get("labels") or {} for one in objects if one["kind"] == "Namespace"
    }
    injectors = {release.name for release in releases if brings_injector(release.objects)}
    webhooks = injector_webhooks(objects)
    return [
        f"{release.name}: {one['kind']} {one['metadata']['namespace']}/{one['metadata']['name']}"
        for release in releases
        for one in release.objects
        for template, _ in pod_specs(one)
        if injected(template, labels.get(one["metadata"]["namespace"], {}), webhooks)
        and not injectors & earlier[release.name]
    ]


@needs_everything
@pytest.mark.upstream
@pytest.mark.parametrize("name", NAMES_WITH_KUBEFLOW)
def test_what_gets_a_sidecar_waits_for_istiod(name: str) -> None:
    releases = releases_of(name)
    assert sum(brings_injector(release.objects) for release in releases) == 1
    assert too_early(releases, order_of(name)) == []


@needs_everything
@pytest.mark.upstream
def test_the_rule_sees_a_release_that_does_not_wait() -> None:
    earlier = {name: before - {"istio"} for name, before in order_of("full").items()}
    found = too_early(releases_of("full"), earlier)
    assert "trainer: Deployment kubeflow-system/jobset-controller-manager" in found
    assert len(found) > 20


@pytest.mark.parametrize(
    ("metadata", "spec", "namespace", "expected"),
    [
        ({}, {}, IN, True),
        ({"labels": {"sidecar.istio.io/inject": "true"}}, {}, IN, True),
        ({"labels": {"sidecar.istio.io/inject": "false"}}, {}, IN, False),
        ({"annotations": {"sidecar.istio.io/inject": "false"}}, {}, IN, False),
        ({"annotations": {"sidecar.istio.io/inject": "true"}}, {}, IN, True),
        ({}, {"hostNetwork": True}, IN, False),
        ({}, {}, {}, False),
        ({}, {}, {"istio-injection": "disabled"}, False),
        ({"labels": {"sidecar.istio.io/inject": "true"}}, {}, {"istio-injection": "disabled"}, False),
    ],
)
def test_the_injector_selects_by_namespace_and_pod(
    metadata: dict[str, Any], spec: dict[str, Any], namespace: dict[str, str], expected: bool
) -> None:
    template = {"metadata": metadata, "spec": spec}
    assert injected(template, namespace, injector_webhooks([INJECTOR])) is expected


def test_without_an_injector_nothing_gets_a_sidecar() -> None:
    assert not brings_injector([])
    assert not injected({}, IN, [])


def test_order_follows_dependencies_and_stacks() -> None:
    def stack(**releases: list[str]) -> dict[str, Any]:
        bodies = {
            label: {"name": label.replace("_", "-"), "depends_on": [f"helm_release.{one}" for one in needs]}
            for label, needs in releases.items()
        }
        return {"resource": {"helm_release": bodies}}

    found = earlier_releases([stack(addon=[]), {}, stack(a_crds=[], a=["a_crds"], b=["a"], c=[])])
    assert found == {
        "addon": frozenset(),
        "a-crds": {"addon"},
        "a": {"addon", "a-crds"},
        "b": {"addon", "a-crds", "a"},
        "c": {"addon"},
    }
