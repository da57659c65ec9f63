"""The configured backups, in the services stack."""

from collections.abc import Mapping
from typing import Any

from modules.backup.backup import PlatformBackup
from modules.backup.selected import S3, selected_types
from stacks.stack import PlatformStack


def back_up(stack: PlatformStack, made: Mapping[str, Any]) -> None:
    """Create vault, plan and selection if settings say so.

    Args:
        stack: the services stack.
        made: its outputs, among them the ARN of the artifact bucket.
    """
    backup = stack.platform.backup
    if backup is None:
        return
    selected = selected_types(stack.platform)
    PlatformBackup(
        stack,
        "backup",
        context=stack.context,
        settings=backup,
        patterns=[pattern for pattern in selected.values() if pattern],
        bucket_arn=made["artifact_bucket_arn"] if S3 in selected else None,
    )
