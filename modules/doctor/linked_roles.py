"""Service-linked roles: they exist, or the caller can create them."""

from collections.abc import Iterator

from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from modules.aws_data.service_linked_roles import (
    AUTO_SCALING,
    EKS,
    EKS_FARGATE,
    EKS_NODE_GROUPS,
    ELASTIC_LOAD_BALANCING,
    RDS,
    SPOT,
    ServiceLinkedRole,
)
from modules.doctor.account import Place
from modules.doctor.finding import Finding
from modules.kubeflow.made_database import made_database
from modules.live.aws import DeniedError, code_of
from modules.settings import Cluster, LoadBalancer, Platform

CREATE = "iam:CreateServiceLinkedRole"


def roles_of(platform: Platform) -> list[ServiceLinkedRole]:
    """Roles that services need for what the platform creates."""
    cluster, kubeflow = platform.cluster, platform.kubeflow
    found = []
    if isinstance(cluster, Cluster):
        found.append(EKS)
        found += [EKS_NODE_GROUPS, AUTO_SCALING] if cluster.node_groups else []
        found += [EKS_FARGATE] if cluster.fargate_profiles else []
    if _uses_spot(platform):
        found.append(SPOT)
    if made_database(platform) is not None:
        found.append(RDS)
    if kubeflow is not None and isinstance(kubeflow.exposure, LoadBalancer):
        found.append(ELASTIC_LOAD_BALANCING)
    return found


def _uses_spot(platform: Platform) -> bool:
    groups = platform.cluster.node_groups if isinstance(platform.cluster, Cluster) else ()
    pools = platform.kubeflow.node_pools if platform.kubeflow is not None else ()
    return any(group.capacity_type == "SPOT" for group in groups) or any(
        "spot" in pool.capacity_types for pool in pools
    )


def linked_roles(place: Place) -> Iterator[Finding]:
    """Each role exists, or AWS can create it with the caller's permissions."""
    roles = roles_of(place.platform)
    missing = [role for role in roles if not _exists(place, role)]
    if roles and not missing:
        yield Finding("ok", f"service-linked roles exist: {', '.join(role.name for role in roles)}")
    for role in missing:
        yield from _creatable(place, role)


def _exists(place: Place, role: ServiceLinkedRole) -> bool:
    try:
        place.aws.get("iam", "get_role", RoleName=role.name)
    except ClientError as error:
        if code_of(error) == "NoSuchEntity":
            return False
        raise
    return True


def _creatable(place: Place, role: ServiceLinkedRole) -> Iterator[Finding]:
    command = f"aws iam create-service-linked-role --aws-service-name {role.service}"
    if role == SPOT and place.platform.kubeflow is not None and place.platform.kubeflow.node_pools:
        yield Finding(
            "error", f"the service-linked role {role.name} is missing, and Karpenter cannot create it", command
        )
        return
    try:
        allowed = _allowed(place, role)
    except DeniedError as error:
        yield Finding(
            "not checked",
            f"the service-linked role {role.name} is missing; whether the caller can create it: needs {error.action}",
            f"to create it: {command}",
        )
        return
    if allowed:
        yield Finding("ok", f"the service-linked role {role.name} is missing, and AWS creates it at first use")
    else:
        yield Finding(
            "error",
            f"the service-linked role {role.name} is missing, and {place.caller} lacks {CREATE}",
            f"with an administrator's credentials: {command}",
        )


def _allowed(place: Place, role: ServiceLinkedRole) -> bool:
    """Whether IAM allows the caller to create the role; the account's root user is allowed everything."""
    caller = place.caller
    if caller.kind == "root":
        return True
    partition = place.platform.partition
    source = caller.arn
    if caller.kind == "role":  # a session's ARN lacks the path of the role
        source = place.aws.get("iam", "get_role", RoleName=caller.name)["Role"]["Arn"]
    answer = place.aws.get(
        "iam",
        "simulate_principal_policy",
        PolicySourceArn=source,
        ActionNames=[CREATE],
        ResourceArns=[f"arn:{partition}:iam::{caller.account}:role/{role.path}"],
        ContextEntries=[
            {"ContextKeyName": "iam:AWSServiceName", "ContextKeyType": "string", "ContextKeyValues": [role.service]}
        ],
    )
    return all(one["EvalDecision"] == "allowed" for one in answer["EvaluationResults"])
