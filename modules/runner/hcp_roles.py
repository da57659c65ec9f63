"""Keyless AWS for runs in HCP Terraform: who they are, and what they may do in each phase."""

from collections.abc import Mapping, Sequence

from cdktf_cdktf_provider_aws.data_aws_iam_openid_connect_provider import DataAwsIamOpenidConnectProvider
from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from constructs import Construct

from modules.account import Account
from modules.iam.role import Iam, Role, Trust
from modules.naming import addressed
from modules.security_scan import accepted
from modules.settings import HcpRoles, Statement

AUDIENCE = "aws.workload.identity"
"""The `aud` of a run's token, in every partition.

Source: https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration
"""


class HcpRunnerRoles(Construct):
    """IAM's entry for HCP Terraform, and two roles: one that plans and reads, one that applies.

    Each trusts the runs of some workspaces by their whole names, in its own phase: a plan of a pull request never gets the
    rights of an apply.

    Args:
        iam: name prefix, partition, path and boundary of the platform's roles.
        account: where they are.
        hostname: of HCP Terraform, or of Terraform Enterprise.
        roles: the settings.
        subjects: phase (`plan`, `apply`) to the runs that may take its role, as their tokens say it.
        platform_name: secrets of the platform begin with it.
        secret_arns: secrets of the user's that settings name.
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
        self.provider_arn = self._provider_arn(made=roles.oidc_provider == "made")
        self.plan = Role(
            self,
            "plan",
            iam=iam,
            name="hcp-plan",
            trust=self._trust(subjects["plan"]),
            policy_arns=roles.plan_policy_arns or (iam.managed("ReadOnlyAccess"),),
            statements=what_a_plan_reads_besides(account, platform_name, secret_arns),
        )
        self.apply = Role(
            self,
            "apply",
            iam=iam,
            name="hcp-apply",
            trust=self._trust(subjects["apply"]),
            policy_arns=roles.apply_policy_arns,
        )
        for policy_arn, attachment in zip(roles.apply_policy_arns, self.apply.attachments, strict=True):
            if policy_arn.endswith(":policy/AdministratorAccess"):
                accepted(attachment, CKV_AWS_274="Settings name it; who makes a platform makes roles, too.")

    def _provider_arn(self, *, made: bool) -> str:
        """IAM trusts the host's certificate by itself: no thumbprint."""
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
        """Environment variables of each workspace, by which HCP Terraform finds the roles."""
        return {
            "TFC_AWS_PROVIDER_AUTH": "true",
            "TFC_AWS_PLAN_ROLE_ARN": self.plan.arn,
            "TFC_AWS_APPLY_ROLE_ARN": self.apply.arn,
        }


def what_a_plan_reads_besides(
    account: Account, platform_name: str, secret_arns: Sequence[str]
) -> tuple[Statement, ...]:
    """Rights that AWS's ReadOnlyAccess leaves out: ephemeral values are read, and made up, at each plan as well.

    Args:
        account: where the platform is.
        platform_name: its own secrets begin with it.
        secret_arns: secrets of the user's, by their whole ARNs; their keys are known to nobody here.
    """
    region, suffix = account.region, account.dns_suffix
    own = f"arn:{account.partition}:secretsmanager:{region}:{account.account_id}:secret:{platform_name}/*"
    secrets = (own, *secret_arns)
    accounts = dict.fromkeys((account.account_id, *(arn.split(":")[4] for arn in secret_arns)))
    return (
        Statement(actions=("secretsmanager:GetSecretValue",), resources=secrets),
        Statement(actions=("secretsmanager:GetRandomPassword",), resources=("*",)),  # IAM knows no resource for it
        Statement(
            actions=("kms:Decrypt",),
            resources=tuple(f"arn:{account.partition}:kms:{region}:{one}:key/*" for one in accounts),
            conditions={
                "StringEquals": {"kms:ViaService": (f"secretsmanager.{region}.{suffix}",)},
                "StringLike": {"kms:EncryptionContext:SecretARN": secrets},
            },
        ),
    )
