"""Replacements of upstream images, with reasons. Vendoring applies them wherever an object names the image.

Istio is handled separately: its version and registry occur in other fields, too (`components/istio/patches.py`).
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
    """One upstream image and its replacement."""

    component: str
    old: str
    """As written upstream, with version: a new upstream version requires a new decision."""
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
    """`{upstream image: replacement}` of one component."""
    return {one.old: one.new for one in REPLACED if one.component == component}


def check_used(component: str, variants: Iterable[Iterable[Object]]) -> None:
    """Check that each replacement of a component applies.

    Args:
        component: component name.
        variants: the objects of each variant before images were replaced.

    Raises:
        ValueError: upstream no longer names the image.
    """
    there = {name for objects in variants for name in images_of(objects).names}
    for old in replacements_of(component):
        if old not in there:
            raise ValueError(
                f"{component}: replaced_images.py replaces {old}, which no object names; check upstream's new image, and change "
                "or remove the row"
            )
