import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from modules.kubeflow.cache import Cache

CONTENT = b"kind: ConfigMap\n" * 1000


def test_what_was_put_is_given_back(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    digest = cache.put(CONTENT)
    assert digest == hashlib.sha256(CONTENT).hexdigest()
    assert cache.get(digest) == CONTENT
    assert [path.name for path in cache.folder.iterdir()] == [f"{digest}.yaml"]


def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    assert Cache(tmp_path / "cache").get("0" * 64) is None


@pytest.mark.parametrize("broken", [b"", CONTENT[:-1], CONTENT.replace(b"k", b"K", 1)])
def test_what_is_not_whole_or_not_genuine_is_never_given_out_and_is_mended(tmp_path: Path, broken: bytes) -> None:
    cache = Cache(tmp_path)
    digest = cache.put(CONTENT)
    (tmp_path / f"{digest}.yaml").write_bytes(broken)
    assert cache.get(digest) is None
    cache.put(CONTENT)
    assert cache.get(digest) == CONTENT


def test_a_killed_writer_leaves_nothing_that_is_read(tmp_path: Path) -> None:
    """Killed at any moment of writing 40 MB over and over, what has a name is whole."""
    program = (
        "import sys; from pathlib import Path; from modules.kubeflow.cache import Cache\n"
        "cache = Cache(Path(sys.argv[1])); print('ready', flush=True)\n"
        "for number in range(1000): cache.put(str(number).encode() * 10_000_000)\n"
    )
    for moment in (0.02, 0.05, 0.09):
        writer = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(moment)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
    cache = Cache(tmp_path)
    named = [path.stem for path in tmp_path.iterdir() if not path.name.startswith(".")]
    assert named
    assert all(cache.get(digest) is not None for digest in named)
