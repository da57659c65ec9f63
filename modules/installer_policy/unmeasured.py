"""Terraform types whose requests cannot be recorded, since moto has no API for them: from AWS's reference of actions.

The provider's own code was not read for them: a further action that it calls is missing here until an apply on AWS names it.
Source: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from collections.abc import Mapping

from modules.aws_data.service_linked_roles import ECR_PULL_THROUGH, FSX, FSX_S3, ServiceLinkedRole

WITHOUT_REQUESTS = frozenset(
    {"data.aws_elb_service_account", "data.aws_iam_policy_document", "ephemeral.aws_eks_cluster_auth"}
)
"""What the provider answers itself; a token for a cluster is signed and sent to the cluster only."""


def _linked(*roles: ServiceLinkedRole) -> tuple[str, ...]:
    return tuple(f"arn:{{partition}}:iam::{{account}}:role/{role.path}*" for role in roles)


PLACEMENT_GROUP = "arn:{partition}:ec2:{region}:{account}:placement-group/*"
POLICY = "arn:{partition}:iam::{account}:policy/{platform}-*"
FILE_SYSTEM = "arn:{partition}:fsx:{region}:{account}:file-system/*"
ASSOCIATION = "arn:{partition}:fsx:{region}:{account}:association/*"

VAULT = "arn:{partition}:backup:{region}:{account}:backup-vault:{platform}-backup"
PLAN = "arn:{partition}:backup:{region}:{account}:backup-plan:*"
BACKUP_ROLE = "arn:{partition}:iam::{account}:role/{platform}-backup if iam:PassedToService=backup.amazonaws.com"
KEY_OF_VAULT = "arn:{partition}:kms:{region}:{account}:key/* if kms:ViaService=backup.{region}.amazonaws.com"

UNMEASURED: Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "resource.aws_placement_group": {
        "plan": {"ec2:DescribePlacementGroups": ("*",)},
        "apply": {
            "ec2:CreatePlacementGroup": (f"{PLACEMENT_GROUP} if aws:RequestTag",),
            "ec2:CreateTags": (f"{PLACEMENT_GROUP} if aws:RequestTag", f"{PLACEMENT_GROUP} if aws:ResourceTag"),
            "ec2:DeleteTags": (f"{PLACEMENT_GROUP} if aws:ResourceTag",),
        },
        "destroy": {"ec2:DeletePlacementGroup": (f"{PLACEMENT_GROUP} if aws:ResourceTag",)},
    },
    "resource.aws_iam_policy": {
        "plan": dict.fromkeys(("iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions"), (POLICY,)),
        "apply": dict.fromkeys(
            (
                *("iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicyVersion"),
                *("iam:TagPolicy", "iam:UntagPolicy"),
            ),
            (POLICY,),
        ),
        "destroy": dict.fromkeys(("iam:DeletePolicy", "iam:DeletePolicyVersion"), (POLICY,)),
    },
    "resource.aws_backup_vault": {
        "plan": {"backup:DescribeBackupVault": (VAULT,), "backup:ListTags": (VAULT,)},
        "apply": {
            **dict.fromkeys(("backup:CreateBackupVault", "backup:TagResource", "backup:UntagResource"), (VAULT,)),
            "backup-storage:MountCapsule": ("*",),
            **dict.fromkeys(
                ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"), (KEY_OF_VAULT,)
            ),
        },
        "destroy": dict.fromkeys(("backup:DeleteBackupVault", "backup:ListRecoveryPointsByBackupVault"), (VAULT,)),
    },
    "resource.aws_backup_vault_lock_configuration": {
        "plan": {"backup:DescribeBackupVault": (VAULT,)},
        "apply": {"backup:PutBackupVaultLockConfiguration": (VAULT,)},
        "destroy": {"backup:DeleteBackupVaultLockConfiguration": (VAULT,)},
    },
    "resource.aws_backup_plan": {
        "plan": {"backup:GetBackupPlan": (PLAN,), "backup:ListTags": (PLAN,)},
        "apply": dict.fromkeys(
            ("backup:CreateBackupPlan", "backup:TagResource", "backup:UntagResource", "backup:UpdateBackupPlan"),
            (PLAN,),
        ),
        "destroy": {"backup:DeleteBackupPlan": (PLAN,)},
    },
    "resource.aws_backup_selection": {
        "plan": {"backup:GetBackupSelection": (PLAN,)},
        "apply": {
            **dict.fromkeys(("backup:CreateBackupSelection", "backup:DeleteBackupSelection"), (PLAN,)),
            "iam:PassRole": (BACKUP_ROLE,),
        },
        "destroy": {"backup:DeleteBackupSelection": (PLAN,)},
    },
    "resource.aws_ecr_pull_through_cache_rule": {
        "plan": {"ecr:DescribePullThroughCacheRules": ("*",)},
        "apply": {
            "ecr:CreatePullThroughCacheRule": ("*",),
            "ecr:UpdatePullThroughCacheRule": ("*",),
            "iam:CreateServiceLinkedRole": _linked(ECR_PULL_THROUGH),
        },
        "destroy": {"ecr:DeletePullThroughCacheRule": ("*",)},
    },
    "resource.aws_fsx_lustre_file_system": {
        "plan": {"fsx:DescribeFileSystems": ("*",), "fsx:ListTagsForResource": (FILE_SYSTEM,)},
        "apply": {
            **dict.fromkeys(("fsx:CreateFileSystem", "fsx:UpdateFileSystem"), (FILE_SYSTEM,)),
            **dict.fromkeys(("fsx:TagResource", "fsx:UntagResource"), (FILE_SYSTEM,)),
            **dict.fromkeys(("ec2:DescribeNetworkInterfaces", "ec2:GetSecurityGroupsForVpc"), ("*",)),
            "iam:CreateServiceLinkedRole": _linked(FSX),
        },
        "destroy": {"fsx:DeleteFileSystem": (FILE_SYSTEM,)},
    },
    "resource.aws_fsx_data_repository_association": {
        "plan": {"fsx:DescribeDataRepositoryAssociations": ("*",), "fsx:ListTagsForResource": (ASSOCIATION,)},
        "apply": {
            "fsx:CreateDataRepositoryAssociation": (ASSOCIATION, FILE_SYSTEM),
            **dict.fromkeys(
                ("fsx:TagResource", "fsx:UntagResource", "fsx:UpdateDataRepositoryAssociation"), (ASSOCIATION,)
            ),
            # FSx writes the rights to the bucket into its role with those of the caller.
            # https://docs.aws.amazon.com/fsx/latest/LustreGuide/setting-up.html#fsx-adding-permissions-s3
            **dict.fromkeys(
                ("iam:AttachRolePolicy", "iam:CreateServiceLinkedRole", "iam:PutRolePolicy"), _linked(FSX_S3)
            ),
        },
        "destroy": {"fsx:DeleteDataRepositoryAssociation": (ASSOCIATION,)},
    },
}
"""Terraform type to phase to action to resources, in the form of modules/aws_data/installer_requests.json."""
