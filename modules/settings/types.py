"""Kinds of values that several sections take, each with its pattern and one sentence for a wrong one."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints


def matching(pattern: str, what: str) -> AfterValidator:
    """A validator that says what a value must look like instead of showing a regular expression."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"{value!r} is not {what}")
        return value

    return AfterValidator(check)


Retention = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""Days that CloudWatch Logs can keep a log.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""

NodeName = Annotated[
    str,
    matching(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", "a name of 1 to 40 lower-case letters, digits and inner hyphens"),
]
"""Name of a group, an entry, a schedule, …: it stands in addresses and in AWS names (40: AWS names stay below 64)."""

PlatformName = Annotated[
    str,
    matching(
        r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?",
        "a platform name: 1 to 22 lower-case letters, digits and inner hyphens, a letter first (22 leaves room for the rest of "
        "AWS names, which end at 64)",
    ),
]

VpcId = Annotated[str, matching(r"vpc-[0-9a-f]{8,17}", "a VPC id such as vpc-0123456789abcdef0")]
SubnetId = Annotated[str, matching(r"subnet-[0-9a-f]{8,17}", "a subnet id such as subnet-0123456789abcdef0")]
AccountId = Annotated[str, matching(r"\d{12}", "an AWS account id of 12 digits, in quotes")]

ARN = r"arn:(aws|aws-us-gov|aws-cn):"
PolicyArn = Annotated[
    str,
    matching(
        ARN + r"iam::(\d{12}|aws):policy/.+",
        "the ARN of an IAM policy, such as arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    ),
]
RoleArn = Annotated[
    str, matching(ARN + r"iam::\d{12}:role/.+", "the ARN of an IAM role, such as arn:aws:iam::111122223333:role/deploy")
]
KeyArn = Annotated[str, matching(ARN + r"kms:[a-z0-9-]+:\d{12}:key/.+", "the ARN of a KMS key (not of an alias)")]
Principal = Annotated[
    str,
    matching(
        rf"({ARN}iam::\d{{12}}:(role|user)/.+)|((role|user)/[\w+=,.@-]+)",
        "an IAM principal: the ARN of a role or user, or role/<name> or user/<name> in the platform's own account",
    ),
]
"""Who gets in. `role/<name>` is looked up at plan, so one main.py serves several accounts, and a wrong name fails the plan."""

KubernetesName = Annotated[
    str,
    matching(
        r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", "a Kubernetes name: lower-case letters, digits, inner hyphens and dots"
    ),
]
NamespaceName = Annotated[
    str,
    matching(
        r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
        "a Kubernetes namespace: 1 to 63 lower-case letters, digits and inner hyphens",
    ),
]
Version = Annotated[str, matching(r"v\d+\.\d+\.\d+(-eksbuild\.\d+)?", "an add-on version such as v1.20.4-eksbuild.2")]
NonEmpty = Annotated[str, StringConstraints(min_length=1)]
