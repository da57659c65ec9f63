"""From a recorded request to what IAM checks: actions, ARNs and condition keys."""

from collections.abc import Iterator, Mapping
from typing import Any

from modules.naming import PLATFORM_TAG
from tests.installer_policy.arns import NEW_ID, resources
from tests.installer_policy.aws_reference import REQUEST_TAG, RESOURCE_TAG, action_of, privilege, takes_tag
from tests.installer_policy.implied import implied
from tests.installer_policy.need import Need
from tests.stand_ins.moto_extension.recording import Recorded

LATER = {("elasticfilesystem", "DeleteFileSystem"), ("kms", "ScheduleKeyDeletion")}
"""Requests outside of EC2 in which IAM checks the tag of the resource: long after it was made. KMS decides by a new tag only after up
to five minutes, and Terraform goes on at once.

Source: https://docs.aws.amazon.com/kms/latest/developerguide/abac.html
"""


def needs(request: Recorded, platform: str) -> Iterator[Need]:
    """All decisions that AWS makes about a request.

    Args:
        request: of Terraform.
        platform: name of the platform that its stack is of, the value of its tag.
    """
    action = action_of(request.service, request.operation)
    found = list(resources(action, request))
    attached = (("iam:PolicyARN", (request.parameters["PolicyArn"],)),) if action == "iam:AttachRolePolicy" else ()
    for resource_type, arn in found:
        tags = tuple((key, ()) for key in _tag_keys(action, resource_type, arn, request, platform))
        yield Need(action, arn, (*tags, *attached))
    new = [arn for _, arn in found if arn.endswith(NEW_ID) or arn == "*" or request.service != "ec2"]
    yield from implied(action, request, new or ["*"])


def _tag_keys(action: str, resource_type: str, arn: str, request: Recorded, platform: str) -> Iterator[str]:
    """Which of the two tags of a platform a condition can ask for: that of the request, of a new resource, or that of an old one."""
    if not resource_type or not (request.service == "ec2" or (request.service, request.operation) in LATER):
        return
    if privilege(action)["access_level"] in ("List", "Read"):  # of no harm, and nothing that a tag may keep from a plan
        return
    if arn.endswith(NEW_ID):
        if takes_tag(action, resource_type, REQUEST_TAG) and platform in _sent_tags(request.parameters):
            yield "aws:RequestTag"
    elif takes_tag(action, resource_type, RESOURCE_TAG):
        if request.tags.get(arn.rpartition("/")[2], {}).get(PLATFORM_TAG) == platform:
            yield "aws:ResourceTag"
        elif takes_tag(action, resource_type, REQUEST_TAG) and platform in _sent_tags(request.parameters):
            yield "aws:RequestTag"


def _sent_tags(parameters: Mapping[str, Any]) -> set[str]:
    """Values of the platform's tag in a request of EC2."""
    specifications = parameters.get("TagSpecifications") or ()
    tags = [tag for one in specifications for tag in one.get("Tags") or ()] + list(parameters.get("Tags") or ())
    return {tag["Value"] for tag in tags if tag["Key"] == PLATFORM_TAG}
