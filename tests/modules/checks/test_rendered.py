"""Objects of a platform as `check` reads them."""

from pathlib import Path

import pytest

from modules.checks.rendered import NAMESPACES, platform_objects
from modules.kubeflow.cache import Cache
from tests.platform_objects import needs_cache
from tests.platforms import PLATFORMS


@needs_cache
def test_all_objects_but_those_of_official_charts() -> None:
    found = platform_objects(PLATFORMS["prod"], Cache())
    kinds = {(one["kind"], one["metadata"]["name"]) for one in found}
    assert {("Namespace", "kubeflow"), ("Deployment", "istiod"), ("StorageClass", "gp3")} <= kinds
    assert "aws-load-balancer-controller" in found.official_charts
    assert NAMESPACES in found.components
    assert not set(found.official_charts) & found.components.keys()


@needs_cache
def test_contents_are_parsed_once() -> None:
    first, second = (platform_objects(PLATFORMS["prod"], Cache()) for _ in range(2))
    assert first.components["istio"][0] is second.components["istio"][0]


def test_missing_objects_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"its objects are not in .*; run "):
        platform_objects(PLATFORMS["prod"], Cache(tmp_path))
