"""What cdktf synthesized, as plain bytes and dicts: the same bytes on every machine.

A *tree* is `{relative path with slashes: bytes}`; a *document* is one stack's parsed `cdk.tf.json`. No construct
library is imported here, so that everything that happens after synthesis is tested in milliseconds.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

Tree = dict[str, bytes]
Document = Mapping[str, Any]

MANIFEST = "manifest.json"  # cdktf's list of stacks, read by `cdktf diff` and `cdktf deploy`
STACK_DOCUMENT = re.compile(r"stacks/([^/]+)/cdk\.tf\.json")

# friendlyUniqueId repeats the resource's key; the stack trace names files of this machine (cdktf terraform-element.js).
_METADATA_DROPPED = ("uniqueId", "stackTrace")


def read_tree(folder: Path) -> Tree:
    """Every file below `folder`, keyed by its path relative to it, in sorted order; `{}` when there is no folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def normalise(tree: Mapping[str, bytes], machine_paths: Iterable[Path] = ()) -> Tree:
    """Rewrite what cdktf wrote so that two machines give the same bytes and a review shows only what changed.

    `cdk.tf.json` and `manifest.json`: keys sorted, two spaces, newline at the end; no `uniqueId`, no stack traces (each
    resource keeps `"//".metadata.path`, which leads back to its construct). Other files stay as they are.

    Args:
        tree: what cdktf wrote, as from `read_tree`.
        machine_paths: folders of this machine (the project, the temporary output) that no file may name.

    Raises:
        ValueError: a JSON file is not a JSON object, or a file names one of `machine_paths`.
    """
    # "/" or "/app" would match innocent text ("//", "/app/health"), so only paths that nobody writes by chance count.
    folders = [str(path) for path in machine_paths if len(path.parts) > 2]
    normalised = {path: _normalised(path, content) for path, content in sorted(tree.items())}
    for path, content in normalised.items():
        for folder in folders:
            if folder.encode() in content:
                raise ValueError(
                    f"{path}: holds {folder!r}, a path of this machine, so another machine would write other bytes; "
                    "give a path relative to the stack's folder (for the state: name the backend in settings)"
                )
    return normalised


def documents(tree: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """The parsed document of each stack in `tree`, keyed by stack name, sorted.

    Raises:
        ValueError: a `cdk.tf.json` is not a JSON object.
    """
    found = ((STACK_DOCUMENT.fullmatch(path), path) for path in sorted(tree))
    return {match[1]: json_object(path, tree[path]) for match, path in found if match}


def managed(document: Document) -> Iterator[str]:
    """The address (`aws_kms_key.secrets`) of each resource that the stack manages, sorted."""
    for kind, resources in sorted(document.get("resource", {}).items()):
        yield from (f"{kind}.{name}" for name in sorted(resources))


def json_bytes(content: Mapping[str, Any]) -> bytes:
    """`content` as we commit it: keys sorted, two spaces, UTF-8, newline at the end."""
    return (json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def json_object(where: str, content: bytes) -> dict[str, Any]:
    """Parse a file that must hold one JSON object.

    Raises:
        ValueError: it does not; `where` is the name the reader knows the file by.
    """
    try:
        parsed = json.loads(content)
    except ValueError as error:
        raise ValueError(
            f"{where}: is not JSON ({error}); take it back from git, or delete it if you made it"
        ) from error
    if not isinstance(parsed, dict):
        raise ValueError(f"{where}: holds a JSON {type(parsed).__name__}, not an object; take it back from git")
    return parsed


def _normalised(path: str, content: bytes) -> bytes:
    if path == MANIFEST:
        manifest = json_object(path, content)
        for stack in manifest.get("stacks", {}).values():
            for annotation in stack.get("annotations", ()):
                if "stacktrace" in annotation:  # the key stays: cdktf-cli's type has it
                    annotation["stacktrace"] = []
        return json_bytes(manifest)
    if STACK_DOCUMENT.fullmatch(path):
        document = json_object(path, content)
        for body in _blocks(document):
            comment = body.get("//")
            if isinstance(comment, dict):  # an override may have put a sentence there
                for key in _METADATA_DROPPED:
                    comment.get("metadata", {}).pop(key, None)
        return json_bytes(document)
    return content


def _blocks(document: Document) -> Iterator[dict[str, Any]]:
    """The bodies to which cdktf adds construct metadata: resources, data sources and modules."""
    for section in ("resource", "data"):
        for bodies in document.get(section, {}).values():
            yield from bodies.values()
    yield from document.get("module", {}).values()
