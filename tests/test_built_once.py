"""What worker processes share is made once, and made again when a source changes."""

from pathlib import Path

import pytest

from stacks.platform import Synthesized, build
from tests import built_once
from tests.platforms import PLATFORMS, built

MADE = Synthesized({"stacks/a/cdk.tf.json": b"{}"}, {"a": 0.5}, {})


def refuse() -> Synthesized:
    raise AssertionError("made again")


def test_the_second_process_reads_what_the_first_made(tmp_path: Path) -> None:
    assert built_once.built_once(lambda: MADE, folder=tmp_path) == MADE
    assert built_once.built_once(refuse, folder=tmp_path) == MADE


def test_other_settings_are_another_result(tmp_path: Path) -> None:
    assert built_once.built_once(lambda: MADE, "a", tmp_path) == MADE
    with pytest.raises(AssertionError, match="made again"):
        built_once.built_once(refuse, "b", tmp_path)


def test_a_changed_source_is_made_again_and_old_results_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, source = tmp_path / "kept", tmp_path / "source.py"
    other = tmp_path / "kept" / "of-a-worker"
    other.mkdir(parents=True)
    monkeypatch.setattr(built_once, "files", lambda root: [source])
    monkeypatch.setattr(built_once, "sources", lambda: built_once.digest(built_once.files(tmp_path)))
    for turn in range(built_once.KEPT + 2):
        source.write_text(str(turn), encoding="utf-8")
        built_once.built_once(lambda: MADE, folder=folder)
        source.write_text(f"{turn}, changed", encoding="utf-8")
        with pytest.raises(AssertionError, match="made again"):
            built_once.built_once(refuse, folder=folder)
    assert other.is_dir(), "only its own folders are removed"
    other.rmdir()
    assert len(list(folder.iterdir())) == built_once.KEPT


def test_every_file_of_the_product_is_a_source() -> None:
    names = {str(path.relative_to(built_once.ROOT)) for path in built_once.files(built_once.ROOT)}
    assert {
        *("docs/shipped_main.py", "modules/kubeflow/upstream.lock.json", "stacks/platform.py", "tests/platforms.py"),
        *("examples/quickstart/main.py", "modules/bindings/node.cjs"),
    } <= names


def test_one_platform_of_many_is_what_it_is_alone() -> None:
    alone, among_others = build(PLATFORMS["prod"]), built("prod")
    assert among_others.documents == alone.documents
    assert among_others.charts == alone.charts


def test_a_kept_result_is_what_synthesis_returns() -> None:
    made, kept = build(PLATFORMS["old"]), built_once.build(PLATFORMS["old"])
    assert (kept.tree, kept.charts) == (made.tree, made.charts)
    assert kept.documents is not built_once.build(PLATFORMS["old"]).documents, "a test can change its copy"
