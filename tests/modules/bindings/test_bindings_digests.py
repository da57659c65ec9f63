"""Digests of archives are kept as long as the archive is the same file."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from modules import bindings

pytestmark = pytest.mark.slow

DIGESTS = bindings.NODE_HOOK.with_name("digests.cjs")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "archive.tgz"
    path.write_bytes(b"first")
    return path


def digest(archive: Path, folder: Path, *more: str) -> tuple[str, bool]:
    """Ask for a digest in a fresh Node; return it, and whether the archive was read for it."""
    script = f"""const read = () => {{ global.wasRead = true;
            return require('crypto').createHash('sha256').update(require('fs').readFileSync({json.dumps(str(archive))})).digest(); }};
        const found = require({json.dumps(str(DIGESTS))}).keeper({json.dumps(str(folder))})(
            {json.dumps(str(archive))}, {json.dumps(more)}, read);
        console.log(JSON.stringify([found.toString('hex'), !!global.wasRead]));"""
    environment = os.environ | {"NODE_OPTIONS": ""}
    ended = subprocess.run(["node", "-e", script], env=environment, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    found, was_read = json.loads(ended.stdout)
    return found, was_read


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class TestDigests:
    def test_an_archive_is_read_once(self, archive: Path, tmp_path: Path) -> None:
        assert digest(archive, tmp_path) == (sha256(b"first"), True)
        assert digest(archive, tmp_path) == (sha256(b"first"), False)

    def test_another_file_of_the_same_size_and_time_is_read(self, archive: Path, tmp_path: Path) -> None:
        digest(archive, tmp_path)
        times = archive.stat()
        archive.write_bytes(b"other")
        os.utime(archive, ns=(times.st_atime_ns, times.st_mtime_ns))
        assert digest(archive, tmp_path) == (sha256(b"other"), True)

    def test_another_package_in_the_same_file_is_read(self, archive: Path, tmp_path: Path) -> None:
        digest(archive, tmp_path, "a", "1")
        assert digest(archive, tmp_path, "a", "2")[1]

    @pytest.mark.parametrize("content", ["", "{", "null", '{"PATH":{"before":[1,2],"hex":"short"}}', '{"PATH":5}'])
    def test_a_damaged_file_is_replaced(self, archive: Path, tmp_path: Path, content: str) -> None:
        (tmp_path / "digests.json").write_text(content.replace("PATH", str(archive)))
        assert digest(archive, tmp_path) == (sha256(b"first"), True)
        assert digest(archive, tmp_path) == (sha256(b"first"), False)

    def test_works_without_a_folder_to_write_to(self, archive: Path) -> None:
        assert digest(archive, archive) == (sha256(b"first"), True)
