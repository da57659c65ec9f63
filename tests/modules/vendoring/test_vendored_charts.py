"""Charts of vendored components: Helm makes of each exactly the objects that the cache holds."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import helm_python
import pytest

from modules.kubeflow.cache import CACHE_FOLDER, Cache
from modules.kubeflow.chart import LocalChart, local_charts
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import TOKEN, Object, identity, load, map_strings
from tests.chart_folders import rendered
from tests.modules.vendoring.sample_repository import Shop, needs_kustomize


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
