"""Compiled modules are kept, renewed and never needed."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from modules.bindings import compiled


class TestCompiled:
    @pytest.fixture(autouse=True)
    def source(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
        path = tmp_path / "bound.py"
        path.write_text('def checked(a: Missing) -> None:\n    """Doc."""\n    assert False\n')
        return path

    def code(self, source: Path) -> dict[str, Any]:
        names: dict[str, Any] = {}
        code = compiled.CompiledLoader("bound", str(source)).get_code("bound")
        exec(code, names)
        return names

    def kept(self) -> list[Path]:
        return [path for path in compiled.cache_folder().glob("*") if path.is_file()]

    def test_drops_annotations_docstrings_and_checks(self, source: Path) -> None:
        checked = self.code(source)["checked"]
        assert checked.__annotations__ == {"a": "Missing", "return": "None"}
        assert checked.__doc__ is None
        assert checked(1) is None

    def test_is_compiled_once_even_without_bytecode_files(self, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        self.code(source)
        monkeypatch.delattr(compiled.CompiledLoader, "compile")
        assert "checked" in self.code(source)
        assert [path.name.split("-")[0] for path in self.kept()] == ["bound"]

    @pytest.mark.parametrize(
        "change", ["other_size = 1\n", "def checked(a: Missing) -> None:\n    return 'same size...'\n"]
    )
    def test_is_compiled_again_when_the_source_changed(self, source: Path, change: str) -> None:
        self.code(source)
        source.write_text(change)
        os.utime(source, ns=(0, 12345))
        expected: dict[str, Any] = {}
        exec("from __future__ import annotations\n" + change, expected)
        assert self.code(source).keys() == expected.keys() - {"annotations"}
        assert len(self.kept()) == 1

    @pytest.mark.parametrize("keep_bytes", [0, 10, 40])
    def test_is_compiled_again_when_the_kept_file_is_damaged(self, source: Path, keep_bytes: int) -> None:
        self.code(source)
        (kept,) = self.kept()
        whole = kept.read_bytes()
        kept.write_bytes(whole[:keep_bytes])
        assert "checked" in self.code(source)
        assert kept.read_bytes() == whole

    def test_works_without_a_folder_to_write_to(self, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(source))  # a file, so that mkdir fails for root too
        assert "checked" in self.code(source)
        assert self.kept() == []

    def test_works_when_the_disk_is_full(self, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(path: Path, content: bytes) -> int:
            path.touch()
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "write_bytes", full)
        assert "checked" in self.code(source)
        assert self.kept() == []

    def test_does_not_trust_a_folder_that_others_write(self, source: Path) -> None:
        compiled.cache_folder().mkdir(parents=True)
        compiled.cache_folder().chmod(0o777)
        assert "checked" in self.code(source)
        assert self.kept() == []

    @pytest.mark.parametrize(
        ("platform", "below"), [("linux", ".cache"), ("darwin", "Library/Caches"), ("win32", "AppData/Local")]
    )
    def test_lies_where_the_platform_keeps_caches(
        self, monkeypatch: pytest.MonkeyPatch, platform: str, below: str
    ) -> None:
        monkeypatch.delenv("XDG_CACHE_HOME")
        monkeypatch.setenv("HOME", "/home/someone")
        monkeypatch.setattr(sys, "platform", platform)
        folder = Path("/home/someone", below, "cdktf-bindings", str(sys.implementation.cache_tag))
        assert compiled.cache_folder() == folder
