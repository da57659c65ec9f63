import copy
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from modules.kubeflow import upstream
from modules.kubeflow.cache import Cache
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.images.references import rewritten
from modules.kubeflow.lock import Lock, read_lock
from modules.kubeflow.manifest import Identity, Object, identity, load
from modules.kubeflow.patching import patch
from modules.kubeflow.secrets.pod_references import VERSION_ANNOTATION, pod_specs, secrets_read
from modules.kubeflow.secrets.upstream_secrets import without_hash
from modules.kubeflow.variants import VIA_CSI
from modules.settings.component import Component, HelmChart, Kustomization, Vendored
from modules.vendoring import kustomize, sources
from modules.vendoring.lock_entry import inputs
from modules.vendoring.replaced_images import replacements_of
from modules.vendoring.sources import PrivateCopy, UnreachableError, Upstream, local_folders
from modules.vendoring.vendor import Rendered, render
from tests.built_once import built_once, folder_of_run
from tests.modules.vendoring.sample_repository import PAGE, SHOP, UPSTREAM, Shop, needs_kustomize
from tests.upstream_folders import UPSTREAM_FOLDERS, needs_upstream

pytestmark = [needs_kustomize, pytest.mark.slow]

READERS_OF_CONFIG = {
    "Deployment.apps kubeflow/cache-server",
    "Deployment.apps kubeflow/kubeflow-pipelines-profile-controller",
    "Deployment.apps kubeflow/metadata-grpc-deployment",
    "Deployment.apps kubeflow/ml-pipeline",
    "Deployment.apps kubeflow/ml-pipeline-scheduledworkflow",
    "Deployment.apps kubeflow/ml-pipeline-ui",
}
"""Pods that read Pipelines' own configuration, which names an image."""
CODE = "ConfigMap kubeflow/kubeflow-pipelines-profile-controller-code-df96649tdt"
PIPELINES = {
    "AuthorizationPolicy.security.istio.io kubeflow/ml-pipeline",
    "ClusterRole.rbac.authorization.k8s.io aggregate-to-kubeflow-pipelines-view",
}
PIPELINES_ON_RDS = PIPELINES | READERS_OF_CONFIG | {"ConfigMap kubeflow/pipeline-install-config"}
PIPELINES_ON_S3 = PIPELINES_ON_RDS | {
    "Role.rbac.authorization.k8s.io kubeflow/ml-pipeline-ui",
    "AuthorizationPolicy.security.istio.io kubeflow/ml-pipeline-ui",
    "ClusterRole.rbac.authorization.k8s.io kubeflow-metacontroller",
    "ConfigMap kubeflow/kfp-launcher",
    CODE,
    "ConfigMap kubeflow/workflow-controller-configmap",
    "DecoratorController.metacontroller.k8s.io kubeflow-pipelines-profile-controller",
    "Deployment.apps kubeflow/workflow-controller",
    "VirtualService.networking.istio.io kubeflow/ml-pipeline-ui",
}
KNATIVE = {
    "ClusterRole.rbac.authorization.k8s.io knative-serving-namespaced-admin",
    "ClusterRole.rbac.authorization.k8s.io knative-serving-namespaced-edit",
    "ConfigMap knative-serving/config-domain",
    "ConfigMap knative-serving/config-features",
    "ConfigMap knative-serving/config-network",
}
REGISTRY_ON_RDS = {
    "AuthorizationPolicy.security.istio.io kubeflow/model-registry-service",
    "ConfigMap kubeflow/model-registry-db-parameters",
    "Deployment.apps kubeflow/model-registry-deployment",
}

# What patches change in upstream's objects, in addition to what they remove: an addition must be written here, too.
PATCHED = {
    ("istio", "default"): {
        "ConfigMap istio-system/istio",
        "Deployment.apps istio-system/istio-ingressgateway",
    },
    ("cluster-local-gateway", "default"): {"Deployment.apps istio-system/cluster-local-gateway"},
    ("dex", "default"): {"ConfigMap auth/dex", "Deployment.apps auth/dex"},
    ("katib", "in-cluster"): {"Deployment.apps kubeflow/katib-controller", "Deployment.apps kubeflow/katib-mysql"},
    ("katib", "rds"): {"Deployment.apps kubeflow/katib-controller", "Deployment.apps kubeflow/katib-db-manager"},
    ("tensorboard-controller", "default"): {"Deployment.apps kubeflow/tensorboard-controller-deployment"},
    ("model-registry", "rds"): REGISTRY_ON_RDS,
    ("model-registry", "rds-databases"): REGISTRY_ON_RDS,
    ("knative-serving", "default"): KNATIVE,
    ("knative-serving", "ecr"): {*KNATIVE, "Deployment.apps knative-serving/controller"},
    ("mpi-operator", "default"): {"Deployment.apps kubeflow/mpi-operator"},
    ("kubeflow-namespace", "default"): {
        "NetworkPolicy.networking.k8s.io kubeflow-system/jobset-webhook",
        "NetworkPolicy.networking.k8s.io kubeflow/katib-db-manager",
        "NetworkPolicy.networking.k8s.io kubeflow/metadata-grpc-server",
    },
    ("kubeflow-roles", "default"): {"ClusterRole.rbac.authorization.k8s.io kubeflow-kubernetes-edit"},
    ("kserve", "default"): {
        "Certificate.cert-manager.io kubeflow/localmodel-serving-cert",
        "ClusterRoleBinding.rbac.authorization.k8s.io llmisvc-manager-rolebinding",
        "ConfigMap kubeflow/inferenceservice-config",
        "CustomResourceDefinition.apiextensions.k8s.io llminferenceserviceconfigs.serving.kserve.io",
        "CustomResourceDefinition.apiextensions.k8s.io llminferenceservices.serving.kserve.io",
        *(
            f"{kind} kubeflow/{program}{name}"
            for program in ("kserve", "llmisvc")
            for kind, name in (
                ("Deployment.apps", "-controller-manager"),
                ("Service", "-controller-manager-service"),
                ("Service", "-webhook-server-service"),
            )
        ),
        "Deployment.apps kubeflow/kserve-localmodel-controller-manager",
        "Service kubeflow/kserve-controller-manager-metrics-service",
        "Service kubeflow/localmodel-webhook-server-service",
    },
    ("kubeflow-istio-resources", "default"): {"Gateway.networking.istio.io kubeflow/kubeflow-gateway"},
    ("model-registry", "in-cluster"): {
        "AuthorizationPolicy.security.istio.io kubeflow/model-registry-service",
        "ConfigMap kubeflow/model-registry-db-parameters",
        "Deployment.apps kubeflow/model-registry-db",
        "Deployment.apps kubeflow/model-registry-deployment",
    },
    ("central-dashboard", "default"): {"ConfigMap kubeflow/dashboard-config", "Deployment.apps kubeflow/dashboard"},
    ("profiles", "default"): {"Deployment.apps kubeflow/profiles-deployment", "Service kubeflow/profiles-kfam"},
    ("trainer", "default"): {
        "Deployment.apps kubeflow-system/jobset-controller-manager",
        "Service kubeflow-system/jobset-controller-manager-metrics-service",
        "Service kubeflow-system/jobset-webhook-service",
    },
    ("oauth2-proxy", "default"): {
        "ConfigMap oauth2-proxy/oauth2-proxy-hk55gm96k4",
        "ConfigMap oauth2-proxy/oauth2-proxy-parameters-h8g8d5f644",
        "Deployment.apps oauth2-proxy/oauth2-proxy",
        "RequestAuthentication.security.istio.io istio-system/dex-jwt",
    },
    ("oauth2-proxy", "oidc"): {
        "AuthorizationPolicy.security.istio.io istio-system/istio-ingressgateway-oauth2-proxy",
        "AuthorizationPolicy.security.istio.io istio-system/istio-ingressgateway-require-jwt",
        "ConfigMap oauth2-proxy/oauth2-proxy-hk55gm96k4",
        "ConfigMap oauth2-proxy/oauth2-proxy-parameters-h8g8d5f644",
        "Deployment.apps oauth2-proxy/oauth2-proxy",
    },
    ("pipelines", "in-cluster"): {"Deployment.apps kubeflow/mysql", CODE, *PIPELINES, *READERS_OF_CONFIG},
    ("pipelines", "s3"): {"Deployment.apps kubeflow/mysql", *PIPELINES_ON_S3},
    ("pipelines", "rds"): {CODE, *PIPELINES_ON_RDS},
    ("pipelines", "rds-databases"): {CODE, *PIPELINES_ON_RDS},
    ("pipelines", "s3-rds"): PIPELINES_ON_S3 | PIPELINES_ON_RDS,
    ("pipelines", "s3-rds-databases"): PIPELINES_ON_S3 | PIPELINES_ON_RDS,
    ("jupyter-web-app", "default"): {
        "ConfigMap kubeflow/jupyter-web-app-config-f5cb4gtmbc",
        "Deployment.apps kubeflow/jupyter-web-app-deployment",
    },
    ("notebook-controller", "default"): {
        "ConfigMap kubeflow/notebook-controller-config-fhm9f7tdt5",
        "Deployment.apps kubeflow/notebook-controller-deployment",
    },
    ("training-operator", "without-mpijob"): {"Deployment.apps kubeflow/training-operator"},
}
RELABELLED = ("cluster-local-gateway", "istio", "kserve")
"""Components whose patches set labels on most objects: their objects are compared without `metadata.labels`."""
ADDED = {
    *(("ClusterRole.rbac.authorization.k8s.io", f"kubeflow-kserve-{role}") for role in ("admin", "edit", "view")),
    ("ClusterRole.rbac.authorization.k8s.io", "kubeflow-kueue-view"),
    *(("ResourceFlavor.kueue.x-k8s.io", name) for name in ("cpu-and-memory", "neuron-devices", "nvidia-gpus")),
    *(("WorkloadPriorityClass.kueue.x-k8s.io", name) for name in ("high", "low")),
    ("ClusterRole.rbac.authorization.k8s.io", "llmisvc-manager-role"),
    ("AuthorizationPolicy.security.istio.io", "ml-pipeline-no-visualizations"),
    *(("NetworkPolicy.networking.k8s.io", page) for page in ("centraldashboard", "kserve-models-web-app")),
    ("EnvoyFilter.networking.istio.io", "session-stays-at-the-gateway"),
    ("RequestAuthentication.security.istio.io", "oidc-jwt"),
    *(
        ("NetworkPolicy.networking.k8s.io", name)
        for name in (
            "callers-of-cluster-local-gateway",
            "gateways-to-activator-http2",
            "kserve-metrics-to-monitoring",
            "metrics-to-monitoring",
            "metrics-to-monitoring-kubeflow-system",
            "training-operator-metrics-to-monitoring",
            "webhooks",
            "webhook-of-kserve-localmodel-controller-manager",
            "webhook-of-llmisvc-controller-manager",
        )
    ),
    *(
        ("ConfigMap", f"{program}-database-ca")
        for program in ("ml-metadata", "model-registry", "pipelines", "pipelines-cache")
    ),
    ("NetworkPolicy.networking.k8s.io", "poddefaults"),  # moved from another component of upstream's
}
"""What patches bring that upstream does not have; and Secrets, which the lock names."""
PUBLISHED = re.compile(
    r"minio123|12341234|4K/VkmDd1q1|pUBnBOY80|cFVCbkJPWTgw|dGVzdA==|user@example\.com|oidc\.eks\.AWS_REGION"
)


def identities(items: Iterable[Object]) -> set[str]:
    return {str(identity(item)) for item in items}


def cleaned(item: Any) -> Any:
    """What the rules do to any object, written a second time and another way: nothing here is taken from the rules."""
    if isinstance(item, list):
        return [cleaned(inner) for inner in item]
    if not isinstance(item, dict):
        return item
    return {
        key: cleaned(inner)
        for key, inner in item.items()
        if inner is not None and not (key == "description" and isinstance(inner, str)) and key != "status"
    }


def comparable(item: Object) -> Object:
    metadata = {**item["metadata"]}
    annotations = metadata.pop("annotations", None) or {}
    if isinstance(annotations, dict):
        annotations = {key: value for key, value in annotations.items() if key != "helm.sh/resource-policy"}
    metadata.pop("namespace", None)
    whole = copy.deepcopy({**item, "metadata": {**metadata, "annotations": annotations}})
    for template, _ in pod_specs(whole):
        marks = template.get("metadata", {}).get("annotations") or {}
        if marks.pop(VERSION_ANNOTATION, None) and not marks:  # rule 9
            del template["metadata"]["annotations"]
    return {**whole, "spec": cleaned(whole["spec"])} if item["kind"] == "CustomResourceDefinition" else whole


def check_against_kustomize(component: Component, rendered: Rendered, patched: set[str]) -> None:
    """The phases are kustomize's objects, one by one, minus what the lock says was taken out."""
    result, entry = rendered.result, rendered.entry
    made = [item for items in result.phases.values() for item in items]
    placed = {(identity(item).type, item["metadata"]["name"]): item for item in made}
    assert len(placed) == len(made)
    names = {(identity(item).type, item["metadata"]["name"]) for item in rendered.upstream}
    gone = names - set(placed)
    listed = {("Namespace", item.name) for item in entry.namespaces}
    there = {re.sub(r"-[2456789bcdfghkmt]{10}$", "", name) for kind, name in names if kind == "Secret"}
    listed |= {("Secret", item.name) for item in entry.secrets if item.name in there}
    listed |= {
        (one.partition(" ")[0], re.sub(r"-[2456789bcdfghkmt]{10}$", "", one.rpartition("/")[2].split()[-1]))
        for one in entry.removed.get("patched out", ())
    }
    assert {(kind, re.sub(r"-[2456789bcdfghkmt]{10}$", "", name)) for kind, name in gone} == listed
    waiting = {
        (kind, name) for kind, name in placed if name.endswith("-webhook-wait")
    }  # webhook_wait.py, for every component
    assert set(placed) - names - waiting <= ADDED
    accounts = {access.service_account for access in component.aws}
    differing = set()
    for item in rewritten(rendered.upstream, replacements_of(component.name)):
        mine = placed.get((identity(item).type, item["metadata"]["name"]))
        if mine is None:
            continue
        if item["kind"] == "ServiceAccount" and item["metadata"]["name"] in accounts:
            mine = {**mine, "metadata": {**mine["metadata"], "annotations": {}}}
        theirs = {key: value for key, value in item.items() if key != "status"}
        compared = [comparable(one) for one in (mine, without_timestamps(theirs))]
        if component.name in RELABELLED:
            compared = [{**one, "metadata": {**one["metadata"], "labels": None}} for one in compared]
        if "aggregationRule" in item:
            continue  # aggregated_roles.py, for every component
        if compared[0] != compared[1]:
            differing.add(str(identity(mine)))
    assert differing == patched


def without_timestamps(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_timestamps(inner) for key, inner in value.items() if key != "creationTimestamp" or inner}
    return [without_timestamps(inner) for inner in value] if isinstance(value, list) else value


def test_objects_are_those_of_kustomize_in_three_phases(shop: Shop) -> None:
    rendered = render([SHOP], Upstream([UPSTREAM], shop.cache.folder, print), shop.cache, print)["shop"]
    changed = {"ConfigMap shop/shop-config-mh67kcfm9f", "Deployment.apps shop/shop"}
    check_against_kustomize(SHOP, rendered["whole"], changed)
    check_against_kustomize(SHOP, rendered["small"], changed)
    phases = rendered["whole"].result.phases
    assert list(phases) == ["crds", "main", "crs"]
    waiting = {one for one in identities(phases["crs"]) if one.endswith("-webhook-wait")}
    assert identities(phases["crs"]) - waiting == {"Brand.shop.example.org ours", "Widget.shop.example.org shop/first"}
    assert "Certificate.cert-manager.io shop/shop" in identities(phases["main"])  # a foreign type: pods wait for it
    assert rendered["small"].entry.removed["patched out"] == ("StatefulSet.apps shop/index",)
    assert "ConfigMap shop/page" in identities(rendered["small"].result.phases["main"])  # the second path


def test_the_cache_holds_what_the_lock_says(shop: Shop) -> None:
    lock = shop.vendor(update=True)
    assert read_lock(shop.lock_file) == lock
    for entry in lock.components["shop"].values():
        for phase in entry.phases.values():
            content = shop.cache.get(phase.sha256)
            assert content is not None
            assert identities(load(content)) == {f"{k} {p}" for k, places in phase.objects.items() for p in places}


def test_the_same_again_is_not_an_error_and_writes_nothing(shop: Shop) -> None:
    shop.vendor(update=True)
    before = shop.lock_file.stat().st_mtime_ns
    shop.vendor()
    shop.vendor(update=True)
    assert shop.lock_file.stat().st_mtime_ns == before


def test_the_source_is_never_touched(shop: Shop) -> None:
    def digest() -> str:
        files = sorted(path for path in UPSTREAM.rglob("*") if path.is_file())
        return hashlib.sha256(b"".join(bytes(path) + path.read_bytes() for path in files)).hexdigest()

    before = digest()
    shop.vendor(update=True)
    assert digest() == before


@pytest.fixture
def moved(tmp_path: Path) -> Path:
    """A copy of the small upstream, to be changed."""
    return Path(shutil.copytree(UPSTREAM, tmp_path / "upstream"))


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / "kubeflow" / "manifests" / "apps" / "shop" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_a_mismatch_says_which_object_differs_and_how(shop: Shop, moved: Path) -> None:
    shop.vendor(update=True)
    lock = shop.lock_file.read_bytes()
    change(moved, "base/workloads.yaml", "replicas: 2", "replicas: 3")
    change(moved, "base/access.yaml", "  name: shop\nrules", "  name: clerk\nrules")
    with pytest.raises(ValueError, match="does not match upstream and patches") as caught:
        shop.vendor(upstream=moved)
    assert "shop: Deployment.apps shop/shop: spec.replicas: 2 -> 3" in str(caught.value)
    assert "shop: ClusterRole.rbac.authorization.k8s.io clerk: added" in str(caught.value)
    assert "shop: ClusterRole.rbac.authorization.k8s.io shop: removed" in str(caught.value)
    assert shop.lock_file.read_bytes() == lock


def test_a_mismatch_without_the_old_objects_says_which_part_differs(shop: Shop, moved: Path, tmp_path: Path) -> None:
    shop.vendor(update=True)
    change(moved, "base/workloads.yaml", "replicas: 2", "replicas: 3")
    with pytest.raises(ValueError, match=r"shop: Deployment\.apps shop/shop: spec differs"):
        shop.vendor(upstream=moved, cache=Cache(tmp_path / "fresh"))


def test_an_update_writes_the_lock_and_says_what_to_do(shop: Shop, moved: Path) -> None:
    shop.vendor(update=True)
    change(moved, "base/workloads.yaml", "replicas: 2", "replicas: 3")
    new = shop.vendor(upstream=moved, update=True)
    assert read_lock(shop.lock_file) == new
    assert "make compare BASE=HEAD" in shop.lines[-1]


def test_what_is_not_in_the_lock_is_reported(shop: Shop) -> None:
    shop.vendor(SHOP, update=True)
    with pytest.raises(ValueError, match=r"page \(default\): not found in the lock"):
        shop.vendor(SHOP, PAGE)
    shop.vendor(SHOP, PAGE, update=True)
    with pytest.raises(ValueError, match="page: in the lock, but not a component"):
        shop.vendor(SHOP)


def stale(components: Iterable[Component], lock: Lock) -> list[str]:
    """Components whose lock entry was made from other commits, paths or patches than there are now."""
    return [
        component.name
        for component in components
        if isinstance(component.source, Vendored)
        for key, variant in patch.variants(component.name).items()
        if key not in lock.components.get(component.name, {})
        or lock.entry(component.name, key).inputs != inputs(component, variant)
    ]


def test_other_inputs_with_the_same_result_are_reported(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = shop.vendor(update=True)
    assert stale([SHOP], lock) == []
    again = Component("shop", "shop", Kustomization("apps/shop/base/../overlay"), aws=SHOP.aws)
    assert stale([again], lock) == ["shop", "shop"]
    with pytest.raises(ValueError, match="objects are identical, but the lock has other input hashes"):
        shop.vendor(again)


def test_official_charts_are_left_alone(shop: Shop) -> None:
    chart = Component("chart", "chart", HelmChart("https://example.com", "chart", "1.0.0"))
    assert list(shop.vendor(chart, SHOP, update=True).components) == ["shop"]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("base/settings.cfg", 'level = "debug"', 'level = "info"', "shop: patch: settings.cfg: does not contain 'level"),
        ("base/kustomization.yaml", "shop-login", "other-login", r"shop: Secret shop/other-login-\w+: a Secret with public"),
        ("base/webhooks.yaml", "name: shop, path", "name: gone, path", "calls port 443 of Service shop/gone, which is not among"),
        ("base/workloads.yaml", "{name: hooks,", "{name: other,", "no pod behind Service shop/shop has a port named 'hooks'"),
        ("overlay/kustomization.yaml", "ref=v4.0.5", "ref=v4.1.0", "refers to argoproj/argo-workflows at v4.1.0, which is not what"),
        ("overlay/kustomization.yaml", "v0.11.0", "v0.12.0", "v0.12.0/manifests.yaml: not found in RELEASE_FILES"),
        ("overlay/kustomization.yaml", "- ../base", "- ../basement", "kustomize failed: .*basement"),
        ("base/kustomization.yaml", "namespace: shop\n", "", "Certificate.cert-manager.io shop: has no namespace, and no CRD defines"),
    ],
)  # fmt: skip
def test_what_no_longer_fits_is_an_error(shop: Shop, moved: Path, file: str, old: str, new: str, message: str) -> None:
    change(moved, file, old, new)
    with pytest.raises(ValueError, match=message):
        shop.vendor(upstream=moved, update=True)
    assert not shop.lock_file.exists()


def test_a_path_that_moved_is_an_error(shop: Shop) -> None:
    with pytest.raises(ValueError, match="kubeflow/manifests: has no folder apps/shop/old; upstream may have moved it"):
        shop.vendor(Component("old", "shop", Kustomization("apps/shop/old")), update=True)


def test_a_folder_of_another_repository_is_laid_over_a_tree(shop: Shop) -> None:
    """Pipelines come in their own newer version, in the place that the distribution has them in; no tree is changed."""
    laid_over = Component("laid-over", "shop", Kustomization("applications/pipeline/upstream"))
    lock = shop.vendor(laid_over, update=True)
    ((phase, entry),) = lock.entry("laid-over", "default").phases.items()
    (found,) = load(shop.cache.get(entry.sha256) or "")
    assert (phase, found["data"]) == ("main", {"version": "new"})
    assert set(lock.upstream) == {"kubeflow/manifests", "kubeflow/pipelines"}


@pytest.mark.parametrize("gone", ["kubeflow/pipelines/manifests", "kubeflow/manifests/applications"])
def test_an_overlay_whose_folder_moved_is_an_error(shop: Shop, moved: Path, gone: str) -> None:
    shutil.rmtree(moved / gone)
    with pytest.raises(ValueError, match=r"has no folder \w+ for Overlay.*update OVERLAYS"):
        shop.vendor(upstream=moved, update=True)


def test_a_kustomization_in_this_project_is_built_where_it_is(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(UPSTREAM / "kubeflow" / "manifests")
    own = Component("own", "mine", Kustomization("apps/shop/extra", "."))
    lock = shop.vendor(own, update=True)
    assert lock.upstream == {}
    assert list(lock.entry("own", "default").owned) == ["ConfigMap mine/page"]
    with pytest.raises(ValueError, match="a local kustomization must not have remote references"):
        shop.vendor(Component("own", "mine", Kustomization("apps/shop/overlay", ".")), update=True)


def test_a_repository_without_a_pin_is_an_error(shop: Shop) -> None:
    with pytest.raises(ValueError, match=r"repository 'my/fork': not found in modules/kubeflow/upstream.py; add it"):
        shop.vendor(Component("own", "mine", Kustomization("path", "my/fork")), update=True)


def test_upstream_that_is_not_there_is_an_error_of_its_own(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="has no folder kubeflow/manifests"):
        shop.vendor(upstream=tmp_path / "nowhere", update=True)


def git(*arguments: str) -> str:
    settings = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *settings, *arguments], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repositories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, upstream.Repository]:
    """The small upstream as git repositories, pinned at a commit which their branches have left."""
    pinned = {}
    for name in ("kubeflow/manifests", "kubeflow/pipelines", "argoproj/argo-workflows", "kubernetes-sigs/jobset"):
        folder = tmp_path / "git" / name
        shutil.copytree(UPSTREAM / name, folder, ignore=shutil.ignore_patterns("releases"))
        git("init", "--quiet", str(folder))
        git("-C", str(folder), "add", ".")
        git("-C", str(folder), "commit", "--quiet", "--message", "pinned")
        commit = git("-C", str(folder), "rev-parse", "HEAD")
        (folder / "later").write_text("not pinned")
        git("-C", str(folder), "add", ".")
        git("-C", str(folder), "commit", "--quiet", "--message", "later")
        pinned[name] = replace(upstream.REPOSITORIES[name], url=f"file://{folder}", commit=commit)
    monkeypatch.setattr(sources, "REPOSITORIES", pinned)
    return pinned


def test_git_gives_what_the_folder_gives(shop: Shop, moved: Path, repositories: dict[str, upstream.Repository]) -> None:
    """The release file, too: git has what it is built from, this folder has the file itself."""
    shutil.rmtree(moved / "kubernetes-sigs" / "jobset" / "config")
    shop.vendor(upstream=moved, update=True)
    shop.vendor(upstream=None)
    assert [line for line in shop.lines if line.startswith("fetching")] == [
        f"fetching {name} {one.version} ({one.commit[:12]})" for name, one in repositories.items()
    ]
    trees = list((shop.cache.folder / "upstream").iterdir())
    assert not any((tree / "later").exists() or (tree / ".git").exists() for tree in trees)
    shop.vendor(upstream=None)
    assert not any(line.startswith("fetching") for line in shop.lines)


def test_a_commit_that_is_not_there_leaves_nothing_behind(
    shop: Shop, repositories: dict[str, upstream.Repository]
) -> None:
    name = "kubeflow/manifests"
    repositories[name] = replace(repositories[name], commit="0" * 40)
    with pytest.raises(UnreachableError, match=r"at 0{40}: cannot be fetched"):
        shop.vendor(upstream=None, update=True)
    assert list((shop.cache.folder / "upstream").iterdir()) == []


def test_the_first_folder_of_a_list_that_has_a_repository_wins(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """KUBEFLOW_UPSTREAM is a list as PATH is: a newer tree is put before one that has the rest."""
    newer, name = tmp_path / "newer", "kubeflow/manifests"
    monkeypatch.chdir(tmp_path)
    folders = local_folders(os.pathsep.join(["newer", "", str(UPSTREAM)]))
    assert folders == (newer, UPSTREAM)
    upstream = Upstream(folders, tmp_path / "checkouts", print)
    assert upstream.tree(name) == UPSTREAM / name
    (newer / name).mkdir(parents=True)
    assert upstream.tree(name) == newer / name
    assert upstream.tree("kubernetes-sigs/jobset") == UPSTREAM / "kubernetes-sigs" / "jobset"


def test_a_release_file_is_found_in_any_folder(tmp_path: Path) -> None:
    (url,) = upstream.RELEASE_FILES
    for folder in ("first", "second"):
        (tmp_path / folder / "kubernetes-sigs" / "jobset").mkdir(parents=True)
    file = tmp_path / "second" / url.removeprefix("https://github.com/")
    file.parent.mkdir(parents=True)
    file.touch()
    found = Upstream([tmp_path / "first", tmp_path / "second"], tmp_path, print)
    assert found.release_file(url) == file
    (tmp_path / "first" / "kubernetes-sigs" / "jobset" / "config" / "default").mkdir(parents=True)
    assert found.release_file(url) == upstream.RELEASE_FILES[url]


def test_a_missing_kustomize_is_an_error(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ValueError, match="neither kustomize nor kubectl is installed"):
        shop.vendor(update=True)


# --- the real upstream --------------------------------------------------------------------------------------------------

VENDORED = [component for component in CATALOGUE if isinstance(component.source, Vendored)]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Rendered]]:
    """The catalogue, rendered once in a run (36 s of CPU); a later run may have other upstream folders."""

    def rendered() -> dict[str, dict[str, Rendered]]:
        cache = Cache(tmp_path_factory.mktemp("cache"))
        return render(CATALOGUE, Upstream(UPSTREAM_FOLDERS, cache.folder, print), cache, print)

    return built_once(rendered, "catalogue", folder_of_run(tmp_path_factory) / "rendered")


@needs_upstream
@pytest.mark.upstream
def test_the_committed_lock_is_what_upstream_and_patches_give(real: dict[str, dict[str, Rendered]]) -> None:
    locked = read_lock().components
    assert set(locked) == set(real)
    for component, variants in real.items():
        assert {key: one.entry for key, one in variants.items()} == dict(locked[component]), component


@needs_upstream
@pytest.mark.upstream
@pytest.mark.parametrize("component", VENDORED, ids=lambda component: component.name)
def test_each_component_is_what_kustomize_says(component: Component, real: dict[str, dict[str, Rendered]]) -> None:
    for variant, rendered in real[component.name].items():
        if variant.endswith(VIA_CSI):
            continue
        check_against_kustomize(component, rendered, PATCHED.get((component.name, variant), set()))


@needs_upstream
@pytest.mark.upstream
def test_pods_that_fetch_their_secrets_differ_in_nothing_else(real: dict[str, dict[str, Rendered]]) -> None:
    seen = 0
    for variants in real.values():
        for name in (name for name in variants if name.endswith(VIA_CSI)):
            plain, via_csi = (by_identity(variants[one]) for one in (name.removesuffix(VIA_CSI), name))
            assert set(plain) <= set(via_csi)
            assert {one.kind for one in set(via_csi) - set(plain)} <= {"SecretProviderClass", "ServiceAccount"}
            changed = {one for one in plain if plain[one] != via_csi[one]}
            assert {one.kind for one in changed} <= {"Deployment", "ServiceAccount"}
            for one in (one for one in changed if one.kind == "Deployment"):
                mounts = [volume for volume in pod(via_csi[one])["volumes"] if "csi" in volume]
                read = secrets_read(pod(plain[one])) & {secret.name for secret in variants[name].entry.secrets}
                assert {volume["name"] for volume in mounts} == {f"credentials-{secret}" for secret in read}
                seen += len(mounts)
    assert seen > 15


def by_identity(rendered: Rendered) -> dict[Identity, Object]:
    return {identity(item): item for items in rendered.result.phases.values() for item in items}


def pod(deployment: Object) -> Object:
    spec: Object = deployment["spec"]["template"]["spec"]
    return spec


@needs_upstream
@pytest.mark.upstream
def test_no_published_credential_is_left(real: dict[str, dict[str, Rendered]]) -> None:
    for variants in real.values():
        for rendered in variants.values():
            for items in rendered.result.phases.values():
                found = {str(identity(item)) for item in items if PUBLISHED.search(str(item))}
                assert not found


NOT_OURS = {
    ("Profile.kubeflow.org", "kubeflow-user-example-com"),  # teams come from settings
    ("PersistentVolumeClaim", "metadata-postgres"),
}
"""What upstream's example has and our default does not."""
NOT_UPSTREAMS = {
    # oauth2-proxy's overlay for EKS: how tokens of the cluster's service accounts are checked; a patch takes it out
    ("RequestAuthentication.security.istio.io", "m2m-token-issuer"),
    ("PersistentVolumeClaim", "metadata-mysql"),  # the model registry uses MySQL here
}


@needs_upstream
@pytest.mark.upstream
def test_what_upstream_installs_by_default_is_all_there(real: dict[str, dict[str, Rendered]], tmp_path: Path) -> None:
    """Upstream's example as kustomize builds it, without KServe, whose largest files a snapshot may lack, and the model catalog."""
    copy = PrivateCopy(tmp_path, Upstream(UPSTREAM_FOLDERS, tmp_path / "checkouts", print))
    example = copy.folder("kubeflow/manifests", "example")
    file = example / "kustomization.yaml"
    for line in ("- ../applications/kserve/kserve\n", "- ../applications/hub/overlays/model-catalog\n"):
        text = file.read_text()
        assert line in text
        file.write_text(text.replace(line, ""))
    theirs = {named(item) for item in load(kustomize.build(example, kustomize.command()))}
    default = [component.name for component in VENDORED if component.default and component.name != "kserve"]
    ours = {named(item) for name in default for item in next(iter(real[name].values())).upstream}
    assert (theirs - ours, ours - theirs) == (NOT_OURS, NOT_UPSTREAMS)


def named(item: Object) -> tuple[str, str]:
    """Type and name: upstream has the model registry in a user's namespace, and a hash follows from a ConfigMap's content."""
    return identity(item).type, without_hash(item["metadata"]["name"])


def test_lock_is_current() -> None:
    assert stale(CATALOGUE, read_lock()) == []
