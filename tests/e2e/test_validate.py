"""Every way of building a platform is valid for the real provider: `terraform validate` on each variant's stacks."""

import json
from pathlib import Path
from typing import Any

import pytest

from modules.aws_data.terraform import aws_provider
from tests.e2e.stage import place
from tests.platforms import everything_built
from tests.stand_ins.moto_extension import Server
from tests.terraform import Terraform

pytestmark = pytest.mark.terraform
AWS_ONLY = {"aws"}
"""The other providers have no binary in every place; test_kubeflow.py validates their stacks with stand-ins."""


def blocks(value: Any) -> list[dict[str, Any]]:
    """JSON configuration may give one block bare or any number as a list."""
    return value if isinstance(value, list) else [value]


TOGETHER = 12
"""Stacks of one configuration: a command has a fixed cost, and the cost of a graph rises faster than its size."""


def test_every_variant_is_valid(moto: Server, tmp_path: Path) -> None:
    stacks = place(tmp_path, moto, everything_built().tree)
    chosen = []
    for name, stack in stacks.items():
        document = json.loads((stack.folder / "cdk.tf.json").read_text(encoding="utf-8"))
        if set(document["terraform"]["required_providers"]) == AWS_ONLY:
            if len(document["provider"]["aws"]) > 1:
                stack.validate()  # a module has no provider configurations of its own: this one alone
            else:
                chosen.append((name, document))
    assert len(chosen) > 20
    for first in range(0, len(chosen), TOGETHER):
        batch = dict(chosen[first : first + TOGETHER])
        as_modules(tmp_path / f"from-{first}", batch, moto).validate()


def as_modules(folder: Path, documents: dict[str, dict[str, Any]], moto: Server) -> Terraform:
    """One configuration that has each stack as a module."""
    modules = {}
    for name, document in documents.items():
        for block in ("backend", "cloud"):
            document["terraform"].pop(block, None)
        # The root has the default one; a second one, of another account's zone, is the module's own.
        aliased = [one for one in blocks(document.pop("provider")["aws"]) if "alias" in one]
        document |= {"provider": {"aws": aliased}} if aliased else {}
        (folder / name).mkdir(parents=True)
        (folder / name / "main.tf.json").write_text(json.dumps(document), encoding="utf-8")
        variables = {variable: f"${{var.{variable}}}" for variable in document.get("variable", {})}
        modules[name] = {"source": f"./{name}", **variables}
    names = sorted({variable for module in modules.values() for variable in module if variable != "source"})
    root = {
        "terraform": {"required_providers": {"aws": aws_provider()}},
        "module": modules,
        **({"variable": {name: {} for name in names}} if names else {}),
    }
    (folder / "cdk.tf.json").write_text(json.dumps(root), encoding="utf-8")
    return Terraform(folder, moto.endpoint)
