"""Compiled modules are kept, renewed and never needed."""

import __future__

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from modules.bindings import compiled

REPOSITORY = Path(__file__).resolve().parents[3]


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

    def test_drops_what_only_type_checks_use_and_keeps_line_numbers(self, source: Path) -> None:
        source.write_text(
            "TYPEGUARD_MAJOR_VERSION = int(_metadata_package_version('typeguard').split('.')[0])\n\n"
            'def _typecheckingstub__12ab(\n    value: int,\n) -> None:\n    """Type checking stubs"""\n    pass\n\n'
            "def after() -> None:\n    pass\n"
        )
        found = self.code(source)
        assert found.keys() - {"__builtins__"} == {"after"}
        assert found["after"].__code__.co_firstlineno == 9

    @pytest.mark.parametrize("package", ["constructs", "cdktf", "cdktf_cdktf_provider_aws.wafv2_web_acl"])
    def test_of_published_modules_drops_nothing_else(self, package: str) -> None:
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        source = Path(spec.origin).read_bytes()
        ours = compiled.CompiledLoader(package, spec.origin).compile(source, "")
        stock = compile(source, "", "exec", flags=__future__.annotations.compiler_flag, dont_inherit=True, optimize=2)

        def places(code: CodeType) -> set[tuple[str, int]]:
            return {(one.co_name, one.co_firstlineno) for one in code.co_consts if isinstance(one, CodeType)}

        stubs = {place for place in places(stock) if place[0].startswith("_typecheckingstub__")}
        assert len(stubs) >= 30
        assert places(ours) == places(stock) - stubs
        dropped = set(stock.co_names) - set(ours.co_names)
        assert {name for name in dropped if not name.startswith("_typecheckingstub__")} <= {
            "TYPEGUARD_MAJOR_VERSION",
            "int",
            "split",
        }

    def test_is_compiled_again_for_another_version_of_the_loader(
        self, source: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.code(source)
        monkeypatch.setattr(compiled, "FORMAT", compiled.FORMAT + 1)
        monkeypatch.delattr(compiled.CompiledLoader, "compile")
        with pytest.raises(NameError, match="Missing"):  # what the inherited `compile` leaves in
            self.code(source)

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
    def test_it_is_where_the_system_keeps_caches(
        self, monkeypatch: pytest.MonkeyPatch, platform: str, below: str
    ) -> None:
        monkeypatch.delenv("XDG_CACHE_HOME")
        monkeypatch.setenv("HOME", "/home/someone")
        monkeypatch.setattr(sys, "platform", platform)
        folder = Path("/home/someone", below, "cdktf-bindings", str(sys.implementation.cache_tag))
        assert compiled.cache_folder() == folder


KEPT = """
import json, sys
sys.dont_write_bytecode = json.loads(sys.argv[1])
import modules
from importlib import import_module
part = import_module("part")
import pydantic, stacks.document
print(json.dumps([type(m.__loader__).__name__ for m in (part, pydantic, stacks.document, json)] + [part.value(), part.__doc__]))
"""


class TestKept:
    """Where Python writes no code of its own, that of installed packages and of this project is kept, too."""

    @pytest.fixture
    def part(self, tmp_path: Path) -> Path:
        path = tmp_path / "site-packages" / "part.py"
        path.parent.mkdir()
        path.write_text('"""Doc."""\ndef value(a: int = 1) -> int:\n    return a\n')
        return path

    def run(self, part: Path, tmp_path: Path, *, dont_write: bool) -> list[object]:
        environment = os.environ | {"PYTHONPATH": f"{part.parent}{os.pathsep}{REPOSITORY}"}
        environment |= {"XDG_CACHE_HOME": str(tmp_path / "caches"), "PYTHONDONTWRITEBYTECODE": "1"}
        ended = subprocess.run(
            [sys.executable, "-c", KEPT, json.dumps(dont_write)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        found: list[object] = json.loads(ended.stdout)
        return found

    def test_is_used_only_there(self, part: Path, tmp_path: Path) -> None:
        for _ in range(2):
            found = self.run(part, tmp_path, dont_write=True)
            assert found == ["KeptLoader", "KeptLoader", "KeptLoader", "SourceFileLoader", 1, "Doc."]
        assert not list(part.parent.glob("__pycache__"))
        assert self.run(part, tmp_path, dont_write=False)[:3] == ["SourceFileLoader"] * 3

    def test_a_change_within_a_second_is_seen(self, part: Path, tmp_path: Path) -> None:
        """Python compares whole seconds and the size only."""
        os.utime(part, ns=(0, 1_000_000_001))
        assert self.run(part, tmp_path, dont_write=True)[-2] == 1
        part.write_text(part.read_text().replace("= 1", "= 2"))
        os.utime(part, ns=(0, 1_000_000_002))
        assert self.run(part, tmp_path, dont_write=True)[-2] == 2
