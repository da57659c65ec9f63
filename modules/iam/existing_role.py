"""An existing IAM role of a service account: looked up with a check of its trust policy, or taken by its ARN."""

import json
from typing import Literal

from cdktf import ITerraformDependable, Postcondition, TerraformResourceLifecycle, Token
from cdktf_cdktf_provider_aws.data_aws_iam_role import DataAwsIamRole
from cdktf_cdktf_provider_aws.eks_pod_identity_association import EksPodIdentityAssociation
from constructs import Construct

from modules.iam.oidc_role import POD_IDENTITY_TRUST, OidcProvider
from modules.naming import addressed, slug


class ExistingRole(Construct):
    """A role that is not changed. With EKS Pod Identity, the association with the service account is created.

    Terraform addresses: `data.aws_iam_role.<name>`, `aws_eks_pod_identity_association.<name>`.

    Args:
        setting: dotted path of the setting, for the message of a plan.
        name: Terraform name.
        role: an ARN, or `role/<name>`, which is looked up; the plan fails if the service account cannot assume it.
        auth: IRSA or EKS Pod Identity.
        oidc_provider: OIDC provider of the cluster.
        cluster_name: the cluster; token or name.
        namespace: namespace of the service account.
        service_account: service account name.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
    Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        setting: str,
        name: str,
        role: str,
        auth: Literal["irsa", "pod_identity"],
        oidc_provider: OidcProvider,
        cluster_name: str,
        namespace: str,
        service_account: str,
    ) -> None:
        super().__init__(scope, id_)
        subject = f"system:serviceaccount:{namespace}:{service_account}"
        self.arn = role
        """ARN of the role; a token where it is looked up."""
        if not role.startswith("arn:"):
            condition, needed = _by_token(oidc_provider, subject) if auth == "irsa" else _by_agent()
            check = Postcondition(
                condition=f"${{{condition}}}",
                error_message=f"{setting}: the trust policy of {role} does not let {subject} assume it. It must allow {needed} "
                "(docs/teams.md#a-role-of-your-own).",
            )
            self.arn = addressed(
                slug(name),
                DataAwsIamRole(
                    self,
                    "role",
                    name=role.removeprefix("role/"),
                    lifecycle=TerraformResourceLifecycle(postcondition=[check]),
                ),
            ).arn
        self.rights: list[ITerraformDependable] = []
        """Prerequisites of the service account's pods, for `depends_on`."""
        if auth == "pod_identity":
            association = EksPodIdentityAssociation(
                self,
                "association",
                cluster_name=cluster_name,
                namespace=namespace,
                service_account=service_account,
                role_arn=self.arn,
            )
            self.rights.append(addressed(slug(name), association))


def _by_token(provider: OidcProvider, subject: str) -> tuple[str, str]:
    """Condition of a plan that a trust policy allows a subject of the OIDC provider, and what it must allow, in words.

    A role without a condition on the subject is not accepted: every service account of the cluster could assume it.
    """
    sub = f'format("%s:sub", {_operand(provider.issuer_host)})'
    patterns = f'flatten([for test in ["StringEquals", "StringLike"] : try(statement.Condition[test][{sub}], [])])'
    as_regex = 'replace(replace(replace(pattern, ".", "[.]"), "*", ".*"), "?", ".")'
    named = f'anytrue([for pattern in {patterns} : can(regex("^${{{as_regex}}}$", "{subject}"))])'
    condition = _statement("Federated", provider.arn, ("sts:AssumeRoleWithWebIdentity",), named)
    return condition, (
        f"sts:AssumeRoleWithWebIdentity to the OIDC provider {provider.arn}, where {provider.issuer_host}:sub is {subject} and "
        f"{provider.issuer_host}:aud is sts.amazonaws.com"
    )


def _by_agent() -> tuple[str, str]:
    """The same for the agent of EKS Pod Identity."""
    (principal,) = POD_IDENTITY_TRUST.identifiers
    actions = POD_IDENTITY_TRUST.actions
    return _statement("Service", principal, actions, "true"), f"{' and '.join(actions)} to the service {principal}"


def _statement(kind: str, principal: str, actions: tuple[str, ...], further: str) -> str:
    """Condition that one statement of the role's trust policy allows actions to a principal."""
    allowed = [f'contains(flatten([statement.Action]), "{action}")' for action in actions]
    conditions = [
        'statement.Effect == "Allow"',
        f"contains(flatten([try(statement.Principal.{kind}, [])]), {_operand(principal)})",
        *allowed,
        further,
    ]
    statements = "flatten([jsondecode(self.assume_role_policy).Statement])"
    return f"anytrue([for statement in {statements} : {' && '.join(conditions)}])"


def _operand(text: str) -> str:
    """A string, a reference `${…}` or a token of cdktf as an operand of a Terraform expression.

    cdktf writes a token within an expression as a bare reference, so that quotes around it would make it a text.
    """
    if Token.is_unresolved(text):
        return text
    return text.removeprefix("${").removesuffix("}") if text.startswith("${") else json.dumps(text)
