"""What the cluster hands to the stacks that stand on it."""

from dataclasses import dataclass

from modules.iam.oidc_role import OidcProvider


@dataclass(frozen=True)
class ClusterOutputs:
    """A cluster as later stacks see it, made here or another's; every value is a token, known at apply."""

    cluster_name: str
    oidc_provider: OidcProvider
