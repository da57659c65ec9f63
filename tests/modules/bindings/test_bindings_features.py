"""What cdktf can do comes out of the fast bindings as its documentation says, feature by feature."""

import json
from typing import Any

import cdktf
import pytest
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementPrincipals,
)
from cdktf_cdktf_provider_aws.eks_cluster import EksCluster, EksClusterVpcConfig
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.security_group import SecurityGroup, SecurityGroupIngress
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc
from cdktf_cdktf_provider_helm.release import Release, ReleaseSet
from cdktf_cdktf_provider_kubernetes.namespace_v1 import NamespaceV1, NamespaceV1Metadata
from constructs import Construct


@pytest.fixture
def stack() -> cdktf.TerraformStack:
    return cdktf.TerraformStack(cdktf.Testing.app(), "test")


def document(stack: cdktf.TerraformStack) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(cdktf.Testing.synth(stack))
    return found


def resource(stack: cdktf.TerraformStack, address: str) -> dict[str, Any]:
    """One resource's own arguments, without the comment that cdktf adds."""
    kind, name = address.split(".")
    return {key: value for key, value in document(stack)["resource"][kind][name].items() if key != "//"}


def vpc(scope: Construct, name: str = "vpc", **arguments: Any) -> Vpc:
    return Vpc(scope, name, cidr_block="10.0.0.0/16", **arguments)


def test_lifecycle_with_replacement_and_precondition(stack: cdktf.TerraformStack) -> None:
    condition = cdktf.Precondition(condition="${1 > 0}", error_message="never")
    trigger = vpc(stack, "trigger")
    vpc(
        stack,
        lifecycle=cdktf.TerraformResourceLifecycle(
            prevent_destroy=True, ignore_changes=["tags"], replace_triggered_by=[trigger], precondition=[condition]
        ),
    )
    assert resource(stack, "aws_vpc.vpc")["lifecycle"] == {
        "ignore_changes": ["tags"],
        "precondition": [{"condition": "${1 > 0}", "error_message": "never"}],
        "prevent_destroy": True,
        "replace_triggered_by": ["${aws_vpc.trigger}"],
    }


def test_count(stack: cdktf.TerraformStack) -> None:
    count = cdktf.TerraformCount.of(2)
    S3Bucket(stack, "bucket", count=count, bucket=f"b-{cdktf.Token.as_string(count.index)}")
    assert resource(stack, "aws_s3_bucket.bucket") == {"bucket": "b-${count.index}", "count": 2}


def test_for_each(stack: cdktf.TerraformStack) -> None:
    names = cdktf.TerraformIterator.from_list(["a", "b"])
    S3Bucket(stack, "bucket", for_each=names, bucket=cdktf.Token.as_string(names.value))
    assert resource(stack, "aws_s3_bucket.bucket") == {"bucket": "${each.value}", "for_each": '${toset(["a", "b"])}'}


def test_dynamic_block(stack: cdktf.TerraformStack) -> None:
    services = cdktf.TerraformIterator.from_list(["s3", "sqs"])
    statements = services.dynamic({"effect": "Allow", "actions": [services.value]})
    DataAwsIamPolicyDocument(stack, "policy", statement=statements)
    assert document(stack)["data"]["aws_iam_policy_document"]["policy"]["dynamic"] == {
        "statement": {
            "content": {"actions": ["${each.value}"], "effect": "Allow"},
            "for_each": '${toset(["s3", "sqs"])}',
            "iterator": "each",
        }
    }


def test_own_construct_nests_ids(stack: cdktf.TerraformStack) -> None:
    class Network(Construct):
        def __init__(self, scope: Construct, name: str) -> None:
            super().__init__(scope, name)
            self.vpc = vpc(self)

    made = Network(stack, "network").vpc
    assert made.friendly_unique_id.startswith("network_vpc_")
    assert resource(stack, f"aws_vpc.{made.friendly_unique_id}") == {"cidr_block": "10.0.0.0/16"}
    assert made.node.path == "test/network/vpc"


def test_override_logical_id(stack: cdktf.TerraformStack) -> None:
    made = vpc(Construct(stack, "network"))
    made.override_logical_id("this")
    Subnet(stack, "subnet", vpc_id=made.id)
    assert resource(stack, "aws_vpc.this") == {"cidr_block": "10.0.0.0/16"}
    assert resource(stack, "aws_subnet.subnet") == {"vpc_id": "${aws_vpc.this.id}"}


def test_data_source_with_nested_lists(stack: cdktf.TerraformStack) -> None:
    account = DataAwsCallerIdentity(stack, "account")
    principal = DataAwsIamPolicyDocumentStatementPrincipals(identifiers=[account.account_id], type="AWS")
    policy = DataAwsIamPolicyDocument(
        stack,
        "policy",
        statement=[DataAwsIamPolicyDocumentStatement(actions=["s3:GetObject"], principals=[principal])],
    )
    S3Bucket(stack, "bucket", bucket=policy.json)
    found = document(stack)["data"]
    identifiers = {"identifiers": ["${data.aws_caller_identity.account.account_id}"], "type": "AWS"}
    statement = {"actions": ["s3:GetObject"], "principals": [identifiers]}
    assert found["aws_iam_policy_document"]["policy"]["statement"] == [statement]
    assert resource(stack, "aws_s3_bucket.bucket") == {"bucket": "${data.aws_iam_policy_document.policy.json}"}


def test_nested_attributes(stack: cdktf.TerraformStack) -> None:
    cluster = EksCluster(
        stack, "cluster", name="c", role_arn="arn", vpc_config=EksClusterVpcConfig(subnet_ids=["a", "b"])
    )
    values = {
        "group": cluster.vpc_config.cluster_security_group_id,
        "issuer": cluster.identity.get(0).oidc.get(0).issuer,
        "zones": cluster.vpc_config.subnet_ids,
    }
    for name, value in values.items():
        cdktf.TerraformOutput(stack, name, value=value)
    assert {name: output["value"] for name, output in document(stack)["output"].items()} == {
        "group": "${aws_eks_cluster.cluster.vpc_config[0].cluster_security_group_id}",
        "issuer": "${aws_eks_cluster.cluster.identity[0].oidc[0].issuer}",
        "zones": "${tolist(aws_eks_cluster.cluster.vpc_config[0].subnet_ids)}",
    }


def test_functions_over_tokens(stack: cdktf.TerraformStack) -> None:
    ids = [vpc(stack, name).id for name in ("a", "b")]
    cdktf.TerraformOutput(stack, "joined", value=cdktf.Fn.join(",", ids))
    cdktf.TerraformOutput(stack, "first", value=cdktf.Fn.element(cdktf.Token.as_list(vpc(stack).arn), 0))
    outputs = document(stack)["output"]
    assert outputs["joined"] == {"value": '${join(",", [aws_vpc.a.id, aws_vpc.b.id])}'}
    assert outputs["first"] == {"value": "${element(aws_vpc.vpc.arn, 0)}"}


def test_add_override(stack: cdktf.TerraformStack) -> None:
    made = vpc(stack, tags={"a": "1"})
    made.add_override("tags.b", "2")
    made.add_override("provisioner", [{"local-exec": {"command": "true"}}])
    assert resource(stack, "aws_vpc.vpc") == {
        "cidr_block": "10.0.0.0/16",
        "provisioner": [{"local-exec": {"command": "true"}}],
        "tags": {"a": "1", "b": "2"},
    }


def test_variable_and_local(stack: cdktf.TerraformStack) -> None:
    region = cdktf.TerraformVariable(stack, "region", type="string", default="us-west-2", description="Where.")
    local = cdktf.TerraformLocal(stack, "name", f"{region.string_value}-vpc")
    vpc(stack, tags={"Name": local.as_string})
    found = document(stack)
    assert found["variable"] == {"region": {"default": "us-west-2", "description": "Where.", "type": "string"}}
    assert found["locals"] == {"name": "${var.region}-vpc"}
    assert resource(stack, "aws_vpc.vpc")["tags"] == {"Name": "${local.name}"}


def test_s3_backend(stack: cdktf.TerraformStack) -> None:
    cdktf.S3Backend(stack, bucket="state", key="test.tfstate", region="us-west-2", encrypt=True)
    backend = {"bucket": "state", "encrypt": True, "key": "test.tfstate", "region": "us-west-2"}
    assert document(stack)["terraform"]["backend"] == {"s3": backend}


def test_provider_alias(stack: cdktf.TerraformStack) -> None:
    AwsProvider(stack, "aws", region="us-west-2", default_tags=[AwsProviderDefaultTags(tags={"a": "1"})])
    east = AwsProvider(stack, "east", region="us-east-1", alias="east")
    vpc(stack, provider=east)
    assert document(stack)["provider"] == {
        "aws": [
            {"default_tags": [{"tags": {"a": "1"}}], "region": "us-west-2"},
            {"alias": "east", "region": "us-east-1"},
        ]
    }
    assert resource(stack, "aws_vpc.vpc")["provider"] == "aws.east"


def test_depends_on_and_outputs(stack: cdktf.TerraformStack) -> None:
    first = vpc(stack, "first")
    vpc(stack, "second", depends_on=[first])
    cdktf.TerraformOutput(stack, "vpc_id", value=first.id, description="The id.", sensitive=True)
    assert resource(stack, "aws_vpc.second")["depends_on"] == ["aws_vpc.first"]
    output = {"description": "The id.", "sensitive": True, "value": "${aws_vpc.first.id}"}
    assert document(stack)["output"] == {"vpc_id": output}


def test_structs_as_dicts_and_falsy_values_are_sent(stack: cdktf.TerraformStack) -> None:
    """Only None is left out of what goes to Node; 0, False, "" and empty lists are values."""
    SecurityGroup(
        stack,
        "group",
        description="",
        ingress=[SecurityGroupIngress(from_port=0, to_port=0, protocol="-1", self_attribute=False, cidr_blocks=[])],
        timeouts={"create": "1m"},
    )
    ingress = resource(stack, "aws_security_group.group")["ingress"]
    assert {key: value for key, value in ingress[0].items() if value is not None} == {
        "cidr_blocks": [], "from_port": 0, "protocol": "-1", "self": False, "to_port": 0,
    }  # fmt: skip
    assert resource(stack, "aws_security_group.group")["description"] == ""
    assert resource(stack, "aws_security_group.group")["timeouts"] == {"create": "1m"}


def test_other_providers(stack: cdktf.TerraformStack) -> None:
    namespace = NamespaceV1(stack, "namespace", metadata=NamespaceV1Metadata(name="istio-system"))
    Release(
        stack,
        "istiod",
        name="istiod",
        chart="istiod",
        namespace=namespace.metadata.name,
        set=[ReleaseSet(name="a.b", value="1")],
    )
    assert resource(stack, "helm_release.istiod") == {
        "chart": "istiod",
        "name": "istiod",
        "namespace": "${kubernetes_namespace_v1.namespace.metadata[0].name}",
        "set": [{"name": "a.b", "value": "1"}],
    }
