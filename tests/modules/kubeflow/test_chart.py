import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import helm_python
import pytest

from modules.kubeflow.cache import CACHE_FOLDER, Cache
from modules.kubeflow.chart import (
    RELEASE_SECRET_LIMIT_KIB,
    LocalChart,
    chart_version,
    local_charts,
    namespaces_chart,
    release_secret_kib,
    write_charts,
)
from modules.kubeflow.chart_check import check_locals, precondition
from modules.kubeflow.lock import Namespace, read_lock
from modules.kubeflow.manifest import TOKEN, Object, identity, load, map_strings
from tests.modules.vendoring.sample_repository import Shop, needs_kustomize

INFO = 1  # of Helm's lint, such as "icon is recommended"
OBJECTS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: plain, namespace: a}
data:
  argo: "{{workflow.name}} {{ .Values.tokens }} ${HOME} %{if}"
  text: |
    host = "@@host@@"
    again = @@host@@
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: alone, namespace: a, annotations: {helm.sh/resource-policy: keep}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: beside, namespace: a, annotations: {helm.sh/resource-policy: keep, z: last}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: typed, namespace: a}
spec:
  replicas: "@@json:replicas@@"
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}, annotations: {checksum/config: "@@values_checksum@@"}}
    spec: {nodeSelector: "@@json:nodes@@", containers: [{name: a, image: b}]}
"""
TOKENS: dict[str, Any] = {"host": "db.example.com", "replicas": 3, "nodes": {"zone": "a"}}


@pytest.fixture
def chart() -> LocalChart:
    return LocalChart.of_text("shop", OBJECTS, "26.03")


def rendered(
    chart: LocalChart, folder: Path, tokens: Mapping[str, Any], cache: Cache | None = None, **values: Any
) -> dict[str, Object]:
    assert write_charts(folder, [chart], cache or Cache(folder / "no-cache")) == []
    helm = helm_python.Chart.load(str(folder / chart.folder))
    texts = [text for text in helm.render({"tokens": tokens, **values}, name=chart.release).values() if text.strip()]
    assert len(texts) == 1
    return {str(identity(item)): item for item in load(texts[0])}


def test_tokens_are_filled_in_and_other_braces_stay(chart: LocalChart, tmp_path: Path) -> None:
    objects = rendered(chart, tmp_path, TOKENS)
    assert objects["ConfigMap a/plain"]["data"] == {
        "argo": "{{workflow.name}} {{ .Values.tokens }} ${HOME} %{if}",
        "text": 'host = "db.example.com"\nagain = db.example.com\n',
    }
    spec = objects["Deployment.apps a/typed"]["spec"]
    assert (spec["replicas"], spec["template"]["spec"]["nodeSelector"]) == (3, {"zone": "a"})


@pytest.mark.parametrize(
    "value", ['"', "'", "\\", "a\nb", "# a", "a: b", "{{ .Values }}", "<&>", "${x}", "é", "@@", "", " "]
)
def test_any_value_arrives_as_it_is(chart: LocalChart, tmp_path: Path, value: str) -> None:
    data = rendered(chart, tmp_path, TOKENS | {"host": value})["ConfigMap a/plain"]["data"]
    assert data["text"] == f'host = "{value}"\nagain = {value}\n'


@pytest.mark.parametrize("missing", ["host", "replicas"])
def test_a_missing_value_is_an_error(chart: LocalChart, tmp_path: Path, missing: str) -> None:
    with pytest.raises(helm_python.HelmError, match=f"shop: no value for @@(json:)?{missing}@@"):
        rendered(chart, tmp_path, {key: value for key, value in TOKENS.items() if key != missing})


def test_the_checksum_follows_the_values(chart: LocalChart, tmp_path: Path) -> None:
    def checksum(tokens: Mapping[str, Any]) -> str:
        template = rendered(chart, tmp_path, tokens)["Deployment.apps a/typed"]["spec"]["template"]
        return str(template["metadata"]["annotations"]["checksum/config"])

    assert len(checksum(TOKENS)) == 16
    assert checksum(TOKENS) == checksum(dict(reversed(TOKENS.items())))
    assert checksum(TOKENS) != checksum(TOKENS | {"host": "other"})


def test_without_protection_the_keep_annotation_is_gone_altogether(chart: LocalChart, tmp_path: Path) -> None:
    """Helm deletes no object that has the annotation, whatever its value."""
    claims = "PersistentVolumeClaim a/alone", "PersistentVolumeClaim a/beside"
    kept = rendered(chart, tmp_path, TOKENS)
    assert [kept[claim]["metadata"]["annotations"] for claim in claims] == [
        {"helm.sh/resource-policy": "keep"},
        {"z": "last", "helm.sh/resource-policy": "keep"},
    ]
    gone = rendered(chart, tmp_path, TOKENS, keep=False)
    assert "annotations" not in gone[claims[0]]["metadata"]
    assert gone[claims[1]]["metadata"]["annotations"] == {"z": "last"}
    assert gone["ConfigMap a/plain"] == kept["ConfigMap a/plain"]


def test_a_chart_knows_its_tokens_and_what_it_keeps(chart: LocalChart) -> None:
    assert (chart.tokens, chart.keeps) == (("host", "nodes", "replicas"), True)
    plain = LocalChart.of_text("plain", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}", "1")
    assert (plain.tokens, plain.keeps) == ((), False)


def test_helm_finds_nothing_wrong_with_it(chart: LocalChart, tmp_path: Path) -> None:
    write_charts(tmp_path, [chart], Cache(tmp_path))
    found = helm_python.lint(str(tmp_path / chart.folder), {"tokens": TOKENS})
    assert [message for message in found["messages"] if message["severity"] > INFO] == []


def test_the_version_is_a_hash_of_the_content() -> None:
    version = chart_version("0" * 64)
    assert re.fullmatch(r"0\.0\.0\+[0-9a-f]{12}", version)
    assert version != chart_version("1" * 64)


def test_a_new_version_of_kubeflow_changes_only_charts_whose_objects_change() -> None:
    more = OBJECTS + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: more, namespace: shop}\n"
    old = {name: LocalChart.of_text(name, OBJECTS, "26.03") for name in ("same", "changed")}
    new = {name: LocalChart.of_text(name, OBJECTS if name == "same" else more, "26.03.1") for name in old}
    assert {name for name in old if old[name].version != new[name].version} == {"changed"}
    about = new["same"].files(b"")["Chart.yaml"].decode()
    assert 'appVersion: "26.03.1"' in about


def test_the_same_objects_give_the_same_bytes(chart: LocalChart) -> None:
    again = LocalChart.of("shop", list(reversed(load(OBJECTS))), "26.03")
    assert again == chart
    assert again.content is not None
    assert again.files(again.content) == chart.files(chart.content or b"")


def test_a_release_that_helm_cannot_store_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import random

    noise = random.Random(1)
    big = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a"},
        "data": {"a": "".join(chr(noise.randrange(33, 126)) for _ in range(600_000))},
    }
    with pytest.raises(ValueError, match=rf"big: its release takes \d+ KiB of {RELEASE_SECRET_LIMIT_KIB}"):
        LocalChart.of("big", [big], "1")


def test_the_estimate_counts_manifest_and_file() -> None:
    content = bytes(range(33, 126)) * 10
    assert release_secret_kib("a", content) < release_secret_kib(
        "a", content + b"".join(b"%d" % n for n in range(9000))
    )


def test_namespaces_are_a_chart_of_their_own(tmp_path: Path) -> None:
    chart = namespaces_chart("namespaces", [Namespace("b", {}, {}), Namespace("a", {"x": "y"}, {"z": "1"})], "26.03")
    objects = rendered(chart, tmp_path, {})
    assert list(objects) == ["Namespace a", "Namespace b"]
    assert objects["Namespace a"]["metadata"] == {
        "name": "a",
        "labels": {"x": "y"},
        "annotations": {"z": "1", "helm.sh/resource-policy": "keep"},
    }


# --- charts on the disk -------------------------------------------------------------------------------------------------


def other(release: str) -> LocalChart:
    return LocalChart.of_text(release, f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {release}}}", "1")


def test_a_chart_that_is_right_is_not_touched(chart: LocalChart, tmp_path: Path) -> None:
    write_charts(tmp_path, [chart], Cache(tmp_path))
    files = {path: path.stat().st_mtime_ns for path in (tmp_path / "charts").rglob("*")}
    write_charts(tmp_path, [chart], Cache(tmp_path))
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "charts").rglob("*")} == files


@pytest.mark.parametrize("damage", ["half", "foreign", "more"])
def test_a_damaged_chart_is_made_anew(chart: LocalChart, tmp_path: Path, damage: str) -> None:
    write_charts(tmp_path, [chart], Cache(tmp_path))
    folder = tmp_path / chart.folder
    if damage == "half":
        (folder / "values.yaml").unlink()
    elif damage == "foreign":
        (folder / "files" / "all.yaml").write_text("kind: Other\n")
    else:
        (folder / "templates" / "more.yaml").write_text("kind: Other\n")
    write_charts(tmp_path, [chart], Cache(tmp_path))
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found == chart.files(chart.content or b"")
    assert [path.name for path in (tmp_path / "charts").iterdir()] == ["shop"]


def test_charts_that_nobody_wants_any_more_go(tmp_path: Path) -> None:
    write_charts(tmp_path, [other("a"), other("b")], Cache(tmp_path))
    (tmp_path / "charts" / "left-over").write_text("")
    write_charts(tmp_path, [other("b")], Cache(tmp_path))
    assert [path.name for path in (tmp_path / "charts").iterdir()] == ["b"]


def test_no_charts_at_all_is_fine(tmp_path: Path) -> None:
    assert write_charts(tmp_path, [], Cache(tmp_path)) == []


def test_what_the_cache_lacks_is_told_and_an_old_chart_is_taken_away(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    here = LocalChart("here", cache.put(b"kind: A\n"), "1")
    gone = LocalChart("gone", "0" * 64, "1")
    write_charts(tmp_path, [other("gone")], cache)
    assert write_charts(tmp_path, [here, gone], cache) == ["gone"]
    assert [path.name for path in (tmp_path / "charts").iterdir()] == ["here"]


@pytest.mark.terraform
def test_terraform_refuses_a_missing_half_or_foreign_chart_and_destroys_without_any(
    chart: LocalChart, tmp_path: Path
) -> None:
    condition, message = precondition(chart)
    check = {"precondition": [{"condition": condition, "error_message": message}]}
    data = {"release": {"input": "1", "lifecycle": check}}
    document = {"locals": check_locals([chart]), "resource": {"terraform_data": data}}
    (tmp_path / "main.tf.json").write_text(json.dumps(document))

    def run(*arguments: str) -> bool:
        command = ["terraform", f"-chdir={tmp_path}", *arguments, "-no-color"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0 or f"{chart.folder}: missing, incomplete or not the chart" in " ".join(
            done.stderr.split()
        )
        return done.returncode == 0

    assert run("init")
    assert not run("plan")
    write_charts(tmp_path, [chart], Cache(tmp_path))
    assert run("plan")
    folder = tmp_path / chart.folder
    (folder / ".DS_Store").write_text("of a file manager")
    assert run("apply", "-auto-approve")
    (folder / "templates" / "more.yaml").write_text("kind: Other\n")
    assert not run("plan")
    write_charts(tmp_path, [other("shop")], Cache(tmp_path))
    assert not run("plan")
    write_charts(tmp_path, [chart], Cache(tmp_path))
    assert run("plan")
    (folder / "files" / "all.yaml").unlink()
    assert not run("plan")
    shutil.rmtree(tmp_path / "charts")
    assert run("destroy", "-auto-approve")


# --- charts of vendored components --------------------------------------------------------------------------------------


def samples(chart: LocalChart) -> dict[str, Any]:
    """A value of the right shape for each token."""
    shapes: dict[str, Any] = {"gateway_servers": [{"hosts": ["*"]}], "knative_domains": {"models.example.org": ""}}
    return {
        name: shapes.get(name, {"role": "arn"} if name.startswith("annotations_") else f"<{name}>")
        for name in chart.tokens
    }


def filled(item: Object, tokens: Mapping[str, Any]) -> Any:
    def fill(text: str) -> Any:
        whole = TOKEN.fullmatch(text)
        if whole and text.startswith("@@json:"):
            return tokens[whole[1]]
        return TOKEN.sub(lambda found: str(tokens.get(found[1], found[0])), text)

    return map_strings(item, fill)


def check_charts(charts: list[LocalChart], cache: Cache, folder: Path) -> None:
    """The Helm engine makes of each chart exactly the objects in the cache, with values in the place of tokens."""
    for chart in charts:
        tokens = samples(chart)
        objects = rendered(chart, folder, tokens, cache)
        checksum = {"values_checksum": next((c for c in map(_checksum, objects.values()) if c), "")}
        content = cache.get(chart.sha256)
        assert content is not None
        wanted = [filled(item, tokens | checksum) for item in load(content)]
        expected = {str(identity(item)): item for item in wanted}  # a name may hold a token, too
        assert objects == expected


def _checksum(item: Object) -> str:
    template = item.get("spec", {}).get("template", {}) if item["kind"] in ("Deployment", "StatefulSet") else {}
    text: str = (template.get("metadata", {}).get("annotations") or {}).get("checksum/config", "")
    return text.partition("-")[2]


@needs_kustomize
def test_helm_makes_of_the_small_upstream_what_the_cache_holds(shop: Shop, tmp_path: Path) -> None:
    lock = shop.vendor(update=True)
    for entry in lock.components["shop"].values():
        charts = local_charts("shop", entry)
        assert [chart.release for chart in charts] == ["shop-crds", "shop", "shop-crs"]
        check_charts(charts, shop.cache, tmp_path / "stack")


def is_vendored() -> bool:
    cache = Cache(CACHE_FOLDER)
    entries = [entry for variants in read_lock().components.values() for entry in variants.values()]
    return all(cache.get(phase.sha256) is not None for entry in entries for phase in entry.phases.values())


needs_cache = pytest.mark.skipif(not is_vendored(), reason="the cache is empty: make vendor")
VENDORED = [(name, key) for name, variants in read_lock().components.items() for key in variants]


@needs_cache
@pytest.mark.upstream
@pytest.mark.parametrize(("component", "variant"), VENDORED)
def test_helm_makes_of_each_component_what_the_cache_holds(component: str, variant: str, tmp_path: Path) -> None:
    check_charts(local_charts(component, read_lock().entry(component, variant)), Cache(CACHE_FOLDER), tmp_path)


@needs_cache
@pytest.mark.upstream
def test_go_reads_the_objects_as_python_does(tmp_path: Path) -> None:
    """Every value keeps its type in Kubernetes' own YAML parser, which is the one behind Helm's fromYaml."""
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: types\nversion: 0.0.1\n")
    (tmp_path / "files").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "all.yaml").write_text(
        '{{ range splitList "\\n---\\n" (.Files.Get "files/all.yaml") }}{{ fromYaml . | toJson }}\n{{ end }}'
    )
    digests = {phase.sha256 for c in read_lock().components.values() for e in c.values() for phase in e.phases.values()}
    for digest in sorted(digests):
        content = Cache(CACHE_FOLDER).get(digest)
        assert content is not None
        (tmp_path / "files" / "all.yaml").write_bytes(content)
        lines = helm_python.Chart.load(str(tmp_path)).render({}, name="types")["types/templates/all.yaml"].splitlines()
        assert [json.loads(line) for line in lines if line] == load(content)


def test_every_release_fits_into_its_secret() -> None:
    sizes = {
        (name, phase): one.release_secret_kib
        for name, variants in read_lock().components.items()
        for entry in reversed(list(variants.values()))  # the default variant, training-operator's whole one, last
        for phase, one in entry.phases.items()
    }
    assert max(sizes.values()) < RELEASE_SECRET_LIMIT_KIB
    # measured with Helm 3.11.1 against a real API server: 613 and 201 KiB
    assert sizes["kserve", "crds"] == pytest.approx(613, rel=0.15)
    assert sizes["training-operator", "crds"] == pytest.approx(201, rel=0.15)


def test_names_of_releases_fit() -> None:
    """Helm takes 53 characters: https://github.com/helm/helm/blob/v3.18.6/pkg/chartutil/validate_name.go."""
    assert all(
        len(chart.release) <= 53
        for name, variants in read_lock().components.items()
        for entry in variants.values()
        for chart in local_charts(name, entry)
    )
