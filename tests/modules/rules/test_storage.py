"""Shared files."""

from typing import Any

import pytest

from modules.kubeflow.chosen import chosen_components
from modules.rules import problems_of_all
from modules.rules.storage import S3_DRIVER
from modules.settings import (
    Addon,
    Addons,
    BucketLink,
    BucketVolumes,
    Efs,
    ExistingCluster,
    ExistingEfs,
    ExistingFsxLustre,
    FsxLustre,
    InClusterStore,
    OtherAddon,
    Platform,
    Services,
    TeamDefaults,
)
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import cluster, existing_network, group, on_kubeflow

DRIVERS = Addons(aws_efs_csi_driver=Addon(), aws_fsx_csi_driver=Addon())
FSX_ID = "fs-0123456789abcdef0"


def on_files(enable: tuple[str, ...] = (), **services: Any) -> Platform:
    return on_kubeflow(enable=enable, services=Services(**services)).with_changes(cluster=cluster(addons=DRIVERS))


def on_fsx(**changes: Any) -> Platform:
    return on_files(fsx=FsxLustre(**changes))


def on_link(**changes: Any) -> Platform:
    return on_fsx(linked_bucket=BucketLink(**{"bucket": "data", **changes}))


WHERE = "kubeflow.services"
ROWS: Rows = {
    "bought_and_not_said_how_much": (
        on_files(efs=Efs(throughput_mode="provisioned")),
        "kubeflow.services.efs.provisioned_mibps: throughput",
    ),
    "said_how_much_and_not_bought": (
        on_files(efs=Efs(provisioned_mibps=64)),
        "kubeflow.services.efs.provisioned_mibps: throughput_mode",
    ),
    "no_scratch_in_china": (
        on_fsx(deployment_type="SCRATCH_2").with_changes(
            region="cn-north-1", cluster=cluster(addons=DRIVERS.with_changes(metrics_server=None))
        ),
        "kubeflow.services.fsx.deployment_type: cn-north-1",
    ),
    "efs_id": (
        on_files(efs=ExistingEfs(file_system_id="fs-1")),
        "kubeflow.services.efs.file_system_id: fs-0123456789abcdef0",
    ),
    "fsx_id": (
        on_files(fsx=ExistingFsxLustre(file_system_id="fs-01234567", mount_name="fsx")),
        "kubeflow.services.fsx.file_system_id: fs-0123456789abcdef0",
    ),
    "mount_name": (
        on_files(fsx=ExistingFsxLustre(file_system_id=FSX_ID, mount_name="/fsx")),
        "kubeflow.services.fsx.mount_name: abcd1234",
    ),
    "size": (
        on_fsx(storage_gib=3600),
        "kubeflow.services.fsx.storage_gib: size",
    ),
    "no_size": (
        on_fsx(storage_gib=0),
        "kubeflow.services.fsx.storage_gib: size",
    ),
    "throughput_of_scratch": (
        on_fsx(deployment_type="SCRATCH_2", throughput_mibps_per_tib=250),
        "kubeflow.services.fsx.throughput_mibps_per_tib: MiB/s",
    ),
    "backups_of_scratch": (
        on_fsx(deployment_type="SCRATCH_2", backup_days=7),
        "kubeflow.services.fsx.backup_days: systems",
    ),
    "backups_of_a_link": (
        on_fsx(linked_bucket=BucketLink(bucket="data"), backup_days=7),
        "kubeflow.services.fsx.backup_days: systems",
    ),
    "all_of_the_artifacts": (
        on_link(bucket=None),
        "kubeflow.services.fsx.linked_bucket.prefix: artifacts",
    ),
    "prefix": (
        on_link(prefix="/data/"),
        "kubeflow.services.fsx.linked_bucket.prefix: data/raw",
    ),
    "folder": (
        on_link(path="/"),
        "kubeflow.services.fsx.linked_bucket.path: folders",
    ),
    "no_bucket_of_artifacts": (
        on_files(artifacts=InClusterStore(), fsx=FsxLustre(linked_bucket=BucketLink(prefix="shared"))),
        "kubeflow.services.fsx.linked_bucket.bucket: artifacts",
    ),
    "zone": (
        on_fsx(zone="us-west-2d"),
        "kubeflow.services.fsx.zone: us-west-2d",
    ),
    "zone_of_an_existing_network": (
        on_fsx(zone="us-west-1a").with_changes(network=existing_network()),
        "kubeflow.services.fsx.zone: us-west-1a",
    ),
    "nothing_mounts_it": (
        on_files(efs=Efs(), fsx=FsxLustre()).with_changes(cluster=cluster()),
        "kubeflow.services.efs: driver",
        "kubeflow.services.fsx: driver",
    ),
    "volumes_without_a_driver": (
        on_files(bucket_volumes=BucketVolumes()).with_changes(cluster=cluster()),
        f"kubeflow.services.bucket_volumes: {S3_DRIVER}",
    ),
    "volumes_of_no_bucket_and_no_role": (
        on_kubeflow(
            services=Services(artifacts=InClusterStore(), bucket_volumes=BucketVolumes()),
            team_defaults=TeamDefaults(aws_identity="node_role"),
        ).with_changes(
            cluster=cluster(
                addons=Addons(others=(OtherAddon(name=S3_DRIVER),)),
                node_groups=(group(pods_use_node_role=True),),
            )
        ),
        "kubeflow.services.bucket_volumes: artifacts are in the cluster",
        "kubeflow.services.bucket_volumes: role_per_team",
    ),
    "class_without_files": (
        on_files(enable=("efs-storage-class", "fsx-storage-class")),
        "kubeflow.enable: efs-storage-class",
        "kubeflow.enable: fsx-storage-class",
    ),
    "efs_kind": (
        on_files(efs=FsxLustre()),
        "kubeflow.services.efs: section",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []


def test_the_driver_needs_no_role_where_volumes_are_read_with_those_of_teams() -> None:
    addons = Addons(others=(OtherAddon(name=S3_DRIVER),))
    volumes = on_files(bucket_volumes=BucketVolumes(cache_gib=50)).with_changes(cluster=cluster(addons=addons))
    assert problems_of_all([volumes]) == []


def test_what_another_cluster_mounts_is_not_known() -> None:
    existing_cluster = on_files(efs=Efs(), fsx=FsxLustre()).with_changes(
        network=None, cluster=ExistingCluster(name="shared")
    )
    assert problems_of_all([existing_cluster]) == []


@pytest.mark.parametrize("gib", [1200, 2400, 4800])
def test_sizes_of_lustre(gib: int) -> None:
    assert problems_of_all([on_fsx(storage_gib=gib)]) == []


@pytest.mark.parametrize(
    ("settings", "days"),
    [
        ({}, 7),
        ({"backup_days": 30}, 30),
        ({"backup_days": 0}, 0),
        ({"deployment_type": "SCRATCH_2"}, 0),
        ({"linked_bucket": BucketLink(bucket="data")}, 0),
    ],
)
def test_backups_are_made_where_fsx_makes_any(settings: dict[str, Any], days: int) -> None:
    assert FsxLustre(**settings).days_of_backups == days


def test_a_file_system_brings_its_storage_class() -> None:
    chosen = on_files(efs=Efs()).kubeflow
    assert chosen is not None
    names = {component.name for component in chosen_components(chosen)}
    assert names & {"efs-storage-class", "fsx-storage-class"} == {"efs-storage-class"}
