"""Patches of the dashboard: log-out URL, and a menu of installed components."""

import json
from typing import Any

from modules.kubeflow.behaviours import MENU
from modules.kubeflow.dashboard_menu import menu, quick_links
from modules.kubeflow.patching.patch import Objects, Variant, set_env

CONFIG = "dashboard-config"
NOT_UPSTREAM = ("model-registry",)
"""Entries whose link is not in this overlay of upstream, but in `applications/dashboard/overlays/istio`, which has more objects."""


def log_out(objects: Objects) -> None:
    """Token `logout_url`: oauth2-proxy ends its session and redirects to the issuer, which ends its session."""
    set_env(objects.container("Deployment", "dashboard"), LOGOUT_URL="@@logout_url@@")


def links(objects: Objects) -> None:
    """Tokens `dashboard_menu` and `dashboard_quick_links`; the rest stays upstream's.

    Raises:
        ValueError: upstream's menu differs for the same entries; update `menu` in their `behaviour.py`.
    """
    data = objects.one("ConfigMap", CONFIG)["data"]
    found: dict[str, Any] = json.loads(data["links"])
    expected = {
        "menuLinks": menu(set(MENU) - set(NOT_UPSTREAM)),
        "quickLinks": quick_links(set(MENU)),
    }
    for key, ours in expected.items():
        if found[key] != ours:
            raise ValueError(
                f"patch: ConfigMap {CONFIG}: {key} is not what the `menu` of our components' behaviour.py has"
            )
    found |= {"menuLinks": "@@dashboard_menu@@", "quickLinks": "@@dashboard_quick_links@@"}
    data["links"] = json.dumps(found, indent=1).replace('"@@', "@@").replace('@@"', "@@") + "\n"


VARIANTS = {"default": Variant((log_out, links))}
