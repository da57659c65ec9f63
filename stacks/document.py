"""Normalization of cdktf's output: identical bytes on every machine.

A *tree* is `{relative path with slashes: bytes}`; a *document* is one stack's parsed `cdk.tf.json`. No construct
library is imported here, so that tests of later steps take milliseconds.
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

# friendlyUniqueId repeats the resource's key; the stack trace contains local paths (cdktf terraform-element.js).
_METADATA_DROPPED = ("uniqueId", "stackTrace")


def read_tree(folder: Path) -> Tree:
    """All files below `folder` by relative path, sorted; `{}` if the folder does not exist."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def normalise(tree: Mapping[str, bytes], machine_paths: Iterable[Path] = ()) -> Tree:
    """Normalize cdktf's output so that it is identical on every machine and diffs are minimal.

    `cdk.tf.json` and `manifest.json`: keys sorted, two spaces, newline at the end; no `uniqueId`, no stack traces (each
    resource keeps `"//".metadata.path`, which identifies its construct). Other files are not changed.

    Args:
        tree: output of cdktf, as from `read_tree`.
        machine_paths: local folders (project, temporary output) that must not occur in any file.

    Raises:
        ValueError: a JSON file is not a JSON object, or a file names one of `machine_paths`.
    """
    # "/" or "/app" would match innocent text ("//", "/app/health"), so only longer paths are checked.
    folders = [str(path) for path in machine_paths if len(path.parts) > 2]
    normalised = {path: _normalised(path, content) for path, content in sorted(tree.items())}
    for path, content in normalised.items():
        for folder in folders:
            if folder.encode() in content:
                raise ValueError(
                    f"{path}: contains the local path {folder!r}, so the output would differ on another machine; "
                    "use a path relative to the stack's folder (for the state: configure the backend in settings)"
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
    """`content` in the committed format: keys sorted, two spaces, UTF-8, newline at the end."""
    return (json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def json_object(where: str, content: bytes) -> dict[str, Any]:
    """Parse a file with one JSON object.

    Raises:
        ValueError: it has other content; `where` names the file in the message.
    """
    try:
        parsed = json.loads(content)
    except ValueError as error:
        raise ValueError(
            f"{where}: is not JSON ({error}); restore it from git, or delete it if you created it"
        ) from error
    if not isinstance(parsed, dict):
        raise ValueError(f"{where}: holds a JSON {type(parsed).__name__}, not an object; restore it from git")
    return parsed


def _normalised(path: str, content: bytes) -> bytes:
    if path == MANIFEST:
        manifest = json_object(path, content)
        for stack in manifest.get("stacks", {}).values():
            for annotation in stack.get("annotations", ()):
                if "stacktrace" in annotation:  # the key is kept: cdktf-cli's type requires it
                    annotation["stacktrace"] = []
        return json_bytes(manifest)
    if STACK_DOCUMENT.fullmatch(path):
        document = json_object(path, content)
        for body in _blocks(document):
            comment = body.get("//")
            if isinstance(comment, dict):  # an override can be a string
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
