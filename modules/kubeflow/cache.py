"""Local content-addressed cache of rendered objects (sha256). Not committed; `make vendor` fills it from upstream."""

import hashlib
import os
import tempfile
from pathlib import Path

from modules.bindings.compiled import user_caches
from modules.program import IS_CLONE

CACHE_FOLDER = (Path(__file__).parents[2] / ".cache" if IS_CLONE else user_caches() / "kubeflow-aws") / "kubeflow"
"""In the user's cache folder for an installed package: site-packages may be read-only, and all platforms and versions share it.
In a clone in `.cache`, which `make clean` removes."""


class Cache:
    """A directory of files named by their hash. Incomplete or modified files are never returned."""

    def __init__(self, folder: Path = CACHE_FOLDER) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Store content and return its sha256. Safe with concurrent processes and on abrupt termination."""
        digest = hashlib.sha256(content).hexdigest()
        if self.get(digest) is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=self.folder, prefix=".writing-")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                Path(temporary).replace(self._path(digest))
            finally:
                Path(temporary).unlink(missing_ok=True)
        return digest

    def get(self, digest: str) -> bytes | None:
        """The content with this sha256; None if it is missing or its hash does not match."""
        try:
            content = self._path(digest).read_bytes()
        except FileNotFoundError:
            return None
        return content if hashlib.sha256(content).hexdigest() == digest else None

    def _path(self, digest: str) -> Path:
        return self.folder / f"{digest}.yaml"
