"""Fargate profiles: pods without nodes."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.eks_fargate_profile import EksFargateProfile, EksFargateProfileSelector
from constructs import Construct

from modules.account import Account
from modules.iam import role_names
from modules.iam.role import Iam, Role, Trust
from modules.naming import addressed
from modules.settings import FargateProfile


class FargateProfiles(Construct):
    """Fargate profiles and their pod execution role.

    Args:
        account: account, region and partition.
        iam: shared settings of the platform's roles; its prefix is the cluster's name.
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
        account: Account,
        iam: Iam,
        cluster_name: str,
        profiles: Sequence[FargateProfile],
        subnet_ids: Sequence[str],
    ) -> None:
        super().__init__(scope, id_)
        prefix = f"arn:{account.partition}:eks:{account.region}:{account.account_id}"
        role = Role(
            self,
            "role",
            iam=iam,
            name=role_names.FARGATE,
            trust=Trust(
                "Service",
                ("eks-fargate-pods.amazonaws.com",),
                # prevents use of the role by clusters of other accounts (confused deputy)
                conditions=(("ArnLike", "aws:SourceArn", (f"{prefix}:fargateprofile/{iam.name_prefix}/*",)),),
            ),
            policy_arns=[iam.managed("AmazonEKSFargatePodExecutionRolePolicy")],
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
