import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import helm_python
import pytest

from modules.kubeflow.cache import Cache
from modules.kubeflow.chart import (
    RELEASE_SECRET_LIMIT_KIB,
    LocalChart,
    chart_version,
    local_charts,
    namespaces_chart,
    own_files,
    release_secret_kib,
    write_vendored,
)
from modules.kubeflow.chart_check import check_locals, precondition
from modules.kubeflow.lock import Namespace, read_lock
from modules.kubeflow.manifest import load
from tests.chart_folders import rendered, write_charts
from tests.terraform_expression import value_of

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


def test_without_protection_there_is_no_keep_annotation(chart: LocalChart, tmp_path: Path) -> None:
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
    write_charts(tmp_path, [chart])
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


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def vendored(chart: LocalChart, cache: Cache) -> LocalChart:
    """A chart as if its objects were upstream's."""
    cache.put(chart.content or b"")
    return replace(chart, content=None)


def other(release: str, cache: Cache) -> LocalChart:
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {release}}}"
    return vendored(LocalChart.of_text(release, text, "1"), cache)


def test_own_objects_are_files_of_the_tree_and_vendored_ones_are_not(chart: LocalChart, cache: Cache) -> None:
    found = own_files([chart, other("upstream", cache)])
    assert found == {f"objects/shop/{path}": content for path, content in chart.files(chart.content or b"").items()}
    assert other("upstream", cache).folder == "charts/upstream"


def test_own_objects_are_not_written_outside_the_tree(chart: LocalChart, cache: Cache, tmp_path: Path) -> None:
    assert write_vendored(tmp_path, [chart], cache) == []
    assert list(tmp_path.iterdir()) == []


def test_a_chart_that_is_right_is_not_touched(chart: LocalChart, cache: Cache, tmp_path: Path) -> None:
    chart = vendored(chart, cache)
    write_vendored(tmp_path, [chart], cache)
    files = {path: path.stat().st_mtime_ns for path in (tmp_path / "charts").rglob("*")}
    write_vendored(tmp_path, [chart], cache)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "charts").rglob("*")} == files


@pytest.mark.parametrize("damage", ["half", "foreign", "more"])
def test_a_damaged_chart_is_rewritten(chart: LocalChart, cache: Cache, tmp_path: Path, damage: str) -> None:
    wanted = chart.content or b""
    chart = vendored(chart, cache)
    write_vendored(tmp_path, [chart], cache)
    folder = tmp_path / chart.folder
    if damage == "half":
        (folder / "values.yaml").unlink()
    elif damage == "foreign":
        (folder / "files" / "all.yaml").write_text("kind: Other\n")
    else:
        (folder / "templates" / "more.yaml").write_text("kind: Other\n")
    write_vendored(tmp_path, [chart], cache)
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found == chart.files(wanted)
    assert [path.name for path in (tmp_path / "charts").iterdir()] == ["shop"]


def test_charts_that_no_release_names_are_deleted(chart: LocalChart, cache: Cache, tmp_path: Path) -> None:
    """So is the folder of an own chart that an earlier version wrote here."""
    write_vendored(tmp_path, [other("a", cache), other("b", cache), vendored(chart, cache)], cache)
    (tmp_path / "charts" / "left-over").write_text("")
    write_vendored(tmp_path, [other("b", cache), chart], cache)
    assert [path.name for path in (tmp_path / "charts").iterdir()] == ["b"]


def test_no_charts_at_all_is_fine(cache: Cache, tmp_path: Path) -> None:
    assert write_vendored(tmp_path, [], cache) == []


def test_what_the_cache_lacks_is_reported_and_an_old_chart_is_removed(cache: Cache, tmp_path: Path) -> None:
    here = LocalChart("here", cache.put(b"kind: A\n"), "1")
    gone = LocalChart("gone", "0" * 64, "1")
    write_vendored(tmp_path, [other("gone", cache)], cache)
    assert write_vendored(tmp_path, [here, gone], cache) == ["gone"]
    assert [path.name for path in (tmp_path / "charts").iterdir()] == ["here"]


@pytest.mark.parametrize("own", [True, False])
def test_the_check_of_a_chart_fails_for_each_damage(chart: LocalChart, cache: Cache, tmp_path: Path, own: bool) -> None:
    """The same steps as with Terraform below, by evaluation of the expression."""
    wrong = other("shop", cache)
    if own:
        wrong = replace(wrong, content=cache.get(wrong.sha256))
    else:
        chart = vendored(chart, cache)
    folder = tmp_path / chart.folder

    def matches() -> bool:
        found = value_of(precondition(chart)[0], check_locals([chart]), tmp_path)
        assert isinstance(found, bool)
        return found

    assert not matches()
    write_charts(tmp_path, [chart], cache)
    (folder / ".DS_Store").write_text("of a file manager")
    assert matches()
    (folder / "templates" / "more.yaml").write_text("kind: Other\n")
    assert not matches()
    (folder / "templates" / "more.yaml").unlink()
    assert matches()
    (folder / "files" / "all.yaml").rename(folder / "files" / "other.yaml")
    assert not matches()
    (folder / "files" / "other.yaml").unlink()
    write_charts(tmp_path, [wrong], cache)
    assert not matches()
    write_charts(tmp_path, [chart], cache)
    assert matches()
    (folder / "files" / "all.yaml").unlink()
    assert not matches()


@pytest.mark.terraform
@pytest.mark.parametrize("own", [True, False])
def test_terraform_refuses_a_missing_half_or_foreign_chart_and_destroys_without_any(
    chart: LocalChart, cache: Cache, tmp_path: Path, own: bool
) -> None:
    wrong = other("shop", cache)
    if own:
        wrong = replace(wrong, content=cache.get(wrong.sha256))
    else:
        chart = vendored(chart, cache)
    condition, message = precondition(chart)
    check = {"precondition": [{"condition": condition, "error_message": message}]}
    data = {"release": {"input": "1", "lifecycle": check}}
    document = {"locals": check_locals([chart]), "resource": {"terraform_data": data}}
    (tmp_path / "main.tf.json").write_text(json.dumps(document))

    def run(*arguments: str) -> bool:
        command = ["terraform", f"-chdir={tmp_path}", *arguments, "-no-color"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0 or f"{chart.folder}: not exactly the chart of this release" in " ".join(
            done.stderr.split()
        )
        return done.returncode == 0

    assert run("init")
    assert not run("plan")
    write_charts(tmp_path, [chart], cache)
    assert run("plan")
    folder = tmp_path / chart.folder
    (folder / ".DS_Store").write_text("of a file manager")
    assert run("apply", "-auto-approve")
    (folder / "templates" / "more.yaml").write_text("kind: Other\n")
    assert not run("plan")
    (folder / "templates" / "more.yaml").unlink()
    write_charts(tmp_path, [wrong], cache)
    assert not run("plan")
    write_charts(tmp_path, [chart], cache)
    assert run("plan")
    (folder / "files" / "all.yaml").unlink()
    assert not run("plan")
    shutil.rmtree(folder.parent)
    assert run("destroy", "-auto-approve")


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
