"""On what is there already: a VPC and a cluster made by others are looked up, checked and left as they are."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from modules.settings import ExistingCluster, ExistingNetwork, Platform, ServiceAccountRole
from tests.e2e.stage import admin_role, small, stage
from tests.platforms import stacks_of
from tests.stand_ins.moto_extension import Server
from tests.terraform import Terraform, TerraformError

pytestmark = pytest.mark.terraform
INTERNAL = "kubernetes.io/role/internal-elb"


@dataclass
class Foreign:
    """A VPC as others made it: two subnets on the VPC's main route table, which leads to a NAT gateway."""

    ec2: Any
    vpc_id: str
    subnet_ids: tuple[str, ...]
    main_table_id: str
    gateway_id: str
    nat_id: str


def foreign(aws: Server) -> Foreign:
    ec2 = aws.client("ec2")
    vpc_id = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
    subnets = tuple(
        ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.9.{index}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for index, zone in enumerate(("us-west-2a", "us-west-2b"))
    )
    ec2.create_tags(Resources=list(subnets), Tags=[{"Key": INTERNAL, "Value": "1"}])
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
    (table,) = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["RouteTables"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
    ec2.create_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    return Foreign(ec2, vpc_id, subnets, table["RouteTableId"], gateway, nat)


def on(network: Foreign, **settings: Any) -> ExistingNetwork:
    return ExistingNetwork(**{"vpc_id": network.vpc_id, "private_subnet_ids": network.subnet_ids, **settings})


def network_stack(tmp_path: Path, aws: Server, network: ExistingNetwork) -> Terraform:
    return stage(tmp_path, aws, small(network=network))["small-network"]


def test_a_platform_in_a_foreign_vpc_leaves_it_as_it_was(aws: Server, tmp_path: Path) -> None:
    admin_role(aws)
    network = foreign(aws)
    before = network.ec2.describe_subnets(SubnetIds=list(network.subnet_ids))["Subnets"]
    stacks = stage(tmp_path, aws, small(network=on(network)))
    stacks["small-network"].apply()
    assert {name.partition(".")[0] for name in stacks["small-network"].state()} == {"data"}
    output = stacks["small-network"].output()
    assert output["private_subnet_ids_by_zone"] == {
        "us-west-2a": [network.subnet_ids[0]],
        "us-west-2b": [network.subnet_ids[1]],
    }
    stacks["small-cluster"].apply()
    assert stacks["small-cluster"].plan().is_empty
    after = network.ec2.describe_subnets(SubnetIds=list(network.subnet_ids))["Subnets"]
    assert [subnet["Tags"] for subnet in after] == [subnet["Tags"] for subnet in before]


def test_each_unfit_network_fails_the_plan_with_its_own_sentence(aws: Server, tmp_path: Path) -> None:
    network = foreign(aws)
    ec2, (first, second) = network.ec2, network.subnet_ids

    def refused(why: str, settings: ExistingNetwork) -> None:
        with pytest.raises(TerraformError) as error:
            network_stack(tmp_path, aws, settings).plan()
        assert why in " ".join(str(error.value).split()), error.value

    refused(f"{first} has fewer than 5000 free addresses", on(network, minimum_free_addresses=5000))
    ec2.delete_tags(Resources=[first], Tags=[{"Key": INTERNAL}])
    refused(f"{first} lacks the tag {INTERNAL}", on(network))
    assert network_stack(tmp_path, aws, on(network, tag_subnets=True)).plan().of("create") == [
        f"aws_ec2_tag.private_{subnet.removeprefix('subnet-')}" for subnet in sorted((first, second))
    ]
    ec2.create_tags(Resources=[first], Tags=[{"Key": INTERNAL, "Value": "1"}])
    ec2.delete_route(RouteTableId=network.main_table_id, DestinationCidrBlock="0.0.0.0/0")
    refused(f"{first} has no route to 0.0.0.0/0", on(network))
    assert network_stack(tmp_path, aws, on(network, internet_route=False)).plan() is not None
    way_out = {"RouteTableId": network.main_table_id, "DestinationCidrBlock": "0.0.0.0/0"}
    ec2.create_route(**way_out, GatewayId=network.gateway_id)
    refused(f"{first} is public: it has a route to an internet gateway", on(network))
    ec2.delete_route(**way_out)
    ec2.create_route(**way_out, NatGatewayId=network.nat_id)
    twin = ec2.create_subnet(VpcId=network.vpc_id, CidrBlock="10.9.7.0/24", AvailabilityZone="us-west-2a")["Subnet"][
        "SubnetId"
    ]
    ec2.create_tags(Resources=[twin], Tags=[{"Key": INTERNAL, "Value": "1"}])
    refused("all in one zone", on(network, private_subnet_ids=(first, twin)))
    ec2.modify_vpc_attribute(VpcId=network.vpc_id, EnableDnsHostnames={"Value": False})
    refused("requires DNS support and DNS hostnames", on(network))
    other = foreign(aws)
    refused(
        f"{other.subnet_ids[0]} is not in {network.vpc_id}",
        on(network, private_subnet_ids=(second, other.subnet_ids[0])),
    )


def test_roles_for_a_foreign_cluster_with_and_without_an_oidc_provider(aws: Server, tmp_path: Path) -> None:
    network = foreign(aws)
    iam, eks = aws.client("iam"), aws.client("eks")
    role = iam.create_role(RoleName="theirs", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    eks.create_cluster(name="theirs", roleArn=role, resourcesVpcConfig={"subnetIds": list(network.subnet_ids)})
    issuer = eks.describe_cluster(name="theirs")["cluster"]["identity"]["oidc"]["issuer"]

    def platform(oidc_provider: str) -> Platform:
        reader = ServiceAccountRole(
            namespace="team-a",
            service_account="default-editor",
            policy_arns=("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",),
        )
        cluster = ExistingCluster(name="theirs", oidc_provider=oidc_provider)
        return Platform(name="guest", region="us-west-2", cluster=cluster, service_account_roles=(reader,))

    stacks = stage(tmp_path, aws, platform("existing"))
    assert list(stacks) == ["guest-services"]
    with pytest.raises(TerraformError, match="finding IAM OIDC Provider"):
        stacks["guest-services"].plan()
    services = stage(tmp_path, aws, platform("made"))["guest-services"]
    services.apply()
    assert services.plan().is_empty
    trust = iam.get_role(RoleName="guest-team-a-default-editor")["Role"]["AssumeRolePolicyDocument"]["Statement"]
    host = issuer.removeprefix("https://")
    assert (
        trust["Condition"]
        if isinstance(trust, dict)
        else trust[0]["Condition"]
        == {
            "StringEquals": {
                f"{host}:aud": "sts.amazonaws.com",
                f"{host}:sub": "system:serviceaccount:team-a:default-editor",
            }
        }
    )


def test_a_cluster_that_does_not_enforce_network_policies_is_a_warning(aws: Server, tmp_path: Path) -> None:
    """Of the services stack only this `check` block and what it reads, since the rest needs a whole existing cluster."""
    document = stacks_of("guest")["services"]
    only: dict[str, Any] = {
        "provider": document["provider"],
        "check": {"network_policies": document["check"]["network_policies"]},
        "data": {"aws_eks_addon": document["data"]["aws_eks_addon"]},
    }
    required = document["terraform"]["required_providers"]
    (tmp_path / "cdk.tf.json").write_text(json.dumps({**only, "terraform": {"required_providers": required}}))
    terraform = Terraform(tmp_path, aws.endpoint)
    network = foreign(aws)
    iam, eks = aws.client("iam"), aws.client("eks")
    role = iam.create_role(RoleName="theirs", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    eks.create_cluster(name="shared", roleArn=role, resourcesVpcConfig={"subnetIds": list(network.subnet_ids)})

    def warned() -> bool:
        plan = terraform.plan()
        assert plan.is_empty
        return any("shared does not enforce NetworkPolicies" in one for one in plan.warnings)

    with pytest.raises(TerraformError, match=r"reading EKS Add-On \(shared:vpc-cni\): couldn't find resource"):
        terraform.plan()
    eks.create_addon(clusterName="shared", addonName="vpc-cni")
    for configuration, enforced in (
        ("", False),
        ('{"enableNetworkPolicy": "true"}', True),
        ("env: {}\nenableNetworkPolicy: 'true'\n", True),
        ("not: [yaml", False),
    ):
        eks.update_addon(clusterName="shared", addonName="vpc-cni", configurationValues=configuration)
        assert warned() is not enforced, configuration
