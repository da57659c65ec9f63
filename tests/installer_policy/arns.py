"""The ARNs of the resources that a request names, from its parameters and AWS's reference."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.installer_policy.aws_reference import arn_pattern, raw_arn, resource_types
from tests.stand_ins.moto_extension.names import ACCOUNT
from tests.stand_ins.moto_extension.recording import Recorded, texts

PARTITION = "aws"
NEW_ID = "*"
"""In place of what a request does not say, such as the id of what it creates."""

EC2_PREFIXES = {
    "elastic-ip": "eipalloc",
    "internet-gateway": "igw",
    "key-pair": "key",
    "launch-template": "lt",
    "natgateway": "nat",
    "network-interface": "eni",
    "route-table": "rtb",
    "security-group": "sg",
    "security-group-rule": "sgr",
    "subnet": "subnet",
    "vpc": "vpc",
    "vpc-endpoint": "vpce",
    "vpc-flow-log": "fl",
}
"""Type of resource to the prefix of its ids."""

PARAMETERS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("aps", "WorkspaceId"): ("workspaceId",),
    ("autoscaling", "GroupFriendlyName"): ("AutoScalingGroupName", "ResourceId"),
    ("backup", "BackupVaultName"): ("BackupVaultName",),
    ("cognito-idp", "UserPoolId"): ("UserPoolId",),
    ("ec2", "KeyPairName"): ("KeyName",),
    ("ecr", "RepositoryName"): ("repositoryName", "repositoryNames"),
    ("eks", "ClusterName"): ("clusterName", "name"),
    ("elasticfilesystem", "FileSystemId"): ("FileSystemId",),
    ("elasticloadbalancing", "LoadBalancerName"): ("Name", "Names"),
    ("elasticloadbalancing", "TargetGroupName"): ("Name", "Names"),
    ("events", "RuleName"): ("Rule", "Name"),
    ("iam", "OidcProviderName"): ("Url",),
    ("iam", "PolicyNameWithPath"): ("PolicyName",),
    ("iam", "RoleNameWithPath"): ("RoleName",),
    ("iam", "UserNameWithPath"): ("UserName",),
    ("kms", "Alias"): ("AliasName",),
    ("kms", "KeyId"): ("KeyId", "TargetKeyId"),
    ("logs", "LogGroupName"): ("logGroupName",),
    ("rds", "ClusterParameterGroupName"): ("DBClusterParameterGroupName",),
    ("rds", "ClusterSnapshotName"): ("FinalDBSnapshotIdentifier", "DBClusterSnapshotIdentifier"),
    ("rds", "DbClusterInstanceName"): ("DBClusterIdentifier",),
    ("rds", "DbInstanceName"): ("DBInstanceIdentifier",),
    ("rds", "ParameterGroupName"): ("DBParameterGroupName",),
    ("rds", "SnapshotName"): ("FinalDBSnapshotIdentifier", "DBSnapshotIdentifier"),
    ("rds", "SubnetGroupName"): ("DBSubnetGroupName",),
    ("s3", "BucketName"): ("Bucket",),
    ("s3", "ObjectName"): ("Key",),
    ("secretsmanager", "SecretId"): ("Name", "SecretId"),
    ("sqs", "QueueName"): ("QueueName", "QueueUrl"),
    ("wafv2", "Name"): ("Name",),
}
"""Service and part of an ARN to the parameters that say it; other parts stay NEW_ID."""
ALWAYS = {("wafv2", "Scope"): "regional"}
"""Parts that are the same for all resources of a platform."""

UNNAMED = {("wafv2", "managedruleset")}
"""Types that AWS decides about although no parameter has their ARN: rule groups of AWS in a web ACL.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/security_iam_id-based-policy-examples.html
"""
NOT_OF_A_PLATFORM = {
    ("elasticloadbalancing", "loadbalancer/gwy/"),
    ("elasticloadbalancing", "loadbalancer/net/"),
    ("elasticloadbalancing", "loadbalancer"),
    ("elasticloadbalancing", "listener/gwy"),
    ("elasticloadbalancing", "listener/net"),
    ("elasticloadbalancing", "listener-rule/net"),
    ("events", "rule-on-custom-event-bus"),
    ("route53", "healthcheck"),
    ("eks", "capability"),
    ("s3", "accesspoint"),
    ("s3", "accesspointobject"),
    ("wafv2", "ipset"),
    ("wafv2", "regexpatternset"),
    ("wafv2", "rulegroup"),
    ("wafv2", "userpool"),
}
"""Types that AWS's reference offers for an action, or requires, and no platform has: all its load balancers are of the kind
`app`, its rules are on the default bus, and its web ACL has only AWS's rule groups.
"""


def resources(action: str, request: Recorded) -> Iterator[tuple[str, str]]:
    """Type and ARN of each resource that IAM decides about, in place of `*` for actions without resources.

    Args:
        action: of the request, as AWS's reference names it.
        request: with parameters.
    """
    service = action.partition(":")[0]
    types = {name: one for name, one in resource_types(action).items() if (service, name) not in NOT_OF_A_PLATFORM}
    found = [
        (name, arn)
        for name, one in types.items()
        for arn in _named(service, name, request)
        or (
            [_filled(service, name, request, [])]
            if one["required"] or len(types) == 1 or (service, name) in UNNAMED
            else []
        )
    ]
    yield from found or [("", "*")]


def new_arn(service: str, resource_type: str, request: Recorded) -> str:
    """ARN of what a request makes in another resource, as far as its parameters say it."""
    return next(iter(_named(service, resource_type, request)), _filled(service, resource_type, request, []))


def _named(service: str, resource_type: str, request: Recorded) -> list[str]:
    """ARNs of a type that the parameters contain, or name."""
    if (service, resource_type) in UNNAMED:
        return []
    found = [one for one in texts(request.parameters) if arn_pattern(service, resource_type).match(one)]
    if service == "ec2" and resource_type in EC2_PREFIXES:
        pattern = re.compile(rf"{EC2_PREFIXES[resource_type]}-[0-9a-f]{{8,17}}$")
        ids = sorted({one for one in texts(request.parameters) if pattern.match(one)})
        return [*found, *(_filled(service, resource_type, request, [one]) for one in ids)]
    if found:
        return found
    names = _names(service, resource_type, request)
    return [_filled(service, resource_type, request, parts) for parts in names]


def _names(service: str, resource_type: str, request: Recorded) -> list[list[str]]:
    """What the parameters say of the parts of an ARN: one list for each resource, empty when they say nothing."""
    parts = _parts(service, resource_type)
    values = [
        [ALWAYS[service, part]]
        if (service, part) in ALWAYS
        else list(
            dict.fromkeys(
                one for name in PARAMETERS.get((service, part), ()) for one in _values(request.parameters, name)
            )
        )
        for part in parts
    ]
    said = [number for number, part in enumerate(parts) if values[number] and (service, part) not in ALWAYS]
    if not said:
        return []
    return [
        [
            _short(one) if number == said[0] else (_short(values[number][0]) if values[number] else NEW_ID)
            for number in range(len(parts))
        ]
        for one in values[said[0]]
    ]


def _short(value: str) -> str:
    """A name of what a parameter has: `made/database` of a secret's ARN, `alias` without its prefix, a queue of its URL."""
    for pattern in (r"arn:.*?:\d*:(?:secret:)?(.*)", r"https?://[^/]+/\d{12}/(.*)", r"https://(.*)", r"alias/(.*)"):
        if match := re.fullmatch(pattern, value):
            return match[1]
    return value


def _values(parameters: Any, name: str) -> Iterator[str]:
    """Values of a parameter at the top, or in the items of a list at the top."""
    value = parameters.get(name)
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (one for one in value if isinstance(one, str))
    for nested in parameters.values():
        for item in nested if isinstance(nested, list) else ():
            if isinstance(item, Mapping) and isinstance(item.get(name), str) and name != "Name":
                yield item[name]


def _parts(service: str, resource_type: str) -> list[str]:
    every = re.findall(r"\$\{(\w+)\}", raw_arn(service, resource_type))
    return [one for one in every if one not in ("Partition", "Region", "Account")]


def _filled(service: str, resource_type: str, request: Recorded, parts: list[str]) -> str:
    """The ARN of a type with its parts in their order; missing ones are NEW_ID."""
    arn = raw_arn(service, resource_type)
    for name, value in (("Partition", PARTITION), ("Region", request.region), ("Account", ACCOUNT)):
        arn = arn.replace(f"${{{name}}}", value)
    known = dict(zip(_parts(service, resource_type), parts, strict=False))
    return re.sub(r"\$\{(\w+)\}", lambda one: known.get(one[1], ALWAYS.get((service, one[1]), NEW_ID)), arn)
