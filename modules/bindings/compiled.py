"""Provider modules compiled without what costs time at each start, and kept in a cache of their own.

Of an import of AWS type modules, 85 % is evaluating annotations; of a construct's call, 63 % is reading these again to
check arguments that Node checks anyway (measured on 70 types and 400 resources). Python's own cache cannot hold code
compiled this way, and PYTHONDONTWRITEBYTECODE, usual in containers, switches it off.
"""

import __future__

import contextlib
import hashlib
import marshal
import os
import struct
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from typing import Any


class CompiledLoader(SourceFileLoader):
    """Loads a module from source with annotations as strings, without docstrings, asserts and type checks."""

    def source_to_code(self, data: Any, path: Any = "<string>", *, _optimize: int = -1) -> Any:
        """Compile; optimize=2 drops docstrings and the `if __debug__` blocks that hold the type checks."""
        flags = __future__.annotations.compiler_flag
        return compile(data, path, "exec", flags=flags, dont_inherit=True, optimize=2)

    def get_code(self, fullname: str) -> CodeType:
        """Return the module's code from our cache, or compile it and keep it there."""
        path = self.get_filename(fullname)
        status = Path(path).stat()
        header = struct.pack("<4sQQ", MAGIC_NUMBER, status.st_mtime_ns, status.st_size)
        kept = _kept_at(fullname, path)
        code: CodeType
        if kept and (content := _read(kept)).startswith(header):
            code = marshal.loads(memoryview(content)[len(header) :])
            return code
        code = self.source_to_code(self.get_data(path), path)
        if kept:
            _replace(kept, header + marshal.dumps(code))
        return code


def cache_folder() -> Path:
    """Return the folder of compiled bindings: under XDG_CACHE_HOME, else where the platform keeps caches."""
    if chosen := os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA"):
        caches = Path(chosen)
    else:
        caches = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return caches / "cdktf-bindings" / str(sys.implementation.cache_tag)


def _kept_at(fullname: str, path: str) -> Path | None:
    """Return where the code of this source file is kept, or None if no folder is ours alone to write."""
    # One file per source path: an upgrade overwrites it instead of adding 13 MB beside it.
    folder = cache_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError:  # read-only home: the program is slower, not broken
        return None
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
        return None  # someone else could put code there that we would run
    return folder / f"{fullname}-{hashlib.sha256(path.encode()).hexdigest()[:16]}"


def _read(kept: Path) -> bytes:
    """Return the file's content, or nothing when it is not there yet or cannot be read: both mean compile."""
    try:
        return kept.read_bytes()
    except OSError:
        return b""


def _replace(kept: Path, content: bytes) -> None:
    """Write by rename, so that two runs at once never read half a file. No room or no right: go without."""
    unfinished = kept.with_name(f"{kept.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        try:
            unfinished.write_bytes(content)
            unfinished.replace(kept)
        finally:
            unfinished.unlink(missing_ok=True)
