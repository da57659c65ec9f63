"""Istio's mesh as it is installed: one version from one registry, what upstream's policies name, no route from an Ingress."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.kubeflow.cache import Cache
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import Object, identity, load, strings
from modules.kubeflow.secrets.pod_references import pod_specs
from modules.kubeflow.upstream import CHARTS
from modules.vendoring.sources import Upstream
from modules.vendoring.vendor import render
from tests.modules.vendoring.sample_repository import needs_kustomize
from tests.platform_objects import needs_cache
from tests.upstream_folders import UPSTREAM_FOLDERS, needs_upstream

HUB = "docker.io/istio"
PROGRAMS = ("pilot", "proxyv2", "install-cni", "ztunnel")
SELECTING = ("AuthorizationPolicy", "Gateway", "NetworkPolicy", "RequestAuthentication", "Service")
OPTIONAL_VALUES = {
    "global.agentgateway.image",
    "global.platform",
    "global.proxy.capNetBindService",
    "global.proxy.holdApplicationUntilProxyStarts",
    "global.proxy.lifecycle",
    "global.trustBundleName",
    "global.trustDomain",
    "pilot.crlConfigMapName",
}
"""What the injector's templates read, and the charts give no value by default."""
RETIRED_REGISTRIES = re.compile(r"gcr\.io/istio-release|registry\.istio\.io")


def vendored() -> Iterator[Object]:
    """All objects of all variants that the lock names."""
    for variants in read_lock().components.values():
        for entry in variants.values():
            for phase in entry.phases.values():
                content = Cache().get(phase.sha256)
                assert content is not None
                yield from load(content)


@pytest.fixture(scope="module")
def objects() -> list[Object]:
    return list(vendored())


def mesh_versions(objects: Sequence[Object]) -> Iterator[tuple[str, str, str]]:
    """(where, registry, tag) of every program of Istio: in pods, and in what the injector makes sidecars from."""
    for item in objects:
        for _, spec in pod_specs(item):
            for container in (*spec.get("initContainers", ()), *spec["containers"]):
                registry, _, image = container["image"].rpartition("/")
                if image.partition(":")[0] in PROGRAMS:
                    yield str(identity(item)), registry, image.partition(":")[2]
        data = item.get("data")  # all of it may be one token
        for key, text in data.items() if item["kind"] == "ConfigMap" and isinstance(data, dict) else ():
            if text.startswith("{") and '"hub"' in text:
                common = json.loads(text)["global"]
                yield f"{identity(item)} {key}", common["hub"], common["tag"]
            elif key == "CURRENT_AGENT_VERSION":
                yield f"{identity(item)} {key}", HUB, text


@needs_cache
@pytest.mark.upstream
def test_the_mesh_has_one_version_from_one_registry(objects: list[Object]) -> None:
    found = list(mesh_versions(objects))
    places = {
        "ConfigMap istio-system/istio-sidecar-injector values",
        "ConfigMap kube-system/istio-cni-config CURRENT_AGENT_VERSION",
        "DaemonSet.apps kube-system/istio-cni-node",
        "Deployment.apps istio-system/cluster-local-gateway",
        "Deployment.apps istio-system/istio-ingressgateway",
        "Deployment.apps istio-system/istiod",
    }
    assert places <= {where for where, _, _ in found}
    assert {registry for _, registry, _ in found} == {HUB}
    assert len({tag for _, _, tag in found}) == 1, found


@needs_cache
@pytest.mark.upstream
def test_no_registry_that_is_retired_is_named(objects: list[Object]) -> None:
    named = {
        f"{identity(item)} {path}"
        for item in objects
        for path, text in strings(item)
        if RETIRED_REGISTRIES.search(text)
    }
    assert named == set()


@needs_cache
@pytest.mark.upstream
def test_istiod_makes_no_routes_from_ingresses(objects: list[Object]) -> None:
    mesh = one(objects, "ConfigMap istio-system/istio")
    assert yaml.safe_load(mesh["data"]["mesh"])["ingressControllerMode"] == "OFF"


@needs_cache
@pytest.mark.upstream
def test_all_objects_of_istio_are_of_the_charts_version(objects: list[Object]) -> None:
    charts = {
        metadata["labels"]["helm.sh/chart"]
        for item in objects
        for metadata in (item["metadata"], *(template.get("metadata") or {} for template, _ in pod_specs(item)))
        if (metadata.get("labels") or {}).get("app.kubernetes.io/part-of") == "istio"
        and "helm.sh/chart" in metadata["labels"]
    }
    version = CHARTS["istiod"].version
    assert charts == {f"{name}-{version}" for name in ("base", "cni", "istio-ingress", "istiod")}
    assert {tag for _, _, tag in mesh_versions(objects)} == {version}


@needs_cache
@pytest.mark.upstream
def test_the_mesh_still_calls_oauth2_proxy(objects: list[Object]) -> None:
    """The ingress gateway's CUSTOM policies name a provider of the mesh configuration."""
    mesh = yaml.safe_load(one(objects, "ConfigMap istio-system/istio")["data"]["mesh"])
    provided = {provider["name"] for provider in mesh["extensionProviders"]}
    named = {
        item["spec"]["provider"]["name"]
        for item in objects
        if item["kind"] == "AuthorizationPolicy" and "provider" in item["spec"]
    }
    assert named == provided == {"oauth2-proxy"}
    assert mesh["rootNamespace"] == "istio-system"


@needs_cache
@pytest.mark.upstream
def test_what_policies_name_in_the_mesh_is_there(objects: list[Object]) -> None:
    """Accounts as principals, and pods by labels: those of istiod and of the gateways, whichever chart rendered them."""
    pods = {
        (item["metadata"]["namespace"], spec.get("serviceAccountName")): template["metadata"]["labels"]
        for item in objects
        for template, spec in pod_specs(item)
        if item["kind"] in ("Deployment", "DaemonSet")
    }
    principals = {
        name
        for item in objects
        if item["kind"] == "AuthorizationPolicy"
        for _, text in strings(item["spec"])
        for name in re.findall(r"/ns/istio-system/sa/([a-z0-9-]+)$", text)
    }
    assert "istio-ingressgateway-service-account" in principals
    gateways = {*principals, "cluster-local-gateway-service-account"}  # knative-serving calls it by its Service
    assert {("istio-system", name) for name in gateways} <= set(pods)
    selected = [
        labels
        for item in objects
        if item["metadata"].get("namespace") == "istio-system" and item["kind"] in SELECTING
        for labels in selectors(item)
    ]
    assert len(selected) > 8
    for labels in selected:
        assert any(labels.items() <= there.items() for (where, _), there in pods.items() if where == "istio-system"), (
            labels
        )


@needs_cache
@pytest.mark.upstream
def test_the_injector_has_a_value_for_what_its_templates_read(objects: list[Object]) -> None:
    data = one(objects, "ConfigMap istio-system/istio-sidecar-injector")["data"]
    templates = yaml.safe_load(data["config"])["templates"]
    assert {"sidecar", "gateway", "kube-gateway", "waypoint"} <= set(templates)
    read = {path for text in templates.values() for path in re.findall(r"\.Values\.((?:\w+\.)*\w+)", text)}
    assert len(read) > 40
    values = json.loads(data["values"])
    missing = {path for path in read if not has(values, path.split("."))}
    assert missing == OPTIONAL_VALUES


def has(values: Any, path: Sequence[str]) -> bool:
    for key in path:
        if not isinstance(values, dict) or key not in values:
            return False
        values = values[key]
    return True


def one(objects: Sequence[Object], name: str) -> Object:
    [found] = [item for item in objects if str(identity(item)) == name]
    return found


def selectors(item: Object) -> Iterator[dict[str, str]]:
    """Labels by which an object chooses pods of its namespace."""
    selector = item["spec"].get("selector") or item["spec"].get("podSelector") or {}
    for expression in selector.get("matchExpressions") or ():
        yield from ({expression["key"]: value} for value in expression["values"])
    labels = selector.get("matchLabels") if "matchLabels" in selector else selector
    if labels and "matchExpressions" not in selector:
        yield labels


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Paths and values; items of lists by their name where they have one, files of JSON as what is in them."""
    if isinstance(value, str) and value.startswith("{"):
        value = json.loads(value)
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, f"{path}/{key}")
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from leaves(
                inner, f"{path}/{inner['name'] if isinstance(inner, dict) and 'name' in inner else number}"
            )
    else:
        yield path, value


@needs_upstream
@needs_kustomize
@pytest.mark.upstream
def test_charts_change_in_upstreams_objects_only_the_version(tmp_path: Path) -> None:
    """What the kustomization has patched into objects of the charts is in the charts' values, too."""
    cache = Cache(tmp_path)
    wanted = [component for component in CATALOGUE if component.name in ("istio", "istio-crds")]
    found = render(wanted, Upstream(UPSTREAM_FOLDERS, cache.folder, print), cache, print)["istio"]["default"]
    now = {identity(item): item for items in found.result.phases.values() for item in items}
    differing = {
        f"{identity(item).kind}/{identity(item).name}{path}"
        for item in found.replaced
        if item["kind"] != "ClusterRole"  # the version's rights
        if item["kind"] != "ConfigMap" or item["metadata"]["name"] == "istio-sidecar-injector"
        for path in changed(item, now[identity(item)])
    }
    assert len(found.replaced) == 25
    assert differing == {
        "ConfigMap/istio-sidecar-injector/data/config",
        "ConfigMap/istio-sidecar-injector/data/values/global/hub",
        "ConfigMap/istio-sidecar-injector/data/values/global/tag",
        "DaemonSet/istio-cni-node/spec/template/spec/containers/install-cni/image",
        "Deployment/istiod/spec/template/spec/containers/discovery/image",
    }


def changed(old: Object, new: Object) -> Iterator[str]:
    """Paths that were removed or changed; added ones are the new version's."""
    after = dict(leaves(new))
    for path, value in leaves(old):
        if value and after.get(path) != value and not path.endswith(("/helm.sh/chart", "/app.kubernetes.io/version")):
            yield path
