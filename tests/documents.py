"""Reading synthesized JSON in tests: paths in it, and walks through it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import cdktf

GONE = "(not there)"
"""What `at` gives for a path that a document does not have."""


def bare_stack() -> "cdktf.TerraformStack":
    """A stack of no platform, for one construct."""
    import cdktf

    return cdktf.TerraformStack(cdktf.Testing.app(), "test")


def synthesized(stack: "cdktf.TerraformStack") -> dict[str, Any]:
    """The whole document of a stack."""
    import cdktf

    document: dict[str, Any] = json.loads(cdktf.Testing.synth(stack))
    return document


def at(document: Any, path: str) -> Any:
    """The value at a path of keys and list positions, a space between them: `resource aws_vpc this tags Name`."""
    found = document
    for key in path.split():
        if isinstance(found, list) and key.isdigit() and int(key) < len(found):
            found = found[int(key)]
        elif isinstance(found, Mapping) and key in found:
            found = found[key]
        else:
            return GONE
    return found


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string in a value with its path, keys of objects too."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield path, key
            yield from strings(item, f"{path} {key}".lstrip())
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from strings(item, f"{path} {index}".lstrip())


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string in a value with its path; of objects, the values only."""
    if isinstance(value, str):
        yield path, value
    else:
        items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
        for key, item in items:
            yield from leaves(item, f"{path} {key}".lstrip())


def bodies(document: Mapping[str, Any], section: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Address and body of each `resource` or `data` source: `aws_vpc.this`."""
    for kind, named in document.get(section, {}).items():
        for name, body in named.items():
            yield f"{kind}.{name}", body


def exactly(text: str) -> str:
    """The pattern of one whole message, for the `match` of pytest.raises."""
    return rf"\A{re.escape(text)}\Z"
