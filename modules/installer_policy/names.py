"""The names that a policy is narrowed to: those of one platform, in its account and region."""

from dataclasses import dataclass, replace

from modules.aws_data.regions import partition_of
from modules.naming import PLATFORM_TAG
from modules.settings import ExistingCluster, Platform
from modules.settings.state import HcpState

ANY_ACCOUNT = "*"


@dataclass(frozen=True)
class Names:
    """The values of the braces in a shape, and a platform's tag."""

    platform: str
    cluster: str
    partition: str
    dns_suffix: str
    region: str
    account: str
    """Id of the account, `*`, or a Terraform reference to it."""
    iam_path: str
    issuer: str
    """Of OIDC providers: host and path, with wildcards."""
    boundary_arn: str | None
    """Permissions boundary that each role of the platform must have."""

    @classmethod
    def of(cls, platform: Platform, *, account: str | None = None) -> "Names":
        """Names of a platform.

        Args:
            platform: valid settings.
            account: id of the account; None: the only one of `allowed_account_ids`, or any.
        """
        facts = partition_of(platform.region)
        only = platform.allowed_account_ids[0] if len(platform.allowed_account_ids) == 1 else ANY_ACCOUNT
        cluster = platform.cluster
        return cls(
            platform=platform.name,
            cluster=cluster.name if isinstance(cluster, ExistingCluster) else platform.name,
            partition=facts.name,
            dns_suffix=facts.dns_suffix,
            region=platform.region,
            account=account or only,
            iam_path=platform.iam_path,
            issuer=f"oidc.eks.{platform.region}.*",
            boundary_arn=platform.permissions_boundary_arn,
        )

    def of_runner(self, platform: Platform) -> "Names":
        """Names of the runner stack, whose OIDC provider is HCP Terraform."""
        assert isinstance(platform.state, HcpState)
        return replace(self, issuer=platform.state.hostname)

    def filled(self, shape: str) -> str:
        """An ARN of a shape. Roles and policies are below the platform's IAM path."""
        for kind in ("role", "policy"):
            shape = shape.replace(f":{kind}/{{platform}}", f":{kind}{self.iam_path}{{platform}}")
        for name in ("platform", "cluster", "partition", "dns_suffix", "region", "account", "issuer"):
            shape = shape.replace(f"{{{name}}}", str(getattr(self, name)))
        return shape

    @property
    def tag(self) -> tuple[str, str]:
        """Key and value of the tag that all resources of the platform have."""
        return PLATFORM_TAG, self.platform
