"""Nothing of one partition is in another's Terraform: ARNs, principals and host names, read off the JSON."""

import re
from collections.abc import Iterator

import pytest

from tests.documents import at, bodies, strings
from tests.platforms import ACCOUNT, PLATFORMS, all_stacks_of, stacks_of

SAME_EVERYWHERE = {
    "delivery.logs.amazonaws.com",
    "eks-fargate-pods.amazonaws.com",
    "eks.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
    "events.amazonaws.com",
    "monitoring.rds.amazonaws.com",
    "pods.eks.amazonaws.com",
    "sts.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
}
"""Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html, and for EKS
https://docs.amazonaws.cn/en_us/eks/latest/userguide/using-service-linked-roles.html"""
PLACES = {
    "prod": (
        "aws",
        {"amazonaws.com", "ec2.amazonaws.com", "logs.us-west-2.amazonaws.com", "s3.us-west-2.amazonaws.com"},
    ),
    "gov": ("aws-us-gov", {"ec2.amazonaws.com", "logs.us-gov-west-1.amazonaws.com"}),
    "federal": (
        "aws-us-gov",
        {"amazonaws.com", "ec2.amazonaws.com", "logs.us-gov-west-1.amazonaws.com", "s3.us-gov-west-1.amazonaws.com"},
    ),
    "beijing": (
        "aws-cn",
        {
            "amazonaws.com.cn",
            "ec2.amazonaws.com",  # in addition to its own: Karpenter's policy names both
            "ec2.amazonaws.com.cn",
            "logs.cn-north-1.amazonaws.com.cn",
            "s3.cn-north-1.amazonaws.com.cn",
        },
    ),
    "china": ("aws-cn", {"ec2.amazonaws.com.cn", "logs.cn-north-1.amazonaws.com.cn"}),
}
"""Variant: its partition, and host names and principals that are not the same everywhere."""
MANAGED = {
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEBSCSIDriverPolicyV2",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSFargatePodExecutionRolePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
    "AmazonEKSWorkerNodeMinimalPolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonSSMManagedInstanceCore",
    "service-role/AmazonEFSCSIDriverPolicy",
    "service-role/AmazonRDSEnhancedMonitoringRole",
}


def texts(name: str) -> Iterator[str]:
    for document in all_stacks_of(name).values():
        yield from (text for _, text in strings(document))


@pytest.mark.parametrize("name", PLACES)
def test_every_arn_is_of_the_partition(name: str) -> None:
    partition, _ = PLACES[name]
    found = [arn for text in texts(name) for arn in re.findall(r"arn:([\w-]*):", text)]
    assert len(found) > 10
    assert set(found) == {partition}


@pytest.mark.parametrize("name", PLACES)
def test_every_host_name_and_principal_is_of_the_partition(name: str) -> None:
    _, own = PLACES[name]
    hosts = {host for text in texts(name) for host in re.findall(r"[\w.-]*\bamazonaws\.com(?:\.cn)?", text)}
    assert own <= hosts <= own | SAME_EVERYWHERE


@pytest.mark.parametrize("name", PLACES)
def test_managed_policies_are_those_that_aws_has_under_a_path_that_it_has(name: str) -> None:
    partition, _ = PLACES[name]
    attached = {
        body["policy_arn"]
        for document in stacks_of(name).values()
        for address, body in bodies(document, "resource")
        if address.startswith("aws_iam_role_policy_attachment.")
    }
    assert len(attached) >= 6
    assert attached <= {f"arn:{partition}:iam::aws:policy/{policy}" for policy in MANAGED}


@pytest.mark.parametrize("name", PLACES)
def test_access_policies_are_of_the_partition(name: str) -> None:
    partition, _ = PLACES[name]
    for association in at(stacks_of(name)["cluster"], "resource aws_eks_access_policy_association").values():
        assert association["policy_arn"].startswith(f"arn:{partition}:eks::aws:cluster-access-policy/AmazonEKS")


@pytest.mark.parametrize("name", PLACES)
def test_the_account_is_read_and_not_written(name: str) -> None:
    written = {found for text in texts(name) for found in re.findall(r"(?:^|:)(\d{12})(?:$|:)", text)}
    assert written <= {ACCOUNT}, "but where settings say it: in a condition of the variants' role"


def test_path_and_boundary_are_on_every_role() -> None:
    platform = PLATFORMS["everything"]
    roles = {
        f"{layer}/{address}": (body["path"], body["permissions_boundary"])
        for layer, document in stacks_of("everything").items()
        for address, body in bodies(document, "resource")
        if address.startswith("aws_iam_role.")
    }
    assert len(roles) >= 12
    assert {layer.partition("/")[0] for layer in roles} == {"network", "cluster", "services"}
    assert set(roles.values()) == {(platform.iam_path, platform.permissions_boundary_arn)}
