"""The dashboard's menu: one link per installed web UI.

Labels and links match upstream's menu; vendoring fails if upstream changes it.
"""

from collections.abc import Collection

from modules.kubeflow.behaviour import MenuItem
from modules.kubeflow.behaviours import MENU
from modules.kubeflow.encoded_text import EncodedText


def menu(installed: Collection[str]) -> list[MenuItem]:
    """The menu of a platform.

    Args:
        installed: names of installed catalogue entries.
    """
    return [one.item for name, one in MENU.items() if name in installed]


def quick_links(installed: Collection[str]) -> list[MenuItem]:
    """The shortcuts of a platform.

    Args:
        installed: names of installed catalogue entries.
    """
    return [link for name, one in MENU.items() if name in installed for link in one.quick_links]


def menu_tokens(installed: Collection[str]) -> dict[str, EncodedText]:
    """Values of the tokens in the dashboard's ConfigMap: JSON that replaces upstream's lists."""
    return {
        "dashboard_menu": EncodedText(menu(installed)),
        "dashboard_quick_links": EncodedText(quick_links(installed)),
    }
