"""Nodes of an existing cluster: the security group that they have is looked up, or the plan says why it is not known."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cdktf
import pytest

from modules.cluster.existing import ExistingEksCluster
from modules.cluster.existing_nodes import ExistingNodes
from modules.cluster.existing_subnets import PrivateSubnets
from modules.settings import ExistingCluster
from tests.documents import bare_stack, synthesized
from tests.e2e.test_existing import Foreign as Vpc
from tests.e2e.test_existing import foreign as vpc_of_others
from tests.stand_ins.moto_extension import Server
from tests.terraform import Terraform, TerraformError

pytestmark = pytest.mark.terraform
PROVIDER = {"region": "us-west-2"}


class Account:
    """Existing clusters in one VPC, each with node groups whose launch templates have the given security groups."""

    def __init__(self, aws: Server) -> None:
        self.ec2, self.eks = aws.client("ec2"), aws.client("eks")
        self.vpc: Vpc = vpc_of_others(aws)
        self.public = self._public_subnets("us-west-2a", "us-west-2b")
        self.role = aws.client("iam").create_role(RoleName="nodes", AssumeRolePolicyDocument="{}")["Role"]["Arn"]

    def _public_subnets(self, *zones: str) -> list[str]:
        table = self.ec2.create_route_table(VpcId=self.vpc.vpc_id)["RouteTable"]["RouteTableId"]
        self.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=self.vpc.gateway_id)
        found = []
        for number, zone in enumerate(zones):
            made = self.ec2.create_subnet(
                VpcId=self.vpc.vpc_id, CidrBlock=f"10.9.{100 + number}.0/24", AvailabilityZone=zone
            )["Subnet"]["SubnetId"]
            self.ec2.associate_route_table(RouteTableId=table, SubnetId=made)
            found.append(made)
        return found

    def security_group(self, name: str) -> str:
        made = self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc.vpc_id)
        return str(made["GroupId"])

    def cluster(
        self, name: str, groups: Mapping[str, Mapping[str, Any] | None], version: str = "1.34", private: bool = True
    ) -> str:
        """Its cluster security group.

        Args:
            name: of the cluster.
            groups: node group to the data of its launch template; None: it has none.
            version: of Kubernetes.
            private: whether it has private subnets in addition to public ones.
        """
        subnets = [*(self.vpc.subnet_ids if private else ()), *self.public]
        made = self.eks.create_cluster(
            name=name, version=version, roleArn=self.role, resourcesVpcConfig={"subnetIds": subnets}
        )
        for group, data in groups.items():
            given: dict[str, Any] = {}
            if data is not None:
                template = self.ec2.create_launch_template(
                    LaunchTemplateName=f"{name}-{group}", LaunchTemplateData=data
                )["LaunchTemplate"]
                given["launchTemplate"] = {"id": template["LaunchTemplateId"], "version": "1"}
            self.eks.create_nodegroup(
                clusterName=name,
                nodegroupName=group,
                nodeRole=self.role,
                subnets=subnets,
                scalingConfig={"minSize": 1, "desiredSize": 1, "maxSize": 1},
                **given,
            )
        return str(made["cluster"]["resourcesVpcConfig"]["clusterSecurityGroupId"])

    def node(self, cluster: str, security_group: str) -> str:
        """A running node of a managed node group."""
        tags = [{"Key": "eks:cluster-name", "Value": cluster}]

        made = self.ec2.run_instances(
            ImageId="ami-0123456789abcdef0",
            MinCount=1,
            MaxCount=1,
            SubnetId=self.vpc.subnet_ids[0],
            SecurityGroupIds=[security_group],
            TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
        )
        return str(made["Instances"][0]["InstanceId"])


def looked_up(folder: Path, aws: Server, **clusters: str | None) -> Terraform:
    """One module a cluster, with its security group in the settings, or None."""
    for name, given in clusters.items():
        stack = bare_stack()
        data = ExistingEksCluster(stack, "cluster", cluster=ExistingCluster(name=name), kubeflow=True).data.fqn
        nodes = ExistingNodes(stack, "nodes", cluster_data=data, cluster_name=name, security_group_id=given)
        subnets = PrivateSubnets(stack, "subnets", cluster_data=data, cluster_name=name)
        values = {"chosen": nodes.security_group_id, "all": nodes.security_group_ids, "private": subnets.ids}
        for output, value in values.items():
            cdktf.TerraformOutput(stack, output, value=value, static_id=True)
        document = synthesized(stack)
        del document["data"]["aws_iam_openid_connect_provider"]
        (folder / name).mkdir()
        (folder / name / "main.tf.json").write_text(json.dumps(document))
    outputs = {name: {"value": f"${{[module.{name}.chosen, module.{name}.all]}}"} for name in clusters}
    outputs |= {f"{name}_private": {"value": f"${{module.{name}.private}}"} for name in clusters}
    root = {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
        "provider": {"aws": PROVIDER},
        "module": {name: {"source": f"./{name}"} for name in clusters},
        "output": outputs,
    }
    (folder / "cdk.tf.json").write_text(json.dumps(root))
    return Terraform(folder, aws.endpoint)


def interfaces(groups: Sequence[str]) -> dict[str, Any]:
    return {
        "NetworkInterfaces": [{"DeviceIndex": 0, "Groups": list(groups)}],
        "MetadataOptions": {"HttpPutResponseHopLimit": 1},
    }


def test_the_group_is_that_of_the_launch_templates(aws: Server, tmp_path: Path) -> None:
    account = Account(aws)
    nodes, gpu, extra = (account.security_group(name) for name in ("nodes", "gpu", "extra"))
    # terraform-aws-eks: one group for all nodes, and the cluster's own only on the control plane
    account.cluster("module", {"a": {"SecurityGroupIds": [nodes]}, "b": {"SecurityGroupIds": [nodes, extra]}})
    console = account.cluster("console", {"a": None, "b": {"EbsOptimized": True}})
    account.cluster("efa", {"a": interfaces([gpu])})
    both = account.cluster("both", {})
    template = account.ec2.create_launch_template(
        LaunchTemplateName="both", LaunchTemplateData={"SecurityGroupIds": sorted([both, nodes])}
    )["LaunchTemplate"]["LaunchTemplateId"]
    account.eks.create_nodegroup(
        clusterName="both",
        nodegroupName="a",
        nodeRole=account.role,
        subnets=list(account.vpc.subnet_ids),
        launchTemplate={"id": template},
    )
    account.cluster("self_managed", {})
    late = account.cluster("late", {"a": None}, version="1.37")
    account.node("module", nodes)
    terraform = looked_up(tmp_path, aws, module=None, console=None, efa=None, both=None, late=None, self_managed=extra)
    terraform.apply()
    plan = terraform.plan()
    assert plan.is_empty
    warned = " ".join(plan.warnings)
    assert "pods on node groups a, b of module can reach the instance metadata" in warned
    assert "of efa can reach" not in warned
    assert "late has Kubernetes 1.37, which is newer than 1.36" in warned
    found = terraform.output()
    private = sorted(account.vpc.subnet_ids)
    assert [found.pop(name) for name in list(found) if name.endswith("_private")] == [private] * 6
    assert found == {
        "module": [nodes, [nodes]],
        "console": [console, [console]],
        "efa": [gpu, [gpu]],
        "both": [both, sorted([both, nodes])],
        "late": [late, [late]],
        "self_managed": [extra, [extra]],
    }


def test_an_unknown_group_fails_the_plan_and_names_the_groups(aws: Server, tmp_path: Path) -> None:
    account = Account(aws)
    first, second, other = (account.security_group(name) for name in ("first", "second", "other"))
    account.cluster("none", {})
    account.cluster("early", {"a": None}, version="1.31")
    account.cluster("open", {"a": None}, private=False)
    account.cluster("two", {"a": {"SecurityGroupIds": [first]}, "b": {"SecurityGroupIds": [second]}})
    account.cluster("old", {"a": {"SecurityGroupIds": [first]}})
    old = account.node("old", second)
    own = account.cluster("wrong", {"a": {"SecurityGroupIds": [first]}})
    with pytest.raises(TerraformError) as refused:
        looked_up(tmp_path, aws, early=None, open=None, none=None, two=None, old=None, wrong=other).plan()
    told = " ".join(str(refused.value).replace("│", "").split())
    for sentence in (
        "none has no managed node groups and not EKS Auto Mode, so the security group of its nodes is not known",
        f"the node groups of two have no security group in common: a: {first}; b: {second}; set it to",
        f"nodes of old do not have the security group {first} of their launch template: {old}; set it to",
        f"no node of wrong has {other}; its node groups have: a: {first}, and the cluster security group is {own}",
    ):
        assert f"cluster.node_security_group_id: {sentence}" in told
    assert "cluster.name: early has Kubernetes 1.31, and Kubeflow is installed on 1.32 to" in told
    assert "cluster.private_subnet_ids: each subnet of open has a route to an internet gateway" in told
    assert told.count("cluster.node_security_group_id") == 4
