"""Every way of building a platform is valid for the real provider: `terraform validate` on each variant's stacks."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.stage import place
from tests.platforms import everything_built
from tests.stand_ins.moto_extension import Server

pytestmark = pytest.mark.terraform
AWS_ONLY = {"aws"}
"""The other providers have no binary in every place; test_kubeflow.py validates their stacks with stand-ins."""


def blocks(value: Any) -> list[dict[str, Any]]:
    """JSON configuration may give one block bare or any number as a list."""
    return value if isinstance(value, list) else [value]


def test_every_variant_is_valid(moto: Server, tmp_path: Path) -> None:
    """As modules of one configuration: the provider's schema costs 5 s a run, whatever is in it."""
    stacks = place(tmp_path, moto, everything_built().tree)
    chosen = {}
    for name, stack in stacks.items():
        document = json.loads((stack.folder / "cdk.tf.json").read_text(encoding="utf-8"))
        if set(document["terraform"]["required_providers"]) == AWS_ONLY:
            if len(document["provider"]["aws"]) > 1:
                stack.validate()  # a module does not bring providers of its own: this one alone
            else:
                chosen[name] = stack
    assert len(chosen) > 20
    root = next(iter(chosen.values()))
    first = root.folder.parent / "all-of-them"
    first.mkdir()
    modules = {}
    for name, stack in chosen.items():
        document = json.loads((stack.folder / "cdk.tf.json").read_text(encoding="utf-8"))
        for block in ("backend", "cloud"):
            document["terraform"].pop(block, None)
        # the default one comes from above; a second one, of another account's zone, is the module's own
        aliased = [one for one in blocks(document.pop("provider")["aws"]) if "alias" in one]
        document |= {"provider": {"aws": aliased}} if aliased else {}
        folder = first / name
        folder.mkdir()
        (folder / "main.tf.json").write_text(json.dumps(document), encoding="utf-8")
        variables = {variable: f"${{var.{variable}}}" for variable in document.get("variable", {})}
        modules[name] = {"source": f"./{name}", **variables}
    names = sorted({variable for module in modules.values() for variable in module if variable != "source"})
    whole = {"module": modules, "variable": {name: {} for name in names}}
    (first / "cdk.tf.json").write_text(json.dumps(whole), encoding="utf-8")
    type(root)(first, moto.endpoint).validate()
