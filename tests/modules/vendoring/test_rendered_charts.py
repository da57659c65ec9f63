"""Official charts among what is vendored: rendered by Helm's engine, joined with kustomizations, patched and locked."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modules.kubeflow import upstream
from modules.kubeflow.cache import Cache
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.manifest import Object, identity
from modules.kubeflow.patching import patch
from modules.kubeflow.patching.patch import Objects, RenderedChart, Variant
from modules.kubeflow.upstream import CHARTS, REPOSITORIES, ChartFolder, Repository
from modules.settings.component import Component, Vendored, VendoredCharts
from modules.vendoring import helm_engine
from modules.vendoring.lock_entry import commits, inputs
from modules.vendoring.sources import UnreachableError, Upstream
from modules.vendoring.vendor import Rendered, render
from tests.modules.vendoring.sample_repository import SECRETS, SHOP, UPSTREAM, Shop, needs_kustomize, settings

BELL = UPSTREAM / "charts" / "bell"
RINGING = Component("ringing", "tower", VendoredCharts("kubernetes-sigs/jobset"))

Variants = Callable[..., None]


@pytest.fixture(autouse=True)
def bell(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chart `bell` is known, in a version that its project writes into it when it releases."""
    monkeypatch.setitem(upstream.CHARTS, "bell", ChartFolder("kubernetes-sigs/jobset", "charts/bell", "2.0.0", "0.0.0"))


@pytest.fixture
def variants(monkeypatch: pytest.MonkeyPatch) -> Variants:
    """Make one variant that of every component."""

    def of(**fields: Any) -> None:
        monkeypatch.setattr(patch, "variants", lambda _: {patch.DEFAULT: Variant(**fields)})

    return of


def rendered(values: dict[str, Any], copies: Path) -> dict[str, Object]:
    chart = RenderedChart("bell", "tower-bell", values)
    return {str(identity(item)): item for item in helm_engine.render(chart, BELL, copies, "tower")}


def vendored(component: Component, shop: Shop) -> Rendered:
    found = render([component], Upstream([UPSTREAM], shop.cache.folder, print), shop.cache, print)
    return found[component.name][patch.DEFAULT]


def test_a_chart_is_rendered_in_the_version_that_its_project_releases(tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in BELL.rglob("*") if path.is_file()}
    found = rendered({"ring": "twice"}, tmp_path)
    assert set(found) == {
        "ConfigMap tower/bell",
        "CustomResourceDefinition.apiextensions.k8s.io chimes.shop.example.org",
        "StatefulSet.apps tower/index",
    }
    config = found["ConfigMap tower/bell"]
    assert config["data"] == {"ring": "twice", "text": "{{ .Name }}"}
    assert config["metadata"]["labels"] == {"helm.sh/chart": "bell-2.0.0", "release": "tower-bell"}
    assert {path: path.read_bytes() for path in BELL.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"ring": "thrice"}, "(?s)chart bell: Helm error: .*/ring': value must be one of"),
        ({"hook": True}, "chart bell: ConfigMap first: is a hook; set values that disable it"),
    ],
)
def test_what_has_no_place_in_the_phases_is_refused(tmp_path: Path, values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rendered(values, tmp_path)


def test_another_version_than_the_pinned_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(upstream.CHARTS, "bell", ChartFolder("kubernetes-sigs/jobset", "charts/bell", "2.0.0"))
    with pytest.raises(ValueError, match=r"has version 0\.0\.0; modules/kubeflow/upstream\.py requires 2\.0\.0"):
        rendered({}, tmp_path)
    with pytest.raises(
        UnreachableError, match=r"has neither kubernetes-sigs/jobset/charts/bell nor charts/bell in version 2"
    ):
        Upstream([UPSTREAM], tmp_path, print).chart("bell")


def test_of_several_folders_the_one_with_the_pinned_version_is_read(tmp_path: Path) -> None:
    newer = Path(shutil.copytree(BELL, tmp_path / "newer" / "charts" / "bell"))
    (newer / "Chart.yaml").write_text((BELL / "Chart.yaml").read_text().replace("0.0.0", "3.0.0"))
    tree = Path(shutil.copytree(BELL, tmp_path / "tree" / "kubernetes-sigs" / "jobset" / "charts" / "bell"))
    assert Upstream([tmp_path / "newer", tmp_path / "tree"], tmp_path, print).chart("bell") == tree
    assert Upstream([newer.parents[1], UPSTREAM], tmp_path, print).chart("bell") == BELL
    with pytest.raises(ValueError, match=r"chart 'gong': not found in modules/kubeflow/upstream\.py; add it"):
        Upstream([UPSTREAM], tmp_path, print).chart("gong")


def test_git_gives_the_chart_at_the_pinned_commit(
    shop: Shop, variants: Variants, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shop.cache.folder.parent / "git"
    shutil.copytree(BELL, folder / "charts" / "bell")
    settings = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "pinned"]):
        subprocess.run(["git", "-C", str(folder), *settings, *arguments], check=True)
    head = subprocess.run(["git", "-C", str(folder), "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    repository = Repository(f"file://{folder}", head.stdout.strip(), "2.0.0")
    monkeypatch.setitem(upstream.REPOSITORIES, "kubernetes-sigs/jobset", repository)
    variants(charts=(RenderedChart("bell", "tower-bell"),))
    lock = shop.vendor(RINGING, update=True)
    assert shop.vendor(RINGING, upstream=None) == lock
    monkeypatch.setitem(upstream.CHARTS, "bell", ChartFolder("kubernetes-sigs/jobset", "charts/gong", "2.0.0", "0.0.0"))
    with pytest.raises(
        ValueError, match=r"kubernetes-sigs/jobset: has no chart at charts/gong; upstream may have moved it"
    ):
        shop.vendor(RINGING, upstream=None)


def test_a_component_of_charts_alone_is_vendored_in_phases(shop: Shop, variants: Variants) -> None:
    variants(charts=(RenderedChart("bell", "tower-bell"),))
    found = vendored(RINGING, shop)
    assert {phase: len(items) for phase, items in found.result.phases.items()} == {"crds": 1, "main": 2}
    assert found.entry.app_version == "2.0.0"
    assert found.entry.images == ("example.org/index:2.0.0",)
    assert commits([RINGING]) == {"kubernetes-sigs/jobset": REPOSITORIES["kubernetes-sigs/jobset"].commit}


@needs_kustomize
def test_a_chart_replaces_objects_of_a_kustomization_and_patches_see_both(shop: Shop, variants: Variants) -> None:
    seen = []

    def look(objects: Objects) -> None:
        seen.append(objects.replaced("StatefulSet", "index")["spec"]["template"]["spec"]["containers"][0]["image"])
        with pytest.raises(ValueError, match="ConfigMap bell: nothing matches"):
            objects.replaced("ConfigMap", "bell")

    variants(patches=(settings, look), secrets=SECRETS, charts=(RenderedChart("bell", "shop-bell"),))
    found = vendored(SHOP, shop)
    places = [str(identity(item)) for items in found.result.phases.values() for item in items]
    assert sorted(places) == sorted(set(places))
    assert {"Deployment.apps shop/shop", "ConfigMap shop/bell", "StatefulSet.apps shop/index"} <= set(places)
    assert "example.org/index:2.0.0" in found.entry.images
    assert len(seen) == 1
    assert seen[0] not in found.entry.images


def test_an_object_that_two_charts_bring_alike_is_there_once(shop: Shop, variants: Variants) -> None:
    variants(charts=(RenderedChart("bell", "tower-bell"), RenderedChart("bell", "tower-bell")))
    assert sum(vendored(RINGING, shop).entry.kinds.values()) == 3
    variants(charts=(RenderedChart("bell", "tower-bell"), RenderedChart("bell", "other")))
    with pytest.raises(ValueError, match=r"ringing: ConfigMap tower/bell: "):
        vendored(RINGING, shop)


def test_other_values_or_another_version_make_the_lock_out_of_date(monkeypatch: pytest.MonkeyPatch) -> None:
    one = inputs(RINGING, Variant(charts=(RenderedChart("bell", "tower-bell"),)))
    assert inputs(RINGING, Variant(charts=(RenderedChart("bell", "tower-bell", {"ring": "twice"}),))) != one
    assert inputs(RINGING, Variant(charts=(RenderedChart("bell", "tower-bell"),))) == one
    monkeypatch.setitem(upstream.CHARTS, "bell", ChartFolder("kubernetes-sigs/jobset", "charts/bell", "2.0.1", "0.0.0"))
    assert inputs(RINGING, Variant(charts=(RenderedChart("bell", "tower-bell"),))) != one


def test_each_chart_of_the_catalogue_is_used_and_pinned() -> None:
    used = {
        chart.name
        for component in CATALOGUE
        if isinstance(component.source, Vendored)
        for variant in patch.variants(component.name).values()
        for chart in variant.charts
    }
    assert used == set(CHARTS) - {"bell"}
    assert {CHARTS[name].repository for name in used} <= set(REPOSITORIES)


def test_the_cache_gives_what_was_rendered(shop: Shop, variants: Variants) -> None:
    variants(charts=(RenderedChart("bell", "tower-bell"),))
    lock = shop.vendor(RINGING, update=True)
    assert all(Cache(shop.cache.folder).get(digest) for digest in lock.chart_hashes())
    assert shop.vendor(RINGING) == lock
