"""What stays with its owner: resources that belong to a cluster or VPC and are not imported, with the danger of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from modules.importing.fields import tags
from modules.importing.reader import Reader, by_vpc


def of_cluster(reader: Reader, cluster: Mapping[str, Any], groups: Sequence[Mapping[str, Any]]) -> None:
    """Record what of a cluster is not imported.

    Args:
        reader: clients, and where it is recorded.
        cluster: EKS description.
        groups: its managed node groups.
    """
    name, eks = cluster["name"], reader.eks
    for encryption in cluster.get("encryptionConfig", ()):
        reader.left.append(
            f"KMS key {encryption['provider']['keyArn']}: encrypts the cluster's Secrets; if its owner deletes it or removes the cluster's "
            "role from its policy, the cluster cannot be used any more and cannot be restored"
        )
    reader.left.append(
        f"log group /aws/eks/{name}/cluster: control plane logs; if its owner deletes it, EKS creates it again without its retention"
    )
    for profile in reader.pages(eks, "list_fargate_profiles", "fargateProfileNames", clusterName=name):
        reader.left.append(f"Fargate profile {profile}: if its owner deletes it, its pods end")
    for one in reader.pages(eks, "list_identity_provider_configs", "identityProviderConfigs", clusterName=name):
        reader.left.append(
            f"identity provider {one['name']} ({one['type']}): if its owner removes it, its users cannot sign in to the cluster"
        )
    of_addons = {
        arn.rpartition("/")[2]
        for addon in reader.pages(eks, "list_addons", "addons", clusterName=name)
        for arn in eks.describe_addon(clusterName=name, addonName=addon)["addon"].get("podIdentityAssociations", ())
    }
    for one in reader.pages(eks, "list_pod_identity_associations", "associations", clusterName=name):
        if one["associationId"] not in of_addons:
            reader.left.append(
                f"pod identity association {one['associationId']} of {one['namespace']}/{one['serviceAccount']}, with its role: if its owner "
                "deletes it, these pods lose their AWS permissions"
            )
    _other_nodes(reader, name)
    keys = sorted({key for group in groups if (key := group.get("remoteAccess", {}).get("ec2SshKey"))})
    reader.left += [f"key pair {key}: node groups name it" for key in keys]


def _other_nodes(reader: Reader, cluster: str) -> None:
    """Running nodes that no managed node group started."""
    filters = [
        {"Name": "tag-key", "Values": [f"kubernetes.io/cluster/{cluster}"]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ]
    instances = [
        one
        for reservation in reader.pages(reader.ec2, "describe_instances", "Reservations", Filters=filters)
        for one in reservation["Instances"]
    ]
    others = sorted(one["InstanceId"] for one in instances if "eks:nodegroup-name" not in tags(one.get("Tags")))
    if others:
        reader.left.append(
            f"nodes outside of managed node groups ({', '.join(others)}), with their autoscaling groups, launch templates and roles: "
            "their owner keeps them, such as Karpenter or eksctl"
        )


def of_vpc(reader: Reader, vpc: Mapping[str, Any]) -> None:
    """Record what of a VPC is not imported; after everything else has been read.

    Args:
        reader: clients, and where it is recorded.
        vpc: EC2 description.
    """
    ec2, vpc_id = reader.ec2, vpc["VpcId"]
    taken = {one["id"] for one in reader.found}
    groups = [
        one
        for one in reader.pages(ec2, "describe_security_groups", "SecurityGroups", Filters=by_vpc(vpc_id))
        if one["GroupId"] not in taken
    ]
    default = [one["GroupId"] for one in groups if one["GroupName"] == "default"]
    reader.left += [f"security group {one}: the VPC's default one" for one in default]
    others = sorted(f"{one['GroupName']} ({one['GroupId']})" for one in groups if one["GroupId"] not in default)
    if others:
        reader.left.append(f"security groups of neither cluster nor node groups: {', '.join(others)}")
    for one in reader.pages(ec2, "describe_network_acls", "NetworkAcls", Filters=by_vpc(vpc_id)):
        which = "the VPC's default one" if one["IsDefault"] else "filters the traffic of its subnets"
        reader.left.append(f"network ACL {one['NetworkAclId']}: {which}")
    if vpc.get("DhcpOptionsId", "default") != "default":
        reader.left.append(f"DHCP options {vpc['DhcpOptionsId']}: nodes resolve names by them")
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc_id]}]
    for one in ec2.describe_vpn_gateways(Filters=attached)["VpnGateways"]:
        reader.left.append(f"VPN gateway {one['VpnGatewayId']}: if its owner detaches it, its routes end")
    for one in reader.pages(ec2, "describe_egress_only_internet_gateways", "EgressOnlyInternetGateways"):
        if any(attachment["VpcId"] == vpc_id for attachment in one["Attachments"]):
            reader.left.append(
                f"egress-only internet gateway {one['EgressOnlyInternetGatewayId']}: if its owner deletes it, IPv6 connections to the internet end"
            )
    flow_logs = [{"Name": "resource-id", "Values": [vpc_id]}]
    for one in reader.pages(ec2, "describe_flow_logs", "FlowLogs", Filter=flow_logs):
        reader.left.append(f"flow log {one['FlowLogId']} with its log group or bucket")
    for side in ("requester", "accepter"):
        filters = [{"Name": f"{side}-vpc-info.vpc-id", "Values": [vpc_id]}]
        for one in reader.pages(ec2, "describe_vpc_peering_connections", "VpcPeeringConnections", Filters=filters):
            reader.left.append(
                f"VPC peering {one['VpcPeeringConnectionId']}: if its owner deletes it, its routes lead nowhere"
            )
