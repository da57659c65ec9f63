"""Cluster authentication of the Helm and Kubernetes providers."""

from typing import Any, Literal

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.data_aws_eks_cluster import DataAwsEksCluster
from cdktf_cdktf_provider_helm.provider import HelmProvider, HelmProviderKubernetes, HelmProviderKubernetesExec
from cdktf_cdktf_provider_kubernetes.provider import KubernetesProvider, KubernetesProviderExec
from constructs import Construct

from modules.naming import addressed

HELM_PROVIDER = {"source": "hashicorp/helm", "version": ">= 2.17.0, < 4.0.0"}
"""`kubernetes` is a block in 2.17 and an attribute in 3.x; one JSON object is valid for both."""

KUBERNETES_PROVIDER = {"source": "hashicorp/kubernetes", "version": ">= 2.36.0, < 4.0.0"}
"""2.36 is the first with `data_wo`. The published schema of 3.4.0 accepts this configuration (tests/published); 3.x has not been applied."""


class ClusterConnection(Construct):
    """The Helm provider of a stack, for a cluster of an earlier stack or an existing one.

    The cluster is a data source, so endpoint and certificate are known at plan. The token is ephemeral: it is in neither plan
    nor state, is requested again at apply, is valid for 15 minutes and is not renewed.

    Args:
        cluster_name: the cluster (token, or known).
        region: region of the cluster, for `exec`.
        method: `token`, or `exec` of the AWS CLI, which renews tokens.
        kubernetes: whether the stack also uses the Kubernetes provider.
        found: existing data source of the cluster in the stack; None: create it.

    Source: https://registry.terraform.io/providers/hashicorp/helm/latest/docs#authentication
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        cluster_name: str,
        region: str,
        method: Literal["token", "exec"],
        kubernetes: bool,
        found: DataAwsEksCluster | None,
    ) -> None:
        super().__init__(scope, id_)
        stack = TerraformStack.of(self)
        self.cluster = found or addressed("this", DataAwsEksCluster(self, "cluster", name=cluster_name))
        certificate = f"${{base64decode({self.cluster.fqn}.certificate_authority[0].data)}}"
        token = None
        program: dict[str, Any] | None = None
        if method == "exec":
            program = {
                "api_version": "client.authentication.k8s.io/v1beta1",
                "command": "aws",
                "args": ["eks", "get-token", "--region", region, "--cluster-name", cluster_name],
            }
        else:
            stack.add_override("ephemeral.aws_eks_cluster_auth.this", {"name": cluster_name})
            token = "${ephemeral.aws_eks_cluster_auth.this.token}"
        HelmProvider(
            self,
            "helm",
            kubernetes=HelmProviderKubernetes(
                host=self.cluster.endpoint,
                cluster_ca_certificate=certificate,
                token=token,
                exec=HelmProviderKubernetesExec(**program) if program else None,
            ),
        )
        stack.add_override("terraform.required_providers.helm", HELM_PROVIDER)
        if kubernetes:
            KubernetesProvider(
                self,
                "kubernetes",
                host=self.cluster.endpoint,
                cluster_ca_certificate=certificate,
                token=token,
                exec=[KubernetesProviderExec(**program)] if program else None,
            )
            stack.add_override("terraform.required_providers.kubernetes", KUBERNETES_PROVIDER)
