"""V8's code is kept, renewed and never needed."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from modules import bindings

pytestmark = pytest.mark.slow

CACHE = bindings.NODE_HOOK.with_name("code_cache.cjs")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "part.js"
    path.write_text("exports.used = () => __filename.length + require('path').sep.length; exports.value = 1;\n")
    return path


def value(source: Path, folder: Path, expression: str = "part.value") -> object:
    """Load a module in a fresh Node that keeps code in a folder, and return an expression of it."""
    script = f"""require({json.dumps(str(CACHE))}).keepCode({json.dumps(str(folder))});
        const part = require({json.dumps(str(source))});
        part.used();
        console.log(JSON.stringify({expression}));"""
    ended = subprocess.run(
        ["node", "-e", script], env=os.environ | {"NODE_OPTIONS": ""}, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    return json.loads(ended.stdout)


def kept(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {path.name: (path.stat().st_ino, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


class TestCodeCache:
    def test_is_written_once(self, source: Path, tmp_path: Path) -> None:
        assert value(source, tmp_path / "kept") == 1
        first = kept(tmp_path / "kept")
        assert len(first) == 1
        assert value(source, tmp_path / "kept") == 1
        assert kept(tmp_path / "kept") == first

    def test_is_found_through_another_link(self, source: Path, tmp_path: Path) -> None:
        """As jsii links a package: into a new folder at each run."""
        for run in ("first", "second"):
            (tmp_path / run).mkdir()
            (tmp_path / run / "part.js").symlink_to(source)
            value(tmp_path / run / "part.js", tmp_path / "kept")
        assert len(kept(tmp_path / "kept")) == 1

    def test_modules_see_what_node_gives_them(self, source: Path, tmp_path: Path) -> None:
        source.write_text(
            "exports.used = () => 1;\nexports.seen = [__filename, __dirname, module.exports === exports, "
            "this === exports, require.resolve('./part.js'), require.cache[__filename] === module];\n"
        )
        for _ in range(2):
            seen = value(source, tmp_path / "kept", "part.seen")
            assert seen == [str(source), str(source.parent), True, True, str(source), True]

    @pytest.mark.parametrize("text", ["exports.used = () => 1; exports.value = 2;\n", "short"])
    def test_a_changed_source_is_compiled(self, source: Path, tmp_path: Path, text: str) -> None:
        value(source, tmp_path / "kept")
        size = source.stat().st_size
        same_size = f"exports.used = () => 1; exports.value = 2; {'/' * size}"[: size - 1] + "\n"
        source.write_text(same_size if text == "short" else text)
        os.utime(source, ns=(0, 12_345_000_000))
        assert value(source, tmp_path / "kept") == 2
        assert len(kept(tmp_path / "kept")) == 1

    @pytest.mark.parametrize("damage", ["empty", "short", "zeros", "other"])
    def test_a_damaged_file_is_replaced(self, source: Path, tmp_path: Path, damage: str) -> None:
        value(source, tmp_path / "kept")
        (path,) = (path for path in (tmp_path / "kept").rglob("*") if path.is_file())
        whole = path.read_bytes()
        damaged = {"empty": b"", "short": whole[:40], "zeros": whole[:16] + bytes(len(whole) - 16), "other": b"x" * 99}
        path.write_bytes(damaged[damage])
        assert value(source, tmp_path / "kept") == 1
        assert len(path.read_bytes()) == len(whole)

    def test_works_without_a_folder_to_write_to(self, source: Path, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        assert value(source, tmp_path / "file") == 1
        assert (tmp_path / "file").read_bytes() == b""
