"""One IAM role with its trust policy and permissions."""

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import DefaultTokenResolver, ITerraformDependable, StringConcat, Tokenization
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementCondition,
    DataAwsIamPolicyDocumentStatementPrincipals,
)
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from modules.naming import addressed, aws_name, slug
from modules.settings import Platform, Statement
from modules.settings.texts import IAM_VARIABLE


@dataclass(frozen=True)
class Iam:
    """Shared settings of a platform's roles."""

    name_prefix: str
    """Prefix of role names: the platform's name."""
    partition: str = "aws"
    path: str = "/"
    permissions_boundary_arn: str | None = None

    @classmethod
    def of(cls, platform: Platform, *, permissions_boundary_arn: str | None = None) -> "Iam":
        """The platform's role settings; an explicit boundary takes precedence over the platform's."""
        boundary = permissions_boundary_arn or platform.permissions_boundary_arn
        return cls(platform.name, platform.partition, platform.iam_path, boundary)

    def managed(self, name: str) -> str:
        """ARN of an AWS managed policy, from its path and name."""
        return f"arn:{self.partition}:iam::aws:policy/{name}"


@dataclass(frozen=True)
class Trust:
    """Principal of a trust policy."""

    principal_type: str
    """`Service` or `Federated`."""
    identifiers: tuple[str, ...]
    actions: tuple[str, ...] = ("sts:AssumeRole",)
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """(test, variable, values); all must match."""


class Role(Construct):
    """An IAM role: trust policy, managed policies, and inline policy.

    Terraform addresses: `aws_iam_role.<name>`, `aws_iam_role_policy.<name>`, `data.aws_iam_policy_document.<name>_trust` and
    `<name>_rights`, `aws_iam_role_policy_attachment.<name>_<policy>`.

    Args:
        iam: shared settings of the platform's roles.
        name: suffix of the role name in AWS; unique per platform.
        trust: principal that can assume it.
        policy_arns: managed policies.
        statements: statements of an inline policy.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        iam: Iam,
        name: str,
        trust: Trust,
        policy_arns: Sequence[str] = (),
        statements: Sequence[Statement] = (),
    ) -> None:
        super().__init__(scope, id_)
        address = slug(name)
        document = addressed(
            f"{address}_trust",
            DataAwsIamPolicyDocument(
                self,
                "trust",
                statement=[
                    DataAwsIamPolicyDocumentStatement(
                        actions=list(trust.actions),
                        principals=[
                            DataAwsIamPolicyDocumentStatementPrincipals(
                                type=trust.principal_type, identifiers=list(trust.identifiers)
                            )
                        ],
                        condition=[
                            DataAwsIamPolicyDocumentStatementCondition(
                                test=test, variable=variable, values=list(values)
                            )
                            for test, variable, values in trust.conditions
                        ],
                    )
                ],
            ),
        )
        self.resource = addressed(
            address,
            IamRole(
                self,
                "role",
                name=aws_name(iam.name_prefix, name),
                path=iam.path,
                permissions_boundary=iam.permissions_boundary_arn,
                assume_role_policy=document.json,
            ),
        )
        self._address = address
        self.attachments = [self._attachment(policy_arn) for policy_arn in policy_arns]
        self.inline = self._inline_policy(address, statements) if statements else None

    def attach(self, policy_arn: str) -> None:
        """Attach one more managed policy."""
        self.attachments.append(self._attachment(policy_arn))

    def _attachment(self, policy_arn: str) -> IamRolePolicyAttachment:
        # A token's number depends on construction order; the resolved aws_iam_policy.x.arn does not.
        if "${" in policy_arn:
            policy_arn = Tokenization.resolve(policy_arn, scope=self, resolver=DefaultTokenResolver(StringConcat()))
        name = policy_slug(policy_arn)
        return addressed(
            f"{self._address}_{name}",
            IamRolePolicyAttachment(self, name, role=self.resource.name, policy_arn=policy_arn),
        )

    def _inline_policy(self, address: str, statements: Sequence[Statement]) -> IamRolePolicy:
        document = addressed(
            f"{address}_rights",
            DataAwsIamPolicyDocument(
                self,
                "rights",
                statement=[
                    DataAwsIamPolicyDocumentStatement(
                        actions=list(statement.actions),
                        resources=[policy_variables(resource) for resource in statement.resources],
                        condition=[
                            DataAwsIamPolicyDocumentStatementCondition(
                                test=test, variable=variable, values=[policy_variables(value) for value in values]
                            )
                            for test, variables in statement.conditions.items()
                            for variable, values in variables.items()
                        ]
                        or None,
                    )
                    for statement in statements
                ],
            ),
        )
        return addressed(
            address, IamRolePolicy(self, "inline", name="rights", role=self.resource.name, policy=document.json)
        )

    @property
    def arn(self) -> str:
        """ARN of the role (token)."""
        return self.resource.arn

    @property
    def rights(self) -> list[ITerraformDependable]:
        """Policies that must exist before the role is used, for `depends_on`."""
        return [*self.attachments, *([self.inline] if self.inline is not None else [])]


def policy_variables(text: str) -> str:
    """IAM policy variables such as `${aws:PrincipalTag/team}` in the data source's syntax (`&{`), since Terraform uses `${`.

    Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document (context variables)
    """
    return IAM_VARIABLE.sub("&{", text)


def policy_slug(policy_arn: str) -> str:
    """Part of a Terraform address for a managed policy: its name, with the account for customer-managed policies.

    For a policy created in the same stack: the reference.
    """
    if not policy_arn.startswith("arn:"):
        return slug(policy_arn)
    account, name = policy_arn.split(":")[4], policy_arn.rpartition("/")[2]
    return name if account == "aws" else f"{account}_{name}"
