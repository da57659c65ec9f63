"""Writes the paths of all fields of a ClusterConfig from eksctl's JSON schema.

git clone https://github.com/eksctl-io/eksctl && cd eksctl && git checkout 99984adb6
python -m tests.modules.converting.eksctl.extract eksctl/pkg/apis/eksctl.io/v1alpha5/assets/schema.json >fields.txt
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def paths(schema: Mapping[str, Any]) -> list[str]:
    """Paths of all values, with `[]` for positions of lists and `*` for keys that a user chooses."""
    return sorted(set(_paths(schema["definitions"], schema, "", frozenset())))


def _paths(definitions: Mapping[str, Any], node: Mapping[str, Any], path: str, around: frozenset[str]) -> Iterator[str]:
    while "$ref" in node:
        name = node["$ref"].rpartition("/definitions/")[2].replace("github.com/", "github.com|")
        if name in around:
            return
        around |= {name}
        node = definitions.get(name, {})
    for alternative in node.get("oneOf", ()) if "properties" in node else ():
        yield from _paths(definitions, alternative, path, around)
    any_key = node.get("additionalProperties")
    if node.get("properties"):
        for key, inner in node["properties"].items():
            yield from _paths(definitions, inner, f"{path}.{key}" if path else key, around)
    elif node.get("items"):
        yield from _paths(definitions, node["items"], f"{path}[]", around)
    elif isinstance(any_key, Mapping) and "$ref" in any_key:
        yield from _paths(definitions, any_key, f"{path}.*", around)
    else:
        yield path


if __name__ == "__main__":
    print("\n".join(paths(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
