"""Shared files for notebooks and training."""

from typing import Annotated

from pydantic import Field, Tag

from modules.settings.section import Section
from modules.settings.types import kind_of, matching

EfsId = Annotated[str, matching(r"fs-[0-9a-f]{8,17}", "the id of an EFS file system, such as fs-0123456789abcdef0")]
FsxId = Annotated[str, matching(r"fs-[0-9a-f]{17}", "the id of an FSx file system, such as fs-0123456789abcdef0")]


class Efs(Section):
    """An EFS file system made here: encrypted, a mount target per zone, a StorageClass with an access point per volume."""

    backup: bool = Field(True, description="Daily backups by AWS Backup's own EFS policy.")


class ExistingEfs(Section):
    """An EFS file system of yours, with mount targets that the nodes reach."""

    file_system_id: EfsId = Field(description="Its id.")


class FsxLustre(Section):
    """An FSx for Lustre file system made here, with a StorageClass."""

    storage_gib: int = Field(1200, description="Size in GiB: 1200, or a multiple of 2400.")


class ExistingFsxLustre(Section):
    """An FSx for Lustre file system of yours."""

    file_system_id: FsxId = Field(description="Its id.")


AnyEfs = Annotated[
    Annotated[Efs, Tag("union:Efs")] | Annotated[ExistingEfs, Tag("union:ExistingEfs")],
    kind_of("Efs(…)", "ExistingEfs(…)"),
]
AnyFsx = Annotated[
    Annotated[FsxLustre, Tag("union:FsxLustre")] | Annotated[ExistingFsxLustre, Tag("union:ExistingFsxLustre")],
    kind_of("FsxLustre(…)", "ExistingFsxLustre(…)"),
]
