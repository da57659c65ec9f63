"""Every manifest of docs/capabilities is one that the platform would take."""

import re
import shlex
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

import pytest
import yaml

from docs.capabilities_page import ENTRIES, IMAGES, MANIFESTS, RECORDED, Capability, capabilities, capabilities_page
from modules.aws_data.kubernetes_versions import KUBERNETES_VERSIONS
from modules.iam.artifact_prefixes import team_prefix
from modules.kubeflow.cache import Cache
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import identity, load
from modules.settings import Contributor, Quota, Team
from modules.settings.component import HelmChart, Vendored
from modules.teams.objects import ARTIFACT_STORE, BUCKET_TOKEN, TeamContext
from modules.teams.objects import objects as team_objects
from tests.object_schemas import CrdSchemas, Object, problems, schemas_of
from tests.official_charts import everything
from tests.upstream_folders import CHART_FOLDERS

ALL = capabilities()
TEAM = "research"
STORAGE_CLASS = yaml.safe_load(
    re.sub(
        r"\{\{.*?\}\}|\{%.*?%\}\n",
        lambda found: "" if found[0].startswith("{%") else "x",
        (MANIFESTS.parents[1] / "modules/kubeflow/objects/default-storage-class.yaml.j2").read_text(),
    )
)["metadata"]["name"]
BUILT_IN = frozenset({"v1", "apps/v1", "batch/v1", "rbac.authorization.k8s.io/v1"})
OWN_ACCOUNT = {"argo-workflow.yaml": "workflow", "mpi-v1-mpijob.yaml": ""}
"""Manifests whose pods do not run as the team's account: they say why."""

of_each = pytest.mark.parametrize("one", ALL, ids=[one.file.removesuffix(".yaml") for one in ALL])


@cache
def objects(file: str) -> list[Object]:
    return [item for item in yaml.safe_load_all((MANIFESTS / file).read_text(encoding="utf-8")) if item]


def with_needs(entries: Iterable[str]) -> list[str]:
    """Entries and all that they need."""
    graph: dict[str, tuple[str, ...]] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop()
        if name not in graph:
            graph[name] = ENTRIES[name].needs
            waiting += graph[name]
    return list(TopologicalSorter(graph).static_order())


@cache
def crds_of(entry: str) -> list[Object]:
    """Object types that an entry installs; skips on a machine without official charts, or with an empty cache."""
    source = ENTRIES[entry].source
    if isinstance(source, HelmChart):
        if not CHART_FOLDERS:
            pytest.skip(f"{entry}: no official charts on this machine")
        return [item for item in everything(entry) if item["kind"] == "CustomResourceDefinition"]
    if not isinstance(source, Vendored):
        return []
    variants = read_lock().components[entry]
    phases = variants.get("default", next(iter(variants.values()))).phases
    if "crds" not in phases:
        return []
    content = Cache().get(phases["crds"].sha256)
    if content is None:
        pytest.skip(f"{entry}: its objects are not in the cache; run: make vendor")
    return load(content.decode())


@cache
def schemas(one: Capability) -> CrdSchemas:
    """Schemas of the object types that exist where a manifest's entries are chosen; skips where they are not available."""
    if all(item["apiVersion"] in BUILT_IN for item in objects(one.file)):
        return {}
    return schemas_of([crd for name in with_needs(one.entries) for crd in crds_of(name)])


def pods(value: Any) -> Iterator[dict[str, Any]]:
    """Everything that has the form of a pod's spec, at any depth; also what operators make one of."""
    if isinstance(value, dict):
        if "containers" in value or {"driver", "executor"} <= value.keys() or "modelFormat" in value.get("model", ()):
            yield value
        for inner in value.values():
            yield from pods(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from pods(inner)


def values_of(value: Any, wanted: str) -> Iterator[Any]:
    """All values under a key, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == wanted:
                yield inner
            yield from values_of(inner, wanted)
    elif isinstance(value, list):
        for inner in value:
            yield from values_of(inner, wanted)


@of_each
@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
def test_the_cluster_takes_it_with_the_entries_that_it_names(one: Capability, version: str) -> None:
    assert problems(objects(one.file), version, schemas(one)) == []


@of_each
def test_its_object_types_are_of_the_entries_that_it_names(one: Capability) -> None:
    custom = {(item["apiVersion"], item["kind"]) for item in objects(one.file)} & schemas(one).keys()
    assert not custom or custom <= {found for name in one.entries for found in schemas_of(crds_of(name))}, (
        "a type of an entry that is only needed: name that entry, too"
    )


def owned() -> set[str]:
    """What releases own: everything in the lock, the project's objects, and those of a team that has the manifests' namespace."""
    locked = {
        item for variants in read_lock().components.values() for entry in variants.values() for item in entry.owned
    }
    team = Team(
        name=TEAM,
        owner="you@example.com",
        quota=Quota(cpu=32, gpus=1),
        contributors=(Contributor(user="ada@example.com", role="edit"),),
    )
    context = TeamContext(region="us-west-2", tokens={BUCKET_TOKEN: "bucket"})
    return locked | {str(identity(item)) for item in team_objects(team, context, has_role=True)}


@of_each
def test_it_changes_no_object_that_a_release_owns(one: Capability) -> None:
    """But the team itself, where settings do not have it: team.yaml says so."""
    made = {str(identity(item)) for item in objects(one.file)}
    both = made & owned()
    assert both == ({f"Profile.kubeflow.org {TEAM}"} if one.file == "team.yaml" else set())


def test_a_release_owns_what_a_team_of_settings_has() -> None:
    """The rule above compares with something: the name that pod-default.yaml once had is in it."""
    assert {f"PodDefault.kubeflow.org {TEAM}/access-ml-pipeline", f"Profile.kubeflow.org {TEAM}"} <= owned()
    assert "release owns the Profile" in (MANIFESTS / "team.yaml").read_text(encoding="utf-8")


def test_a_misspelt_field_of_a_custom_resource_is_found() -> None:
    one = next(one for one in ALL if one.file == "team.yaml")
    (profile,) = [item for item in objects(one.file) if item["kind"] == "Profile"]
    wrong = [{**profile, "spec": {**profile["spec"], "ownr": {}}}]
    assert len(problems(wrong, "1.35", schemas(one))) == 1


@of_each
def test_it_is_in_the_teams_namespace(one: Capability) -> None:
    for item in objects(one.file):
        if item["kind"] == "Profile":
            assert item["metadata"]["name"] == TEAM
        else:
            assert item["metadata"]["namespace"] == ("argo" if one.file == "argo-workflow.yaml" else TEAM)


@of_each
def test_pods_run_as_the_teams_account(one: Capability) -> None:
    accounts = {
        account
        for item in objects(one.file)
        for key in ("serviceAccountName", "serviceAccount")
        for account in values_of(item, key)
        if isinstance(account, str)
    }
    assert accounts <= {OWN_ACCOUNT.get(one.file) or "default-editor"}
    assert accounts or not any(True for item in objects(one.file) for _ in pods(item)) or one.kinds == ("Notebook",)


@of_each
def test_images_have_a_version(one: Capability) -> None:
    for image in values_of(objects(one.file), "image"):
        name, _, tag = image.rpartition(":")
        assert name, f"{image}: no tag"
        assert "/" not in tag, f"{image}: no tag"
        assert tag != "latest", image


def test_each_image_is_in_the_table_of_publishers_and_no_other() -> None:
    files = [*MANIFESTS.glob("*.yaml"), *(MANIFESTS.parent / "tutorial").glob("*.yaml")]
    documents = [item for file in files for item in yaml.safe_load_all(file.read_text(encoding="utf-8"))]
    assert set(values_of(documents, "image")) == IMAGES.keys()
    for image, published in IMAGES.items():
        assert published.page.startswith("https://"), image
        found = re.match(r"(\d{4}-\d\d-\d\d)(?:; the tag of the image moves)?$", published.date)
        assert found or published.date.startswith("not found"), image
        assert not found or date.fromisoformat(found[1]) <= date.fromisoformat(RECORDED), image


@of_each
def test_models_and_data_are_in_the_platforms_bucket(one: Capability) -> None:
    """Below the team's prefix, where its role may read them."""
    for location in re.findall(r"\b(?:s3|gs|hf|abfss?|hdfs)://[^\s\"']+", yaml.safe_dump_all(objects(one.file))):
        if "{" not in location:  # a program reads the bucket and the prefix from the PodDefault's variables
            assert location.startswith(f"s3://BUCKET/{team_prefix(TEAM)}"), location


@of_each
def test_serverless_pods_have_no_sidecar(one: Capability) -> None:
    """It would reject what Knative's activator forwards: docs/traffic.md#models."""
    for item in objects(one.file):
        if item["apiVersion"].partition("/")[0] == "serving.kserve.io":
            assert item["spec"]["predictor"]["labels"]["sidecar.istio.io/inject"] == "false"
        if item["apiVersion"].partition("/")[0] == "serving.knative.dev":
            assert item["spec"]["template"]["metadata"]["labels"]["sidecar.istio.io/inject"] == "false"


@of_each
def test_volumes_are_of_the_platforms_storage_class(one: Capability) -> None:
    for item in objects(one.file):
        if item["kind"] == "PersistentVolumeClaim":
            assert item["spec"]["storageClassName"] == STORAGE_CLASS


@of_each
def test_pods_keep_to_the_baseline_of_the_namespace(one: Capability) -> None:
    for item in objects(one.file):
        for forbidden in ("hostNetwork", "hostPID", "hostIPC", "hostPath", "privileged", "hostPort"):
            assert not any(values_of(item, forbidden)), forbidden
        assert [added for added in values_of(item, "add") if added] == []


@of_each
def test_pods_of_built_in_kinds_keep_to_restricted(one: Capability) -> None:
    for item in objects(one.file):
        if item["apiVersion"] not in BUILT_IN:
            continue
        for pod in pods(item):
            assert pod["securityContext"]["runAsNonRoot"] is True
            assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
            for container in pod["containers"]:
                assert container["securityContext"]["allowPrivilegeEscalation"] is False
                assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


@of_each
def test_containers_say_what_they_need(one: Capability) -> None:
    for pod in pods(objects(one.file)):
        for container in pod.get("containers", ()):
            if "image" not in container:
                continue  # a patch of a runtime's container, whose resources are resourcesPerNode
            assert {"cpu", "memory"} <= container["resources"]["requests"].keys(), container["name"]
            assert "memory" in container["resources"]["limits"], container["name"]


@of_each
def test_programs_in_it_compile(one: Capability) -> None:
    found = list(programs(objects(one.file)))
    assert found or "import " not in (MANIFESTS / one.file).read_text(encoding="utf-8")
    for program in found:
        compile(re.sub(r"\$\{[\w.]+\}", "1", program), one.file, "exec")  # Katib's parameters


def test_the_pipeline_is_the_same_on_the_page_and_in_the_manifest() -> None:
    (program,) = programs(objects("pipeline-run.yaml"))
    body, _, _ = program.partition("client = ")
    assert body in capabilities_page()


def programs(value: Any) -> Iterator[str]:
    """Python in a manifest: behind `python -c`, in a shell's here-document, in a ConfigMap."""
    if isinstance(value, list):
        for inner in value:
            yield from programs(inner)
    if not isinstance(value, dict):
        return
    words = [*value.get("command", ()), *value.get("args", ())] if "command" in value else []
    words += shlex.split(value.get("entrypoint", "")) if "rayClusterSpec" in value else []
    if "python" in words and "-c" in words:
        yield words[words.index("-c") + 1]
    yield from re.findall(r"<<'END'\n(.*?)\nEND\n", "\n".join(map(str, words)), re.DOTALL)
    yield from (body for name, body in value.items() if name.endswith(".py"))
    for inner in value.values():
        yield from programs(inner)


def test_a_quota_on_requests_comes_with_a_limit_range() -> None:
    """Kubernetes refuses a pod whose containers name no request where a quota counts requests; steps of Pipelines name none."""
    items = objects("team.yaml")
    (profile,) = [item for item in items if item["kind"] == "Profile"]
    quota = {name.removeprefix("requests.") for name in profile["spec"]["resourceQuotaSpec"]["hard"]}
    given = {
        name
        for item in items
        if item["kind"] == "LimitRange"
        for limit in item["spec"]["limits"]
        for name in limit["defaultRequest"]
    }
    assert quota & {"cpu", "memory"} <= given


def test_the_scikit_learn_model_is_read_where_the_teams_role_may_read_it() -> None:
    """Its Job writes it there, with the libraries of the server that reads it and the PodDefault of a team of settings."""
    items = {item["kind"]: item for item in objects("sklearn-serving.yaml")}
    model = items["InferenceService"]["spec"]["predictor"]["model"]
    folder = model["storageUri"].removeprefix("s3://BUCKET/")
    assert folder.startswith(team_prefix(TEAM))
    written = f"{folder.removeprefix(team_prefix(TEAM))}/model.joblib"
    assert f"/{written}" in items["ConfigMap"]["data"]["train.py"]
    pod = items["Job"]["spec"]["template"]
    assert pod["metadata"]["labels"][ARTIFACT_STORE] == "true"
    (container,) = pod["spec"]["containers"]
    assert container["image"] in read_lock().components["kserve"]["default"].hidden_images


def test_the_pipelines_client_finds_the_api_server_by_itself() -> None:
    """`kfp.Client(namespace=…)` looks for the API server in that namespace, and in a team's there is none."""
    for one in ALL:
        text = (MANIFESTS / one.file).read_text(encoding="utf-8")
        assert not re.search(r"kfp\.Client\([^)]*namespace", text), one.file
