from collections.abc import Mapping
from pathlib import Path

import pytest

from modules.kubeflow.patching import patch
from tests.modules.vendoring import sample_repository as small


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> small.Shop:
    """A workshop for the component `shop`, with its variants in the place of a component's `patches.py`."""

    def variants(component: str) -> Mapping[str, patch.Variant]:
        return small.VARIANTS if component == "shop" else {patch.DEFAULT: patch.Variant()}

    monkeypatch.setattr(patch, "variants", variants)
    return small.Shop(tmp_path)
