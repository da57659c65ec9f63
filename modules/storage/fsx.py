"""FSx for Lustre: one file system for all teams."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementCondition,
    DataAwsIamPolicyDocumentStatementPrincipals,
)
from cdktf_cdktf_provider_aws.fsx_data_repository_association import (
    FsxDataRepositoryAssociation,
    FsxDataRepositoryAssociationS3,
    FsxDataRepositoryAssociationS3AutoExportPolicy,
    FsxDataRepositoryAssociationS3AutoImportPolicy,
)
from cdktf_cdktf_provider_aws.fsx_lustre_file_system import FsxLustreFileSystem
from constructs import Construct

from modules.account import Account
from modules.kms_key import KmsKey
from modules.naming import addressed
from modules.platform_context import PlatformContext
from modules.settings import FsxLustre
from modules.storage.placement import FileSystemGroup, NetworkPlacement, Ports

NAME = "fsx"
"""Terraform name of its resources."""
LUSTRE = (
    Ports(988, 988, "Lustre: clients and file servers"),
    Ports(1018, 1023, "Lustre: clients and file servers, further connections"),
)
"""Source: https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html"""
LUSTRE_VERSION = "2.15"
"""Lustre version of the servers; compatible with the clients of all current EKS AMIs.

Source: https://docs.aws.amazon.com/fsx/latest/LustreGuide/lustre-client-matrix.html
"""
EVENTS = ["NEW", "CHANGED", "DELETED"]
LUSTRE_SERVICE = "s3.data-source.lustre.fsx.amazonaws.com"
"""Service principal, the same in every partition.

Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/FSxDeleteServiceLinkedRoleAccess.html
"""


class LustreFileSystem(Construct):
    """A file system in one zone, with an optional folder linked to a bucket.

    Args:
        context: name prefix, account, role settings and protection of the platform.
        settings: FSx settings.
        placement: network placement and clients.
        bucket: name of the linked bucket (may be a token).

    Source: https://docs.aws.amazon.com/fsx/latest/LustreGuide/what-is.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: PlatformContext,
        settings: FsxLustre,
        placement: NetworkPlacement,
        bucket: str | None,
    ) -> None:
        super().__init__(scope, id_)
        self.security_group_id = self._group(context.platform_name, placement)
        persistent = settings.deployment_type == "PERSISTENT_2"
        days = settings.days_of_backups
        key = self._key(context.platform_name, context.account, context.protect) if persistent else None
        self.resource = addressed(
            NAME,
            FsxLustreFileSystem(
                self,
                "file-system",
                deployment_type=settings.deployment_type,
                storage_capacity=settings.storage_gib,
                per_unit_storage_throughput=(settings.throughput_mibps_per_tib or 125) if persistent else None,
                file_system_type_version=LUSTRE_VERSION,
                data_compression_type="LZ4",
                subnet_ids=[placement.subnet_in(settings.zone)],
                security_group_ids=[self.security_group_id],
                kms_key_id=key.arn if key is not None else None,
                automatic_backup_retention_days=days if persistent else None,
                copy_tags_to_backups=True if days else None,
                skip_final_backup=not days,
                tags={"Name": context.platform_name},
                lifecycle=TerraformResourceLifecycle(prevent_destroy=context.protect),
            ),
        )
        if settings.linked_bucket is not None:
            self._link(settings, bucket)

    def _key(self, platform_name: str, account: Account, protect: bool) -> KmsKey:
        """None for SCRATCH_2: FSx encrypts it with an AWS-managed key.

        Source: https://docs.aws.amazon.com/fsx/latest/LustreGuide/encryption-at-rest.html
        """
        return KmsKey(
            self,
            "key",
            platform_name=platform_name,
            name=NAME,
            description=f"Encrypts the FSx file system of the platform {platform_name}",
            account_root_arn=account.root_arn,
            protect=protect,
        )

    def _group(self, platform_name: str, placement: NetworkPlacement) -> str:
        """Rules in both directions between clients and servers, since servers call clients, and among servers."""
        group = FileSystemGroup(
            self,
            "group",
            name=NAME,
            description="File servers of the FSx file system",
            platform_name=platform_name,
            placement=placement,
        )
        for ports in LUSTRE:
            group.allow_ingress(NAME, group.id, ports)
            group.let_out(NAME, group.id, ports)
            for who, group_id in placement.clients.items():
                group.allow_ingress(who, group_id, ports)
                group.let_out(who, group_id, ports)
                if placement.clients_are_ours:
                    group.reach(who, group_id, ports)
        return group.id

    def _link(self, settings: FsxLustre, bucket: str | None) -> None:
        link = settings.linked_bucket
        assert link is not None
        prefix = f"/{link.prefix}" if link.prefix is not None else ""
        addressed(
            NAME,
            FsxDataRepositoryAssociation(
                self,
                "link",
                file_system_id=self.resource.id,
                file_system_path=link.path,
                data_repository_path=f"s3://{bucket}{prefix}",
                batch_import_meta_data_on_create=True,
                delete_data_in_filesystem=False,
                s3=FsxDataRepositoryAssociationS3(
                    auto_import_policy=FsxDataRepositoryAssociationS3AutoImportPolicy(events=EVENTS),
                    auto_export_policy=FsxDataRepositoryAssociationS3AutoExportPolicy(events=EVENTS)
                    if link.export
                    else None,
                ),
            ),
        )


def lustre_reads_objects(account: Account) -> DataAwsIamPolicyDocumentStatement:
    """Key policy statement of a linked bucket, for the service-linked role that FSx creates for each file system.

    The role exists only after the link is created, and a key policy cannot name a missing principal; so it is a condition.

    Source: https://docs.aws.amazon.com/fsx/latest/LustreGuide/s3-server-side-encryption-support.html
    """
    path = f"aws-service-role/{LUSTRE_SERVICE}"
    role = f"arn:{account.partition}:iam::{account.account_id}:role/{path}/AWSServiceRoleForFSxS3Access_*"
    conditions = (
        ("ArnLike", "aws:PrincipalArn", role),
        ("StringEquals", "kms:CallerAccount", account.account_id),
        ("StringEquals", "kms:ViaService", f"s3.{account.region}.{account.dns_suffix}"),
    )
    return DataAwsIamPolicyDocumentStatement(
        sid="FsxThroughS3",
        actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        resources=["*"],
        principals=[DataAwsIamPolicyDocumentStatementPrincipals(type="AWS", identifiers=["*"])],
        condition=[
            DataAwsIamPolicyDocumentStatementCondition(test=test, variable=variable, values=[value])
            for test, variable, value in conditions
        ],
    )
