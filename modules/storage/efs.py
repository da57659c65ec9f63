"""EFS file systems."""

from typing import Any

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_efs_file_system import DataAwsEfsFileSystem
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementCondition,
    DataAwsIamPolicyDocumentStatementPrincipals,
)
from cdktf_cdktf_provider_aws.efs_backup_policy import EfsBackupPolicy, EfsBackupPolicyBackupPolicy
from cdktf_cdktf_provider_aws.efs_file_system import EfsFileSystem as AwsEfsFileSystem
from cdktf_cdktf_provider_aws.efs_file_system import EfsFileSystemLifecyclePolicy
from cdktf_cdktf_provider_aws.efs_file_system_policy import EfsFileSystemPolicy
from cdktf_cdktf_provider_aws.efs_mount_target import EfsMountTarget
from constructs import Construct

from modules.kms_key import KmsKey
from modules.naming import addressed, slug
from modules.platform_context import PlatformContext
from modules.security_scan import accepted
from modules.settings import Efs
from modules.storage.placement import FileSystemGroup, NetworkPlacement, Ports

NAME = "efs"
"""Terraform name of its resources."""
NFS = Ports(2049, 2049, "NFS: nodes mount files for their pods")


class EfsFileSystem(Construct):
    """A file system with a mount target in each zone, accessible from nodes with TLS and without root access.

    Args:
        context: name prefix, account, role settings and protection of the platform.
        settings: EFS settings.
        placement: network placement and clients.

    Source: https://docs.aws.amazon.com/efs/latest/ug/how-it-works.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: PlatformContext,
        settings: Efs,
        placement: NetworkPlacement,
    ) -> None:
        super().__init__(scope, id_)
        key = KmsKey(
            self,
            "key",
            platform_name=context.platform_name,
            name=NAME,
            description=f"Encrypts the EFS file system of the platform {context.platform_name}",
            account_root_arn=context.account.root_arn,
            protect=context.protect,
        )
        self.resource = addressed(
            NAME,
            AwsEfsFileSystem(
                self,
                "file-system",
                encrypted=True,
                kms_key_id=key.arn,
                throughput_mode=settings.throughput_mode,
                provisioned_throughput_in_mibps=settings.provisioned_mibps,
                lifecycle_policy=self._moves(settings),
                tags={"Name": context.platform_name},
                lifecycle=TerraformResourceLifecycle(prevent_destroy=context.protect),
            ),
        )
        accepted(
            self.resource,
            CKV2_AWS_18="Backed up by its own backup policy (Efs.backup), or by Platform.backup, which selects by tag, without a reference.",
        )
        self.id = self.resource.id
        self._policy()
        addressed(
            NAME,
            EfsBackupPolicy(
                self,
                "backup",
                file_system_id=self.id,
                backup_policy=EfsBackupPolicyBackupPolicy(status="ENABLED" if settings.backup else "DISABLED"),
            ),
        )
        self._mount_targets(context.platform_name, placement)

    @staticmethod
    def _moves(settings: Efs) -> list[EfsFileSystemLifecyclePolicy] | None:
        days = settings.infrequent_access_days
        if days is None:
            return None
        return [
            EfsFileSystemLifecyclePolicy(transition_to_ia=f"AFTER_{days}_DAY{'' if days == 1 else 'S'}"),
            EfsFileSystemLifecyclePolicy(transition_to_primary_storage_class="AFTER_1_ACCESS"),
        ]

    def _policy(self) -> None:
        """TLS only, through a mount target (whose security group allows only nodes) and an access point, without root access.

        Pods share the nodes' security group, and NFS trusts the user id sent by a client. Each volume's access point replaces user
        and root folder; mounting the file system root would give a pod any team's user.

        Source: https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
        """
        everybody = [DataAwsIamPolicyDocumentStatementPrincipals(type="AWS", identifiers=["*"])]
        policy = addressed(
            f"{NAME}_file_system",
            DataAwsIamPolicyDocument(
                self,
                "policy",
                statement=[
                    DataAwsIamPolicyDocumentStatement(
                        sid="NodesReadAndWrite",
                        actions=["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
                        resources=[self.resource.arn],
                        principals=everybody,
                        condition=[
                            condition("elasticfilesystem:AccessedViaMountTarget", "true"),
                            DataAwsIamPolicyDocumentStatementCondition(
                                test="StringLike",
                                variable="elasticfilesystem:AccessPointArn",
                                values=["*:access-point/fsap-*"],
                            ),
                        ],
                    ),
                    DataAwsIamPolicyDocumentStatement(
                        sid="TlsOnly",
                        effect="Deny",
                        actions=["*"],
                        resources=[self.resource.arn],
                        principals=everybody,
                        condition=[condition("aws:SecureTransport", "false")],
                    ),
                ],
            ),
        )
        addressed(NAME, EfsFileSystemPolicy(self, "file-system-policy", file_system_id=self.id, policy=policy.json))

    def _mount_targets(self, platform_name: str, placement: NetworkPlacement) -> None:
        group = FileSystemGroup(
            self,
            "group",
            name=NAME,
            description="Mount targets of the EFS file system",
            platform_name=platform_name,
            placement=placement,
        )
        for who, group_id in placement.clients.items():
            group.allow_ingress(who, group_id, NFS)
        common: dict[str, Any] = {"file_system_id": self.id, "security_groups": [group.id]}
        for zone in placement.zones:
            addressed(f"{NAME}_{slug(zone)}", EfsMountTarget(self, zone, subnet_id=placement.subnet_in(zone), **common))
        if not placement.zones:
            targets = addressed(NAME, EfsMountTarget(self, "mount-targets", subnet_id="${each.value}", **common))
            targets.add_override("for_each", placement.one_of_each_zone)


def condition(variable: str, value: str) -> DataAwsIamPolicyDocumentStatementCondition:
    """A condition on a boolean variable."""
    return DataAwsIamPolicyDocumentStatementCondition(test="Bool", variable=variable, values=[value])


class ExistingEfsFileSystem(Construct):
    """An existing file system, looked up so that a wrong id fails the plan.

    Args:
        file_system_id: file system id.
    """

    def __init__(self, scope: Construct, id_: str, *, file_system_id: str) -> None:
        super().__init__(scope, id_)
        self.id = addressed(NAME, DataAwsEfsFileSystem(self, "file-system", file_system_id=file_system_id)).id
