"""The component of tests/upstream, and what a test vendors it with."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from modules.kubeflow.cache import Cache
from modules.kubeflow.lock import Lock
from modules.kubeflow.patching.patch import Objects, Variant, replace_text
from modules.settings.component import AwsAccess, Component, Kustomization
from modules.vendoring import kustomize
from modules.vendoring.vendor import vendor

UPSTREAM = Path(__file__).parents[2] / "upstream"
SHOP = Component("shop", "shop", Kustomization("apps/shop/overlay"), aws=(AwsAccess("shop", "shop"),))
PAGE = Component("page", "shop", Kustomization("apps/shop/extra"))


def settings(objects: Objects) -> None:
    replace_text(
        objects.one("ConfigMap", "shop-config")["data"],
        "settings.cfg",
        ("https://AWS_REGION.example.com/id/CLUSTER_ID", "https://@@issuer@@"),
        ('level = "debug"', 'level = "info"'),
    )


def without_index(objects: Objects) -> None:
    objects.remove("StatefulSet", "index")


SECRETS: Mapping[str, Mapping[str, str]] = {"shop-login": {"user": "admin"}}
VARIANTS = {
    "whole": Variant((settings,), SECRETS),
    "small": Variant((settings, without_index), SECRETS, also=("apps/shop/extra",)),
}


def has_kustomize() -> bool:
    try:
        return bool(kustomize.command())
    except ValueError:
        return False


needs_kustomize = pytest.mark.skipif(not has_kustomize(), reason="neither kustomize nor kubectl is installed")


class Shop:
    """Vendoring of the small upstream into a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.cache = Cache(folder / "cache")
        self.lock_file = folder / "upstream.lock.json"
        self.lines: list[str] = []

    def vendor(
        self, *components: Component, update: bool = False, upstream: Path | None = UPSTREAM, cache: Cache | None = None
    ) -> Lock:
        self.lines.clear()
        return vendor(
            components or (SHOP,),
            update=update,
            lock_file=self.lock_file,
            cache=cache or self.cache,
            upstream=() if upstream is None else (upstream,),
            say=self.lines.append,
        )
