"""The two formats of user data: parts of a MIME message, which cloud-init and nodeadm read, and TOML, which Bottlerocket reads.

Source: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html (Amazon EC2 user data),
https://awslabs.github.io/amazon-eks-ami/nodeadm/, https://bottlerocket.dev/en/os/latest/api/settings/
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Part = tuple[str, str]
"""Content type, and text that ends with a line break."""
BOUNDARY = "NODE"
SCRIPT = 'text/x-shellscript; charset="us-ascii"'
CLOUD_CONFIG = 'text/cloud-config; charset="us-ascii"'
NODE_CONFIG = "application/node.eks.aws"
MOST_BYTES = 16 * 1024
"""Of the whole user data before base64.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
"""
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def mime(parts: Iterable[Part]) -> str:
    """A MIME multi-part message."""
    head = f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="{BOUNDARY}"\n\n'
    return (
        head + "".join(f"--{BOUNDARY}\nContent-Type: {kind}\n\n{text}\n" for kind, text in parts) + f"--{BOUNDARY}--\n"
    )


def part(text: str) -> Part:
    """A text of the settings as a part; what it is follows from its first line.

    Raises:
        ValueError: it is neither a script, nor a cloud-config, nor a NodeConfig of nodeadm.
    """
    first = text.lstrip().partition("\n")[0].rstrip()
    body = text.lstrip().rstrip("\n") + "\n"
    if first.startswith("#!"):
        return SCRIPT, body
    if first == "#cloud-config":
        return CLOUD_CONFIG, body
    if re.search(r"^apiVersion: node\.eks\.aws/", text, re.MULTILINE):
        return NODE_CONFIG, body
    raise ValueError(
        "begins with neither #! (a script) nor #cloud-config, and has no line apiVersion: node.eks.aws/v1alpha1 (a NodeConfig)"
    )


def toml(table: Mapping[str, Any]) -> str:
    """TOML in the subset that EKS merges: no escaped quotes, no header with a quoted key.

    Args:
        table: tables, lists of tables, texts, numbers and booleans.

    Raises:
        ValueError: a value has no such form.
    """
    return "\n".join(_blocks((), table))


def _blocks(path: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[str]:
    """A block for each table with values of its own, then those of the tables in it."""
    inner = {key: value for key, value in table.items() if BARE_KEY.fullmatch(key) and _is_table(value)}
    lines = [f"{_key(key)} = {_value(value)}\n" for key, value in table.items() if key not in inner]
    if lines or (path and not inner):
        header = f"[{'.'.join(path)}]\n" if path else ""
        yield header + "".join(lines)
    for key, value in inner.items():
        yield from _blocks((*path, key), value)


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping)


def _key(key: str) -> str:
    return key if BARE_KEY.fullmatch(key) else json.dumps(key)


def _value(value: Any) -> str:
    if isinstance(value, str):
        if '"' not in value and "\\" not in value:
            return json.dumps(value)
        if "'" in value or "\n" in value:
            raise ValueError("has a text with both kinds of quotes, or with a quote or a backslash in several lines")
        return f"'{value}'"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(key)} = {_value(item)}' for key, item in value.items())} }}"
    raise ValueError("has a date or a time, which no setting of Bottlerocket takes")
