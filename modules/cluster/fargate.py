"""Fargate profiles: pods without nodes."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.eks_fargate_profile import EksFargateProfile, EksFargateProfileSelector
from constructs import Construct

from modules.iam import role_names
from modules.iam.role import Role, Trust
from modules.naming import addressed
from modules.platform_context import PlatformContext
from modules.settings import FargateProfile


class FargateProfiles(Construct):
    """Fargate profiles and their pod execution role.

    Args:
        context: name prefix, account, role settings and protection of the platform.
        cluster_name: the cluster (token).
        profiles: profile settings.
        subnet_ids: private subnets (tokens).

    Source: https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: PlatformContext,
        cluster_name: str,
        profiles: Sequence[FargateProfile],
        subnet_ids: Sequence[str],
    ) -> None:
        super().__init__(scope, id_)
        prefix = f"arn:{context.account.partition}:eks:{context.account.region}:{context.account.account_id}"
        role = Role(
            self,
            "role",
            iam=context.iam,
            name=role_names.FARGATE,
            trust=Trust(
                "Service",
                ("eks-fargate-pods.amazonaws.com",),
                # prevents use of the role by clusters of other accounts (confused deputy)
                conditions=(("ArnLike", "aws:SourceArn", (f"{prefix}:fargateprofile/{context.iam.name_prefix}/*",)),),
            ),
            policy_arns=[context.iam.managed("AmazonEKSFargatePodExecutionRolePolicy")],
        )
        self.resources = [
            addressed(
                profile.name,
                EksFargateProfile(
                    self,
                    profile.name,
                    cluster_name=cluster_name,
                    fargate_profile_name=profile.name,
                    pod_execution_role_arn=role.arn,
                    subnet_ids=list(subnet_ids),
                    selector=[
                        EksFargateProfileSelector(namespace=selector.namespace, labels=dict(selector.labels) or None)
                        for selector in profile.selectors
                    ],
                    depends_on=role.rights,
                ),
            )
            for profile in profiles
        ]
