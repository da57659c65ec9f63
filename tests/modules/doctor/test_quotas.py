"""Quotas: low ones, what exists already, and permissions that are missing."""

from typing import Any

import pytest

from modules.aws_data.instance_types import instance_types
from modules.aws_data.service_quotas import vcpu_quota
from modules.settings import (
    AuroraMysql,
    Dex,
    Kubeflow,
    LoadBalancer,
    Network,
    NodeGroup,
    NodePool,
    Platform,
    RdsMysql,
    Services,
)
from tests.modules.doctor.found import said
from tests.modules.settings.valid import KARPENTER, cluster, group, platform
from tests.signed_in import create_role
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.moto_extension.service_quotas import DEFAULTS, set_quota

STANDARD = ("ec2", "L-1216C47A")
TAGS = [{"Key": "kubeflow-platform", "Value": "prod"}]


def line(text: str, wanted: Platform) -> str:
    (found,) = (one for one in said("quotas", wanted) if f"quota {text}" in one)
    return found


def with_groups(*groups: NodeGroup) -> Platform:
    return platform(cluster=cluster(node_groups=groups))


def increase(service: str, code: str, value: int) -> str:
    return (
        "aws service-quotas request-service-quota-increase --region us-west-2 "
        f"--service-code {service} --quota-code {code} --desired-value {value}"
    )


def test_an_account_with_room(admin: str) -> None:
    found = said("quotas", platform())
    assert {one.partition(":")[0] for one in found} == {"ok"}
    assert [one.partition(" is ")[0].removeprefix("ok: prod: ").removeprefix("ok: ") for one in found] == [
        "quota VPCs per Region",
        "quota EC2-VPC Elastic IPs",
        "quota Clusters",
        "quota Managed node groups per cluster",
        "quota Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
    ]


def test_a_new_account_has_five_vcpus(admin: str) -> None:
    set_quota(*STANDARD, None)  # never raised: only the default can be read
    assert line("Running On-Demand Standard", platform()) == (
        "error: quota Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances is 5, 0 used, and the platform needs "
        f"12 more; {increase(*STANDARD, 20)}"
    )


def test_room_for_the_first_nodes_but_not_for_the_maximum(admin: str) -> None:
    set_quota(*STANDARD, 16)
    assert line("Running On-Demand Standard", platform()) == (
        "warning: quota Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances is 16, 0 used, and node groups and pools at "
        f"their maximum size need 20 more; {increase(*STANDARD, 20)}"
    )


def test_families_and_capacity_types_are_counted_apart(admin: str) -> None:
    groups = (
        group(),
        group(name="gpu", instance_types=("g5.xlarge",), accelerator="nvidia", min_size=0, desired_size=0, max_size=2),
        group(name="spot", instance_types=("c6i.large", "m6i.large"), capacity_type="SPOT"),
        group(name="trainium", instance_types=("trn1.2xlarge",), accelerator="neuron", desired_size=1),
    )
    wanted = with_groups(*groups)
    assert line("Running On-Demand G and VT", wanted).startswith(
        "warning: quota Running On-Demand G and VT instances is 0, 0 used, and node groups and pools at their maximum size need 8 more"
    )
    assert line("Running On-Demand Trn", wanted).startswith(
        "error: quota Running On-Demand Trn instances is 0, 0 used, and"
    )
    set_quota("ec2", "L-34B43A08", 5)
    assert line("All Standard", wanted).startswith(
        "error: quota All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests is 5, 0 used, and the platform needs 6"
    )


def run_instances(aws: Server, count: int, tags: dict[str, str] | None = None) -> None:
    ec2 = aws.client("ec2")
    image = ec2.register_image(Name=f"image-{count}-{len(tags or ())}")["ImageId"]
    made = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
    given: dict[str, Any] = {"TagSpecifications": [{"ResourceType": "instance", "Tags": made}]} if made else {}
    ec2.run_instances(ImageId=image, InstanceType="m6i.xlarge", MinCount=count, MaxCount=count, **given)


def test_running_instances_use_the_quota(aws: Server, admin: str) -> None:
    run_instances(aws, 2)
    set_quota(*STANDARD, 19)
    assert "is 19, 8 used, and the platform needs 12 more" in line("Running On-Demand Standard", platform())


def make_cluster(aws: Server, *node_groups: str) -> None:
    subnets = [one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"]][:2]
    role = create_role(aws, "cluster")
    eks = aws.client("eks")
    eks.create_cluster(name="prod", roleArn=role, resourcesVpcConfig={"subnetIds": subnets})
    for name in node_groups:
        eks.create_nodegroup(clusterName="prod", nodegroupName=name, subnets=subnets, nodeRole=role)


def test_what_the_platform_has_is_in_use_already(aws: Server, admin: str) -> None:
    make_cluster(aws, "nodes")
    run_instances(aws, 3, {"eks:cluster-name": "prod", "eks:nodegroup-name": "nodes"})
    set_quota(*STANDARD, 20)
    set_quota("eks", "L-1194D53C", 1)
    assert line("Running On-Demand Standard", platform()).endswith("is 20, 12 used, 0 needed now")
    assert line("Clusters", platform()) == "ok: quota Clusters is 1, 1 used, 0 needed now"
    grown = with_groups(group(), group(name="more", desired_size=2, max_size=3))
    assert "is 20, 12 used, and node groups and pools at their maximum size need 20 more" in line(
        "Running On-Demand Standard", grown
    )
    assert line("Managed node groups", grown) == "ok: quota Managed node groups per cluster is 30, 1 used, 1 needed now"


def test_node_pools_of_karpenter_count_with_their_limit(aws: Server, admin: str) -> None:
    pools = (
        NodePool(name="cpu", cpu_limit=100, capacity_types=("on-demand", "spot")),
        NodePool(name="gpu", cpu_limit=64, instance_categories=("g", "p")),
    )
    kubeflow = Kubeflow(auth=Dex(users=("ada@example.company",)), enable=KARPENTER, node_pools=pools)
    wanted = platform(kubeflow=kubeflow)
    set_quota(*STANDARD, 110)
    assert "node groups and pools at their maximum size need 120 more" in line("Running On-Demand Standard", wanted)
    assert line("All Standard", wanted).startswith("ok: ")
    for family in ("Running On-Demand G and VT", "Running On-Demand P"):
        assert "is 0, 0 used, and node groups and pools at their maximum size need 64 more" in line(family, wanted)
    run_instances(aws, 5, {"eks:eks-cluster-name": "prod", "karpenter.sh/nodepool": "cpu"})
    assert "20 used, and node groups and pools at their maximum size need 100 more" in line(
        "Running On-Demand Standard", wanted
    )


def test_addresses_of_nat_gateways(aws: Server, admin: str) -> None:
    ec2 = aws.client("ec2")
    for _ in range(3):
        ec2.allocate_address(Domain="vpc")
    wanted = platform(network=Network(nat="one_per_zone"))
    assert line("EC2-VPC Elastic IPs", wanted) == (
        "error: quota EC2-VPC Elastic IPs is 5, 3 used, and the platform needs 3 more; "
        + increase("ec2", "L-0263D0A3", 6)
    )
    for _ in range(2):
        ec2.allocate_address(Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": TAGS}])
    assert "5 used, and the platform needs 1 more" in line("EC2-VPC Elastic IPs", wanted)


def test_vpcs(aws: Server, admin: str) -> None:
    ec2 = aws.client("ec2")
    for number in range(4):  # in addition to the default one
        ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")
    assert line("VPCs per Region", platform()).startswith(
        "error: quota VPCs per Region is 5, 5 used, and the platform needs 1 more; "
    )
    ec2.create_tags(Resources=[ec2.describe_vpcs()["Vpcs"][0]["VpcId"]], Tags=TAGS)
    assert line("VPCs per Region", platform()) == "ok: quota VPCs per Region is 5, 5 used, 0 needed now"


def with_kubeflow(database: AuroraMysql | RdsMysql) -> Platform:
    way = LoadBalancer(
        host="kubeflow.example.company",
        allowed_cidrs=("10.0.0.0/8",),
        certificate_arn="arn:aws:acm:us-west-2:111122223333:certificate/12345678-1234-1234-1234-123456789012",
    )
    kubeflow = Kubeflow(auth=Dex(users=("ada@example.company",)), exposure=way, services=Services(database=database))
    return platform(kubeflow=kubeflow)


def test_databases_and_load_balancers(aws: Server, admin: str) -> None:
    set_quota("rds", "L-7B6409FD", 2)
    set_quota("elasticloadbalancing", "L-53DA6B97", 0)
    aurora = with_kubeflow(AuroraMysql(instances=3))
    assert "is 2, 0 used, and the platform needs 3 more" in line("DB instances", aurora)
    assert line("DB clusters", aurora) == "ok: quota DB clusters is 40, 0 used, 1 needed now"
    assert "is 0, 0 used, and the platform needs 1 more" in line("Application Load Balancers", aurora)
    rds = with_kubeflow(RdsMysql())
    aws.client("rds").create_db_instance(
        DBInstanceIdentifier="prod-kubeflow",
        DBInstanceClass="db.t4g.medium",
        Engine="mysql",
        AllocatedStorage=20,
        MasterUsername="kubeflow",
        MasterUserPassword="not-secret",
    )
    assert line("DB instances", rds) == "ok: quota DB instances is 2, 1 used, 0 needed now"


def test_missing_permissions_concern_their_quota_only(aws: Server, admin: str) -> None:
    aws.gate.denied = {("ec2", "DescribeAddresses"), ("eks", "ListNodegroups")}
    found = said("quotas", platform())
    assert "not checked: quota EC2-VPC Elastic IPs: needs ec2:DescribeAddresses" in found
    assert "not checked: quota Managed node groups per cluster: needs eks:ListNodegroups" in found
    assert any(one.startswith("ok: quota VPCs") for one in found)
    aws.gate.denied = {("service-quotas", "*")}
    assert {one.partition("needs ")[2] for one in said("quotas", platform())} == {"servicequotas:GetServiceQuota"}


@pytest.mark.parametrize("capacity", ["ON_DEMAND", "SPOT"])
def test_every_instance_type_has_a_quota(capacity: Any) -> None:
    """But types that EC2 does not sell as spot instances."""
    without = {name for name in instance_types() if vcpu_quota(name, capacity) is None}
    assert {name.partition(".")[0].rstrip("0123456789abcdefghijklmnopqrstuvwxyz-") for name in without} <= {""}
    assert all(name.startswith(("u", "hpc")) for name in without)
    assert capacity == "SPOT" or not without


def test_the_codes_of_accelerated_types_are_those_of_the_account() -> None:
    for name in ("m6i.xlarge", "g5.xlarge", "gr6.4xlarge", "p5.48xlarge", "trn1.2xlarge", "inf2.xlarge"):
        quota = vcpu_quota(name, "ON_DEMAND")
        assert quota is not None
        assert (quota.service, quota.code) in DEFAULTS
