"""Target cluster of a stack: created by an earlier stack, or existing."""

from cdktf import TerraformLocal
from cdktf_cdktf_provider_aws.data_aws_eks_cluster import DataAwsEksCluster

from modules.cluster.existing import ExistingEksCluster
from modules.cluster.outputs import ClusterOutputs
from modules.iam.oidc_role import OidcProvider
from modules.naming import addressed
from modules.settings import ExistingCluster
from stacks.cluster import ClusterStack
from stacks.stack import PlatformStack


def cluster_of(stack: PlatformStack) -> tuple[ClusterOutputs, DataAwsEksCluster | None]:
    """Cluster attributes for releases, and the data source of an existing cluster."""
    if isinstance(stack.platform.cluster, ExistingCluster):
        existing = ExistingEksCluster(
            stack, "existing-cluster", cluster=stack.platform.cluster.with_changes(oidc_provider="existing")
        )
        provider = existing.outputs.oidc_provider
        # One local value instead of the same expression in the values of each release.
        host = addressed("oidc_issuer_host", TerraformLocal(stack, "oidc-issuer-host", provider.issuer_host))
        outputs = ClusterOutputs(existing.outputs.cluster_name, OidcProvider(provider.arn, host.as_string))
        return outputs, existing.data
    cluster = stack.upstream_stack(ClusterStack)
    outputs = ClusterOutputs(
        cluster_name=cluster.string("cluster_name"),
        oidc_provider=OidcProvider(
            arn=cluster.string("oidc_provider_arn"), issuer_host=cluster.string("oidc_issuer_host")
        ),
    )
    return outputs, None
