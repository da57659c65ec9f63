"""The dashboard's menu: one link per installed web UI.

Labels and links match upstream's menu; vendoring fails if upstream changes it.
"""

from collections.abc import Collection, Mapping
from typing import Any

from modules.kubeflow.encoded_text import EncodedText

MenuItem = Mapping[str, Any]


def item(text: str, link: str, icon: str) -> MenuItem:
    """A link of the menu."""
    return {"icon": icon, "link": link, "text": text, "type": "item"}


def pipelines_page(text: str, page: str) -> MenuItem:
    """A link in the menu's Pipelines section."""
    return {"link": f"/pipeline/#/{page}", "text": text, "type": "item"}


MENU: Mapping[str, MenuItem] = {
    "jupyter-web-app": item("Notebooks", "/jupyter/", "book"),
    "tensorboards-web-app": item("TensorBoards", "/tensorboards/", "assessment"),
    "volumes-web-app": item("Volumes", "/volumes/", "device:storage"),
    "katib": item("Katib Experiments", "/katib/", "kubeflow:katib"),
    "kserve-models-web-app": item("KServe Endpoints", "/kserve-endpoints/", "kubeflow:models"),
    "model-registry": item("Model Registry", "/model-registry/", "assignment"),
    "pipelines": {
        "icon": "kubeflow:pipeline-centered",
        "items": [
            pipelines_page("Pipelines", "pipelines"),
            pipelines_page("Experiments", "experiments"),
            pipelines_page("Runs", "runs"),
            pipelines_page("Recurring Runs", "recurringruns"),
            pipelines_page("Artifacts", "artifacts"),
            pipelines_page("Executions", "executions"),
        ],
        "text": "Pipelines",
        "type": "section",
    },
}
"""Catalogue entry to its menu items, in menu order."""
QUICK_LINKS: Mapping[str, list[MenuItem]] = {
    "jupyter-web-app": [{"desc": "Kubeflow Notebooks", "link": "/jupyter/new", "text": "Create a new Notebook"}],
    "pipelines": [
        {"desc": "Kubeflow Pipelines", "link": "/pipeline/#/pipelines", "text": "Upload a Pipeline"},
        {"desc": "Pipelines", "link": "/pipeline/#/runs", "text": "View Pipeline Runs"},
    ],
}
"""Catalogue entry to its shortcuts on the dashboard's home page."""


def menu(installed: Collection[str]) -> list[MenuItem]:
    """The menu of a platform.

    Args:
        installed: names of installed catalogue entries.
    """
    return [one for name, one in MENU.items() if name in installed]


def quick_links(installed: Collection[str]) -> list[MenuItem]:
    """The shortcuts of a platform.

    Args:
        installed: names of installed catalogue entries.
    """
    return [one for name, links in QUICK_LINKS.items() if name in installed for one in links]


def menu_tokens(installed: Collection[str]) -> dict[str, EncodedText]:
    """Token values of the dashboard's ConfigMap: JSON that replaces upstream's lists."""
    return {
        "dashboard_menu": EncodedText(menu(installed)),
        "dashboard_quick_links": EncodedText(quick_links(installed)),
    }
