"""What AWS checks with IAM during a request, and moto does not: roles that are passed, dependent actions, service-linked roles."""

from collections.abc import Iterator, Mapping
from typing import Any

from modules.aws_data.service_linked_roles import (
    AUTO_SCALING,
    BACKUP,
    EFS,
    EKS,
    EKS_FARGATE,
    EKS_NODE_GROUPS,
    ELASTIC_LOAD_BALANCING,
    RDS,
    SPOT,
    WAF_LOGGING,
    ServiceLinkedRole,
)
from tests.installer_policy.arns import PARTITION, new_arn, resources
from tests.installer_policy.need import Need
from tests.stand_ins.moto_extension.names import ACCOUNT
from tests.stand_ins.moto_extension.recording import Recorded, texts

LINKED: Mapping[str, tuple[ServiceLinkedRole, ...]] = {
    "eks:CreateCluster": (EKS,),
    "eks:CreateFargateProfile": (EKS_FARGATE,),
    "eks:CreateNodegroup": (EKS_NODE_GROUPS, AUTO_SCALING, SPOT),
    "elasticfilesystem:CreateMountTarget": (EFS,),
    "elasticfilesystem:PutBackupPolicy": (BACKUP,),
    "elasticloadbalancing:CreateLoadBalancer": (ELASTIC_LOAD_BALANCING,),
    "rds:CreateDBCluster": (RDS,),
    "rds:CreateDBInstance": (RDS,),
    "wafv2:PutLoggingConfiguration": (WAF_LOGGING,),
}
"""Action to the roles that the service makes at first use, with the rights of the caller."""

EKS_PRINCIPALS = ("ec2.amazonaws.com", "eks-fargate-pods.amazonaws.com", "eks.amazonaws.com", "pods.eks.amazonaws.com")
PASSED_TO: Mapping[str, tuple[str, ...]] = {
    "ec2": ("vpc-flow-logs.amazonaws.com",),
    "eks": EKS_PRINCIPALS,
    "rds": ("monitoring.rds.amazonaws.com", "rds.amazonaws.com"),
}
"""Service of a request with a role to iam:PassedToService: for EKS all services that its roles trust, since AWS does not say which it is.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""
NOT_PASSED = {"principalArn", "RoleArn", "username"}
"""Parameters with the ARN of a role that the service does not get: principals with access to a cluster, and the role that STS assumes."""

TAG_ACTIONS: Mapping[str, str] = {
    "acm": "AddTagsToCertificate",
    "aps": "TagResource",
    "cognito-idp": "TagResource",
    "ec2": "CreateTags",
    "ecr": "TagResource",
    "eks": "TagResource",
    "elasticfilesystem": "TagResource",
    "elasticloadbalancing": "AddTags",
    "events": "TagResource",
    "kms": "TagResource",
    "logs": "TagResource",
    "rds": "AddTagsToResource",
    "secretsmanager": "TagResource",
    "sqs": "TagQueue",
    "wafv2": "TagResource",
}
IAM_TAG_ACTIONS = {
    "CreateOpenIDConnectProvider": "TagOpenIDConnectProvider",
    "CreatePolicy": "TagPolicy",
    "CreateRole": "TagRole",
}
"""Service, or operation of IAM, to the action that AWS checks when a resource is created with tags.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
"""
MADE_IN_ANOTHER = {
    "eks:CreateAccessEntry": "access-entry",
    "eks:CreateAddon": "addon",
    "eks:CreateCluster": "cluster",
    "eks:CreateFargateProfile": "fargateprofile",
    "eks:CreateNodegroup": "nodegroup",
    "eks:CreatePodIdentityAssociation": "podidentityassociation",
    "elasticloadbalancing:CreateListener": "listener/app",
    "elasticloadbalancing:CreateRule": "listener-rule/app",
}
"""Actions on one type of resource that make one of another, which then has the tags."""

WITH_GRANT = {"aps", "ecr", "eks", "elasticfilesystem", "rds"}
"""Services that use a key of the caller's by a grant.

Source: https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
"""
KEY_USE: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(WITH_GRANT, ("kms:CreateGrant", "kms:DescribeKey")),
    "rds": ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"),
}
SECRET_KEY_USE: Mapping[str, tuple[str, ...]] = {
    "CreateSecret": ("kms:Decrypt", "kms:GenerateDataKey"),
    "GetSecretValue": ("kms:Decrypt",),
    "PutSecretValue": ("kms:Decrypt", "kms:GenerateDataKey"),
    "UpdateSecret": ("kms:Decrypt", "kms:GenerateDataKey"),
}
"""Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html (permissions for the KMS key)"""

LOG_DELIVERY = (
    *("logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies"),
    *("logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery"),
)
"""Of services that write to CloudWatch Logs by vended logs.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
"""
DEPENDENT: Mapping[str, tuple[str, ...]] = {
    "aps:CreateLoggingConfiguration": LOG_DELIVERY,
    "aps:DeleteLoggingConfiguration": ("logs:DeleteLogDelivery", "logs:ListLogDeliveries"),
    "ec2:CreateVpcEndpoint": (
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "route53:AssociateVPCWithHostedZone",
    ),
    "elasticfilesystem:CreateMountTarget": (
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
    ),
    "elasticfilesystem:DeleteMountTarget": ("ec2:DeleteNetworkInterface",),
    "kms:CreateKey": ("kms:PutKeyPolicy",),
    "route53:CreateHostedZone": ("ec2:DescribeVpcs",),
    "wafv2:AssociateWebACL": (
        "elasticloadbalancing:SetWebAcl",
        "wafv2:GetPermissionPolicy",
        "wafv2:PutPermissionPolicy",
    ),
    "wafv2:DisassociateWebACL": ("elasticloadbalancing:SetWebAcl", "wafv2:PutPermissionPolicy"),
    "wafv2:GetWebACLForResource": ("wafv2:GetWebACL",),
    "wafv2:PutLoggingConfiguration": LOG_DELIVERY,
    "wafv2:DeleteLoggingConfiguration": ("logs:DeleteLogDelivery", "logs:ListLogDeliveries"),
}
"""Action to those that AWS checks during it, on the resources that the request names. The pages of each action name them:
https://docs.aws.amazon.com/service-authorization/latest/reference/, of a mount target https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html.
"""
NOT_ASKED: Mapping[str, tuple[str, ...]] = {
    "no platform has such a resource": (
        *(
            "amplify:",
            "apigateway:",
            "apprunner:",
            "appsync:",
            "cognito-idp:AssociateWebACL",
            "cognito-idp:DisassociateWebACL",
            "cognito-idp:GetWebACLForResource",
        ),
        *("ec2:AssociateVerifiedAccessInstanceWebAcl", "ec2:DisassociateVerifiedAccessInstanceWebAcl"),
        *(
            "ec2:GetVerifiedAccessInstanceWebAcl",
            "ecs:",
            "rds:CreateTenantDatabase",
            "rds:DeleteTenantDatabase",
            "rds:CreateDBShardGroup",
        ),
    ),
    "a plan of each stack with a VPC requires it anyway": ("ec2:DescribeVpcs",),
    "templates name no parameter of Systems Manager": ("ssm:GetParameters",),
    "the password is in a secret that Terraform makes, not RDS": ("secretsmanager:",),
    "keys are of one region": ("iam:CreateServiceLinkedRole",),
    "instances of Aurora are made and deleted by requests of their own": (
        "rds:CreateDBInstance",
        "rds:DeleteDBInstance",
    ),
    "the older actions of a load balancer's web ACL, next to SetWebAcl": (
        *("elasticloadbalancing:CreateWebACLAssociation", "elasticloadbalancing:DeleteWebACLAssociation"),
        "elasticloadbalancing:GetLoadBalancerWebACL",
    ),
    "asked for by a parameter that no platform sends": ("s3:", "rds:CreateDBSnapshot", "rds:CreateDBClusterSnapshot"),
}
"""Reason to actions, or their beginnings, that the reference names as dependent and AWS does not ask for here."""


def implied(action: str, request: Recorded, created: list[str]) -> Iterator[Need]:
    """What AWS checks with IAM in addition to an action.

    Args:
        action: of the request.
        request: with parameters.
        created: ARNs of what it makes, or `*`.
    """
    service = request.service
    yield from _passed_roles(request)
    for role in LINKED.get(action, ()):
        yield Need("iam:CreateServiceLinkedRole", f"arn:{PARTITION}:iam::{ACCOUNT}:role/{role.path}*")
    for one in DEPENDENT.get(action, ()):
        for _, arn in resources(one, request):
            yield Need(one, arn)
    if action == "rds:ModifyDBCluster":  # which changes its instances, named after it
        instance = f"{request.parameters['DBClusterIdentifier']}-a"
        yield Need("rds:ModifyDBInstance", f"arn:{PARTITION}:rds:{request.region}:{ACCOUNT}:db:{instance}")
    if _has_tags(request):
        name = IAM_TAG_ACTIONS.get(request.operation) if service == "iam" else TAG_ACTIONS.get(service)
        if name is not None and not request.operation.startswith(("Tag", "AddTags", "CreateTags")):
            kind = MADE_IN_ANOTHER.get(action)
            tagged = (("aws:RequestTag", ()),) if service == "ec2" else ()
            for arn in created if kind is None else [new_arn(service, kind, request)]:
                yield Need(f"{service}:{name}", arn, tagged)
    if service == "secretsmanager":
        yield from _key_use(request, SECRET_KEY_USE.get(request.operation, ()))
    elif any(one.startswith(f"arn:{PARTITION}:kms:") for one in texts(request.parameters)):
        yield from _key_use(request, KEY_USE.get(service, ()))
    if service == "eks" and "launchTemplate" in request.parameters:
        yield from _launch(request)


def _passed_roles(request: Recorded) -> Iterator[Need]:
    for name, value in _named_texts(request.parameters):
        is_role = value.startswith(f"arn:{PARTITION}:iam::{ACCOUNT}:role/")
        if is_role and request.service in PASSED_TO and name not in NOT_PASSED:
            yield Need("iam:PassRole", value, (("iam:PassedToService", PASSED_TO[request.service]),))


def _named_texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _named_texts(one, str(key))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _named_texts(one, name)
    elif isinstance(value, str):
        yield name, value


def _has_tags(request: Recorded) -> bool:
    names = ("TagSpecifications", "Tags", "tags", "HostedZoneTags", "UserPoolTags", "TagList")
    return any(request.parameters.get(name) for name in names)


def _key_use(request: Recorded, actions: tuple[str, ...]) -> Iterator[Need]:
    via = f"{request.service}.{request.region}.amazonaws.com"
    for action in actions:
        yield Need(action, f"arn:{PARTITION}:kms:{request.region}:{ACCOUNT}:key/*", (("kms:ViaService", (via,)),))


def _launch(request: Recorded) -> Iterator[Need]:
    """A node group of a launch template: EKS refuses a caller without the permission to launch instances of it.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html, and the refusal itself:
    https://github.com/aws-samples/terraform-eks-code/issues/13
    """
    here = f"arn:{PARTITION}:ec2:{request.region}:{ACCOUNT}"
    template = (("ec2:LaunchTemplate", (f"{here}:launch-template/*",)),)
    for kind in (
        "instance",
        "key-pair",
        "launch-template",
        "network-interface",
        "placement-group",
        "security-group",
        "subnet",
        "volume",
    ):
        yield Need("ec2:RunInstances", f"{here}:{kind}/*", template)
    yield Need("ec2:RunInstances", f"arn:{PARTITION}:ec2:{request.region}::image/*", template)
    for kind in ("instance", "network-interface", "volume"):
        yield Need("ec2:CreateTags", f"{here}:{kind}/*", (("ec2:CreateAction", ("RunInstances",)),))
