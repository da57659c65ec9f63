"""Clusters in the shape that eksctl and the console make, on moto; VPCs with what the widespread modules leave out."""

import base64
import json
from typing import Any

from tests.stand_ins.moto_extension import Server

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
SCALING = {"minSize": 1, "desiredSize": 2, "maxSize": 3}


def eksctl(aws: Server, name: str) -> None:
    """A managed node group whose launch template has a newer version than the one in use, in a VPC of /19 subnets.

    Source: https://docs.aws.amazon.com/eks/latest/eksctl/creating-and-managing-clusters.html
    """
    ec2, eks = aws.client("ec2"), aws.client("eks")
    owner = {"alpha.eksctl.io/cluster-name": name, "alpha.eksctl.io/eksctl-version": "0.230.0"}
    stack = f"eksctl-{name}-cluster"
    vpc, subnets = _vpc(ec2, "192.168.0.0/16", {**owner, "Name": f"{stack}/VPC"})
    shared = ec2.create_security_group(
        GroupName=f"{stack}-ClusterSharedNodeSecurityGroup",
        Description="Communication between all nodes in the cluster",
        VpcId=vpc,
    )["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=shared, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": shared}]}]
    )
    cluster = eks.create_cluster(
        name=name,
        version="1.34",
        roleArn=_role(aws, f"{stack}-ServiceRole"),
        resourcesVpcConfig={"subnetIds": subnets, "securityGroupIds": [shared]},
        accessConfig={"authenticationMode": "API_AND_CONFIG_MAP"},
        zonalShiftConfig={"enabled": False},
        tags=owner,
    )["cluster"]
    data: dict[str, Any] = {
        "BlockDeviceMappings": [
            {
                "DeviceName": "/dev/xvda",
                "Ebs": {"VolumeSize": 80, "VolumeType": "gp3", "Iops": 3000, "Throughput": 125},
            }
        ],
        "SecurityGroupIds": [cluster["resourcesVpcConfig"]["clusterSecurityGroupId"]],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
        "UserData": base64.b64encode(b"MIME-Version: 1.0\n").decode(),
        "TagSpecifications": [
            {"ResourceType": kind, "Tags": [{"Key": "alpha.eksctl.io/nodegroup-name", "Value": "ng-1"}]}
            for kind in ("instance", "volume", "network-interface")
        ],
        "Placement": {"Tenancy": "default"},
        "CpuOptions": {"CoreCount": 2, "ThreadsPerCore": 1},
        "CreditSpecification": {"CpuCredits": "unlimited"},
        "InstanceMarketOptions": {"MarketType": "spot", "SpotOptions": {"SpotInstanceType": "one-time"}},
        "MaintenanceOptions": {"AutoRecovery": "disabled"},
        "PrivateDnsNameOptions": {"HostnameType": "resource-name", "EnableResourceNameDnsARecord": True},
        "EnclaveOptions": {"Enabled": False},
        "DisableApiTermination": False,
    }
    template = ec2.create_launch_template(LaunchTemplateName=f"eksctl-{name}-nodegroup-ng-1", LaunchTemplateData=data)[
        "LaunchTemplate"
    ]["LaunchTemplateId"]
    newer = {**data, "KeyName": "operators", "Monitoring": {"Enabled": True}}
    ec2.create_launch_template_version(
        LaunchTemplateId=template, LaunchTemplateData=newer, VersionDescription="with a key"
    )
    eks.create_nodegroup(
        clusterName=name,
        nodegroupName="ng-1",
        nodeRole=_role(aws, f"eksctl-{name}-nodegroup-ng-1-NodeInstanceRole"),
        subnets=subnets,
        instanceTypes=["m5.large"],
        labels={"alpha.eksctl.io/cluster-name": name, "alpha.eksctl.io/nodegroup-name": "ng-1"},
        taints=[{"key": "dedicated", "value": "training", "effect": "NO_SCHEDULE"}],
        scalingConfig=SCALING,
        updateConfig={"maxUnavailable": 2},
        nodeRepairConfig={"enabled": True},
        launchTemplate={"id": template, "version": "1"},
        releaseVersion="1.34.1-20251001",
        tags={**owner, "alpha.eksctl.io/nodegroup-name": "ng-1"},
    )


def console(aws: Server, name: str) -> None:
    """A node group without a launch template, an add-on with a pod identity, a Fargate profile, a dual-stack VPC."""
    ec2, eks = aws.client("ec2"), aws.client("eks")
    vpc, subnets = _vpc(ec2, "10.40.0.0/16", {"Name": "console"}, AmazonProvidedIpv6CidrBlock=True)
    block = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
    ec2.associate_subnet_cidr_block(SubnetId=subnets[0], Ipv6CidrBlock=block.replace("::/56", "::/64"))
    ec2.modify_subnet_attribute(SubnetId=subnets[0], MapPublicIpOnLaunch={"Value": True})
    role = _role(aws, "console")
    eks.create_cluster(
        name=name,
        version="1.34",
        roleArn=role,
        resourcesVpcConfig={"subnetIds": subnets},
        accessConfig={"authenticationMode": "API"},
        upgradePolicy={"supportType": "STANDARD"},
        computeConfig={"enabled": False},
        storageConfig={"blockStorage": {"enabled": False}},
    )
    eks.create_nodegroup(
        clusterName=name,
        nodegroupName="workers",
        nodeRole=role,
        subnets=subnets,
        instanceTypes=["t3.large"],
        diskSize=50,
        scalingConfig=SCALING,
        remoteAccess={"ec2SshKey": "operators"},
    )
    eks.create_addon(clusterName=name, addonName="vpc-cni", configurationValues='{"enableNetworkPolicy": "true"}')
    eks.create_addon(
        clusterName=name,
        addonName="aws-ebs-csi-driver",
        addonVersion="v1.40.0-eksbuild.1",
        podIdentityAssociations=[{"serviceAccount": "ebs-csi-controller-sa", "roleArn": role}],
    )
    eks.create_pod_identity_association(clusterName=name, namespace="jobs", serviceAccount="runner", roleArn=role)
    eks.create_fargate_profile(
        clusterName=name,
        fargateProfileName="system",
        podExecutionRoleArn=role,
        subnets=subnets,
        selectors=[{"namespace": "kube-system"}],
    )
    eks.associate_identity_provider_config(
        clusterName=name,
        oidc={"identityProviderConfigName": "company", "issuerUrl": "https://login.example.org", "clientId": "eks"},
    )


def _vpc(ec2: Any, cidr: str, tags: dict[str, str], **given: Any) -> tuple[str, list[str]]:
    made = ec2.create_vpc(CidrBlock=cidr, **given)["Vpc"]["VpcId"]
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    ec2.create_tags(Resources=[made], Tags=listed)
    ec2.modify_vpc_attribute(VpcId=made, EnableDnsHostnames={"Value": True})
    start = cidr.rpartition(".0.0/")[0]
    subnets = [
        ec2.create_subnet(VpcId=made, CidrBlock=f"{start}.{32 * number}.0/19", AvailabilityZone=zone)["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate(("us-west-2a", "us-west-2b"))
    ]
    return made, subnets


def _role(aws: Server, name: str) -> str:
    iam = aws.client("iam")
    return str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"])
