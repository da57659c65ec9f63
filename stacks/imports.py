"""Stack of imported resources, unchanged except for configured hardening."""

from typing import Any

from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from constructs import Construct

from modules.importing.resources import AdoptedResources
from modules.naming import addressed
from modules.network.flow_logs import VpcFlowLogs
from modules.settings import Import, Platform
from stacks.contract import Output
from stacks.stack import PlatformStack


class AdoptedStack(PlatformStack):
    """`<platform>-adopted`: an imported VPC and cluster. Later stacks treat them as existing.

    Raises:
        ValueError: the platform is invalid, or has no imports.
    """

    layer = "adopted"
    about = "imported VPC and cluster"
    outputs = (Output("adopted", "list(string)", "Addresses of imported resources."),)

    @classmethod
    def wanted(cls, platform: Platform) -> bool:
        """With `imported`."""
        return platform.imported is not None

    def __init__(self, scope: Construct, platform: Platform) -> None:
        super().__init__(scope, platform)
        if platform.imported is None:
            raise ValueError("imported: not set; set imported=read_import(…)")
        self.imported: Import = platform.imported
        if any("deletion_protection" in one.arguments for one in self.imported.resources):
            self.needs_arguments("aws_eks_cluster", ["deletion_protection"])
        AdoptedResources(
            self,
            "adopted",
            resources=self.imported.resources,
            changes=self._changes(),
            protect=platform.deletion_protection,
        )
        self._vpc()
        self.write_outputs({"adopted": sorted(resource.address for resource in self.imported.resources)})

    def tagged(self, platform: Platform) -> bool:
        """Only if configured: tags change the imported resources."""
        return platform.imported is not None and platform.imported.default_tags

    def _changes(self) -> dict[str, dict[str, Any]]:
        """Type to arguments changed by settings."""
        changes: dict[str, Any] = {}
        if self.imported.log_types is not None:
            changes["enabled_cluster_log_types"] = sorted(self.imported.log_types)
        endpoint: dict[str, Any] = {}
        if self.imported.public_access_cidrs is not None:
            endpoint["endpoint_public_access"] = bool(self.imported.public_access_cidrs)
            endpoint["public_access_cidrs"] = sorted(map(str, self.imported.public_access_cidrs)) or None
        if self.imported.private_endpoint is not None:
            endpoint["endpoint_private_access"] = self.imported.private_endpoint
        for resource in self.imported.resources:
            if endpoint and resource.type == "aws_eks_cluster":
                changes["vpc_config"] = {**_mapping(resource.arguments["vpc_config"]), **endpoint}
        return {"aws_eks_cluster": changes}

    def _vpc(self) -> None:
        vpc_id = next((f"${{{one.address}.id}}" for one in self.imported.resources if one.type == "aws_vpc"), "")
        if self.imported.closed_default_security_group:
            addressed(
                "this", DefaultSecurityGroup(self, "default-security-group", vpc_id=vpc_id, ingress=[], egress=[])
            )
        if self.imported.flow_logs is not None:
            VpcFlowLogs(
                self,
                "flow-logs",
                context=self.context,
                vpc_id=vpc_id,
                settings=self.imported.flow_logs,
            )


def _mapping(value: Any) -> dict[str, Any]:
    """A block of arguments, stored as an object in the file."""
    return dict(value)
