"""Rules about service account roles."""

import difflib
import re
from collections.abc import Iterator

from modules.rules.iam_quotas import policy_problems, statement_problems
from modules.rules.rule import Problem, rule
from modules.settings.addons import AddonRole
from modules.settings.service_account_role import ServiceAccountRole, Statement

RESOURCE = re.compile(r"arn:(aws|aws-[a-z-]+|\*):[a-z0-9*-]+:[^:]*:[^:]*:.+", re.ASCII)
"""An ARN in a policy; wildcards and IAM variables can be in its parts.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""
CONDITION_OPERATORS = (
    *(f"String{end}" for end in ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike")),
    *(
        f"{kind}{end}"
        for kind in ("Numeric", "Date")
        for end in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    ),
    *(
        "Bool",
        "BinaryEquals",
        "IpAddress",
        "NotIpAddress",
        "ArnEquals",
        "ArnLike",
        "ArnNotEquals",
        "ArnNotLike",
        "Null",
    ),
)
"""Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"""
OPERATOR = re.compile(
    rf"((ForAllValues|ForAnyValue):)?(({'|'.join(CONDITION_OPERATORS[:-1])})(IfExists)?|Null)", re.ASCII
)


@rule(Statement)
def resources_are_arns(statement: Statement) -> Iterator[Problem]:
    """IAM accepts ARNs and *."""
    for index, resource in enumerate(statement.resources):
        if resource != "*" and not RESOURCE.fullmatch(resource):
            yield (
                f"resources[{index}]",
                f"{resource!r} is not an ARN",
                "write the whole ARN, such as arn:aws:s3:::my-bucket/*, or * for actions without resource-level permissions",
            )


@rule(Statement)
def conditions_exist(statement: Statement) -> Iterator[Problem]:
    """IAM has the operators, and each has a condition key with values."""
    for operator, keys in statement.conditions.items():
        if not OPERATOR.fullmatch(operator):
            near = difflib.get_close_matches(operator, CONDITION_OPERATORS, n=1)
            yield (
                f"conditions[{operator}]",
                f"{operator!r} is not an operator of IAM conditions",
                f"did you mean {near[0]!r}?" if near else "use one such as StringEquals or ForAnyValue:StringLike",
            )
        for key, values in keys.items():
            if ":" not in key or not values:
                yield (
                    f"conditions[{operator}][{key}]",
                    "a condition is a key with a service, and at least one value",
                    'write it like {"StringEquals": {"aws:SourceVpc": ("vpc-0123456789abcdef0",)}}',
                )


@rule(ServiceAccountRole)
def role_permissions(role: ServiceAccountRole) -> Iterator[Problem]:
    """At least one permission, within the quotas of IAM."""
    yield from permissions(role)


def permissions(role: ServiceAccountRole | AddonRole) -> Iterator[Problem]:
    """The same of each role that settings describe by policies and statements."""
    yield from statement_problems(role.statements, "use fewer or shorter statements, or a managed policy")
    yield from policy_problems("policy_arns", role.policy_arns, "replace some by statements")
    if not role.policy_arns and not role.statements:
        yield (
            "policy_arns",
            "the role has no permissions",
            "set policy_arns or statements",
        )
