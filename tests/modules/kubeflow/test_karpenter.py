"""What Karpenter requires in AWS."""

import json
from pathlib import Path
from typing import Any

import cdktf
import pytest
from cdktf_cdktf_provider_aws.provider import AwsProvider

from modules.iam.oidc_role import OidcProvider, OidcRole
from modules.iam.policy_context import PolicyContext
from modules.iam.role import Iam
from modules.kubeflow.components.karpenter.infrastructure import DISCOVERY_TAG, EVENTS, KarpenterInfrastructure
from modules.kubeflow.components.karpenter.policy import karpenter
from stacks.stack import AWS_PROVIDER
from tests.documents import GONE, at, bare_stack, bodies, synthesized
from tests.e2e.stage import place
from tests.stand_ins.moto_extension import ACCOUNT, Server, leftovers

SUBNETS = ("subnet-0a", "subnet-0b")


def infrastructure(
    stack: cdktf.TerraformStack, partition: str = "aws", tag_subnet_ids: tuple[str, ...] = ()
) -> KarpenterInfrastructure:
    return KarpenterInfrastructure(
        stack, "karpenter", iam=Iam("prod", partition), cluster_name="prod", tag_subnet_ids=tag_subnet_ids
    )


def made(partition: str = "aws", tag_subnet_ids: tuple[str, ...] = ()) -> dict[str, Any]:
    stack = bare_stack()
    infrastructure(stack, partition, tag_subnet_ids)
    return synthesized(stack)


def test_the_queue_is_encrypted_and_forgets_soon() -> None:
    assert at(made(), "resource aws_sqs_queue karpenter") == {
        "message_retention_seconds": 300,
        "name": "prod-karpenter",
        "sqs_managed_sse_enabled": True,
    }


def test_only_the_rules_may_send_and_only_by_tls() -> None:
    document = made()
    allow_ingress, tls_only = at(document, "data aws_iam_policy_document karpenter_queue statement")
    arns = [f"${{aws_cloudwatch_event_rule.karpenter_{name.replace('-', '_')}.arn}}" for name in EVENTS]
    assert allow_ingress == {
        "actions": ["sqs:SendMessage"],
        "condition": [{"test": "ArnEquals", "values": arns, "variable": "aws:SourceArn"}],
        "principals": [{"identifiers": ["events.amazonaws.com"], "type": "Service"}],
        "resources": ["${aws_sqs_queue.karpenter.arn}"],
        "sid": "EventBridge",
    }
    assert (tls_only["effect"], tls_only["actions"]) == ("Deny", ["sqs:*"])
    assert tls_only["condition"] == [{"test": "Bool", "values": ["false"], "variable": "aws:SecureTransport"}]
    assert at(document, "resource aws_sqs_queue_policy karpenter queue_url") == "${aws_sqs_queue.karpenter.url}"


def test_every_event_that_karpenter_knows_goes_to_the_queue() -> None:
    document = made()
    patterns = {
        name: json.loads(rule["event_pattern"])
        for name, rule in at(document, "resource aws_cloudwatch_event_rule").items()
    }
    assert patterns == {
        f"karpenter_{name.replace('-', '_')}": {"source": [source], "detail-type": [detail_type]}
        for name, (source, detail_type) in EVENTS.items()
    }
    for name, target in at(document, "resource aws_cloudwatch_event_target").items():
        assert target["rule"] == f"${{aws_cloudwatch_event_rule.{name}.name}}"
        assert target["arn"] == "${aws_sqs_queue.karpenter.arn}"


@pytest.mark.parametrize(
    ("partition", "principal"),
    [("aws", "ec2.amazonaws.com"), ("aws-us-gov", "ec2.amazonaws.com"), ("aws-cn", "ec2.amazonaws.com.cn")],
)
def test_nodes_get_a_role_and_may_join(partition: str, principal: str) -> None:
    document = made(partition)
    trust = at(document, "data aws_iam_policy_document karpenter_node_trust statement 0 principals 0")
    assert trust == {"identifiers": [principal], "type": "Service"}
    policies = {body["policy_arn"] for address, body in bodies(document, "resource") if "policy_attachment" in address}
    assert policies == {
        f"arn:{partition}:iam::aws:policy/AmazonEKSWorkerNodePolicy",
        f"arn:{partition}:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
    }
    entry = at(document, "resource aws_eks_access_entry karpenter_node")
    assert (entry["type"], entry["cluster_name"]) == ("EC2_LINUX", "prod")
    assert entry["principal_arn"] == "${aws_iam_role.karpenter_node.arn}"


def test_existing_subnets_are_tagged_and_the_platforms_are_left_alone() -> None:
    assert at(made(), "resource aws_ec2_tag") == GONE
    tags = at(made(tag_subnet_ids=SUBNETS), "resource aws_ec2_tag")
    assert {(tag["resource_id"], tag["key"], tag["value"]) for tag in tags.values()} == {
        (subnet, DISCOVERY_TAG, "prod") for subnet in SUBNETS
    }


@pytest.mark.terraform
def test_terraform_makes_it_keeps_it_and_takes_it_away(tmp_path: Path, aws: Server) -> None:
    aws.client("iam").create_role(RoleName="control-plane", AssumeRolePolicyDocument="{}")
    subnets = [one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"][:2]]
    aws.client("eks").create_cluster(
        name="prod",
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/control-plane",
        resourcesVpcConfig={"subnetIds": subnets},
        accessConfig={"authenticationMode": "API"},
    )
    stack = with_controller(tuple(subnets))
    folder = place(tmp_path, aws, {"stacks/karpenter/cdk.tf.json": json.dumps(synthesized(stack)).encode()})[
        "karpenter"
    ]

    folder.apply()

    assert folder.plan().is_empty
    queue = aws.client("sqs").get_queue_url(QueueName="prod-karpenter")["QueueUrl"]
    attributes = aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert attributes["SqsManagedSseEnabled"] == "true"
    assert len(aws.client("events").list_rules(NamePrefix="prod-karpenter-")["Rules"]) == len(EVENTS)
    role = aws.client("iam").get_role(RoleName="prod-karpenter-node")["Role"]["Arn"]
    assert (
        aws.client("eks").describe_access_entry(clusterName="prod", principalArn=role)["accessEntry"]["type"]
        == "EC2_LINUX"
    )
    rights = aws.client("iam").get_role_policy(RoleName="prod-kube-system-karpenter", PolicyName="rights")[
        "PolicyDocument"
    ]
    passed = [one["Resource"] for one in rights["Statement"] if one["Action"] == "iam:PassRole"]
    assert passed == [role]
    assert attributes["QueueArn"] in [one["Resource"] for one in rights["Statement"]]
    folder.destroy()
    assert "prod-karpenter" not in str(leftovers("us-west-2"))
    assert aws.client("sqs").list_queues().get("QueueUrls", []) == []


def with_controller(tag_subnet_ids: tuple[str, ...]) -> cdktf.TerraformStack:
    """The infrastructure and the controller's role, whose policy names what was made."""
    stack = bare_stack()
    AwsProvider(stack, "aws", region="us-west-2")
    cdktf.LocalBackend(stack, path="terraform.tfstate")
    stack.add_override("terraform.required_providers.aws", AWS_PROVIDER)
    made = infrastructure(stack, tag_subnet_ids=tag_subnet_ids)
    context = PolicyContext(
        "aws",
        "us-west-2",
        ACCOUNT,
        "prod",
        "vpc-0a",
        interruption_queue_arn=made.queue_arn,
        karpenter_node_role_arn=made.node_role_arn,
    )
    OidcRole(
        stack,
        "controller",
        iam=Iam("prod"),
        oidc_provider=OidcProvider(f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.example.com", "oidc.example.com"),
        namespace="kube-system",
        service_account="karpenter",
        statements=karpenter(context),
    )
    return stack
