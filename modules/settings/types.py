"""Value types shared by several sections, each with its pattern and one error message."""

import re
from ipaddress import IPv4Interface, IPv4Network
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from modules.aws_data.regions import PARTITIONS
from modules.settings.field_errors import described
from modules.settings.texts import PEM

Read = TypeVar("Read", covariant=True)
Written = TypeVar("Written", contravariant=True)


def matching(pattern: str, what: str, *, shown: bool = True) -> AfterValidator:
    """A validator whose error describes the expected form instead of a regular expression.

    Args:
        pattern: of the whole value.
        what: the expected form, in words that follow `is not`.
        shown: whether an invalid value can be printed; not where a secret could have been pasted.
    """
    compiled = re.compile(pattern, re.ASCII)  # or \d would take digits of every script

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"{repr(value) if shown else 'what you gave'} is not {what}")
        return value

    check.__doc__ = what  # docs/settings.md names the type by it
    return AfterValidator(check)


def written_as_block(value: Any) -> Any:
    """Explain what is wrong with an IPv4 block; pydantic says only that it is invalid."""
    if isinstance(value, IPv4Network):
        return value
    if not isinstance(value, str):
        raise ValueError(f"must be an IPv4 block, not {described(value)}; write it like 10.0.0.0/16")
    try:
        inner = IPv4Interface(value)
    except ValueError:
        raise ValueError(f"{value!r} is not a valid IPv4 block; write it like 10.0.0.0/16") from None
    if inner.ip != inner.network.network_address:
        raise ValueError(f"{value!r} has host bits set; write {inner.network}")
    return value


if TYPE_CHECKING:

    class Parsed(Generic[Read, Written]):
        """A setting that is written as one type and read as another, declared as a descriptor for type checkers."""

        def __get__(self, section: object, kind: type | None = None) -> Read: ...
        def __set__(self, section: object, value: Written) -> None: ...

    Block: TypeAlias = Parsed[IPv4Network, str | IPv4Network]
    Blocks: TypeAlias = Parsed[tuple[IPv4Network, ...], tuple[str | IPv4Network, ...]]
    OptionalBlock: TypeAlias = Parsed[IPv4Network | None, str | IPv4Network | None]
    OptionalBlocks: TypeAlias = Parsed[tuple[IPv4Network, ...] | None, tuple[str | IPv4Network, ...] | None]
else:
    Block = Annotated[IPv4Network, BeforeValidator(written_as_block)]
    Blocks = tuple[Block, ...]
    OptionalBlock = Block | None
    OptionalBlocks = Blocks | None


def parsed_default(value: Any) -> Any:
    """The default of a `Parsed` setting; typed as Any, since type checkers would compare it with the descriptor."""
    return value


def number_or_names(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """One error instead of pydantic's one per alternative."""
    try:
        if isinstance(value, bool):
            raise TypeError
        return handler(value)
    except (ValidationError, TypeError):
        raise ValueError(
            f'{described(value)} is neither a number of zones nor zone names; write 3 or ("us-west-2a", "us-west-2b")'
        ) from None


Zones = Annotated[int | tuple[str, ...], WrapValidator(number_or_names)]


def not_empty(value: tuple[Any, ...]) -> tuple[Any, ...]:
    """at least one"""  # noqa: D403, D415 - docs/settings.md has it in a sentence
    if not value:
        raise ValueError("is empty; at least one is required")
    return value


AtLeastOne = AfterValidator(not_empty)


def kind_of(*kinds: str) -> Discriminator:
    """Discriminates the sections allowed in one place; their tags are `union:` and the name of the class.

    Args:
        kinds: their spelling in main.py, for the error.
    """
    return Discriminator(
        lambda value: f"union:{type(value).__name__}",
        custom_error_type="section_kind",
        custom_error_message=f"is not a valid section here; use {' or '.join(kinds)}",
    )


Certificates = Annotated[
    str,
    matching(
        r"-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=-]+-----END CERTIFICATE-----\s*",
        "certificates in PEM, from -----BEGIN CERTIFICATE----- on",
        shown=False,
    ),
    PEM,
]
Retention = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""Days that CloudWatch Logs can keep a log.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""

NodeName = Annotated[
    str,
    matching(
        r"(?=.{1,36}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
        "a name of 1 to 36 lower-case letters, digits and single inner hyphens, starting with a letter (36: AWS names, which begin with "
        "the platform's, have up to 64 characters)",
    ),
]
"""Name of a group, an entry, a schedule, …: part of AWS names, and of Terraform addresses, where a-b and a--b are the same
and no digit comes first. The longest name of AWS that holds it is the role `<platform>-node-<group>`: 22 + 6 + 36 = 64.
"""

PlatformName = Annotated[
    str,
    matching(
        r"(?=.{1,22}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
        "a platform name: 1 to 22 lower-case letters, digits and single inner hyphens, starting with a letter (22 leaves room for the "
        "rest of AWS names, which have up to 64 characters)",
    ),
]

VpcId = Annotated[str, matching(r"vpc-[0-9a-f]{8,17}", "a VPC id such as vpc-0123456789abcdef0")]
SubnetId = Annotated[str, matching(r"subnet-[0-9a-f]{8,17}", "a subnet id such as subnet-0123456789abcdef0")]
SecurityGroupId = Annotated[str, matching(r"sg-[0-9a-f]{8,17}", "a security group id such as sg-0123456789abcdef0")]
AccountId = Annotated[str, matching(r"\d{12}", "an AWS account id of 12 digits, in quotes")]

IAM_PATH = r"(?:[!-.0-~]+/)*"
"""Path within an ARN of IAM, which ends with a slash.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
"""
ROLE_NAME = r"[\w+=,.@-]{1,64}"
POLICY_NAME = r"[\w+=,.@-]{1,128}"
"""Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names"""
ARN = rf"arn:({'|'.join(PARTITIONS)}):"
PolicyArn = Annotated[
    str,
    matching(
        ARN + rf"iam::(\d{{12}}|aws):policy/{IAM_PATH}{POLICY_NAME}",
        "the ARN of an IAM policy, such as arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    ),
]
RoleArn = Annotated[
    str,
    matching(
        ARN + rf"iam::\d{{12}}:role/{IAM_PATH}{ROLE_NAME}",
        "the ARN of an IAM role, such as arn:aws:iam::111122223333:role/deploy",
    ),
]
ExternalId = Annotated[
    str, matching(r"[\w+=,.@:/-]{2,1224}", "an external ID: 2 to 1,224 letters, digits and _ + = , . @ : / -")
]
"""Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""
OwnRole = Annotated[
    str,
    matching(
        rf"({ARN}iam::\d{{12}}:role/{IAM_PATH}{ROLE_NAME})|(role/{ROLE_NAME})",
        "an IAM role: its ARN, or role/<name> in the platform's own account",
    ),
]
"""`role/<name>` is looked up at plan, as in `Principal`."""
KeyArn = Annotated[
    str,
    matching(
        ARN + r"kms:[a-z0-9-]+:\d{12}:key/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})",
        "the ARN of a KMS key (not of an alias)",
    ),
]
"""The only form that Terraform's S3 backend accepts."""
Principal = Annotated[
    str,
    matching(
        rf"({ARN}iam::\d{{12}}:(role|user)/{IAM_PATH}{ROLE_NAME})|((role|user)/{ROLE_NAME})",
        "an IAM principal: the ARN of a role or user, or role/<name> or user/<name> in the platform's own account",
    ),
]
"""`role/<name>` is looked up at plan, so that one main.py works in several accounts and a wrong name fails the plan."""

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
LABEL_KEY = re.compile(r"([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?", re.ASCII)
LABEL_VALUE = re.compile(r"[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?", re.ASCII)
"""Of labels and of taints.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
"""
Version = Annotated[str, matching(r"v\d+\.\d+\.\d+(-eksbuild\.\d+)?", "an add-on version such as v1.20.4-eksbuild.2")]
DomainName = Annotated[
    str, matching(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", "a domain name such as models.example.com")
]
ZoneId = Annotated[str, matching(r"Z[0-9A-Z]{5,31}", "the id of a Route 53 zone, such as Z0123456789ABCDEFGHIJ")]
Email = Annotated[str, matching(r"(?!system:)[^@\s*]+@[^@\s*]+\.[^@\s*]+", "an e-mail address")]
"""User name in Istio, where a leading or trailing * is a wildcard, and in Kubernetes, where system: is reserved."""
SecretArn = Annotated[
    str,
    matching(
        ARN + r"secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}",
        "the full ARN of a secret in Secrets Manager (including its last six characters), not the secret itself",
        shown=False,
    ),
]
NonEmpty = Annotated[str, StringConstraints(min_length=1)]
