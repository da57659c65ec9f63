"""What entries of the catalogue need follows from their objects; nothing is kept by hand but what is listed here."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import Object
from modules.settings.component import Component
from tests.catalogue_needs import Provided, closure, derived_needs, provided, unmet
from tests.platform_objects import needs_everything, releases_of

BY_NAME = {component.name: component for component in CATALOGUE}
PLATFORMS = ("full", "exposed", "noauth", "storage", "backed", "teams")
"""Platforms that between them have nearly every entry; none whose pods fetch Secrets, which a setting brings a driver for."""
AGGREGATED = {"kubeflow-roles"}
"""Entries whose ClusterRoles take in rights of those that need them, whenever these come."""
BY_HAND: Mapping[tuple[str, str], str] = {
    ("central-dashboard", "profiles"): "the page asks KFAM at its start",
    ("database-retired-users", "database-users"): "users are dropped when their successors work",
    ("fixed-user", "oauth2-proxy"): "one of both",
    ("gateway-target-group", "istio"): "the Service that it binds is Istio's",
    ("istio-crds", "istio-namespace"): "the release is in that namespace",
    ("jupyter-web-app", "notebook-controller"): "the page makes Notebooks",
    ("karpenter", "karpenter-crds"): "the controller watches these types from its start",
    ("karpenter-node-pools", "karpenter"): "the controller drains the pools when they go",
    ("kserve", "cluster-local-gateway"): "its configuration names that gateway",
    ("kserve", "istio"): "the controller makes VirtualServices",
    ("kserve", "knative-serving"): "the controller watches Knative's types from its start",
    ("kserve-models-web-app", "kserve"): "the page makes InferenceServices",
    ("kube-prometheus-stack", "default-storage-class"): "volumes of Prometheus, which its operator makes",
    ("machine-tokens", "oauth2-proxy"): "tokens of programs pass it",
    ("pipelines", "kubeflow-istio-resources"): "its routes are of that gateway",
    ("secrets-store-csi-driver-provider-aws", "secrets-store-csi-driver"): "the provider of that driver",
    ("seldon-core", "istio"): "the controller makes VirtualServices",
    ("seldon-core", "kubeflow-istio-resources"): "its routes are of that gateway",
    ("tensorboards-web-app", "tensorboard-controller"): "the page makes Tensorboards",
    ("volumes-web-app", "pvcviewer"): "the page makes PVCViewers",
}
"""Needs that no object shows, with the reason."""


@functools.cache
def everything() -> tuple[Mapping[str, Sequence[Object]], Provided]:
    """Each entry to its objects, from the first platform that has it; and what they bring."""
    objects: dict[str, Sequence[Object]] = {}
    for platform in PLATFORMS:
        here: dict[str, list[Object]] = {}
        for release in releases_of(platform):
            name = release.name if release.name in BY_NAME else release.name.removesuffix("-crds").removesuffix("-crs")
            here.setdefault(name, []).extend(release.objects)
        objects = {**here, **objects}
    homes = {
        namespace.name: name
        for name, variants in read_lock().components.items()
        for entry in variants.values()
        for namespace in entry.namespaces
    }
    return objects, provided(objects, homes)


def without(entry: str, need: str) -> list[Component]:
    """The catalogue with one need less."""
    return [
        replace(one, needs=tuple(name for name in one.needs if name != need)) if one.name == entry else one
        for one in CATALOGUE
    ]


@needs_everything
@pytest.mark.upstream
def test_the_catalogue_has_every_need_that_objects_show() -> None:
    objects, there = everything()
    assert set(BY_NAME) - set(objects) <= {"argo-workflows", "nvidia-device-plugin", "machine-tokens"} | {
        one.name for one in CATALOGUE if not one.default
    }
    assert unmet(CATALOGUE, objects, there) == []
    assert (there.injector, there.ca_injector, there.default_class) == (
        "istio",
        "cert-manager",
        "default-storage-class",
    )


@needs_everything
@pytest.mark.upstream
@pytest.mark.parametrize(
    ("entry", "need"),
    [
        ("admission-webhook", "cert-manager"),
        ("dex", "istio"),
        ("istio", "istio-crds"),
        ("katib", "cert-manager"),
        ("katib", "istio"),
        ("kserve", "cert-manager"),
        ("knative-serving", "istio"),
        ("oauth2-proxy", "istio"),
        ("pipelines", "cert-manager"),
        ("pipelines", "default-storage-class"),
        ("pvcviewer", "cert-manager"),
        ("trainer", "istio"),
    ],
)
def test_a_need_that_is_dropped_is_missed(entry: str, need: str) -> None:
    assert need in BY_NAME[entry].needs
    objects, there = everything()
    assert any(line.startswith(f"{entry}: needs ") for line in unmet(without(entry, need), objects, there))


@needs_everything
@pytest.mark.upstream
def test_what_is_kept_by_hand_is_listed() -> None:
    objects, there = everything()
    kept = set()
    for one in CATALOGUE:
        shown = {need.entry for need in derived_needs(one.name, objects.get(one.name, ()), there)}
        implied = shown.union(*(closure(name, BY_NAME) for name in shown))
        if one.name in objects:
            kept |= {(one.name, need) for need in one.needs if need not in implied | AGGREGATED}
    homes = {(name, there.homes[BY_NAME[name].namespace]) for name, _ in kept if BY_NAME[name].namespace in there.homes}
    assert kept - set(BY_HAND) - homes == set()


def test_a_need_is_reported_with_the_object_that_shows_it() -> None:
    crd: Object = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {"group": "example.com", "names": {"kind": "Thing", "plural": "things"}},
    }
    thing: Object = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "one", "namespace": "a"}}
    claim: Object = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "namespace": "a"},
        "spec": {},
    }
    gp3: Object = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "gp3", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
    }
    hooks = [
        {"rules": [{"apiGroups": ["example.com"], "resources": [plural]}], "name": plural}
        for plural in ("things", "others")
    ]
    checks = [{"kind": "ValidatingWebhookConfiguration", "metadata": {"name": "x"}, "webhooks": [one]} for one in hooks]
    objects = {
        "types": [crd],
        "classes": [gp3],
        "user": [thing, claim],
        "checks things": checks[:1],
        "checks others": checks[1:],
    }
    there = provided(objects, {"a": "place"})
    found = {need.entry: need.why for need in derived_needs("user", objects["user"], there)}
    assert found == {
        "checks things": "Thing.example.com a/one: a webhook checks objects of example.com",
        "classes": "PersistentVolumeClaim a/data: a volume of the default StorageClass",
        "place": "Thing.example.com a/one: the namespace a and its policies",
        "types": "Thing.example.com a/one: its type Thing.example.com",
    }
