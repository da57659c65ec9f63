"""Cache of compiled modules; those of the bindings without annotations, docstrings and type checks.

Of the import of 80 AWS modules 85 % is evaluating annotations; of a construct's call 63 % is reading them again to check
arguments that Node checks anyway. Python's own cache cannot hold code compiled in another way, and
PYTHONDONTWRITEBYTECODE, usual in containers, switches it off: 380 other modules were then compiled at every run, 0.4 s.
"""

import __future__

import contextlib
import functools
import hashlib
import marshal
import os
import re
import struct
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType

FORMAT = 2
"""Changes with the code that a loader makes of the same source."""
# What only type checks use, a fifth of all lines: functions whose annotations hold the types, and the version of typeguard, for which
# each module reads the metadata of the package again.
_TYPE_CHECKS = re.compile(
    rb"^def _typecheckingstub__\w+\(.*?^    pass$|^TYPEGUARD_MAJOR_VERSION = int\([^\n]*$", re.MULTILINE | re.DOTALL
)


class KeptLoader(SourceFileLoader):
    """Loads a module as Python does, from cached code."""

    def compile(self, source: bytes, path: str) -> CodeType:
        """Compile as this interpreter does."""
        code: CodeType = compile(source, path, "exec", dont_inherit=True)
        return code

    def get_code(self, fullname: str) -> CodeType:
        """Return the module's code from our cache, or compile it and keep it there."""
        path = self.get_filename(fullname)
        status = Path(path).stat()
        header = struct.pack("<4sBQQB", MAGIC_NUMBER, FORMAT, status.st_mtime_ns, status.st_size, sys.flags.optimize)
        # One file for each source path: an upgrade replaces it instead of adding 13 MB.
        kept = cache_folder() / f"{fullname}-{hashlib.sha256(path.encode()).hexdigest()[:16]}"
        usable = _is_ours(kept.parent)
        if usable and (code := _read(kept, header)):
            return code
        code = self.compile(self.get_data(path), path)
        if usable:
            _replace(kept, header + marshal.dumps(code))
        return code


class CompiledLoader(KeptLoader):
    """Loads a module from source with annotations as strings, without docstrings, asserts and type checks."""

    def compile(self, source: bytes, path: str) -> CodeType:
        """Compile; optimize=2 drops docstrings and the `if __debug__` blocks that hold the type checks.

        Line numbers stay those of the file.
        """
        annotations = __future__.annotations.compiler_flag
        source = _TYPE_CHECKS.sub(lambda found: b"\n" * found[0].count(b"\n"), source)
        code: CodeType = compile(source, path, "exec", flags=annotations, dont_inherit=True, optimize=2)
        return code


def cache_folder() -> Path:
    """Return the folder of compiled bindings, in the user's cache directory."""
    return user_caches() / "cdktf-bindings" / str(sys.implementation.cache_tag)


def user_caches() -> Path:
    """Return XDG_CACHE_HOME, or the platform's cache directory of the user."""
    platforms = {"darwin": "~/Library/Caches", "win32": "~/AppData/Local"}
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser(platforms.get(sys.platform, "~/.cache")))  # noqa: PTH111 - Path.expanduser raises where a user has no home


def trusted_cache_folder() -> Path | None:
    """Return the cache folder, created if missing; None if it is not writable or writable by other users."""
    folder = cache_folder()
    return folder if _is_ours(folder) else None


@functools.cache
def _is_ours(folder: Path) -> bool:
    """Create the folder; whether only this user can write there. Otherwise modules are compiled in each run."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError:  # a read-only or missing home
        return False
    # Code written by another user would run as this user. Windows has no getuid; profiles are private there.
    return not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)


def _read(kept: Path, header: bytes) -> CodeType | None:
    """Return the code that is kept; None, which means compile, when it is of another source, not there or damaged."""
    try:
        content = kept.read_bytes()
        return marshal.loads(memoryview(content)[len(header) :]) if content.startswith(header) else None
    except (OSError, EOFError, ValueError, TypeError):  # the last three are marshal's for damaged data
        return None


def _replace(kept: Path, content: bytes) -> None:
    """Write by rename, so that another run never reads half a file. Without space or permission, nothing is cached."""
    unfinished = kept.with_name(f"{kept.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        try:
            unfinished.write_bytes(content)
            unfinished.replace(kept)
        finally:
            unfinished.unlink(missing_ok=True)
