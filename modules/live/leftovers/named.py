"""Leftovers that are found by their name or by what refers to them: logs, roles, snapshots, access points, DNS records, images."""

from collections.abc import Iterator

from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from modules.checks.teardown import kinds
from modules.live.aws import Aws, code_of
from modules.live.leftovers.found import Leftover
from modules.live.leftovers.identity import PLATFORM_TAG, Identity, tags_of

OWNER = "external-dns/owner="
"""Part of the TXT record by which external-dns marks its records.

Source: https://kubernetes-sigs.github.io/external-dns/latest/docs/registry/txt/
"""
PROFILE_PATH = "/karpenter/"
"""Source: https://github.com/aws/karpenter-provider-aws/blob/main/pkg/providers/instanceprofile/instanceprofile.go"""


def clusters(aws: Aws, identity: Identity) -> Iterator[Leftover]:
    """The EKS cluster, if the platform creates it."""
    if not identity.owns_cluster or identity.cluster in identity.recorded:
        return
    try:
        found = aws.get("eks", "describe_cluster", name=identity.cluster)["cluster"]
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        return
    if mark := identity.mark(found.get("tags") or {}):
        yield Leftover(kinds.NOT_DESTROYED, "EKS cluster", identity.cluster, "", mark)


def log_groups(aws: Aws, identity: Identity) -> Iterator[Leftover]:
    """Log groups by exact name: what AWS creates itself has no tags."""
    for name in identity.log_groups:
        for one in aws.get("logs", "describe_log_groups", logGroupNamePrefix=name)["logGroups"]:
            if one["logGroupName"] == name and name not in identity.recorded:
                yield Leftover(kinds.LOG_GROUPS, "log group", name, "", "name of the platform's log group")


def roles(aws: Aws, identity: Identity) -> Iterator[Leftover]:
    """Roles with the platform's name and tag; the name alone can be that of `<platform>-<more>`."""
    for one in aws.get("iam", "list_roles")["Roles"]:
        name = one["RoleName"]
        if name.startswith(f"{identity.platform}-") and name not in identity.recorded:
            tags = tags_of(aws.get("iam", "list_role_tags", RoleName=name)["Tags"])
            if tags.get(PLATFORM_TAG) == identity.platform:
                yield Leftover(kinds.NOT_DESTROYED, "IAM role", name, "", identity.mark(tags))


def instance_profiles(aws: Aws, identity: Identity) -> Iterator[Leftover]:
    """Instance profiles of Karpenter, whose name begins with that of the cluster, or which have Karpenter's path."""
    for one in aws.get("iam", "list_instance_profiles")["InstanceProfiles"]:
        name = one["InstanceProfileName"]
        if name.startswith(f"{identity.cluster}_") or one["Path"].startswith(PROFILE_PATH):
            profile = aws.get("iam", "get_instance_profile", InstanceProfileName=name)["InstanceProfile"]
            tags = tags_of(profile.get("Tags"))
            if (mark := identity.mark(tags)) and name not in identity.recorded:
                yield Leftover(kinds.NODES, "instance profile", name, "", mark)


def snapshots(aws: Aws, identity: Identity) -> Iterator[Leftover]:
    """Final snapshots of the database, which remain by configuration."""
    of_instances = aws.get("rds", "describe_db_snapshots", SnapshotType="manual")["DBSnapshots"]
    of_clusters = aws.get("rds", "describe_db_cluster_snapshots", SnapshotType="manual")["DBClusterSnapshots"]
    for prefix, found in (("DB", of_instances), ("DBCluster", of_clusters)):
        for one in found:
            tags = tags_of(one.get("TagList"))
            if mark := identity.mark(tags):
                name = one[f"{prefix}SnapshotIdentifier"]
                type_ = "database snapshot" if prefix == "DB" else "database cluster snapshot"
                yield Leftover(kinds.SNAPSHOTS, type_, name, "", mark, until="final snapshot, until you delete it")


def access_points(aws: Aws, identity: Identity) -> Iterator[Leftover]:
    """Access points on existing file systems that PersistentVolumes named: their tag names no cluster."""
    for file_system in identity.file_systems:
        found = aws.get("efs", "describe_access_points", FileSystemId=file_system)["AccessPoints"]
        for one in found:
            if one["AccessPointId"] in identity.handles:
                yield Leftover(
                    kinds.ACCESS_POINTS,
                    "access point",
                    one["AccessPointId"],
                    f"of {file_system}",
                    "named by a PersistentVolume",
                    removable=False,  # a later run, without the cluster, does not recognize it
                )


def records(aws: Aws, identity: Identity) -> Iterator[Leftover]:
    """TXT records of external-dns in its zones; the records that they mark have the same name."""
    for zone in identity.zone_ids:
        found = aws.get("route53", "list_resource_record_sets", HostedZoneId=zone)["ResourceRecordSets"]
        for one in found:
            values = [value["Value"] for value in one.get("ResourceRecords", ())]
            if one["Type"] == "TXT" and any(f"{OWNER}{identity.cluster}" in _parts(value) for value in values):
                yield Leftover(
                    kinds.RECORDS,
                    "DNS record",
                    f"{zone}/{one['Name']}",
                    "",
                    f"{OWNER}{identity.cluster}",
                    removable=False,
                )


def _parts(value: str) -> list[str]:
    """Parts of `"heritage=external-dns,external-dns/owner=prod,external-dns/resource=…"`."""
    return value.strip('"').split(",")


def pulled_images(aws: Aws, identity: Identity) -> Iterator[Leftover]:
    """Repositories of the pull-through cache."""
    if not identity.pull_prefixes:
        return
    for one in aws.get("ecr", "describe_repositories")["repositories"]:
        name = one["repositoryName"]
        if name.startswith(identity.pull_prefixes) and name not in identity.recorded:
            yield Leftover(kinds.PULLED, "repository", name, "", "prefix of the pull-through cache")


def secrets(aws: Aws, identity: Identity) -> Iterator[Leftover]:
    """Secrets by name and tag; those that wait for their deletion are listed, too."""
    filters = [{"Key": "name", "Values": [f"{identity.platform}/"]}]
    found = aws.get("secretsmanager", "list_secrets", IncludePlannedDeletion=True, Filters=filters)["SecretList"]
    for one in found:
        mark = identity.mark(tags_of(one.get("Tags")))
        if not mark or one["ARN"] in identity.recorded:
            continue
        if deleted := one.get("DeletedDate"):
            until = f"its recovery window began on {deleted:%Y-%m-%d}"
            yield Leftover(kinds.SECRETS, "secret", one["Name"], "", mark, until=until)
        else:
            yield Leftover(kinds.NOT_DESTROYED, "secret", one["Name"], "", mark)
