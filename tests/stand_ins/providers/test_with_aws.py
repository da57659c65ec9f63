"""The stand-ins next to the real AWS provider on moto: the cluster's address and token come from EKS."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.stand_ins.moto_extension import Server
from tests.stand_ins.providers import Clusters, attached, mistakes
from tests.stand_ins.providers.trial import release, write_chart
from tests.terraform import Terraform, TerraformError

REGION = "us-west-2"
CLUSTER = {
    "host": "${data.aws_eks_cluster.this.endpoint}",
    "cluster_ca_certificate": "${base64decode(data.aws_eks_cluster.this.certificate_authority[0].data)}",
    "token": "${ephemeral.aws_eks_cluster_auth.this.token}",
}


def write(folder: Path, resources: dict[str, Any]) -> dict[str, Any]:
    document = {
        "terraform": {
            "required_providers": {name: {"source": f"hashicorp/{name}"} for name in ("aws", "helm", "kubernetes")}
        },
        "provider": {"aws": [{"region": REGION}], "helm": [{"kubernetes": CLUSTER}], "kubernetes": [CLUSTER]},
        "data": {"aws_eks_cluster": {"this": {"name": "prod"}}},
        "ephemeral": {"aws_eks_cluster_auth": {"this": {"name": "prod"}}},
        "resource": resources,
    }
    (folder / "cdk.tf.json").write_text(json.dumps(document))
    return document


@pytest.fixture
def endpoint(aws: Server) -> str:
    """Address of an EKS cluster `prod`."""
    role = aws.client("iam").create_role(RoleName="eks", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    subnets = [one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"]][:2]
    eks = aws.client("eks")
    made = eks.create_cluster(name="prod", roleArn=role, resourcesVpcConfig={"subnetIds": subnets})
    return str(made["cluster"]["endpoint"])


@pytest.mark.terraform
def test_an_ephemeral_token_reaches_the_providers_and_nothing_else(tmp_path: Path, aws: Server, endpoint: str) -> None:
    write_chart(tmp_path, "a")
    write_chart(tmp_path, "b")
    resources = {
        "kubernetes_namespace_v1": {"x": {"metadata": {"name": "x"}}},
        "helm_release": {
            "a": release("a", namespace="${kubernetes_namespace_v1.x.metadata[0].name}"),
            "b": release("b", "helm_release.a"),
        },
    }
    assert mistakes(write(tmp_path, resources)) == []
    clusters = Clusters(hosts=(endpoint,))
    with attached(Terraform(tmp_path, aws.endpoint), clusters) as stack:
        plan = stack.plan()
        cluster = clusters.at(endpoint)
        cluster.expire_token(after_calls=2)
        with pytest.raises(TerraformError, match="Unauthorized"):
            stack.apply(plan=plan)
        assert cluster.done("install") == ["a"]

        cluster.wait_for_another_token()
        stack.apply()
        assert cluster.done("install") == ["a", "b"]
        assert stack.plan().is_empty

    assert len(set(cluster.tokens)) > 1
    assert all(token.startswith("k8s-aws-v1.") for token in cluster.tokens)
    with zipfile.ZipFile(plan.file) as unpacked:
        kept = b"".join(unpacked.read(name) for name in unpacked.namelist())
    kept += (tmp_path / "terraform.tfstate").read_bytes()
    assert not any(token.encode() in kept for token in cluster.tokens)
