"""The dashboard's menu: one link for each page that is installed.

Labels and addresses are those of upstream's menu; vendoring fails when upstream's menu is another (`patches/central_dashboard.py`).
"""

from collections.abc import Collection, Mapping
from typing import Any

from modules.kubeflow.encoded_text import EncodedText

MenuItem = Mapping[str, Any]


def item(text: str, link: str, icon: str) -> MenuItem:
    """A link of the menu."""
    return {"icon": icon, "link": link, "text": text, "type": "item"}


def pipelines_page(text: str, page: str) -> MenuItem:
    """A link below the menu's section for Pipelines."""
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
"""Entry of the catalogue to its part of the menu, in the menu's order."""
QUICK_LINKS: Mapping[str, list[MenuItem]] = {
    "jupyter-web-app": [{"desc": "Kubeflow Notebooks", "link": "/jupyter/new", "text": "Create a new Notebook"}],
    "pipelines": [
        {"desc": "Kubeflow Pipelines", "link": "/pipeline/#/pipelines", "text": "Upload a Pipeline"},
        {"desc": "Pipelines", "link": "/pipeline/#/runs", "text": "View Pipeline Runs"},
    ],
}
"""Entry of the catalogue to its shortcuts on the dashboard's first page."""


def menu(installed: Collection[str]) -> list[MenuItem]:
    """The menu of a platform.

    Args:
        installed: names of the catalogue's entries that the cluster has.
    """
    return [one for name, one in MENU.items() if name in installed]


def quick_links(installed: Collection[str]) -> list[MenuItem]:
    """The shortcuts of a platform.

    Args:
        installed: names of the catalogue's entries that the cluster has.
    """
    return [one for name, links in QUICK_LINKS.items() if name in installed for one in links]


def menu_tokens(installed: Collection[str]) -> dict[str, EncodedText]:
    """Values of the tokens in the dashboard's ConfigMap: JSON, in the place of upstream's lists."""
    return {
        "dashboard_menu": EncodedText(menu(installed)),
        "dashboard_quick_links": EncodedText(quick_links(installed)),
    }
