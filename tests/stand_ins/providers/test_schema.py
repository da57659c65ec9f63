import json
from pathlib import Path

import pytest

from tests.stand_ins.providers import bindings_schema, helm, kubernetes, overlay
from tests.stand_ins.providers.bindings_schema import provider_schemas, typescript
from tests.stand_ins.providers.overlay import HELM_3_ONLY, schemas


def test_flags_types_and_nesting_of_helm_release_are_those_of_the_provider() -> None:
    attributes = schemas("helm")["helm_release"]["attributes"]

    assert {name for name, one in attributes.items() if one["required"]} == {"chart", "name"}
    assert {name for name, one in attributes.items() if one["computed"] and not one["optional"]} == {
        "id",
        "manifest",
        "metadata",
        "resources",
        "status",
    }
    assert attributes["values"]["type"] == ["list", "string"]
    assert attributes["resources"]["type"] == ["map", "string"]
    assert attributes["set"]["nested_type"]["nesting_mode"] == "list"
    assert attributes["metadata"]["nested_type"]["attributes"]["revision"]["type"] == "number"
    assert schemas("helm")["helm_release"]["block_types"] == {}


def test_blocks_of_the_kubernetes_provider_are_blocks_with_their_limits() -> None:
    blocks = schemas("kubernetes")["kubernetes_storage_class_v1"]["block_types"]

    assert (blocks["metadata"]["nesting_mode"], blocks["metadata"]["min_items"], blocks["metadata"]["max_items"]) == (
        "list",
        1,
        1,
    )
    inner = blocks["allowed_topologies"]["block"]["block_types"]["match_label_expressions"]
    assert inner["block"]["attributes"]["values"]["type"] == ["set", "string"]
    assert "max_items" not in inner
    assert schemas("kubernetes")["kubernetes_secret_v1"]["block_types"]["timeouts"]["nesting_mode"] == "single"


def test_provider_configuration_of_helm_is_attributes_and_of_kubernetes_blocks() -> None:
    helm_provider, kubernetes_provider = schemas("helm")["provider"], schemas("kubernetes")["provider"]

    assert (
        helm_provider["attributes"]["kubernetes"]["nested_type"]["attributes"]["exec"]["nested_type"]["nesting_mode"]
        == "single"
    )
    assert kubernetes_provider["block_types"]["exec"]["max_items"] == 1
    assert "alias" not in helm_provider["attributes"]


def test_a_schema_is_read_from_the_disk_the_second_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bindings_schema, "CACHE", tmp_path / "cache")
    first = provider_schemas("helm", ["release"])
    (cached,) = (tmp_path / "cache").iterdir()
    monkeypatch.setattr(bindings_schema, "typescript", lambda *_: pytest.fail("the tarball was opened again"))

    assert provider_schemas("helm", ["release"]) == first == json.loads(cached.read_text())


def test_a_folder_that_the_bindings_do_not_have_is_named() -> None:
    with pytest.raises(ValueError, match=r"bindings of helm: no releese; look in the wheel how it is called now"):
        typescript("helm", ["releese"])


@pytest.mark.parametrize("folder", ["manifest", "deployment-v1"])
def test_a_type_that_the_generated_code_does_not_express_is_refused(folder: str) -> None:
    with pytest.raises(ValueError, match="leave the type out"):
        provider_schemas("kubernetes", [folder])


def test_an_overlay_for_what_the_bindings_do_not_have_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(overlay.DEFAULTS, "helm_release", {"set.tipe": ""})
    schemas.cache_clear()
    try:
        with pytest.raises(ValueError, match=r"overlay of helm_release: the bindings have no set\.tipe; take it out"):
            schemas("helm")
    finally:
        schemas.cache_clear()


def test_each_type_has_a_schema_and_a_behaviour() -> None:
    assert schemas("helm").keys() - {"provider"} == helm.BEHAVIOURS.keys()
    assert schemas("kubernetes").keys() - {"provider"} == kubernetes.BEHAVIOURS.keys()
    assert schemas("helm")["helm_release"]["attributes"].keys() > HELM_3_ONLY
