"""The release notes say what the comparison with the recorded version says."""

from pathlib import Path

import pytest

from docs.release_notes_page import BEGIN, END, PAGE, release_notes_page
from modules.kubeflow.cache import CACHE_FOLDER, Cache
from tests.platform_objects import needs_cache


@pytest.mark.upstream
@needs_cache
def test_the_compared_part_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == release_notes_page(), "run: make docs, then read the diff"


def test_the_page_has_one_compared_part_with_the_version_of_pipelines() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert (text.count(BEGIN), text.count(END)) == (1, 1)
    compared = text.partition(BEGIN)[2].partition(END)[0]
    assert "| `istio` | 1.28.0 |" in compared


def test_the_page_stays_as_it_is_where_objects_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docs.release_notes_page.Cache", lambda: Cache(tmp_path))
    assert tmp_path != CACHE_FOLDER
    assert release_notes_page() == PAGE.read_text(encoding="utf-8")
