"""What we write of each provider, and where its published schema is kept."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.documents import bodies
from tests.platforms import documents

FILES = {name: Path(__file__).parent / f"{name}.json" for name in ("aws", "helm", "kubernetes")}
SECTIONS = ("resource", "data", "ephemeral")


def written(document: Mapping[str, Any], provider: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Kind (`data aws_vpc`), name and body of all that a document writes of a provider, its own blocks included."""
    for section in SECTIONS:
        for address, body in bodies(document, section):
            type_name, _, name = address.partition(".")
            if type_name.startswith(f"{provider}_"):
                yield f"{section} {type_name}", name, body
    for body in document.get("provider", {}).get(provider, ()):
        yield f"provider {provider}", body.get("alias", ""), body


def kinds_used(provider: str) -> set[str]:
    """Every kind that some variant writes."""
    return {
        kind
        for document in documents().values()
        for kind, _, _ in written(document, provider)
        if not kind.startswith("provider ")
    }


@cache
def published(provider: str) -> dict[str, Any]:
    """The committed schema."""
    found: dict[str, Any] = json.loads(FILES[provider].read_text(encoding="utf-8"))
    return found
