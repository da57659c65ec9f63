"""Removes single leftovers that are named."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from modules.live.aws import code_of
from modules.live.leftovers.found import Leftover

Client = Callable[[str], Any]
"""Service to its client in the platform's region."""


def _group(client: Client, id_: str) -> None:
    """A security group, after rules of other groups that refer to it."""
    ec2 = client("ec2")
    for filter_, rules_of, revoke in (
        ("ip-permission.group-id", "IpPermissions", ec2.revoke_security_group_ingress),
        ("egress.ip-permission.group-id", "IpPermissionsEgress", ec2.revoke_security_group_egress),
    ):
        for other in ec2.describe_security_groups(Filters=[{"Name": filter_, "Values": [id_]}])["SecurityGroups"]:
            rules = [_only(rule, id_) for rule in other[rules_of] if _names(rule, id_)]
            if rules and other["GroupId"] != id_:
                revoke(GroupId=other["GroupId"], IpPermissions=rules)
    ec2.delete_security_group(GroupId=id_)


def _names(rule: Mapping[str, Any], group: str) -> bool:
    return any(one.get("GroupId") == group for one in rule.get("UserIdGroupPairs", ()))


def _only(rule: Mapping[str, Any], group: str) -> dict[str, Any]:
    """A rule as far as it is about one group."""
    pairs = [{"GroupId": group} for one in rule["UserIdGroupPairs"] if one.get("GroupId") == group]
    return {key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in rule} | {"UserIdGroupPairs": pairs}


def _endpoint(client: Client, id_: str) -> None:
    failed = client("ec2").delete_vpc_endpoints(VpcEndpointIds=[id_]).get("Unsuccessful")
    if failed:
        raise ValueError(f"{id_}: {failed[0]['Error']['Message']}")


def _profile(client: Client, name: str) -> None:
    iam = client("iam")
    for role in iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]:
        iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])
    iam.delete_instance_profile(InstanceProfileName=name)


def _role(client: Client, name: str) -> None:
    iam = client("iam")
    for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)


def _call(
    service: str, operation: str, parameter: str, *, in_list: bool = False, **more: Any
) -> Callable[[Client, str], None]:
    """A removal that is one call."""

    def remove(client: Client, id_: str) -> None:
        getattr(client(service), operation)(**{parameter: [id_] if in_list else id_}, **more)

    return remove


REMOVALS: Mapping[str, Callable[[Client, str], None]] = {
    "load balancer": _call("elbv2", "delete_load_balancer", "LoadBalancerArn"),
    "target group": _call("elbv2", "delete_target_group", "TargetGroupArn"),
    "classic load balancer": _call("elb", "delete_load_balancer", "LoadBalancerName"),
    "instance": _call("ec2", "terminate_instances", "InstanceIds", in_list=True),
    "volume": _call("ec2", "delete_volume", "VolumeId"),
    "snapshot": _call("ec2", "delete_snapshot", "SnapshotId"),
    "network interface": _call("ec2", "delete_network_interface", "NetworkInterfaceId"),
    "launch template": _call("ec2", "delete_launch_template", "LaunchTemplateId"),
    "elastic IP": _call("ec2", "release_address", "AllocationId"),
    "security group": _group,
    "VPC endpoint": _endpoint,
    "log group": _call("logs", "delete_log_group", "logGroupName"),
    "database snapshot": _call("rds", "delete_db_snapshot", "DBSnapshotIdentifier"),
    "database cluster snapshot": _call("rds", "delete_db_cluster_snapshot", "DBClusterSnapshotIdentifier"),
    "instance profile": _profile,
    "IAM role": _role,
    "repository": _call("ecr", "delete_repository", "repositoryName", force=True),
    "secret": _call("secretsmanager", "delete_secret", "SecretId", ForceDeleteWithoutRecovery=True),
}
"""Type of a leftover to what removes it; a type that is not here is removed by hand."""


def chosen(listed: Iterable[Leftover], ids: Iterable[str]) -> list[Leftover]:
    """The leftovers that are named.

    Args:
        listed: what a search found.
        ids: as given on the command line.

    Raises:
        ValueError: an id is not among them, or cannot be removed by this program; nothing is removed then.
    """
    by_id = {one.id: one for one in listed}
    lines, found = [], []
    for id_ in dict.fromkeys(ids):
        one = by_id.get(id_)
        if one is None:
            lines.append(f"{id_}: not among the leftovers of the platform by tag or name, so it is not deleted")
        elif not one.removable or one.type not in REMOVALS:
            lines.append(f"{id_}: {one.type}, {one.mark}; this program does not delete it; delete it by hand")
        else:
            found.append(one)
    if lines:
        raise ValueError("\n".join(lines))
    return found


def remove(client: Client, one: Leftover) -> None:
    """Delete one leftover.

    Raises:
        ValueError: AWS refuses, with its reason.
    """
    try:
        REMOVALS[one.type](client, one.id)
    except ClientError as error:
        raise ValueError(
            f"{one.type} {one.id}: AWS refuses to delete it ({code_of(error)}: {error.response['Error']['Message']}); "
            "delete first what uses it, or wait some minutes"
        ) from error
