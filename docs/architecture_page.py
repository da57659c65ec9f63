"""docs/architecture.md: diagrams of stacks and components, drawn from generated JSON and the catalogue."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import main
from docs.markdown import NOTE
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.install_order import install_order
from stacks.document import managed
from stacks.platform import build

READ = re.compile(r"data\.terraform_remote_state\.([a-z]+)\.outputs\.(\w+)")


def architecture_page() -> str:
    """Diagrams of stacks and their outputs, stored data, and dependencies of components."""
    made = build(main.PROD)
    documents = {name: made.documents[name] for name in made.seconds}
    return "\n".join(
        [
            NOTE.format(source="generated JSON and modules/kubeflow/catalogue.py"),
            "# Diagrams\n",
            "Rendered by [mermaid](https://mermaid.js.org): on GitHub, and in the site with an internet connection.\n",
            "## Stacks and their outputs\n",
            "Each box is one Terraform state of the platform in `main.py`; an arrow shows outputs that a stack reads.\n",
            mermaid("flowchart LR", [*boxes(documents), *arrows(documents)]),
            "## Stored data\n",
            "Resources that hold data, by stack; a key icon is a KMS key.\n",
            mermaid("flowchart LR", list(stores(documents))),
            "## Dependencies of components\n",
            "Components of the default set, left to right in the order of installation.\n",
            mermaid("flowchart LR", list(needs())),
        ]
    )


def mermaid(kind: str, lines: list[str]) -> str:
    """One picture."""
    return "\n".join(["```mermaid", kind, *(f"  {line}" for line in lines), "```\n"])


def boxes(documents: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """A box for each stack, with how much is in it."""
    for name, document in documents.items():
        count = len(list(managed(document)))
        yield f'{layer(name)}["{name}<br/>{count} resources"]'


def arrows(documents: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """An arrow for each pair, with the names of the outputs, as the JSON refers to them."""
    for name, document in documents.items():
        found: dict[str, set[str]] = {}
        for source, output in READ.findall(repr(document)):
            found.setdefault(source, set()).add(output)
        for source, outputs in sorted(found.items()):
            listed = sorted(outputs)
            told = "<br/>".join(listed[:4]) + (f"<br/>and {len(listed) - 4} more" if len(listed) > 4 else "")
            yield f'{source} -- "{told}" --> {layer(name)}'


def stores(documents: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Buckets, databases, file systems, secrets and logs, with the key that each is encrypted by."""
    kinds = {
        "aws_s3_bucket": "bucket",
        "aws_db_instance": "database",
        "aws_rds_cluster": "database",
        "aws_efs_file_system": "files",
        "aws_fsx_lustre_file_system": "files",
        "aws_cloudwatch_log_group": "logs",
        "aws_secretsmanager_secret": "secret",
        "aws_eks_cluster": "Kubernetes objects",
    }
    for name, document in documents.items():
        lines = []
        for kind, what in kinds.items():
            for resource in sorted(document.get("resource", {}).get(kind, ())):
                lines.append(f'{layer(name)}_{kind}_{resource}[("{what}<br/>{resource}")]')
        for resource in sorted(document.get("resource", {}).get("aws_kms_key", ())):
            lines.append(f'{layer(name)}_key_{resource}(["🔑 {resource}"])')
        if lines:
            yield f'subgraph {layer(name)}_data["{name}"]'
            yield from (f"  {line}" for line in lines)
            yield "end"


def needs() -> Iterator[str]:
    """An arrow for each need of the catalogue's default entries, as far as no other need implies it."""
    default = install_order([component for component in CATALOGUE if component.default])
    all_before: dict[str, set[str]] = {}
    for component in default:
        all_before[component.name] = {
            before for need in component.needs for before in (need, *all_before.get(need, ()))
        }
    for component in default:
        implied = {before for need in component.needs for before in all_before.get(need, ())}
        for need in sorted(set(component.needs) - implied):
            yield f"{node(need)}[{need}] --> {node(component.name)}[{component.name}]"


def node(name: str) -> str:
    """Mermaid takes no hyphen before an arrow."""
    return name.replace("-", "_")


def layer(stack: str) -> str:
    """Last part of a stack's name, as an id."""
    return stack.rpartition("-")[2] if not stack[-1].isdigit() else "_".join(stack.split("-")[-2:])
