"""A root that calls the stacks of a platform in module form."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from modules.aws_providers import aws_providers
from modules.naming import slug
from stacks.handover.stack import Stack, sources

ROOT = "main.tf.json"
"""File name in the archive's root."""
CLUSTER = "data.aws_eks_cluster.this"
_VARIABLE = re.compile(r"\$\{var\.(\w+)\}")


def module_root(stacks: Sequence[Stack]) -> dict[str, Any]:
    """Providers, and a call of each module with outputs of the modules before it.

    A module that reads no output of the one before it, directly or through others, has `depends_on`. Elsewhere it is left
    out, since it makes Terraform read the module's data sources at apply when the other module changes.

    Args:
        stacks: in apply order, in module form.

    Source: https://developer.hashicorp.com/terraform/language/meta-arguments/module-providers
    """
    values = {
        stack.name: {name: value_of(name, source) for name, source in sources(stacks)[stack.name].items()}
        for stack in stacks
    }
    modules: dict[str, Any] = {}
    for before, stack in zip([None, *stacks], stacks, strict=False):
        required = stack.terraform["required_providers"]
        names = [*required, *required["aws"].get("configuration_aliases", ())]
        after = before is not None and before.name not in upstream(stack.name, stacks)
        modules[module_name(stack.layer)] = {
            "source": f"./stacks/{stack.name}",
            "providers": {name: name for name in names},
            **values[stack.name],
            **({"depends_on": [f"module.{module_name(before.layer)}"]} if before is not None and after else {}),
        }
    inputs = [name for found in sources(stacks).values() for name, source in found.items() if source is None]
    return {
        "terraform": {
            "required_version": stacks[0].terraform["required_version"],
            "required_providers": required_providers(stacks),
        },
        "provider": {"aws": list(all_aws_providers(stacks)), **cluster_providers(stacks)},
        **({"variable": {name: {} for name in inputs}} if inputs else {}),
        **cluster_lookup(stacks, values),
        "module": modules,
    }


def module_name(layer: str) -> str:
    """Name of a module in the root: `network`, `kubeflow_2`."""
    return slug(layer)


def value_of(name: str, source: Stack | None) -> str:
    """An input of a module: the output of another one, or a variable of the root."""
    return f"${{var.{name}}}" if source is None else f"${{module.{module_name(source.layer)}.{name}}}"


def upstream(name: str, stacks: Sequence[Stack]) -> set[str]:
    """Names of the stacks whose outputs a stack reads, directly or through others."""
    direct = {source.name for source in sources(stacks)[name].values() if source is not None}
    return direct.union(*(upstream(one, stacks) for one in direct))


def required_providers(stacks: Sequence[Stack]) -> dict[str, dict[str, str]]:
    """Providers of all stacks; each module has its version constraint."""
    return {
        name: {"source": provider["source"]}
        for stack in stacks
        for name, provider in stack.terraform["required_providers"].items()
    }


def all_aws_providers(stacks: Sequence[Stack]) -> list[Mapping[str, Any]]:
    """Settings of the AWS providers of all stacks, each alias once."""
    return list({one.get("alias", ""): one for stack in stacks for one in aws_providers(stack.document)}.values())


def cluster_providers(stacks: Sequence[Stack]) -> dict[str, Any]:
    """Helm and Kubernetes providers with an ephemeral token, if a stack requires them."""
    connection = {
        "host": f"${{{CLUSTER}.endpoint}}",
        "cluster_ca_certificate": f"${{base64decode({CLUSTER}.certificate_authority[0].data)}}",
        "token": "${ephemeral.aws_eks_cluster_auth.this.token}",
    }
    blocks = {"helm": [{"kubernetes": connection}], "kubernetes": [connection]}
    return {name: block for name, block in blocks.items() if name in required_providers(stacks)}


def cluster_lookup(stacks: Sequence[Stack], values: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The data source of the cluster, and its token; empty if no stack is in a cluster."""
    for stack in stacks:
        if "helm" in stack.terraform["required_providers"]:
            (body,) = stack.document["data"]["aws_eks_cluster"].values()
            variable = _VARIABLE.fullmatch(body["name"])
            named = {"this": {"name": values[stack.name][variable[1]] if variable else body["name"]}}
            return {"data": {"aws_eks_cluster": named}, "ephemeral": {"aws_eks_cluster_auth": named}}
    return {}
