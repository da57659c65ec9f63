"""Shared files for notebooks and training."""

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
        r"(/[\w.-]+)+", "a folder of the file system, such as /s3 (the root / cannot be linked beside other folders)"
    ),
]


class Efs(Section):
    """An EFS file system made here: encrypted, a mount target per zone, a StorageClass with an access point per volume."""

    throughput_mode: Literal["elastic", "bursting", "provisioned"] = "elastic"
    """How throughput is had: it grows with the load and is paid by the GiB (elastic), grows with what is stored
    (bursting), or is bought (provisioned).
    """
    provisioned_mibps: int | None = Field(default=None, ge=1, le=3414)
    """Throughput that is bought, MiB/s. None: it is not bought."""
    infrequent_access_days: Literal[1, 7, 14, 30, 60, 90, 180, 270, 365] | None = 30
    """Days after which a file that nobody reads moves to the cheaper class Infrequent Access; the next read brings it
    back. None: it never moves.
    """
    backup: bool = True
    """Daily backups by AWS Backup's own EFS policy, kept for 35 days."""


class ExistingEfs(Section):
    """An EFS file system of yours, with mount targets that the nodes reach."""

    file_system_id: EfsId
    """Its id. It is looked up at plan, so a wrong one fails there."""


class BucketLink(Section):
    """A folder of an FSx file system that holds what lies in a bucket: read in when a file is opened, written back by itself."""

    bucket: BucketName | None = None
    """Bucket of yours; what encrypts it must let FSx in. None: the bucket of artifacts, whose key is made so."""
    prefix: Prefix | None = None
    """Prefix of the object keys. None: all of the bucket, which the bucket of artifacts is not for."""
    path: LustrePath = "/s3"
    """Folder of the file system."""
    export: bool = False
    """Write what changes in the folder back to the bucket. False: the bucket is only read."""


class FsxLustre(Section):
    """An FSx for Lustre file system made here: one for all teams, who find it as a volume each."""

    deployment_type: Literal["PERSISTENT_2", "SCRATCH_2"] = "PERSISTENT_2"
    """PERSISTENT_2 keeps its files when a server fails; SCRATCH_2 is cheaper and does not."""
    storage_gib: int = 1200
    """Size in GiB: 1200, or a multiple of 2400. It can grow, and never shrinks."""
    throughput_mibps_per_tib: Literal[125, 250, 500, 1000] | None = None
    """Throughput per TiB, MiB/s. None: 125 of PERSISTENT_2; SCRATCH_2 has 200, and no choice."""
    zone: str | None = None
    """Zone it is in: that of the nodes that train, since traffic between zones is slow and costs. None: the first by name.
    """
    backup_days: int | None = Field(default=None, ge=0, le=90)
    """Days that daily backups are kept; 0: none. None: 7 where FSx makes backups, which is neither for SCRATCH_2 nor with
    a linked bucket.
    """
    linked_bucket: BucketLink | None = None
    """A folder that holds what lies in a bucket. None: no such."""

    @property
    def days_of_backups(self) -> int:
        """Days that daily backups are kept; 0 without backups."""
        if self.backup_days is not None:
            return self.backup_days
        return 7 if self._can_be_backed_up else 0

    @property
    def _can_be_backed_up(self) -> bool:
        """Source: https://docs.aws.amazon.com/fsx/latest/LustreGuide/using-backups-fsx.html."""
        return self.deployment_type != "SCRATCH_2" and self.linked_bucket is None


class ExistingFsxLustre(Section):
    """An FSx for Lustre file system of yours that the nodes reach. `aws fsx describe-file-systems` says all of it."""

    file_system_id: FsxId
    """Id of the file system."""
    mount_name: MountName
    """Its mount name (LustreConfiguration.MountName); the AWS provider cannot look it up."""
    storage_gib: int = Field(default=1200, ge=1)
    """Its size in GiB, which volumes show."""


AnyEfs = Annotated[
    Annotated[Efs, Tag("union:Efs")] | Annotated[ExistingEfs, Tag("union:ExistingEfs")],
    kind_of("Efs(…)", "ExistingEfs(…)"),
]
AnyFsx = Annotated[
    Annotated[FsxLustre, Tag("union:FsxLustre")] | Annotated[ExistingFsxLustre, Tag("union:ExistingFsxLustre")],
    kind_of("FsxLustre(…)", "ExistingFsxLustre(…)"),
]
