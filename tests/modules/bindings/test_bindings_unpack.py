"""jsii's packages are unpacked, and their types indexed, as jsii would, in a fraction of the time."""

import hashlib
import io
import json
import os
import struct
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import constructs
import pytest

from modules import bindings

pytestmark = pytest.mark.slow

ARCHIVE = next(Path(constructs.__file__).with_name("_jsii").glob("constructs@*.jsii.tgz"))
KINDS = ("class", "interface", "enum")


def in_node(module: str, call: str) -> Any:
    """Call what a file of the bindings exports, in a fresh Node; return what it returned."""
    file = json.dumps(str(bindings.NODE_HOOK.with_name(module)))
    script = f"console.log(JSON.stringify({{ returned: require({file}).{call} }}))"
    environment = os.environ | {"NODE_OPTIONS": ""}
    ended = subprocess.run(["node", "-e", script], env=environment, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    return json.loads(ended.stdout).get("returned")


def unpacked(archive: Path, folder: Path, *more: str) -> str | None:
    folder.mkdir()
    arguments = json.dumps({"file": str(archive), "cwd": str(folder), "strip": 1}), json.dumps(more)
    digest = in_node("unpack.cjs", f"unpacked({', '.join(arguments)})?.toString('hex')")
    assert digest is None or isinstance(digest, str)
    return digest


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class TestUnpack:
    def test_writes_what_the_archive_holds_without_declarations(self, tmp_path: Path) -> None:
        with tarfile.open(ARCHIVE) as tar:
            held = {
                member.name.removeprefix("package/"): content.read()
                for member in tar
                if (content := tar.extractfile(member)) and not member.name.endswith(".d.ts")
            }
        digest = unpacked(ARCHIVE, tmp_path / "to", "constructs", "10")
        assert ".jsii" in held
        assert files(tmp_path / "to") == held
        assert digest == hashlib.sha256(ARCHIVE.read_bytes() + b"\0constructs\x0010").hexdigest()

    @pytest.mark.parametrize(
        ("name", "kind", "form"),
        [
            ("package/" + "long/" * 60 + "name.js", tarfile.REGTYPE, tarfile.PAX_FORMAT),
            ("package/link.js", tarfile.SYMTYPE, tarfile.USTAR_FORMAT),
            ("package/../../outside.js", tarfile.REGTYPE, tarfile.USTAR_FORMAT),
            ("package//absolute.js", tarfile.REGTYPE, tarfile.USTAR_FORMAT),
            ("package/name.js", tarfile.REGTYPE, tarfile.GNU_FORMAT),
        ],
    )
    def test_leaves_any_other_archive_to_jsii(self, tmp_path: Path, name: str, kind: bytes, form: int) -> None:
        archive = tmp_path / "odd.tgz"
        with tarfile.open(archive, "w:gz", format=form) as tar:
            for member in (tarfile.TarInfo("package/package.json"), tarfile.TarInfo(name)):
                member.type = kind if member.name == name else tarfile.REGTYPE
                tar.addfile(member, io.BytesIO())
        assert unpacked(archive, tmp_path / "to") is None
        assert not files(tmp_path / "to")
        assert not (tmp_path.parent / "outside.js").exists()


class TestTypeIndex:
    @pytest.fixture
    def package(self, tmp_path: Path) -> Path:
        unpacked(ARCHIVE, tmp_path / "package")
        return tmp_path / "package"

    def rows(self, package: Path) -> Iterator[tuple[str, str, bytes]]:
        """Name, kind and definition of each row, read as jsii reads them."""
        manifest = json.loads((package / ".jsii.runtime.v1.json").read_bytes())
        layout, index = manifest["layout"], (package / manifest["index"]).read_bytes()
        parts = {key: index[at["start"] :][: at["length"]] for key, at in layout.items() if key != "typeCount"}
        offsets = struct.unpack(f"<{layout['typeCount'] + 1}I", parts["offsets"])
        definitions = (package / manifest["defs"]).read_bytes()
        assert (offsets[0], offsets[-1]) == (0, len(definitions))
        assert list(offsets) == sorted(offsets)
        for row, name in enumerate(parts["names"].decode().split("\n")):
            yield name, KINDS[parts["kinds"][row]], definitions[offsets[row] : offsets[row + 1]]

    def test_names_each_type_with_its_definition(self, package: Path) -> None:
        in_node("type_index.cjs", f"writeTypeIndex({json.dumps(str(package))})")
        assembly = json.loads((package / ".jsii").read_bytes())
        rows = list(self.rows(package))
        assert {name: json.loads(definition) for name, _, definition in rows if name} == assembly["types"]
        assert {name: kind for name, kind, _ in rows if name} == {
            name: kind["kind"] for name, kind in assembly["types"].items()
        }
        assert {kind for name, kind, _ in rows if not name} == {"interface"}
        metadata = json.loads((package / ".jsii.runtime.v1.json").read_bytes())["assemblyMetadata"]
        assert metadata == {key: assembly[key] for key in assembly if key not in ("types", "readme", "submodules")}

    @pytest.mark.parametrize(
        ("old", "new"),
        [(b"\n", b""), (b'"kind": "class"', b'"kind": "union"'), (b'\n  "types": {\n', b'\n  "types":  {\n')],
    )
    def test_leaves_an_assembly_of_another_form_to_jsii(self, package: Path, old: bytes, new: bytes) -> None:
        assembly = package / ".jsii"
        content = assembly.read_bytes()
        assert old in content
        assembly.write_bytes(content.replace(old, new))
        in_node("type_index.cjs", f"writeTypeIndex({json.dumps(str(package))})")
        assert not list(package.glob(".jsii.runtime*"))

    def test_works_where_nothing_can_be_written(self, package: Path) -> None:
        (package / ".jsii.runtime.v1.json").mkdir()
        in_node("type_index.cjs", f"writeTypeIndex({json.dumps(str(package))})")
        assert not list(package.glob("*.[0-9]*[0-9]"))


class TestSharedCache:
    """Stock reads the package cache that these bindings filled."""

    @pytest.mark.parametrize("switch", ["", "1"])
    def test_is_read_with_and_without_the_switch(self, tmp_path: Path, switch: str) -> None:
        environment = os.environ | {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(tmp_path / "cache"), "NODE_OPTIONS": ""}
        program = "import modules, constructs; print(constructs.RootConstruct('a').node.id)"
        for way in ("", switch):
            command = [sys.executable, "-c", program]
            ended = subprocess.run(
                command, env=environment | {"CDKTF_STOCK_BINDINGS": way}, capture_output=True, text=True
            )
            assert (ended.returncode, ended.stdout, ended.stderr) == (0, "a\n", "")
        (manifest,) = (tmp_path / "cache").rglob(".jsii.runtime.v1.json")
        assert json.loads(manifest.read_bytes())["defs"] == ".jsii"
