"""How eksctl's CloudFormation stacks are removed without what they made."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

STACK = "aws:cloudformation:stack-name"
CLUSTER_NAME = "alpha.eksctl.io/cluster-name"


def stacks(cluster: Mapping[str, Any], groups: Sequence[Mapping[str, Any]]) -> list[str]:
    """Stacks of the node groups and then of the cluster, which exports what they use; empty: eksctl did not make the cluster.

    Args:
        cluster: EKS description.
        groups: its managed node groups.

    Source: https://docs.aws.amazon.com/eks/latest/eksctl/unowned-clusters.html
    """
    own = cluster.get("tags", {})
    if CLUSTER_NAME not in own:
        return []
    name = cluster["name"]
    of_groups = [
        group.get("tags", {}).get(STACK, f"eksctl-{name}-nodegroup-{group['nodegroupName']}")
        for group in groups
        if CLUSTER_NAME in group.get("tags", {})
    ]
    return [*of_groups, own.get(STACK, f"eksctl-{name}-cluster")]


def removal(found: Sequence[str], cluster: str, region: str) -> Iterator[str]:
    """Commands that set DeletionPolicy Retain on all resources of each stack, then delete the stacks.

    Args:
        found: stacks in the order of their deletion.
        cluster: its name.
        region: of the cluster.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
    """
    where = f"--region {region} --stack-name"
    for stack in found:
        yield (
            f"aws cloudformation get-template {where} {stack} --query TemplateBody | "
            'jq \'.Resources |= map_values(. + {DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain"})\' > '
            f"{stack}.json"
        )
        yield (
            f"aws cloudformation update-stack {where} {stack} --template-body file://{stack}.json "
            "--capabilities CAPABILITY_IAM CAPABILITY_NAMED_IAM"
        )
        yield f"aws cloudformation wait stack-update-complete {where} {stack}"
    for stack in found:
        yield f"aws cloudformation update-termination-protection --no-enable-termination-protection {where} {stack}"
        yield f"aws cloudformation delete-stack {where} {stack}"
        yield f"aws cloudformation wait stack-delete-complete {where} {stack}"
    yield f"aws eks describe-cluster --region {region} --name {cluster} --query cluster.status  # ACTIVE"
