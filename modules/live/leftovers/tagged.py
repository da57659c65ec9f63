"""Leftovers of all other services, by the platform's tag.

AWS's index of tags is updated late: for some time it can still have what is deleted.
"""

from collections.abc import Iterator
from typing import Any

from modules.checks.teardown import kinds
from modules.live.aws import Aws
from modules.live.leftovers.found import Leftover
from modules.live.leftovers.identity import PLATFORM_TAG, Identity

LISTED_ELSEWHERE = frozenset({"ec2", "eks", "elasticloadbalancing", "logs", "secretsmanager"})
"""Services that are read directly, whose answers are newer."""
SNAPSHOTS = ("snapshot:", "cluster-snapshot:")


def leftovers(aws: Aws, identity: Identity) -> Iterator[Leftover]:
    """Resources with the platform's tag."""
    filters = [{"Key": PLATFORM_TAG, "Values": [identity.platform]}]
    answer = aws.get("resourcegroupstaggingapi", "get_resources", TagFilters=filters)
    for one in answer["ResourceTagMappingList"]:
        arn = one["ResourceARN"]
        _, _, service, _, _, name = arn.split(":", 5)
        if service in LISTED_ELSEWHERE or (service == "rds" and name.startswith(SNAPSHOTS)):
            continue
        if arn in identity.recorded or name in identity.recorded:
            continue
        if service == "kms":
            yield from _key(aws, arn, name.rpartition("/")[2])
        else:
            yield Leftover(
                kinds.NOT_DESTROYED, service, arn, name, f"tag {PLATFORM_TAG}={identity.platform}", removable=False
            )


def _key(aws: Aws, arn: str, id_: str) -> Iterator[Leftover]:
    """A key, which AWS cannot delete at once."""
    found: Any = aws.get("kms", "describe_key", KeyId=id_)["KeyMetadata"]
    if found["KeyState"] != "PendingDeletion":
        yield Leftover(kinds.NOT_DESTROYED, "KMS key", id_, found.get("Description", ""), arn, removable=False)
        return
    date = found.get("DeletionDate")
    until = f"deleted on {date:%Y-%m-%d}" if date else "waits for its deletion"
    yield Leftover(kinds.KEYS, "KMS key", id_, found.get("Description", ""), arn, until=until, removable=False)
