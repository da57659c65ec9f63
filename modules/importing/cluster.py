"""Reader of a cluster: roles, OIDC provider, node groups with launch templates, EKS add-ons and access entries."""

import json
from typing import Any

from modules.importing import left, tables
from modules.importing.fields import arguments, tags
from modules.importing.reader import Reader
from modules.importing.vpc import read_security_groups

BURSTABLE = ("t2", "t3", "t4")
"""Instance types with CPU credits."""


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
    templates = {template: _newest(reader, template) for template in _templates(groups)}
    in_use = _in_use(reader, groups)
    own = cluster["resourcesVpcConfig"].get("clusterSecurityGroupId")
    of_nodes = [
        group
        for version in (*in_use.values(), *templates.values())
        for group in security_groups(version["LaunchTemplateData"])
    ]
    wanted = {*cluster["resourcesVpcConfig"].get("securityGroupIds", ()), *of_nodes} - {own}
    read_security_groups(reader, sorted(wanted))
    for role in sorted({cluster["roleArn"], *(group["nodeRole"] for group in groups)}):
        _role(reader, role)
    _control_plane(reader, cluster)
    _oidc_provider(reader, cluster)
    for version in templates.values():
        _launch_template(reader, version, [one for one in groups if _template_of(one) == version["LaunchTemplateId"]])
    for group in groups:
        _node_group(reader, group)
    _addons(reader, name)
    _access_entries(reader, name)
    left.of_cluster(reader, cluster, groups)
    return cluster


def security_groups(data: dict[str, Any]) -> list[str]:
    """Security groups of a launch template's data, of its interfaces as well."""
    interfaces = [group for one in data.get("NetworkInterfaces", ()) for group in one.get("Groups", ())]
    return list(dict.fromkeys([*data.get("SecurityGroupIds", ()), *interfaces]))


def node_security_group(reader: Reader, cluster: dict[str, Any]) -> str | None:
    """The security group that all managed node groups give to their nodes; None: there is none, or it is that of the cluster.

    Args:
        reader: clients of the account.
        cluster: EKS description.
    """
    name, own = cluster["name"], cluster["resourcesVpcConfig"].get("clusterSecurityGroupId")
    groups = [
        reader.eks.describe_nodegroup(clusterName=name, nodegroupName=group)["nodegroup"]
        for group in reader.pages(reader.eks, "list_nodegroups", "nodegroups", clusterName=name)
    ]
    in_use = _in_use(reader, groups)
    carried = [
        security_groups(in_use[group["nodegroupName"]]["LaunchTemplateData"])
        if group["nodegroupName"] in in_use
        else []
        for group in groups
    ]
    shared = [one for one in (carried[0] if carried else []) if all(one in groups for groups in carried)]
    return None if own in shared or not shared else sorted(shared)[0]


def _template_of(group: dict[str, Any]) -> str | None:
    found = group.get("launchTemplate")
    return str(found["id"]) if found else None


def _templates(groups: list[dict[str, Any]]) -> list[str]:
    """Launch templates of node groups, each once."""
    return list(dict.fromkeys(one for one in map(_template_of, groups) if one is not None))


def _in_use(reader: Reader, groups: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Node group to the version of its launch template that its nodes have."""
    return {
        group["nodegroupName"]: _version(reader, group["launchTemplate"]["id"], group["launchTemplate"]["version"])
        for group in groups
        if group.get("launchTemplate")
    }


def _newest(reader: Reader, template: str) -> dict[str, Any]:
    """The newest version, with which the AWS provider compares arguments."""
    return _version(reader, template, "$Latest")


def _version(reader: Reader, template: str, version: str) -> dict[str, Any]:
    found = reader.ec2.describe_launch_template_versions(LaunchTemplateId=template, Versions=[version])
    one: dict[str, Any] = found["LaunchTemplateVersions"][0]
    return one


def _role(reader: Reader, arn: str) -> None:
    name = arn.rpartition("/")[2]
    role = reader.iam.get_role(RoleName=name)["Role"]
    reader.read(
        "aws_iam_role",
        name,
        name,
        tables.ROLE,
        role,
        assume_role_policy=json.dumps(role["AssumeRolePolicyDocument"], sort_keys=True),
        permissions_boundary=role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
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
    on = [
        kind
        for entry in cluster.get("logging", {}).get("clusterLogging", ())
        if entry["enabled"]
        for kind in entry["types"]
    ]
    reader.read(
        "aws_eks_cluster",
        "this",
        cluster["name"],
        tables.CLUSTER,
        cluster,
        enabled_cluster_log_types=sorted(on),
        # an argument of newer providers, and off without it
        deletion_protection=cluster.get("deletionProtection") or None,
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


def _launch_template(reader: Reader, version: dict[str, Any], groups: list[dict[str, Any]]) -> None:
    """The launch template in its newest version; node groups keep the version that they use."""
    data, name = version["LaunchTemplateData"], version["LaunchTemplateName"]
    if "CreditSpecification" in data and not data.get("InstanceType", "").startswith(BURSTABLE):
        reader.unread.append(
            f"aws_launch_template {name}: CreditSpecification={data['CreditSpecification']}, which the AWS provider reads for instance types t2 to t4g only"
        )
        data = {key: value for key, value in data.items() if key != "CreditSpecification"}
    (template,) = reader.ec2.describe_launch_templates(LaunchTemplateIds=[version["LaunchTemplateId"]])[
        "LaunchTemplates"
    ]
    reader.read(
        "aws_launch_template",
        name,
        version["LaunchTemplateId"],
        tables.LAUNCH_TEMPLATE,
        template,
        name=name,
        **arguments(tables.LAUNCH_TEMPLATE_VERSION, version),
        **arguments(tables.LAUNCH_TEMPLATE_DATA, data),
    )
    reader.report_unread(f"aws_launch_template {name}", tables.LAUNCH_TEMPLATE_VERSION, version)
    reader.report_unread(f"aws_launch_template {name}", tables.LAUNCH_TEMPLATE_DATA, data)
    older = [
        one for one in groups if one["launchTemplate"]["version"] not in ("$Latest", f"{version['VersionNumber']}")
    ]
    reader.left += [
        f"launch template {name}: node group {one['nodegroupName']} uses version {one['launchTemplate']['version']}, not the newest, "
        f"{version['VersionNumber']}; the import keeps version {one['launchTemplate']['version']} for the node group"
        for one in older
    ]


def _node_group(reader: Reader, group: dict[str, Any]) -> None:
    template, own_ami = group.get("launchTemplate"), group.get("amiType") == "CUSTOM"
    more: dict[str, Any] = {"disk_size": None} if template else {}
    if own_ami:  # of the AMI in the launch template; EKS refuses both arguments
        more |= {"version": None, "release_version": None}
    reader.read(
        "aws_eks_node_group",
        group["nodegroupName"],
        f"{group['clusterName']}:{group['nodegroupName']}",
        tables.NODE_GROUP,
        group,
        **more,
    )


def _addons(reader: Reader, cluster: str) -> None:
    for name in reader.pages(reader.eks, "list_addons", "addons", clusterName=cluster):
        addon = reader.eks.describe_addon(clusterName=cluster, addonName=name)["addon"]
        associations = [
            reader.eks.describe_pod_identity_association(clusterName=cluster, associationId=arn.rpartition("/")[2])[
                "association"
            ]
            for arn in addon.get("podIdentityAssociations", ())
        ]
        reader.read(
            "aws_eks_addon",
            name,
            f"{cluster}:{name}",
            tables.ADDON,
            addon,
            pod_identity_association=[
                {"role_arn": one["roleArn"], "service_account": one["serviceAccount"]} for one in associations
            ],
        )


def _access_entries(reader: Reader, cluster: str) -> None:
    """Access entries of users and programs; EKS creates those of nodes."""
    for principal in reader.pages(reader.eks, "list_access_entries", "accessEntries", clusterName=cluster):
        entry = reader.eks.describe_access_entry(clusterName=cluster, principalArn=principal)["accessEntry"]
        if entry["type"] != "STANDARD":
            reader.left.append(f"access entry {principal} of type {entry['type']}: EKS or its owner keeps it")
            continue
        name = principal.rpartition("/")[2] or principal.rpartition(":")[2]
        reader.read("aws_eks_access_entry", name, f"{cluster}:{principal}", tables.ACCESS_ENTRY, entry)
        for policy in reader.pages(
            reader.eks,
            "list_associated_access_policies",
            "associatedAccessPolicies",
            clusterName=cluster,
            principalArn=principal,
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
