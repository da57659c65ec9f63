import hashlib
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
def test_what_is_not_whole_or_not_genuine_is_never_given_out_and_is_fixed(tmp_path: Path, broken: bytes) -> None:
    cache = Cache(tmp_path)
    digest = cache.put(CONTENT)
    (tmp_path / f"{digest}.yaml").write_bytes(broken)
    assert cache.get(digest) is None
    cache.put(CONTENT)
    assert cache.get(digest) == CONTENT


def test_a_killed_writer_leaves_nothing_that_is_read(tmp_path: Path) -> None:
    """Killed at any moment of writing 10 MB over and over, what has a name is whole."""
    program = (
        "import sys; from pathlib import Path; from modules.kubeflow.cache import Cache\n"
        "for number in range(1000): Cache(Path(sys.argv[1])).put(f'{sys.argv[2]} {number} '.encode() * 1_000_000)\n"
    )
    for moment in ("0.0", "0.01", "0.03"):
        written = len(list(tmp_path.glob("*.yaml")))
        with subprocess.Popen([sys.executable, "-c", program, str(tmp_path), moment]) as writer:
            while len(list(tmp_path.glob("*.yaml"))) == written:  # however busy the machine is, it has begun
                assert writer.poll() is None, "the writer ended by itself"
                time.sleep(0.001)
            time.sleep(float(moment))
            writer.kill()
        assert writer.returncode == -signal.SIGKILL
    cache = Cache(tmp_path)
    named = [path.stem for path in tmp_path.iterdir() if not path.name.startswith(".")]
    assert named
    assert all(cache.get(digest) is not None for digest in named)
