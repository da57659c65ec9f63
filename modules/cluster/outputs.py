"""Outputs of the cluster for later stacks."""

from dataclasses import dataclass

from modules.iam.oidc_role import OidcProvider


@dataclass(frozen=True)
class ClusterOutputs:
    """Attributes of a created or existing cluster for later stacks; all values are tokens known at apply."""

    cluster_name: str
    oidc_provider: OidcProvider
