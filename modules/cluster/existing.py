"""An existing cluster, read by data sources and not changed."""

from cdktf import Postcondition, TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_aws.data_aws_eks_cluster import DataAwsEksCluster
from cdktf_cdktf_provider_aws.data_aws_iam_openid_connect_provider import DataAwsIamOpenidConnectProvider
from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from constructs import Construct

from modules.aws_data.kubernetes_versions import KUBERNETES_VERSIONS
from modules.aws_data.regions import OIDC_AUDIENCE
from modules.cluster.outputs import ClusterOutputs
from modules.iam.oidc_role import OidcProvider
from modules.naming import addressed
from modules.settings import ExistingCluster

MINORS = [version.minor for version in KUBERNETES_VERSIONS.values()]


class ExistingEksCluster(Construct):
    """Look up a cluster and its OIDC provider; create the provider if it does not exist in IAM.

    Args:
        cluster: name, and whether the OIDC provider exists.
        kubeflow: whether Kubeflow is installed in it, which requires a Kubernetes version of the table. A newer one is a warning.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html
    """

    def __init__(self, scope: Construct, id_: str, *, cluster: ExistingCluster, kubeflow: bool = False) -> None:
        super().__init__(scope, id_)
        conditions = [
            Postcondition(
                condition='${self.status == "ACTIVE"}',
                error_message=f"cluster.name: the cluster {cluster.name} is not ACTIVE; wait until it is, then plan again.",
            ),
            Postcondition(
                condition='${try(self.kubernetes_network_config[0].ip_family, "ipv4") != "ipv6"}',
                error_message=f"cluster.name: the cluster {cluster.name} is an IPv6 cluster, whose pods have no IPv4 addresses; "
                "security groups, policies and charts of the platform are IPv4 only, and EKS cannot change the family: use another cluster.",
            ),
        ]
        oldest, newest = min(MINORS), max(MINORS)
        if kubeflow:
            conditions.append(
                Postcondition(
                    condition=f'${{tonumber(split(".", self.version)[1]) >= {oldest}}}',
                    error_message=f"cluster.name: {cluster.name} has Kubernetes ${{self.version}}, and Kubeflow is installed on 1.{oldest} to "
                    f"1.{newest}; upgrade the cluster, one minor version at a time.",
                )
            )
        self.data = found = addressed(
            "this",
            DataAwsEksCluster(
                self,
                "cluster",
                name=cluster.name,
                lifecycle=TerraformResourceLifecycle(postcondition=conditions),
            ),
        )
        if kubeflow:
            TerraformStack.of(self).add_override(
                "check.kubernetes_version",
                {
                    "assert": [
                        {
                            "condition": f'${{tonumber(split(".", {found.fqn}.version)[1]) <= {newest}}}',
                            "error_message": f"cluster.name: {cluster.name} has Kubernetes ${{{found.fqn}.version}}, which is newer than 1.{newest}, the "
                            f"newest one that this version knows; update kubeflow-aws, or try Kubeflow on a test cluster first.",
                        }
                    ]
                },
            )
        issuer = f"{found.fqn}.identity[0].oidc[0].issuer"
        if cluster.oidc_provider == "made":
            arn = addressed(
                "this",
                IamOpenidConnectProvider(self, "oidc-provider", url=f"${{{issuer}}}", client_id_list=[OIDC_AUDIENCE]),
            ).arn
        else:
            arn = addressed("this", DataAwsIamOpenidConnectProvider(self, "oidc-provider", url=f"${{{issuer}}}")).arn
        self.outputs = ClusterOutputs(
            cluster_name=found.name,
            oidc_provider=OidcProvider(arn=arn, issuer_host=f'${{replace({issuer}, "https://", "")}}'),
        )
