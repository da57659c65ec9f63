"""Resources of others as ours, by import; the arguments are theirs."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cdktf import TerraformResource, TerraformStack
from constructs import Construct

from modules.naming import addressed
from modules.settings import ImportedResource
from modules.text import escaped

IGNORED: Mapping[str, tuple[str, ...]] = {
    # AWS does not tell what they were when the cluster was made, and a difference would replace it:
    # https://github.com/hashicorp/terraform-provider-aws/issues/39058
    "aws_eks_cluster": (
        "bootstrap_self_managed_addons",
        "access_config[0].bootstrap_cluster_creator_admin_permissions",
    ),
    # autoscalers move it
    "aws_eks_node_group": ("scaling_config[0].desired_size",),
}
"""Type to arguments that are never compared."""
KEPT = (
    "aws_eks_cluster",
    "aws_vpc",
    "aws_eks_node_group",
    "aws_iam_openid_connect_provider",
    "aws_nat_gateway",
    "aws_eip",
)
"""Types whose loss would take the cluster, or its way out, with it: `prevent_destroy` while the platform is protected."""
NAMED_BY: Mapping[str, str] = {"aws_eks_cluster": "cluster_name", "aws_iam_role": "role"}
"""Type to the argument in which others name it; all others are known by an id that AWS made, such as vpc-0123."""
ID = re.compile(r"[a-z]+-[0-9a-f]{8,}")


class AdoptedResources(Construct):
    """Each resource under its address, with its import block, and with references in the place of ids.

    Args:
        resources: as `make import` read them.
        changes: address to arguments that settings want otherwise.
        protect: refuse to destroy what the rest stands on.

    Source: https://developer.hashicorp.com/terraform/language/import
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        resources: Sequence[ImportedResource],
        changes: Mapping[str, Mapping[str, Any]],
        protect: bool,
    ) -> None:
        super().__init__(scope, id_)
        self._references = references(resources)
        for resource in resources:
            self._adopt(resource, changes.get(resource.type, {}), protect)
        TerraformStack.of(self).add_override(
            "import", [{"to": resource.address, "id": resource.id} for resource in resources]
        )

    def _adopt(self, resource: ImportedResource, changes: Mapping[str, Any], protect: bool) -> None:
        made = addressed(
            resource.name, TerraformResource(self, resource.address, terraform_resource_type=resource.type)
        )
        for name, value in {**resource.arguments, **changes}.items():
            made.add_override(name, self._with_references(name, value))
        lifecycle: dict[str, Any] = {}
        if resource.type in IGNORED:
            lifecycle["ignore_changes"] = list(IGNORED[resource.type])
        if protect and resource.type in KEPT:
            lifecycle["prevent_destroy"] = True
        if lifecycle:
            made.add_override("lifecycle", lifecycle)

    def _with_references(self, argument: str, value: Any) -> Any:
        if isinstance(value, str):
            return self._references.get((argument, value)) or self._references.get(("", value)) or escaped(value)
        if isinstance(value, Mapping):
            return {escaped(key): self._with_references(key, item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._with_references(argument, item) for item in value]
        return value


def references(resources: Sequence[ImportedResource]) -> dict[tuple[str, str], str]:
    """(argument, or any, and value) to the reference that stands for it in other resources' arguments."""
    found = {}
    for resource in resources:
        if resource.type in NAMED_BY:
            found[NAMED_BY[resource.type], resource.id] = f"${{{resource.address}.name}}"
        elif ID.fullmatch(resource.id):
            found["", resource.id] = f"${{{resource.address}.id}}"
    return found
