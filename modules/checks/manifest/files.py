"""Manifests with the line of each field; the compiled YAML of Kubeflow Pipelines counts as one object."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any

import yaml

from modules.checks.admission.problem import Path, Problem
from modules.checks.finding import Finding
from modules.kubeflow.manifest import Object, load

PIPELINE, PIPELINE_VERSION = "PipelineSpec", "pipelines.kubeflow.org/ir"
"""Kind and version given to the compiled YAML of a pipeline, which has none."""


@dataclass(frozen=True)
class Located(Finding):
    """A finding about one line of a file."""

    file: str = ""
    line: int = 0
    """Counted from 1; 0: the file as a whole."""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {super().__str__()}"


class UnreadableError(ValueError):
    """A file without objects, or a document that is not one."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        """Remember where it is.

        Args:
            file: the file.
            line: counted from 1; 0: the file as a whole.
            problem: what is wrong.
        """
        super().__init__(f"{file}:{line}: {problem}" if line else f"{file}: {problem}")
        self.line, self.problem = line, problem


@dataclass(frozen=True)
class Document:
    """One object of a file."""

    file: str
    body: Object = field(repr=False)
    node: yaml.Node = field(repr=False)

    @property
    def namespace(self) -> str:
        """Namespace in its metadata; empty: none is named."""
        return str((self.body.get("metadata") or {}).get("namespace") or "")

    @property
    def name(self) -> str:
        """Kind and name."""
        metadata = self.body.get("metadata") or {}
        return f"{self.body['kind']} {metadata.get('name') or metadata.get('generateName') or 'without a name'}"

    def line(self, path: Path) -> int:
        """Line of a field, or of the nearest one above it that the file has."""
        node, line = self.node, self.node.start_mark.line
        for part in path:
            found = _below(node, part)
            if found is None:
                break
            key, node = found
            line = key.start_mark.line
        return line + 1

    def finding(self, problem: Problem) -> Located:
        """A problem of this object at its line."""
        found = problem.finding(self.name)
        return Located(found.id, found.severity, found.text, found.fix, self.file, self.line(problem.path))


def _below(node: yaml.Node, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """Key and value of one part of a path; of an element of a list twice the element."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == part:
                return key, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def read(file: File) -> list[Document]:
    """All objects of a file, in its order.

    Raises:
        UnreadableError: it cannot be read, is not YAML, or has no objects or something other than objects.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise UnreadableError(str(file), 0, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UnreadableError(str(file), 0, "is not text in UTF-8") from error
    try:
        nodes = [node for node in yaml.compose_all(text, yaml.CSafeLoader) if not _empty(node)]
        bodies = load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise UnreadableError(str(file), mark.line + 1 if mark else 0, f"is not YAML: {problem}") from error
    found = list(_documents(str(file), bodies, nodes))
    if not found:
        raise UnreadableError(str(file), 0, "has no objects")
    return found


def _empty(node: yaml.Node) -> bool:
    return (isinstance(node, yaml.ScalarNode) and not node.value) or not node.value


def _documents(file: str, bodies: Sequence[Any], nodes: Sequence[yaml.Node]) -> Iterator[Document]:
    pipeline: Document | None = None
    for body, node in zip(bodies, nodes, strict=True):
        line = node.start_mark.line + 1
        if isinstance(body, dict) and all(
            isinstance(body.get(key), dict) for key in ("pipelineInfo", "deploymentSpec")
        ):
            name = str(body["pipelineInfo"].get("name", "pipeline"))
            head = {"apiVersion": PIPELINE_VERSION, "kind": PIPELINE, "metadata": {"name": name}}
            pipeline = Document(file, {**body, **head}, node)
            yield pipeline
        elif isinstance(body, dict) and pipeline is not None and body.keys() == {"platforms"}:
            pipeline.body["platforms"] = body["platforms"]
        elif not isinstance(body, dict) or not all(isinstance(body.get(key), str) for key in ("apiVersion", "kind")):
            raise UnreadableError(file, line, "is not an object of Kubernetes, which has apiVersion, kind and metadata")
        elif body["kind"] == "List" or (str(body["kind"]).endswith("List") and "items" in body):
            yield from _items(file, body, node)
        else:
            yield Document(file, _named(body), node)


def _items(file: str, body: Object, node: yaml.Node) -> Iterator[Document]:
    found = _below(node, "items")
    if found is not None and isinstance(body["items"], list):
        yield from _documents(file, body["items"], found[1].value)


def _named(body: Object) -> Object:
    """The object with metadata, so that each reader finds them; a missing name is an error of the API server."""
    metadata = body.get("metadata") if isinstance(body.get("metadata"), dict) else {}
    return {**body, "metadata": metadata}
