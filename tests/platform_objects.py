"""Every Kubernetes object of a platform, as the Helm engine makes it of the charts and values in the generated JSON."""

import functools
import inspect
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from modules.kubeflow.cache import Cache
from modules.kubeflow.chart import LocalChart
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import Object, identity
from modules.kubeflow.secrets.pod_references import pod_specs
from tests.built_once import built_once
from tests.chart_folders import write_charts
from tests.documents import at
from tests.official_charts import ENTRIES, folder_of
from tests.platforms import built
from tests.release_values import evaluated_values
from tests.stand_ins.providers.charts import Rendered, render
from tests.stand_ins.providers.pods import DEFAULT_CLASS, references
from tests.upstream_folders import CHART_FOLDERS, SEARCHED

needs_cache = pytest.mark.skipif(
    any(Cache().get(digest) is None for digest in read_lock().chart_hashes()), reason="the cache is empty: make vendor"
)
needs_everything = pytest.mark.skipif(
    bool(needs_cache.args[0]) or not CHART_FOLDERS, reason=f"make vendor, and official charts in {SEARCHED}"
)

GROUP_ID = "sg-0123456789abcdef0"
"""Karpenter's CRD wants the form of an id."""
RENDERING = Path(inspect.getfile(render)).read_bytes()
"""Source of what a rendered release is read with."""
Reference = tuple[str, str, str]
"""Kind, namespace (empty for what is in none) and name."""


@dataclass(frozen=True)
class Release:
    """One release and what it installs."""

    stack: str
    name: str
    namespace: str
    official: bool
    objects: Sequence[Object] = field(repr=False)
    """CRDs and hooks among them; each with its namespace."""
    crds_folder: Sequence[Object] = field(default=(), repr=False)
    """Those of the chart's folder `crds`: Helm leaves alone what is there already, and owns none of them."""


def releases(
    documents: Mapping[str, Mapping[str, Any]], charts: Mapping[str, Sequence[LocalChart]]
) -> Iterator[Release]:
    """Every release of a run: local charts from the cache, official ones as their projects publish them.

    Args:
        documents: stack to document.
        charts: stack to its local charts.
    """
    with tempfile.TemporaryDirectory() as folder:
        for stack, document in documents.items():
            missing = write_charts(Path(folder, stack), charts.get(stack, ()))
            assert missing == []
            for address, body in document.get("resource", {}).get("helm_release", {}).items():
                values = evaluated_values(document, address, known_at_apply)
                local = body["chart"].startswith("${path.module}/")
                where = (
                    Path(folder, stack, body["chart"].removeprefix("${path.module}/"))
                    if local
                    else folder_of(ENTRIES[body["name"]])
                )
                made = rendered_once(where, values, body["name"], body["namespace"])
                objects = [*made.crds, *made.objects, *made.hooks]
                objects = placed(objects, body["namespace"])
                yield Release(stack, body["name"], body["namespace"], not local, objects, made.crds)


def rendered_once(chart: Path, values: Mapping[str, Any], name: str, namespace: str) -> Rendered:
    """What the Helm engine makes of a chart; platforms of tests share most of their releases."""
    content = [(str(path.relative_to(chart)), path.read_bytes()) for path in sorted(chart.rglob("*")) if path.is_file()]
    text = repr((RENDERING, content, json.dumps(values, sort_keys=True), name, namespace))
    return built_once(lambda: render(chart, dict(values), name, namespace, 1), text)


def placed(objects: Sequence[Object], namespace: str) -> list[Object]:
    """Objects of an official chart with the namespace that Helm puts them in: where that is none, nothing reads it."""
    return [
        {**one, "metadata": {"namespace": namespace, **one["metadata"]}} if one["kind"] not in CLUSTER_KINDS else one
        for one in objects
    ]


CLUSTER_KINDS = frozenset(
    [
        "APIService",
        "CSIDriver",
        "ClusterIssuer",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "EC2NodeClass",
        "Namespace",
        "MutatingWebhookConfiguration",
        "NodePool",
        "PriorityClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ClusterTrainingRuntime",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "ClusterServingRuntime",
        "ClusterStorageContainer",
        "ClusterPolicy",
        "PersistentVolume",
        "Profile",
        "IngressClass",
        "RuntimeClass",
    ]
)


def known_at_apply(expression: str) -> str:
    """A word in the place of an expression of Terraform's."""
    return GROUP_ID if "security_group_id" in expression else "known-at-apply"


def terraform_secrets(documents: Mapping[str, Mapping[str, Any]]) -> set[Reference]:
    """Kubernetes Secrets that Terraform makes of credentials."""
    return {
        ("Secret", at(body, "metadata namespace"), at(body, "metadata name"))
        for document in documents.values()
        for body in document.get("resource", {}).get("kubernetes_secret_v1", {}).values()
    }


def made(objects: Sequence[Object]) -> set[Reference]:
    """What some objects are, and what controllers make of them."""
    found: set[Reference] = set()
    for one in objects:
        kind, metadata = one["kind"], one["metadata"]
        namespace = "" if kind in CLUSTER_KINDS else metadata["namespace"]
        found.add((kind, namespace, metadata["name"]))
        if kind == "Certificate" and one["apiVersion"].startswith("cert-manager.io/"):
            found.add(("Secret", namespace, one["spec"]["secretName"]))
        if kind == "StorageClass" and (metadata.get("annotations") or {}).get(DEFAULT_CLASS) == "true":
            found.add((kind, "", "(default)"))
        if kind == "StatefulSet":
            for claim in one["spec"].get("volumeClaimTemplates") or ():
                found.add(("PersistentVolumeClaim", namespace, claim["metadata"]["name"]))
    return found


def named(one: Object) -> Iterator[Reference]:
    """All that one object names and that must be there for it to work."""
    kind, spec = one["kind"], one.get("spec") or {}
    namespace = "" if kind in CLUSTER_KINDS else one["metadata"]["namespace"]
    if namespace:
        yield "Namespace", "", namespace
    for _, pod in pod_specs(one):
        for wanted, name, optional in references(pod):
            if not optional:
                yield wanted, "" if wanted == "PriorityClass" else namespace, name
    claims = [one] if kind == "PersistentVolumeClaim" else list(spec.get("volumeClaimTemplates") or ())
    for claim in claims if kind in ("PersistentVolumeClaim", "StatefulSet") else ():
        yield "StorageClass", "", claim["spec"].get("storageClassName") or "(default)"
    yield from _of_access(one, namespace)
    yield from _of_webhooks(one)
    if kind == "Certificate" and one["apiVersion"].startswith("cert-manager.io/"):
        issuer = spec["issuerRef"].get("kind", "Issuer")
        yield issuer, "" if issuer == "ClusterIssuer" else namespace, spec["issuerRef"]["name"]
    if kind == "Gateway" and one["apiVersion"].startswith("networking.istio.io/"):
        for server in spec["servers"]:
            if (server.get("tls") or {}).get("credentialName"):
                yield "Secret", "istio-system", server["tls"]["credentialName"]
    if kind == "VirtualService":
        for gateway in spec.get("gateways") or ():
            if gateway != "mesh":
                place, _, name = gateway.rpartition("/")
                yield "Gateway", place or namespace, name
        for route in [*(spec.get("http") or ()), *(spec.get("tcp") or ())]:
            for target in route.get("route") or ():
                yield "Service", *_host(target["destination"]["host"], namespace)


def _of_access(one: Object, namespace: str) -> Iterator[Reference]:
    if one["kind"] not in ("ClusterRoleBinding", "RoleBinding"):
        return
    role = one["roleRef"]
    yield role["kind"], "" if role["kind"] == "ClusterRole" else namespace, role["name"]
    for subject in one.get("subjects") or ():
        if subject["kind"] == "ServiceAccount":
            yield "ServiceAccount", subject.get("namespace", namespace), subject["name"]


def _of_webhooks(one: Object) -> Iterator[Reference]:
    configurations = [hook["clientConfig"] for hook in one.get("webhooks") or ()]
    if one["kind"] == "CustomResourceDefinition":
        configurations.append(((one["spec"].get("conversion") or {}).get("webhook") or {}).get("clientConfig") or {})
    if one["kind"] == "APIService":
        configurations.append(one["spec"])
    for configuration in configurations:
        if configuration.get("service"):
            yield "Service", configuration["service"]["namespace"], configuration["service"]["name"]


def _host(host: str, namespace: str) -> tuple[str, str]:
    """Namespace and name of the Service that Istio finds behind a host."""
    name, _, rest = host.partition(".")
    return rest.partition(".")[0] or namespace, name


@functools.cache
def releases_of(name: str) -> tuple[Release, ...]:
    """Every release of one of the variants; rendered once a process."""
    found = built(name)
    return tuple(releases(found.documents, found.charts))


def objects_of(name: str) -> list[Object]:
    """All objects of one of the variants."""
    return [one for release in releases_of(name) for one in release.objects]


def described(one: Object) -> str:
    """An object in words."""
    return str(identity(one))
