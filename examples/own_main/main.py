"""Custom program: the platform's network and cluster, and a stack with a bucket that one service account reads.

Costs roughly: three m6i.xlarge, one NAT gateway, the EKS control plane; without Kubeflow.
"""

# Import the platform's constructs first: the AWS bindings then load in one second instead of twenty.
from kubeflow_aws import Cluster, ExistingCluster, Network, NodeGroup, Platform, Statement
from kubeflow_aws.constructs import AWS_PROVIDER, ClusterStack, ExistingEksCluster, Iam, NetworkStack, OidcRole

# isort: split

from cdktf import App, LocalBackend, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from constructs import Construct

LAB = Platform(
    name="lab",
    region="us-west-2",
    network=Network(),
    cluster=Cluster(
        public_access_cidrs=("203.0.113.0/24",),  # replace this documentation range with your networks
        admins=("role/platform-admins",),
        node_groups=(NodeGroup(name="general"),),
    ),
)


class TeamStack(TerraformStack):
    """AWS resources of one team. The cluster is looked up by name, so any cluster works."""

    def __init__(self, scope: Construct, id_: str, *, cluster_name: str, region: str) -> None:
        super().__init__(scope, id_)
        AwsProvider(self, "aws", region=region)
        self.add_override(
            "terraform.required_providers.aws", AWS_PROVIDER
        )  # otherwise the bindings pin one exact version
        LocalBackend(self, path=f"../../../state/{id_}.tfstate")  # otherwise CDKTF writes an absolute path
        cluster = ExistingEksCluster(self, "cluster", cluster=ExistingCluster(name=cluster_name)).outputs
        bucket = S3Bucket(self, "datasets", bucket_prefix=f"{id_}-datasets-")
        role = OidcRole(
            self,
            "reader",
            iam=Iam(name_prefix=cluster_name),
            oidc_provider=cluster.oidc_provider,
            namespace="team-a",
            service_account="reader",
            statements=[
                Statement(actions=("s3:GetObject", "s3:ListBucket"), resources=(bucket.arn, f"{bucket.arn}/*")),
            ],
        )
        TerraformOutput(self, "reader_role_arn", value=role.arn, description="Annotate team-a/reader with it.")


def place(app: App) -> None:
    """Three stacks in apply order."""
    network = NetworkStack(app, LAB)
    cluster = ClusterStack(app, LAB)
    cluster.add_dependency(network)
    team = TeamStack(app, "lab-team-a", cluster_name=LAB.name, region=LAB.region)
    team.add_dependency(cluster)


if __name__ == "__main__":
    app = App(outdir="generated")
    place(app)
    app.synth()
