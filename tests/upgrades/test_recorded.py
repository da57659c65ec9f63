"""The inventories of released versions, as they are committed."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.inventory import inventory_of_this_version, main
from modules.kubeflow.cache import Cache
from modules.kubeflow.lock import read_lock
from modules.upgrade.records import Inventory, read
from tests.platform_objects import needs_cache

FOLDER = Path(__file__).parent
RECORDED = sorted(FOLDER.glob("*.json"))
LIMIT_BYTES = 1_500_000
LONGEST = 300
"""Characters of one recorded value: more would be text of upstream."""


def values(raw: Any) -> Iterator[str]:
    if isinstance(raw, dict):
        for inner in raw.values():
            yield from values(inner)
    elif isinstance(raw, list):
        for inner in raw:
            yield from values(inner)
    elif isinstance(raw, str):
        yield raw


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_version_is_small_is_read_and_holds_facts_alone(path: Path) -> None:
    assert path.stat().st_size < LIMIT_BYTES
    assert read(path).text() == path.read_text(encoding="utf-8")
    raw = json.loads(path.read_bytes())
    assert [value for value in values(raw["components"]) if len(value) > LONGEST or "\n" in value] == []


def test_the_version_before_is_recorded_with_all_that_holds_data() -> None:
    pipelines = read(FOLDER / "26.03.json").components["pipelines"]
    claims = {one.place for one in pipelines.of_variant("in-cluster") if one.kind == "PersistentVolumeClaim"}
    assert claims == {"kubeflow/mysql-pv-claim", "kubeflow/seaweedfs-pvc"}
    assert {one.place for one in pipelines.of_variant("s3-rds") if one.stateful and one.keep} >= {
        "workflows.argoproj.io"
    }
    assert {one.place for one in pipelines.secrets_of("s3-rds")} == {"kubeflow/mysql-secret"}


@pytest.fixture(scope="module")
def this_version() -> Inventory:
    """Computed once for all tests: it takes 5 s."""
    return inventory_of_this_version()


@needs_cache
@pytest.mark.upstream
def test_the_inventory_of_this_version_has_every_object_of_the_lock(
    this_version: Inventory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cli.inventory.inventory_of_this_version", lambda: this_version)
    main(tmp_path / "new" / "inventory.json")
    found = read(tmp_path / "new" / "inventory.json")
    assert found == this_version
    capsys.readouterr()
    main(as_json=True)
    assert capsys.readouterr().out == found.text()
    main()
    assert re.search(r"^  pipelines +kubeflow ", capsys.readouterr().out, re.MULTILINE)
    for name, variants in read_lock().components.items():
        for variant, entry in variants.items():
            wanted = sorted(item for item in entry.owned if not item.startswith("Namespace "))
            assert sorted(record.key for record in found.components[name].of_variant(variant)) == wanted


def test_objects_that_the_cache_lacks_are_an_error_that_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="its objects are not in the cache; run `make vendor`"):
        inventory_of_this_version(Cache(tmp_path))


@needs_cache
@pytest.mark.upstream
def test_this_version_is_recorded_as_it_is(this_version: Inventory) -> None:
    """The next version is applied over this file, so it must say what this version installs until it is released."""
    path = FOLDER / f"{this_version.version}.json"
    assert path.is_file(), f"run: make inventory OUTPUT={path.relative_to(FOLDER.parents[1])}"
    same = path.read_text(encoding="utf-8") == this_version.text()
    assert same, f"{path.name} differs; run: make inventory OUTPUT={path.relative_to(FOLDER.parents[1])}"
