"""Our replacements of upstream's images."""

import pytest

from modules.kubeflow.images.names import parse, without_version
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import load
from modules.vendoring.replaced_images import REPLACED, Replacement, check_used, replacements_of
from tests.modules.kubeflow.objects_as_text import object_

LOCK = read_lock()


@pytest.mark.parametrize("row", REPLACED, ids=lambda row: row.old)
def test_each_replacement_is_in_the_lock_and_what_it_replaces_is_not(row: Replacement) -> None:
    images = {
        image for entry in LOCK.components[row.component].values() for image in (*entry.images, *entry.hidden_images)
    }
    assert row.new in images
    assert row.old not in images


@pytest.mark.parametrize("row", REPLACED, ids=lambda row: row.old)
def test_each_replacement_says_why(row: Replacement) -> None:
    assert without_version(row.old).rpartition("/")[2] == without_version(row.new).rpartition("/")[2]
    assert parse(row.new).tag not in ("", "latest", parse(row.old).tag)
    assert row.reason
    assert row.link.startswith("https://")


def test_one_name_replaces_every_mysql() -> None:
    """`Kubeflow(images={"mysql": …})` would miss an image of another registry."""
    images = {
        image
        for variants in LOCK.components.values()
        for entry in variants.values()
        for image in (*entry.images, *entry.hidden_images)
    }
    servers = {image for image in images if without_version(image).rpartition("/")[2] == "mysql"}
    assert {parse(image).name for image in servers} == {parse("mysql").name}


def test_a_replacement_that_upstream_has_made_void_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"katib: replaced_images\.py replaces mysql:8\.0, which no object names"):
        check_used("katib", [load(object_("ConfigMap", data="{}"))])
    assert replacements_of("dex") == {}
