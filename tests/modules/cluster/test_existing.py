import cdktf
import pytest

from modules.aws_data.kubernetes_versions import KUBERNETES_VERSIONS
from modules.cluster.existing import ExistingEksCluster
from modules.settings import ExistingCluster
from tests.documents import GONE, at, bare_stack, synthesized


def test_the_cluster_is_looked_up_and_must_be_active() -> None:
    stack = bare_stack()
    ExistingEksCluster(stack, "cluster", cluster=ExistingCluster(name="shared"))
    document = synthesized(stack)
    assert at(document, "data aws_eks_cluster this") == {
        "lifecycle": {
            "postcondition": [
                {
                    "condition": '${self.status == "ACTIVE"}',
                    "error_message": "cluster.name: the cluster shared is not ACTIVE; wait until it is, then plan again.",
                },
                {
                    "condition": '${try(self.kubernetes_network_config[0].ip_family, "ipv4") != "ipv6"}',
                    "error_message": "cluster.name: the cluster shared is an IPv6 cluster, whose pods have no IPv4 addresses; "
                    "security groups, policies and charts of the platform are IPv4 only, and EKS cannot change the family: use another cluster.",
                },
            ]
        },
        "name": "shared",
    }
    assert at(document, "resource") == GONE


@pytest.mark.parametrize(("how", "prefix"), [("existing", "data."), ("made", "")])
def test_its_oidc_provider_is_looked_up_or_made(how: str, prefix: str) -> None:
    stack = bare_stack()
    outputs = ExistingEksCluster(
        stack,
        "cluster",
        cluster=ExistingCluster(name="shared", oidc_provider=how),
    ).outputs
    for name, value in {
        "name": outputs.cluster_name,
        "arn": outputs.oidc_provider.arn,
        "host": outputs.oidc_provider.issuer_host,
    }.items():
        cdktf.TerraformOutput(stack, name, value=value, static_id=True)
    document = synthesized(stack)
    url = "${data.aws_eks_cluster.this.identity[0].oidc[0].issuer}"
    section = "data" if how == "existing" else "resource"
    assert at(document, f"{section} aws_iam_openid_connect_provider this url") == url
    assert at(document, "output name value") == "${data.aws_eks_cluster.this.name}"
    assert at(document, "output arn value") == f"${{{prefix}aws_iam_openid_connect_provider.this.arn}}"
    assert at(document, "output host value") == (
        '${replace(data.aws_eks_cluster.this.identity[0].oidc[0].issuer, "https://", "")}'
    )


def test_a_provider_made_here_takes_tokens_for_iam() -> None:
    stack = bare_stack()
    ExistingEksCluster(stack, "cluster", cluster=ExistingCluster(name="shared", oidc_provider="made"))
    ids = at(synthesized(stack), "resource aws_iam_openid_connect_provider this client_id_list")
    assert ids == ["sts.amazonaws.com"]


def test_kubeflow_requires_a_kubernetes_version_of_the_table() -> None:
    stack = bare_stack()
    ExistingEksCluster(stack, "cluster", cluster=ExistingCluster(name="shared"), kubeflow=True)
    document = synthesized(stack)
    *_, old = at(document, "data aws_eks_cluster this lifecycle postcondition")
    minors = [version.minor for version in KUBERNETES_VERSIONS.values()]
    assert old["condition"] == f'${{tonumber(split(".", self.version)[1]) >= {min(minors)}}}'
    assert f"installed on 1.{min(minors)} to 1.{max(minors)}; upgrade the cluster" in old["error_message"]
    newer = at(document, "check kubernetes_version assert 0")
    assert newer["condition"] == f'${{tonumber(split(".", data.aws_eks_cluster.this.version)[1]) <= {max(minors)}}}'
