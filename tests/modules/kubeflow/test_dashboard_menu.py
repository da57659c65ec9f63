"""The dashboard's menu leads to what is installed, on every platform, and to nothing else."""

import json
from typing import Any

import pytest

from modules.kubeflow.behaviours import MENU
from modules.kubeflow.components.central_dashboard.patches import CONFIG, links
from modules.kubeflow.dashboard_menu import menu, menu_tokens, quick_links
from modules.kubeflow.encoded_text import EncodedText
from modules.kubeflow.manifest import Object
from modules.kubeflow.patching.patch import Objects
from tests.platform_objects import needs_everything, objects_of
from tests.platforms import NAMES_WITH_KUBEFLOW


def test_each_entry_brings_its_own_links() -> None:
    assert menu(()) == quick_links(()) == []
    assert [one["text"] for one in menu({"katib", "volumes-web-app", "profiles"})] == ["Volumes", "Katib Experiments"]
    assert [one["link"] for one in quick_links({"jupyter-web-app"})] == ["/jupyter/new"]
    assert menu_tokens(set(MENU))["dashboard_menu"] == EncodedText(menu(set(MENU)))


def test_another_menu_of_upstream_is_an_error() -> None:
    data = {"links": json.dumps({"menuLinks": [], "quickLinks": []})}
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": CONFIG}, "data": data}
    with pytest.raises(ValueError, match=r"menuLinks is not what the `menu`"):
        links(Objects([config]))


def of_kind(objects: list[Object], kind: str) -> list[Object]:
    return [one for one in objects if one["kind"] == kind]


def targets(entries: list[dict[str, Any]]) -> set[str]:
    """First part of the path of every link: `/pipeline` of `/pipeline/#/runs`."""
    found: set[str] = set()
    for one in entries:
        found |= targets(one["items"]) if "items" in one else {"/" + one["link"].split("/")[1]}
    return found


def served(objects: list[Object]) -> set[str]:
    """Prefixes that a gateway leads to a program."""
    return {
        match["uri"]["prefix"].rstrip("/") or "/"
        for one in of_kind(objects, "VirtualService")
        for route in one["spec"].get("http") or ()
        for match in route.get("match") or ()
        if "prefix" in match.get("uri", {})
    }


@needs_everything
@pytest.mark.upstream
@pytest.mark.parametrize("name", NAMES_WITH_KUBEFLOW)
def test_every_link_is_served_and_every_page_is_linked(name: str) -> None:
    objects = objects_of(name)
    (config,) = [one for one in of_kind(objects, "ConfigMap") if one["metadata"]["name"] == CONFIG]
    found = json.loads(config["data"]["links"])
    pages = {f"/{one.item['link'].split('/')[1]}" for one in MENU.values() if "link" in one.item} | {"/pipeline"}
    assert targets(found["menuLinks"]) == served(objects) & pages
    assert targets(found["quickLinks"]) <= served(objects)
