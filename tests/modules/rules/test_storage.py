"""Shared files."""

from typing import Any

import pytest

from modules.kubeflow.chosen import chosen_components
from modules.rules import problems_of_all
from modules.settings import (
    Addon,
    Addons,
    BucketLink,
    Efs,
    ExistingCluster,
    ExistingEfs,
    ExistingFsxLustre,
    FsxLustre,
    InClusterStore,
    Platform,
    Services,
)
from tests.modules.settings.valid import Rows, cluster, existing_network, on_kubeflow

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
        f"{WHERE}.efs.provisioned_mibps: is missing, and throughput is bought; say how many MiB/s",
    ),
    "said_how_much_and_not_bought": (
        on_files(efs=Efs(provisioned_mibps=64)),
        f'{WHERE}.efs.provisioned_mibps: throughput is elastic; leave it out, or set throughput_mode="provisioned"',
    ),
    "no_scratch_in_china": (
        on_fsx(deployment_type="SCRATCH_2").with_changes(
            region="cn-north-1", cluster=cluster(addons=DRIVERS.with_changes(metrics_server=None))
        ),
        f"{WHERE}.fsx.deployment_type: cn-north-1 has no SCRATCH_2; take PERSISTENT_2",
    ),
    "efs_id": (
        on_files(efs=ExistingEfs(file_system_id="fs-1")),
        f"{WHERE}.efs.file_system_id: 'fs-1' is not the id of an EFS file system, such as fs-0123456789abcdef0",
    ),
    "fsx_id": (
        on_files(fsx=ExistingFsxLustre(file_system_id="fs-01234567", mount_name="fsx")),
        f"{WHERE}.fsx.file_system_id: 'fs-01234567' is not the id of an FSx file system, such as fs-0123456789abcdef0",
    ),
    "mount_name": (
        on_files(fsx=ExistingFsxLustre(file_system_id=FSX_ID, mount_name="/fsx")),
        f"{WHERE}.fsx.mount_name: '/fsx' is not the mount name of a Lustre file system, such as fsx or abcd1234",
    ),
    "size": (
        on_fsx(storage_gib=3600),
        f"{WHERE}.fsx.storage_gib: 3600 GiB is no size of FSx for Lustre; give 1200, or a multiple of 2400",
    ),
    "no_size": (
        on_fsx(storage_gib=0),
        f"{WHERE}.fsx.storage_gib: 0 GiB is no size of FSx for Lustre; give 1200, or a multiple of 2400",
    ),
    "throughput_of_scratch": (
        on_fsx(deployment_type="SCRATCH_2", throughput_mibps_per_tib=250),
        f"{WHERE}.fsx.throughput_mibps_per_tib: SCRATCH_2 has 200 MiB/s per TiB, and no choice; leave it out",
    ),
    "backups_of_scratch": (
        on_fsx(deployment_type="SCRATCH_2", backup_days=7),
        f"{WHERE}.fsx.backup_days: FSx backs up neither SCRATCH_2 nor what is linked to a bucket; set it to 0, or leave it out",
    ),
    "backups_of_a_link": (
        on_fsx(linked_bucket=BucketLink(bucket="data"), backup_days=7),
        f"{WHERE}.fsx.backup_days: FSx backs up neither SCRATCH_2 nor what is linked to a bucket; set it to 0, or leave it out",
    ),
    "all_of_the_artifacts": (
        on_link(bucket=None),
        f"{WHERE}.fsx.linked_bucket.prefix: every team would read all teams' artifacts in the folder; give a prefix that is for all, "
        "such as shared",
    ),
    "prefix": (
        on_link(prefix="/data/"),
        f"{WHERE}.fsx.linked_bucket.prefix: '/data/' is not a prefix of object keys without a slash at its ends, such as data or data/raw",
    ),
    "folder": (
        on_link(path="/"),
        f"{WHERE}.fsx.linked_bucket.path: '/' is not a folder of the file system, such as /s3 (the root / cannot be linked beside other "
        "folders)",
    ),
    "no_bucket_of_artifacts": (
        on_files(artifacts=InClusterStore(), fsx=FsxLustre(linked_bucket=BucketLink(prefix="shared"))),
        f"{WHERE}.fsx.linked_bucket.bucket: artifacts are kept in the cluster, so there is no bucket to link; name one of yours, or set "
        "services.artifacts",
    ),
    "zone": (
        on_fsx(zone="us-west-2d"),
        f"{WHERE}.fsx.zone: us-west-2d is not a zone of the network, which has us-west-2a, us-west-2b, us-west-2c; choose among them",
    ),
    "zone_of_an_existing_network": (
        on_fsx(zone="us-west-1a").with_changes(network=existing_network()),
        f"{WHERE}.fsx.zone: us-west-1a is not a zone of us-west-2, which has us-west-2a, us-west-2b, us-west-2c, us-west-2d; choose among "
        "them",
    ),
    "nothing_mounts_it": (
        on_files(efs=Efs(), fsx=FsxLustre()).with_changes(cluster=cluster()),
        f"{WHERE}.efs: nothing in the cluster mounts it; set cluster.addons.aws_efs_csi_driver=Addon()",
        f"{WHERE}.fsx: nothing in the cluster mounts it; set cluster.addons.aws_fsx_csi_driver=Addon()",
    ),
    "class_without_files": (
        on_files(enable=("efs-storage-class", "fsx-storage-class")),
        "kubeflow.enable: efs-storage-class comes with its file system; set services.efs instead, and leave it out here",
        "kubeflow.enable: fsx-storage-class comes with its file system; set services.fsx instead, and leave it out here",
    ),
    "efs_kind": (
        on_files(efs=FsxLustre()),
        f"{WHERE}.efs: is none of the sections that may stand here; give Efs(…) or ExistingEfs(…)",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_the_reader_sees(row: str) -> None:
    bad, *lines = ROWS[row]
    assert problems_of_all([bad]) == [f"prod: {line}" for line in lines]


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
