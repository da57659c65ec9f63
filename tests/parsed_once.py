"""Parses a large YAML text once for all worker processes and later runs: the objects of all components were parsed 15 times, 6 s of CPU each.

A plugin of pytest, active in every run.
"""

import hashlib

from modules.kubeflow import manifest
from tests.built_once import built_once

LARGE = 100_000
"""Bytes from which reading a result from disk is much faster than parsing."""

_parse = manifest.documents


def documents(text: str | bytes) -> list[object]:
    """What `manifest.documents` returns; each call returns objects of its own."""
    content = text.encode() if isinstance(text, str) else text
    if len(content) < LARGE:
        return _parse(text)
    return built_once(lambda: _parse(text), f"YAML {hashlib.sha256(content).hexdigest()}")


manifest.documents = documents
