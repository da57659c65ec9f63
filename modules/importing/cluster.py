"""Reader of a cluster: roles, OIDC provider, node groups with launch templates, EKS add-ons and access entries."""

import json
from typing import Any

from modules.importing.reader import Reader, tags
from modules.importing.vpc import read_security_groups


def read_cluster(reader: Reader, name: str) -> dict[str, Any]:
    """Record a cluster and its resources; returns the EKS description.

    Raises:
        ValueError: the cluster does not exist, or is an IPv6 cluster.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html
    """
    try:
        cluster: dict[str, Any] = reader.eks.describe_cluster(name=name)["cluster"]
    except reader.eks.exceptions.ResourceNotFoundException as error:
        raise ValueError(
            f"{name}: cluster not found in this account and region; run `aws eks list-clusters`"
        ) from error
    if cluster.get("kubernetesNetworkConfig", {}).get("ipFamily") == "ipv6":
        raise ValueError(
            f"{name}: is an IPv6 cluster; the platform is IPv4 only, and EKS cannot change the family: create a cluster, move what runs"
        )
    groups = [
        reader.eks.describe_nodegroup(clusterName=name, nodegroupName=group)["nodegroup"]
        for group in reader.pages(reader.eks, "list_nodegroups", "nodegroups", clusterName=name)
    ]
    templates = {
        group["launchTemplate"]["id"]: group["launchTemplate"] for group in groups if "launchTemplate" in group
    }
    versions = {
        template_id: reader.ec2.describe_launch_template_versions(
            LaunchTemplateId=template_id, Versions=[template["version"]]
        )["LaunchTemplateVersions"][0]
        for template_id, template in templates.items()
    }
    own = cluster["resourcesVpcConfig"].get("clusterSecurityGroupId")
    of_nodes = [
        group for version in versions.values() for group in version["LaunchTemplateData"].get("SecurityGroupIds", ())
    ]
    wanted = {*cluster["resourcesVpcConfig"].get("securityGroupIds", ()), *of_nodes} - {own}
    read_security_groups(reader, sorted(wanted))
    for role in sorted({cluster["roleArn"], *(group["nodeRole"] for group in groups)}):
        _role(reader, role)
    _control_plane(reader, cluster)
    _oidc_provider(reader, cluster)
    for version in versions.values():
        _launch_template(reader, version)
    for group in groups:
        _node_group(reader, group)
    _addons(reader, name)
    _access_entries(reader, name)
    for profile in reader.pages(reader.eks, "list_fargate_profiles", "fargateProfileNames", clusterName=name):
        reader.left.append(f"Fargate profile {profile}: not imported and not changed; import it manually to manage it")
    return cluster


def _role(reader: Reader, arn: str) -> None:
    name = arn.rpartition("/")[2]
    role = reader.iam.get_role(RoleName=name)["Role"]
    reader.add(
        "aws_iam_role",
        name,
        name,
        name=name,
        path=role["Path"],
        description=role.get("Description"),
        assume_role_policy=json.dumps(role["AssumeRolePolicyDocument"], sort_keys=True),
        max_session_duration=role.get("MaxSessionDuration"),
        permissions_boundary=role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        tags=tags(role.get("Tags")),
    )
    for policy in reader.pages(reader.iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name):
        reader.add(
            "aws_iam_role_policy_attachment",
            f"{name}-{policy['PolicyName']}",
            f"{name}/{policy['PolicyArn']}",
            role=name,
            policy_arn=policy["PolicyArn"],
        )
    for policy in reader.pages(reader.iam, "list_role_policies", "PolicyNames", RoleName=name):
        document = reader.iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        reader.add(
            "aws_iam_role_policy",
            f"{name}-{policy}",
            f"{name}:{policy}",
            role=name,
            name=policy,
            policy=json.dumps(document, sort_keys=True),
        )


def _control_plane(reader: Reader, cluster: dict[str, Any]) -> None:
    network, vpc = cluster["kubernetesNetworkConfig"], cluster["resourcesVpcConfig"]
    on = [
        kind
        for entry in cluster.get("logging", {}).get("clusterLogging", ())
        if entry["enabled"]
        for kind in entry["types"]
    ]
    encryption = [
        {"resources": one["resources"], "provider": {"key_arn": one["provider"]["keyArn"]}}
        for one in cluster.get("encryptionConfig", ())
    ]
    support = cluster.get("upgradePolicy", {}).get("supportType")
    reader.add(
        "aws_eks_cluster",
        "this",
        cluster["name"],
        name=cluster["name"],
        role_arn=cluster["roleArn"],
        version=cluster["version"],
        enabled_cluster_log_types=sorted(on),
        access_config={"authentication_mode": cluster["accessConfig"]["authenticationMode"]},
        vpc_config={
            "subnet_ids": sorted(vpc["subnetIds"]),
            "security_group_ids": sorted(vpc.get("securityGroupIds", ())),
            "endpoint_private_access": vpc["endpointPrivateAccess"],
            "endpoint_public_access": vpc["endpointPublicAccess"],
            "public_access_cidrs": sorted(vpc.get("publicAccessCidrs", ())),
        },
        kubernetes_network_config={
            key: value
            for key, value in {
                "service_ipv4_cidr": network.get("serviceIpv4Cidr"),
                "ip_family": network.get("ipFamily"),
            }.items()
            if value
        },
        encryption_config=encryption,
        upgrade_policy={"support_type": support} if support else None,
        tags=tags(cluster.get("tags")),
    )


def _oidc_provider(reader: Reader, cluster: dict[str, Any]) -> None:
    issuer = cluster["identity"]["oidc"]["issuer"]
    for listed in reader.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        if listed["Arn"].partition(":oidc-provider/")[2] == issuer.removeprefix("https://"):
            provider = reader.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=listed["Arn"])
            reader.add(
                "aws_iam_openid_connect_provider",
                "this",
                listed["Arn"],
                url=issuer,
                client_id_list=sorted(provider["ClientIDList"]),
                thumbprint_list=provider.get("ThumbprintList"),
                tags=tags(provider.get("Tags")),
            )
            return
    reader.left.append(
        'The cluster\'s OIDC provider does not exist in IAM: set ExistingCluster(…, oidc_provider="made")'
    )


def _launch_template(reader: Reader, version: dict[str, Any]) -> None:
    """The launch template version used by node groups, in Terraform's schema."""
    data, name = version["LaunchTemplateData"], version["LaunchTemplateName"]
    (template,) = reader.ec2.describe_launch_templates(LaunchTemplateIds=[version["LaunchTemplateId"]])[
        "LaunchTemplates"
    ]
    metadata = data.get("MetadataOptions", {})
    reader.add(
        "aws_launch_template",
        name,
        version["LaunchTemplateId"],
        name=name,
        description=version.get("VersionDescription"),
        image_id=data.get("ImageId"),
        instance_type=data.get("InstanceType"),
        key_name=data.get("KeyName"),
        user_data=data.get("UserData"),
        ebs_optimized=str(data["EbsOptimized"]).lower() if "EbsOptimized" in data else None,
        vpc_security_group_ids=data.get("SecurityGroupIds"),
        block_device_mappings=[_disk(one) for one in data.get("BlockDeviceMappings", ())],
        metadata_options={
            key: metadata[word]
            for key, word in (
                ("http_endpoint", "HttpEndpoint"),
                ("http_tokens", "HttpTokens"),
                ("http_put_response_hop_limit", "HttpPutResponseHopLimit"),
                ("instance_metadata_tags", "InstanceMetadataTags"),
            )
            if word in metadata
        },
        tag_specifications=[
            {"resource_type": one["ResourceType"], "tags": tags(one["Tags"])}
            for one in data.get("TagSpecifications", ())
        ],
        tags=tags(template.get("Tags")),
    )


def _disk(mapping: dict[str, Any]) -> dict[str, Any]:
    ebs = mapping.get("Ebs", {})
    words = (
        ("volume_size", "VolumeSize"),
        ("volume_type", "VolumeType"),
        ("iops", "Iops"),
        ("throughput", "Throughput"),
        ("kms_key_id", "KmsKeyId"),
    )
    found = {key: ebs[word] for key, word in words if word in ebs}
    texts = (
        ("encrypted", "Encrypted"),
        ("delete_on_termination", "DeleteOnTermination"),
    )  # strings in the provider, in both majors
    found |= {key: str(ebs[word]).lower() for key, word in texts if word in ebs}
    return {"device_name": mapping["DeviceName"], **({"ebs": found} if found else {})}


def _node_group(reader: Reader, group: dict[str, Any]) -> None:
    template, scaling = group.get("launchTemplate"), group["scalingConfig"]
    update = group.get("updateConfig", {})
    reader.add(
        "aws_eks_node_group",
        group["nodegroupName"],
        f"{group['clusterName']}:{group['nodegroupName']}",
        cluster_name=group["clusterName"],
        node_group_name=group["nodegroupName"],
        node_role_arn=group["nodeRole"],
        subnet_ids=sorted(group["subnets"]),
        ami_type=group.get("amiType"),
        instance_types=group.get("instanceTypes"),
        capacity_type=group.get("capacityType"),
        disk_size=None if template else group.get("diskSize"),
        version=group.get("version"),
        launch_template={"id": template["id"], "version": template["version"]} if template else None,
        scaling_config={
            "min_size": scaling["minSize"],
            "desired_size": scaling["desiredSize"],
            "max_size": scaling["maxSize"],
        },
        update_config={
            key: update[word]
            for key, word in (
                ("max_unavailable", "maxUnavailable"),
                ("max_unavailable_percentage", "maxUnavailablePercentage"),
            )
            if update.get(word)
        },
        labels=group.get("labels"),
        taint=group.get("taints"),
        tags=tags(group.get("tags")),
    )


def _addons(reader: Reader, cluster: str) -> None:
    for name in reader.pages(reader.eks, "list_addons", "addons", clusterName=cluster):
        addon = reader.eks.describe_addon(clusterName=cluster, addonName=name)["addon"]
        reader.add(
            "aws_eks_addon",
            name,
            f"{cluster}:{name}",
            cluster_name=cluster,
            addon_name=name,
            addon_version=addon["addonVersion"],
            configuration_values=addon.get("configurationValues"),
            service_account_role_arn=addon.get("serviceAccountRoleArn"),
            tags=tags(addon.get("tags")),
        )


def _access_entries(reader: Reader, cluster: str) -> None:
    """Access entries of users and programs; EKS creates those of nodes."""
    for principal in reader.pages(reader.eks, "list_access_entries", "accessEntries", clusterName=cluster):
        entry = reader.eks.describe_access_entry(clusterName=cluster, principalArn=principal)["accessEntry"]
        if entry["type"] != "STANDARD":
            continue
        name = principal.rpartition("/")[2] or principal.rpartition(":")[2]
        reader.add(
            "aws_eks_access_entry",
            name,
            f"{cluster}:{principal}",
            cluster_name=cluster,
            principal_arn=principal,
            type=entry["type"],
            kubernetes_groups=entry.get("kubernetesGroups"),
            tags=tags(entry.get("tags")),
        )
        arguments = {"clusterName": cluster, "principalArn": principal}
        for policy in reader.pages(
            reader.eks, "list_associated_access_policies", "associatedAccessPolicies", **arguments
        ):
            scope = policy["accessScope"]
            reader.add(
                "aws_eks_access_policy_association",
                f"{name}-{policy['policyArn'].rpartition('/')[2]}",
                f"{cluster}#{principal}#{policy['policyArn']}",
                cluster_name=cluster,
                principal_arn=principal,
                policy_arn=policy["policyArn"],
                access_scope={
                    "type": scope["type"],
                    **({"namespaces": scope["namespaces"]} if scope.get("namespaces") else {}),
                },
            )
