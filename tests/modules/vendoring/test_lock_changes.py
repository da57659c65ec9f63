from pathlib import Path

from modules.kubeflow.cache import Cache
from modules.kubeflow.lock import (
    Secret,
)
from modules.kubeflow.manifest import dump, load
from modules.vendoring.lock_changes import differences
from tests.modules.kubeflow.lock_entries import entry, phase


def test_differing_fields_are_named_with_values_but_not_all_of_many(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop, namespace: a}\nspec: "
    before, after = (
        entry(phases={"main": phase({"Deployment.apps": {"a/shop": f"spec={n}"}}, sha256=cache.put(dump(load(spec))))})
        for n, spec in enumerate((text + '{a: 1, l: [x], b: "1"}', text + "{" + ": 2, ".join("abcdefghi") + ": 2}"))
    )
    lines = list(differences("shop", before, after, cache))
    assert "shop: Deployment.apps a/shop: spec.a: 1 -> 2" in lines
    assert lines[-1].endswith("more fields")
    assert len(lines) == 7


def test_other_facts_are_compared(tmp_path: Path) -> None:
    after = entry(secrets=(Secret("a", "login", ("password",), {}, "Opaque"),))
    assert any("shop: secrets: () -> (Secret" in line for line in differences("shop", entry(), after, Cache(tmp_path)))
