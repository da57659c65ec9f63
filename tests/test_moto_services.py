"""What the extension gives that no Terraform run shows: refusals, and what is left in an account."""

import json
from typing import Any

import pytest

from tests.stand_ins.moto_extension import Server, leftovers

REGION = "us-west-2"


def test_leftovers_names_what_stays(aws: Server) -> None:
    assert leftovers(REGION) == []
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    aws.client("logs").create_log_group(logGroupName="/aws/eks/gone/cluster")
    found = leftovers(REGION)
    assert f"vpc {vpc}" in found
    assert "log group /aws/eks/gone/cluster" in found


def test_a_deny_with_a_condition_does_not_deny_all(aws: Server) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="state", CreateBucketConfiguration={"LocationConstraint": REGION})
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::state/*"}
    only_tls = {**deny, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    s3.put_bucket_policy(Bucket="state", Policy=json.dumps({"Version": "2012-10-17", "Statement": [only_tls]}))
    s3.put_object(Bucket="state", Key="a", Body=b"1")
    s3.put_bucket_policy(Bucket="state", Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    with pytest.raises(s3.exceptions.ClientError, match=r"Forbidden|AccessDenied"):
        s3.put_object(Bucket="state", Key="b", Body=b"1")


def subnets(aws: Server, *zones: str) -> list[str]:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    return [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{at}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for at, zone in enumerate(zones)
    ]


@pytest.mark.parametrize(
    ("zones", "settings", "message"),
    [
        ("aa", {}, "at least two different AZs"),
        ("ab", {"computeConfig": {"enabled": True}}, "must all be true or all be false"),
        (
            "ab",
            {
                "computeConfig": {"enabled": True},
                "storageConfig": {"blockStorage": {"enabled": True}},
                "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
            },
            "bootstrapSelfManagedAddons must be false",
        ),
    ],
)
def test_a_cluster_that_aws_would_refuse_is_refused(
    aws: Server, zones: str, settings: dict[str, Any], message: str
) -> None:
    eks = aws.client("eks")
    with pytest.raises(eks.exceptions.InvalidParameterException, match=message):
        eks.create_cluster(
            name="x",
            roleArn="arn:aws:iam::123456789012:role/x",
            resourcesVpcConfig={"subnetIds": subnets(aws, *zones)},
            **settings,
        )
    assert eks.list_clusters()["clusters"] == []


def test_eks_makes_what_it_makes_on_aws_and_versions_go_one_by_one(aws: Server) -> None:
    eks = aws.client("eks")
    eks.create_cluster(
        name="x",
        version="1.33",
        roleArn="arn:aws:iam::123456789012:role/x",
        resourcesVpcConfig={"subnetIds": subnets(aws, "a", "b")},
        accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
        logging={"clusterLogging": [{"types": ["api"], "enabled": True}]},
    )
    assert "log group /aws/eks/x/cluster" in leftovers(REGION)
    node = "arn:aws:iam::123456789012:role/node"
    eks.create_nodegroup(clusterName="x", nodegroupName="n", nodeRole=node, subnets=subnets(aws, "a"))
    assert eks.list_access_entries(clusterName="x")["accessEntries"] == [node]
    with pytest.raises(eks.exceptions.ResourceInUseException):
        eks.create_access_entry(clusterName="x", principalArn=node, type="EC2_LINUX")
    with pytest.raises(eks.exceptions.InvalidParameterException, match=r"from 1\.33 to 1\.35"):
        eks.update_cluster_version(name="x", version="1.35")
    with pytest.raises(eks.exceptions.InvalidParameterException, match=r"newer than the cluster's 1\.33"):
        eks.update_nodegroup_version(clusterName="x", nodegroupName="n", version="1.34")
