"""Every reference of an object resolves: to a release, to Terraform, or to a source that is listed here."""

from collections.abc import Iterable, Mapping, Sequence

import pytest

from modules.cluster.security_groups import RULES
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import Object
from modules.vendoring.inspection import webhook_ports
from tests.platform_objects import (
    CLUSTER_KINDS,
    Reference,
    described,
    known_at_apply,
    made,
    named,
    needs_everything,
    objects_of,
    releases_of,
    terraform_secrets,
)
from tests.platforms import documents
from tests.release_values import evaluated

FULL = ["prod", "full"]
MADE_BY_OTHERS: Mapping[Reference, str] = {
    ("ClusterRole", "", "cluster-admin"): "Kubernetes makes it",
    ("ConfigMap", "istio-system", "istio-ca-root-cert"): "istiod makes it in every namespace",
    ("Namespace", "", "kube-system"): "Kubernetes makes it",
    ("Secret", "istio-system", "wildcard"): "the user makes it and names it in KnativeDomain.tls_secret_name",
    ("Secret", "monitoring", "kube-prometheus-stack-admission"): "a hook of the same release makes it (certgen)",
    ("ServiceAccount", "kubeflow", "jupyter-notebook"): (
        "nobody: upstream binds a role to an account that it does not have, and no pod runs as it"
    ),
}
"""What no release and no Terraform resource creates, with its source. An entry that nothing needs is an error."""


def dangling(objects: Iterable[Object], there: set[Reference]) -> dict[Reference, str]:
    """What is named and not there, with the first object that names it."""
    found: dict[Reference, str] = {}
    for one in objects:
        for reference in named(one):
            if reference not in there:
                found.setdefault(reference, described(one))
    return found


def there_in(name: str, objects: Sequence[Object]) -> set[Reference]:
    """What a platform has; Kubernetes gives each namespace an account `default`."""
    own = {stack: document for stack, document in documents().items() if stack.startswith(f"{name}-")}
    have = made(objects) | terraform_secrets(own)
    namespaces = {place for kind, _, place in have if kind == "Namespace"} | {"kube-system"}
    return have | {("ServiceAccount", namespace, "default") for namespace in namespaces}


@needs_everything
@pytest.mark.upstream
@pytest.mark.parametrize("name", FULL)
def test_everything_that_is_named_exists(name: str) -> None:
    objects = objects_of(name)
    left = dangling(objects, there_in(name, objects))
    assert {reference: one for reference, one in left.items() if reference not in MADE_BY_OTHERS} == {}


@needs_everything
@pytest.mark.upstream
def test_every_excuse_is_needed() -> None:
    needed = {reference for name in FULL for reference in dangling(objects_of(name), there_in(name, objects_of(name)))}
    assert needed == set(MADE_BY_OTHERS)


@needs_everything
@pytest.mark.upstream
def test_the_check_sees_each_thing_that_is_taken_away() -> None:
    """An object that is named by another is missed when it goes: by kind, so that no kind is looked at in vain."""
    objects = objects_of("full")
    there = there_in("full", objects)
    used = {reference for one in objects for reference in named(one)} & there
    assert {kind for kind, _, _ in used} == {
        "ClusterRole",
        "ConfigMap",
        "Gateway",
        "Issuer",
        "Namespace",
        "PersistentVolumeClaim",
        "PriorityClass",
        "Role",
        "Secret",
        "Service",
        "ServiceAccount",
        "StorageClass",
    }
    assert set(dangling(objects, there - used)) == used | set(MADE_BY_OTHERS)


@needs_everything
@pytest.mark.upstream
def test_secrets_of_credentials_are_all_read() -> None:
    objects = objects_of("full")
    own = {stack: document for stack, document in documents().items() if stack.startswith("full-")}
    secrets = terraform_secrets(own)
    read = {reference for one in objects for reference in named(one)}
    text = repr(objects)
    unread = {name for kind, namespace, name in secrets - read}
    assert {name for name in unread if name not in text} == set()
    assert len(secrets) >= 7


@needs_everything
@pytest.mark.upstream
@pytest.mark.parametrize("name", FULL)
def test_every_object_has_one_owner(name: str) -> None:
    owners: dict[tuple[str, ...], str] = {}
    for release in releases_of(name):
        for one in release.objects:
            if any(one is other for other in release.crds_folder):
                continue
            namespace = "" if one["kind"] in CLUSTER_KINDS else one["metadata"]["namespace"]
            key = (one["apiVersion"].rpartition("/")[0], one["kind"], namespace, one["metadata"]["name"])
            assert key not in owners, f"{key}: {owners[key]} and {release.name}"
            owners[key] = release.name


@needs_everything
@pytest.mark.upstream
@pytest.mark.parametrize("name", FULL)
def test_the_api_server_reaches_every_webhook(name: str) -> None:
    opened = {rule.port for rule in RULES if (rule.source, rule.target) == ("control_plane", "nodes")}
    objects = [one for release in releases_of(name) if not release.official for one in release.objects]
    assert set(webhook_ports(objects)) <= opened
    assert len(webhook_ports(objects)) >= 5


def test_ports_of_the_lock_are_open() -> None:
    opened = {rule.port for rule in RULES if (rule.source, rule.target) == ("control_plane", "nodes")}
    ports = {
        port
        for variants in read_lock().components.values()
        for entry in variants.values()
        for port in entry.webhook_ports
    }
    assert ports == {4443, 8443, 9443, 10250, 15017}
    assert ports <= opened


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('a ${b["c"]} d', "a known-at-apply d"),
        ('${lookup({"1.32" = "x"}, a.b)}', "known-at-apply"),
        ("${a.node_security_group_id}", "sg-0123456789abcdef0"),
        ("$${HOME} %%{if}", "${HOME} %{if}"),
        ("plain }", "plain }"),
    ],
)
def test_expressions_are_taken_for_a_word(text: str, value: str) -> None:
    assert evaluated(text, known_at_apply) == value
