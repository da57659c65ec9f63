"""Names of the fields of formats that `convert` reads, taken from the sources of the tools that define them.

    python -m tests.modules.converting.format_fields kfctl FOLDER > tests/modules/converting/fields/kfctl.json

FOLDER is a clone of the repository with its tags. Lists are written as `name[]`; a value of any depth, such as a JSON document, is its name alone.
"""

import argparse
import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FIELDS = Path(__file__).parent / "fields"
STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.DOTALL | re.MULTILINE)
MEMBER = re.compile(
    r'^\s+(?:\w+\s+)?(?P<list>\[\])?\*?(?P<type>[\w.]+)\s+`json:"(?P<name>[^,"]*)(?P<inline>,inline)?', re.MULTILINE
)
VARIABLE = re.compile(r'^variable "(\w+)"', re.MULTILINE)


class Source(NamedTuple):
    """Where the fields of a format come from."""

    repository: str
    """Repository on github.com."""
    versions: tuple[str, ...]
    """Tags or commits; the fields of all of them."""
    files: tuple[str, ...]
    """Files in it."""
    read: Callable[[tuple[str, ...]], Iterator[str]]
    """Field names in the text of these files."""


def _structs(texts: tuple[str, ...]) -> Iterator[str]:
    """Fields of the Go types KfDef and AwsPluginSpec, whose place is the `spec` of a plugin."""
    members = {name: list(MEMBER.finditer(body)) for text in texts for name, body in STRUCT.findall(text)}
    yield from _below("KfDef", members, "")
    yield from _below("AwsPluginSpec", members, "spec.plugins[].spec.")


def _below(kind: str, members: dict[str, list[re.Match[str]]], prefix: str) -> Iterator[str]:
    for member in members[kind]:
        name = prefix + member["name"] + ("[]" if member["list"] else "")
        inner = member["type"].rpartition(".")[2]
        if inner == "TypeMeta":
            yield from (f"{prefix}apiVersion", f"{prefix}kind")
        elif inner == "ObjectMeta":
            yield from (f"{name}.{key}" for key in ("name", "namespace", "labels", "annotations"))
        elif inner in members:
            yield from _below(inner, members, f"{name}.")
        else:
            yield name


def _variables(texts: tuple[str, ...]) -> Iterator[str]:
    for text in texts:
        yield from VARIABLE.findall(text)


def _values(texts: tuple[str, ...]) -> Iterator[str]:
    for text in texts:
        yield from _leaves(yaml.safe_load(text), "")


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _leaves(inner, f"{path}[]")
    else:
        yield path


def _applications(texts: tuple[str, ...]) -> Iterator[str]:
    """Names of applications in KfDefs."""
    for text in texts:
        yield from (one["name"] for one in yaml.safe_load(text)["spec"]["applications"])


SOURCES = {
    "kfctl_applications": Source(
        "kubeflow/manifests",
        ("v1.2.0",),
        tuple(
            f"kfdef/kfctl_aws{kind}.v{version}.yaml"
            for kind in ("", "_cognito")
            for version in ("1.0.0", "1.0.1", "1.0.2", "1.1.0", "1.2.0")
        ),
        _applications,
    ),
    "kfctl": Source(
        "kubeflow/kfctl",
        ("v1.0.2", "v1.1.0", "v1.2.0"),
        ("pkg/apis/apps/kfdef/v1/application_types.go", "pkg/kfconfig/awsplugin/types.go"),
        _structs,
    ),
    "awslabs": Source(
        "awslabs/kubeflow-manifests",
        ("v1.7.0-aws-b1.0.3",),
        tuple(
            f"deployments/{variant}/terraform/variables.tf"
            for variant in ("vanilla", "cognito", "rds-s3", "cognito-rds-s3")
        ),
        _variables,
    ),
    "deploykf": Source(
        "deployKF/deployKF",
        ("v0.1.0", "v0.1.1", "v0.1.2", "v0.1.3", "v0.1.4", "v0.1.5"),
        ("generator/default_values.yaml",),
        _values,
    ),
}


def extracted(name: str, folder: Path) -> dict[str, Any]:
    """The content of the file of a format.

    Args:
        name: of the format.
        folder: a clone of its repository.
    """
    source = SOURCES[name]
    fields: dict[str, None] = {}
    for version in source.versions:
        texts = tuple(
            subprocess.run(
                ["git", "-C", str(folder), "show", f"{version}:{file}"], capture_output=True, text=True, check=True
            ).stdout
            for file in source.files
        )
        fields |= dict.fromkeys(source.read(texts))
    where = {"repository": source.repository, "versions": list(source.versions), "files": list(source.files)}
    return {
        "source": where,
        "fields": [one for one in sorted(fields) if not any(_is_in(other, one) for other in fields)],
    }


def _is_in(field: str, section: str) -> bool:
    return field.startswith((f"{section}.", f"{section}[]"))


def fields_of(name: str) -> Mapping[str, Any]:
    """The committed file of a format."""
    found: dict[str, Any] = json.loads((FIELDS / f"{name}.json").read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Print the fields of a format as JSON.")
    parser.add_argument("format", choices=SOURCES)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    print(json.dumps(extracted(given.format, given.folder), indent=1))
