"""Shared file systems for notebooks and training."""

from typing import Annotated, Literal

from pydantic import Field, Tag

from modules.settings.artifacts import BucketName
from modules.settings.section import Section
from modules.settings.types import kind_of, matching

EfsId = Annotated[str, matching(r"fs-[0-9a-f]{8,17}", "the id of an EFS file system, such as fs-0123456789abcdef0")]
FsxId = Annotated[str, matching(r"fs-[0-9a-f]{17}", "the id of an FSx file system, such as fs-0123456789abcdef0")]
MountName = Annotated[
    str, matching(r"[A-Za-z0-9_-]{1,8}", "the mount name of a Lustre file system, such as fsx or abcd1234")
]
Prefix = Annotated[
    str,
    matching(r"([\w.-]+/)*[\w.-]+", "a prefix of object keys without a slash at its ends, such as data or data/raw"),
]
LustrePath = Annotated[
    str,
    matching(
        r"(/[\w.-]+)+", "a folder of the file system, such as /s3 (the root / cannot be linked in addition to folders)"
    ),
]


class Efs(Section):
    """An EFS file system created by the platform.

    It is encrypted and has a mount target per zone and a StorageClass with an access point per volume.
    """

    throughput_mode: Literal["elastic", "bursting", "provisioned"] = "elastic"
    """Throughput scales with load and is billed per GiB transferred (elastic), scales with the stored size (bursting),
    or is fixed (provisioned).
    """
    provisioned_mibps: int | None = Field(default=None, ge=1, le=3414)
    """Provisioned throughput, MiB/s. None: not provisioned."""
    infrequent_access_days: Literal[1, 7, 14, 30, 60, 90, 180, 270, 365] | None = 30
    """Days without access after which a file moves to the storage class Infrequent Access; the next read moves it back.
    None: never.
    """
    backup: bool = True
    """Daily backups by the default EFS policy of AWS Backup, retained for 35 days."""


class ExistingEfs(Section):
    """An existing EFS file system with mount targets that the nodes can reach."""

    file_system_id: EfsId
    """Id of the file system. Looked up at plan, so that a wrong id fails the plan."""


class BucketLink(Section):
    """A folder of an FSx file system linked to a bucket.

    Objects are loaded on first access, changes are exported automatically.
    """

    bucket: BucketName | None = None
    """Existing bucket; its KMS key policy must allow FSx. None: the artifact bucket, whose key policy allows it."""
    prefix: Prefix | None = None
    """Prefix of the object keys. None: the whole bucket, which is not allowed for the artifact bucket."""
    path: LustrePath = "/s3"
    """Folder in the file system."""
    export: bool = False
    """Export changes of the folder to the bucket. False: the bucket is read only."""


class FsxLustre(Section):
    """An FSx for Lustre file system created by the platform: shared by all teams, with one volume per team."""

    deployment_type: Literal["PERSISTENT_2", "SCRATCH_2"] = "PERSISTENT_2"
    """PERSISTENT_2 replicates data and survives a server failure; SCRATCH_2 is cheaper and does not."""
    storage_gib: int = 1200
    """Size in GiB: 1200, or a multiple of 2400. It can grow but not shrink."""
    throughput_mibps_per_tib: Literal[125, 250, 500, 1000] | None = None
    """Throughput per TiB, MiB/s. None: 125 with PERSISTENT_2; SCRATCH_2 has a fixed 200."""
    zone: str | None = None
    """Zone of the file system: use the zone of the training nodes, since traffic between zones is slower and billed.
    None: the first zone by name.
    """
    backup_days: int | None = Field(default=None, ge=0, le=90)
    """Retention of daily backups in days; 0: none. None: 7 if FSx supports backups, which SCRATCH_2 and file systems
    with a linked bucket do not.
    """
    linked_bucket: BucketLink | None = None
    """A folder linked to a bucket. None: no linked bucket."""

    @property
    def days_of_backups(self) -> int:
        """Retention of daily backups in days; 0 without backups."""
        if self.backup_days is not None:
            return self.backup_days
        return 7 if self._can_be_backed_up else 0

    @property
    def _can_be_backed_up(self) -> bool:
        """Source: https://docs.aws.amazon.com/fsx/latest/LustreGuide/using-backups-fsx.html."""
        return self.deployment_type != "SCRATCH_2" and self.linked_bucket is None


class ExistingFsxLustre(Section):
    """An existing FSx for Lustre file system that the nodes can reach.

    `aws fsx describe-file-systems` shows these values.
    """

    file_system_id: FsxId
    """Id of the file system."""
    mount_name: MountName
    """Mount name (LustreConfiguration.MountName); the AWS provider cannot look it up."""
    storage_gib: int = Field(default=1200, ge=1)
    """Size in GiB, shown by volumes."""


AnyEfs = Annotated[
    Annotated[Efs, Tag("union:Efs")] | Annotated[ExistingEfs, Tag("union:ExistingEfs")],
    kind_of("Efs(…)", "ExistingEfs(…)"),
]
AnyFsx = Annotated[
    Annotated[FsxLustre, Tag("union:FsxLustre")] | Annotated[ExistingFsxLustre, Tag("union:ExistingFsxLustre")],
    kind_of("FsxLustre(…)", "ExistingFsxLustre(…)"),
]
