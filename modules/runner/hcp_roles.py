"""Dynamic AWS credentials for HCP Terraform runs: OIDC provider and roles per phase."""

from collections.abc import Mapping, Sequence
from typing import Literal

from cdktf_cdktf_provider_aws.data_aws_iam_openid_connect_provider import DataAwsIamOpenidConnectProvider
from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from constructs import Construct

from modules.account import Account
from modules.iam import role_names
from modules.iam.role import Iam, Role, Trust
from modules.installer_policy.documents import policy_text
from modules.installer_policy.statement import PolicyStatement
from modules.naming import addressed, aws_name
from modules.security_scan import accepted
from modules.settings import HcpRoles, Statement

AUDIENCE = "aws.workload.identity"
"""The `aud` of a run's token, in every partition.

Source: https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration
"""


class HcpRunnerRoles(Construct):
    """OIDC provider of HCP Terraform, and two roles: plan (read-only) and apply.

    Each role trusts runs of exactly named workspaces in its own phase: a plan of a pull request never gets the permissions of
    an apply.

    Args:
        iam: name prefix, partition, path and boundary of the platform's roles.
        account: account, region and partition.
        hostname: host of HCP Terraform or Terraform Enterprise.
        roles: role settings.
        subjects: phase (`plan`, `apply`) to the token subjects of runs that can assume its role.
        platform_name: prefix of the platform's secrets.
        secret_arns: existing secrets named in settings.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        iam: Iam,
        account: Account,
        hostname: str,
        roles: HcpRoles,
        subjects: Mapping[str, Sequence[str]],
        platform_name: str,
        secret_arns: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id_)
        self.hostname = hostname
        self.iam = iam
        self.measured = not roles.apply_policy_arns
        """Whether policies made for the platform are attached, in place of policies named in settings."""
        self._plan_is_given = bool(roles.plan_policy_arns)
        self.provider_arn = self._provider_arn(made=roles.oidc_provider == "made")
        self.plan = Role(
            self,
            "plan",
            iam=iam,
            name=role_names.HCP_PLAN,
            trust=self._trust(subjects["plan"]),
            policy_arns=roles.plan_policy_arns or (() if self.measured else (iam.managed("ReadOnlyAccess"),)),
            statements=what_a_plan_reads_besides(account, platform_name, secret_arns),
        )
        self.apply = Role(
            self,
            "apply",
            iam=iam,
            name=role_names.HCP_APPLY,
            trust=self._trust(subjects["apply"]),
            policy_arns=roles.apply_policy_arns,
        )
        for policy_arn, attachment in zip(roles.apply_policy_arns, self.apply.attachments, strict=True):
            if policy_arn.endswith(":policy/AdministratorAccess"):
                accepted(attachment, CKV_AWS_274="Configured by settings; creating a platform requires creating roles.")

    def attach_measured(self, phase: Literal["plan", "apply"], policies: Sequence[Sequence[PolicyStatement]]) -> None:
        """Create policies made for the platform, and attach them to the role of a phase.

        Args:
            phase: of the role.
            policies: each within the size of a managed policy.
        """
        if phase == "plan" and self._plan_is_given:
            return
        role, name = (self.plan, role_names.HCP_PLAN) if phase == "plan" else (self.apply, role_names.HCP_APPLY)
        for number, statements in enumerate(policies, start=1):
            policy = IamPolicy(
                self,
                f"{phase}-{number}",
                name=aws_name(self.iam.name_prefix, name, str(number), limit=128),
                path=self.iam.path,
                description=f"What Terraform requires in {phase}, as recorded",
                policy=policy_text(statements),
            )
            addressed(f"{name}_{number}", policy)
            role.attach(policy.arn)

    def _provider_arn(self, *, made: bool) -> str:
        """The OIDC provider; IAM trusts the host's certificate without a thumbprint."""
        url = f"https://{self.hostname}"
        if made:
            return addressed("hcp", IamOpenidConnectProvider(self, "provider", url=url, client_id_list=[AUDIENCE])).arn
        return addressed("hcp", DataAwsIamOpenidConnectProvider(self, "provider", url=url)).arn

    def _trust(self, subjects: Sequence[str]) -> Trust:
        return Trust(
            "Federated",
            (self.provider_arn,),
            ("sts:AssumeRoleWithWebIdentity",),
            (
                ("StringEquals", f"{self.hostname}:aud", (AUDIENCE,)),
                ("StringEquals", f"{self.hostname}:sub", tuple(subjects)),
            ),
        )

    def workspace_variables(self) -> dict[str, str]:
        """Environment variables of each workspace that select the roles."""
        return {
            "TFC_AWS_PROVIDER_AUTH": "true",
            "TFC_AWS_PLAN_ROLE_ARN": self.plan.arn,
            "TFC_AWS_APPLY_ROLE_ARN": self.apply.arn,
        }


def what_a_plan_reads_besides(
    account: Account, platform_name: str, secret_arns: Sequence[str]
) -> tuple[Statement, ...]:
    """Permissions missing in ReadOnlyAccess: ephemeral values are read and generated at each plan.

    Args:
        account: account, region and partition.
        platform_name: prefix of the platform's secrets.
        secret_arns: full ARNs of existing secrets; their keys are unknown.
    """
    region, suffix = account.region, account.dns_suffix
    own = f"arn:{account.partition}:secretsmanager:{region}:{account.account_id}:secret:{platform_name}/*"
    secrets = (own, *secret_arns)
    accounts = dict.fromkeys((account.account_id, *(arn.split(":")[4] for arn in secret_arns)))
    return (
        Statement(actions=("secretsmanager:GetSecretValue",), resources=secrets),
        Statement(
            actions=("secretsmanager:GetRandomPassword",), resources=("*",)
        ),  # without resource-level permissions
        Statement(
            actions=("kms:Decrypt",),
            resources=tuple(f"arn:{account.partition}:kms:{region}:{one}:key/*" for one in accounts),
            conditions={
                "StringEquals": {"kms:ViaService": (f"secretsmanager.{region}.{suffix}",)},
                "StringLike": {"kms:EncryptionContext:SecretARN": secrets},
            },
        ),
    )
