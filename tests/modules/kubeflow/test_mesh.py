"""Istio's mesh as it is installed: one version from one registry, and no route that a team could make with an Ingress."""

import json
import re
from collections.abc import Iterator, Sequence

import pytest
import yaml

from modules.kubeflow.cache import Cache
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import Object, identity, load, strings
from modules.kubeflow.secret_readers import pod_specs
from tests.platform_objects import needs_cache

HUB = "docker.io/istio"
PROGRAMS = ("pilot", "proxyv2", "install-cni", "ztunnel")
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
        data = item.get("data")  # a token may stand for all of it
        for key, text in data.items() if item["kind"] == "ConfigMap" and isinstance(data, dict) else ():
            if text.startswith("{") and '"hub"' in text:
                common = json.loads(text)["global"]
                yield f"{identity(item)} {key}", common["hub"], common["tag"]
            elif key == "CURRENT_AGENT_VERSION":
                yield f"{identity(item)} {key}", HUB, text


@needs_cache
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
def test_no_registry_that_is_retired_is_named(objects: list[Object]) -> None:
    named = {
        f"{identity(item)} {path}"
        for item in objects
        for path, text in strings(item)
        if RETIRED_REGISTRIES.search(text)
    }
    assert named == set()


@needs_cache
def test_istiod_makes_no_routes_from_ingresses(objects: list[Object]) -> None:
    [mesh] = [item for item in objects if str(identity(item)) == "ConfigMap istio-system/istio"]
    assert yaml.safe_load(mesh["data"]["mesh"])["ingressControllerMode"] == "OFF"
