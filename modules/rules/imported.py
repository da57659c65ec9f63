"""Rules about imported."""

from collections.abc import Iterator

from modules.program import run
from modules.rules.rule import Problem, repeated, rule
from modules.settings.imported import Import


@rule(Import)
def unique_addresses(imported: Import) -> Iterator[Problem]:
    """Each Terraform address once."""
    for address in repeated(resource.address for resource in imported.resources):
        yield "resources", f"{address} occurs more than once", f"run `{run('import')}` again or rename one in its file"


@rule(Import)
def hardened_resources(imported: Import) -> Iterator[Problem]:
    """A hardening needs the resource that it changes."""
    types = {resource.type for resource in imported.resources}
    of_the_vpc = imported.closed_default_security_group or imported.flow_logs is not None
    if of_the_vpc and "aws_vpc" not in types:
        yield (
            "resources",
            "closed_default_security_group and flow_logs require an aws_vpc",
            "import the VPC as well",
        )
    of_the_cluster = (imported.log_types, imported.public_access_cidrs, imported.private_endpoint) != (None, None, None)
    if of_the_cluster and "aws_eks_cluster" not in types:
        yield (
            "resources",
            "log_types, public_access_cidrs and private_endpoint require an aws_eks_cluster",
            "import the cluster as well",
        )
