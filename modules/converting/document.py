"""Files of other tools as trees that know the line of each key: YAML, JSON and Terraform's HCL."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

KeyPath = tuple[str | int, ...]
"""Keys and positions from the top of a document: ("nodeGroups", 0, "name")."""
DEEPEST = 40
"""Levels of a document; an alias of YAML that holds itself has no end."""


@dataclass(frozen=True)
class Document:
    """One document of a file."""

    file: str
    """As the user named it."""
    data: Mapping[str, Any]
    """Plain values, at any depth."""
    lines: Mapping[KeyPath, int] = field(repr=False)
    """Line of each key, from 1."""
    files: Mapping[KeyPath, str] = field(default_factory=dict, repr=False)
    """File of each key that is from another one; see `merge.py`."""

    def line(self, path: KeyPath) -> int:
        """Line of a key, or of the nearest one around it."""
        return next((self.lines[one] for one in _around(path) if one in self.lines), 1)

    def file_of(self, path: KeyPath) -> str:
        """File of a key."""
        return next((self.files[one] for one in _around(path) if one in self.files), self.file)

    def get(self, *path: str | int) -> Any:
        """The value at a path; None: there is none."""
        value: Any = self.data
        for part in path:
            if isinstance(value, Mapping):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
            else:
                return None
        return value


def _around(path: KeyPath) -> Iterator[KeyPath]:
    """A path, and those around it, the innermost first."""
    return (path[:length] for length in range(len(path), 0, -1))


def dotted(path: KeyPath) -> str:
    """A path in the usual notation: `nodeGroups[0].name`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read_documents(path: Path) -> list[Document]:
    """The documents of a file, without empty ones.

    Args:
        path: a file of Terraform ends with .tf or .tfvars; all others are YAML, of which JSON is a part.

    Raises:
        ValueError: the file cannot be read, is not in its format or has no document.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text in UTF-8"
        raise ValueError(f"{path}: cannot be read ({reason}); name a file to convert") from error
    found = list(_hcl(str(path), text) if path.suffix in (".tf", ".tfvars") else _yaml(str(path), text))
    if not found:
        raise ValueError(f"{path}: is empty; name a file with settings")
    return found


def _yaml(file: str, text: str) -> Iterator[Document]:
    try:
        loader = yaml.SafeLoader(text)
        while loader.check_node() and (node := loader.get_node()) is not None:
            lines: dict[KeyPath, int] = {}
            data = _plain(file, loader, node, (), lines)
            if data is None:
                continue
            if not isinstance(data, dict):
                line = node.start_mark.line + 1
                raise ValueError(f"{file}, line {line}: is not a mapping of keys to values; name a file with settings")
            yield Document(file, data, lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ValueError(f"{file}, line {line}: is not YAML ({error.problem}); correct it") from error
    except yaml.YAMLError as error:  # a character that YAML does not allow
        raise ValueError(f"{file}: is not YAML ({str(error).splitlines()[0]}); correct it") from error


def _plain(file: str, loader: yaml.SafeLoader, node: yaml.Node, path: KeyPath, lines: dict[KeyPath, int]) -> Any:
    """The value of a node; the lines of the keys in it are added."""
    if len(path) > DEEPEST:
        raise ValueError(f"{file}, line {node.start_mark.line + 1}: more than {DEEPEST} levels; remove the alias")
    if isinstance(node, yaml.MappingNode):
        written = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"]
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and written.count(key.value) > 1:
                line = key.start_mark.line + 1
                raise ValueError(f"{file}, line {line}: the key {key.value} occurs more than once; keep one")
        loader.flatten_mapping(node)
        found = {}
        for key, value in node.value:
            name = str(key.value)
            lines[*path, name] = key.start_mark.line + 1
            found[name] = _plain(file, loader, value, (*path, name), lines)
        return found
    if isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            lines[*path, position] = item.start_mark.line + 1
        return [_plain(file, loader, item, (*path, n), lines) for n, item in enumerate(node.value)]
    value = loader.construct_object(node)
    return value if value is None or isinstance(value, bool | int | float) else str(node.value)


def _hcl(file: str, text: str) -> Iterator[Document]:
    """Attributes and blocks; the path of a block has its type and labels."""
    from hcl2.parser import parser
    from lark.exceptions import UnexpectedInput

    try:
        (body,) = parser().parse(f"{text}\n").children
    except UnexpectedInput as error:
        raise ValueError(
            f"{file}, line {error.line}: is not Terraform's language; correct it (terraform fmt shows the place)"
        ) from error
    data: dict[str, Any] = {}
    lines: dict[KeyPath, int] = {}
    _hcl_body(body, (), data, lines)
    if data:
        yield Document(file, data, lines)


def _hcl_body(body: Any, path: KeyPath, data: dict[str, Any], lines: dict[KeyPath, int]) -> None:
    for one in body.children:
        kind = getattr(one, "data", None)
        if kind == "attribute":
            name = str(one.children[0].children[0])
            lines[*path, name] = one.meta.line
            data[name] = _hcl_value(one.children[-1], (*path, name), lines)
        elif kind == "block":
            *names, inner = [child for child in one.children if getattr(child, "data", "") != "new_line_or_comment"]
            place, at = data, path
            for name in (_hcl_text(child) for child in names):
                at = (*at, name)
                lines.setdefault(at, one.meta.line)
                place = place.setdefault(name, {})
            _hcl_body(inner, at, place, lines)


def _hcl_text(node: Any) -> str:
    text = "".join(str(token) for token in node.scan_values(lambda _: True)) if hasattr(node, "children") else str(node)
    return text.strip('"')


def _hcl_value(node: Any, path: KeyPath, lines: dict[KeyPath, int]) -> Any:
    from hcl2.transformer import DictTransformer

    def placed(value: Any, at: KeyPath) -> None:
        lines.setdefault(at, lines[path])
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, item in inner:
            placed(item, (*at, key))

    value = _unquoted(DictTransformer().transform(node))
    for element in node.find_data("object_elem") if hasattr(node, "find_data") else ():
        lines.setdefault((*path, _hcl_text(element.children[0])), element.meta.line)
    placed(value, path)
    return value


def _unquoted(value: Any) -> Any:
    if isinstance(value, str):
        return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
    if isinstance(value, dict):
        return {key: _unquoted(item) for key, item in value.items()}
    return [_unquoted(item) for item in value] if isinstance(value, list) else value
