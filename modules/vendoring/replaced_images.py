"""Images that this project takes in place of upstream's, and why. Vendoring applies them wherever an object names the image.

Istio is not here: its version and registry are more than names of images (`components/istio/patches.py`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from modules.kubeflow.database_users import IMAGE as MYSQL
from modules.kubeflow.images.references import images_of
from modules.kubeflow.manifest import Object

_ARGO = "https://github.com/argoproj/argo-workflows/security/advisories"
_MYSQL_ENDS = "https://www.mysql.com/support/eol-notice.html"


@dataclass(frozen=True)
class Replacement:
    """One image of upstream's, and the one in its place."""

    component: str
    old: str
    """As upstream spells it, with its version: a new version of upstream's is decided about again."""
    new: str
    reason: str
    link: str
    """The advisory or notice."""


REPLACED = (
    *(
        Replacement(
            "pipelines",
            f"quay.io/argoproj/{name}:v4.0.5",
            f"quay.io/argoproj/{name}:v4.0.10",
            "CVE-2026-54526, fixed in 4.0.6",
            _ARGO,
        )
        for name in ("workflow-controller", "argoexec")
    ),
    Replacement("katib", "mysql:8.0", MYSQL, "8.0 gets no fixes since April 2026; 8.4 upgrades its data", _MYSQL_ENDS),
    Replacement(
        "model-registry",
        "public.ecr.aws/docker/library/mysql:8.3",
        MYSQL,
        "8.3 was an innovation release, without fixes since April 2024; 8.4 upgrades its data",
        _MYSQL_ENDS,
    ),
)


def replacements_of(component: str) -> Mapping[str, str]:
    """`{upstream's image: ours}` of one component."""
    return {one.old: one.new for one in REPLACED if one.component == component}


def check_used(component: str, variants: Iterable[Iterable[Object]]) -> None:
    """Each replacement of a component has something to replace.

    Args:
        component: its name.
        variants: the objects of each variant before images were replaced.

    Raises:
        ValueError: upstream does not name the image any more.
    """
    there = {name for objects in variants for name in images_of(objects).names}
    for old in replacements_of(component):
        if old not in there:
            raise ValueError(
                f"{component}: replaced_images.py replaces {old}, which no object names any more; look at upstream's new image, "
                "and change the row or take it out"
            )
