"""Rules about file systems, images and metrics."""

from collections.abc import Iterator

from modules.aws_data.regions import REGIONS, SERVICES, region
from modules.rules.rule import Problem, rule
from modules.settings.artifacts import InClusterStore
from modules.settings.cluster import Cluster
from modules.settings.file_systems import BucketLink, Efs, FsxLustre
from modules.settings.network import Network
from modules.settings.platform import Platform

SERVICES_PATH = "kubeflow.services"
STORAGE_CLASSES = {"efs-storage-class": "efs", "fsx-storage-class": "fsx"}
"""Entry of the catalogue to the setting of its file system."""


@rule(Platform)
def drivers_of_file_systems(platform: Platform) -> Iterator[Problem]:
    """The CSI driver of each file system is installed; the add-ons of an existing cluster are not known."""
    if platform.kubeflow is None or not isinstance(platform.cluster, Cluster):
        return
    services, addons = platform.kubeflow.services, platform.cluster.addons
    for name, there, addon in (
        ("efs", services.efs, addons.aws_efs_csi_driver),
        ("fsx", services.fsx, addons.aws_fsx_csi_driver),
    ):
        if there is not None and addon is None:
            yield (
                f"{SERVICES_PATH}.{name}",
                "the cluster has no driver to mount it",
                f"set cluster.addons.aws_{name}_csi_driver=Addon()",
            )


@rule(Platform)
def storage_classes_have_their_file_system(platform: Platform) -> Iterator[Problem]:
    """StorageClasses are installed with their file system."""
    if platform.kubeflow is None:
        return
    for entry, name in STORAGE_CLASSES.items():
        if entry in platform.kubeflow.enable:
            yield (
                "kubeflow.enable",
                f"{entry} is installed with its file system",
                f"set services.{name} and remove it here",
            )


@rule(Platform)
def zone_of_lustre(platform: Platform) -> Iterator[Problem]:
    """The network has a private subnet in the zone; of an existing network only the region is known."""
    fsx = platform.kubeflow.services.fsx if platform.kubeflow is not None else None
    if not isinstance(fsx, FsxLustre) or fsx.zone is None or platform.region not in REGIONS:
        return
    made = isinstance(platform.network, Network)
    zones = platform.zone_names() if made else region(platform.region).zones
    if fsx.zone not in zones:
        where = "the network" if made else platform.region
        yield (
            f"{SERVICES_PATH}.fsx.zone",
            f"{fsx.zone} is not a zone of {where}",
            f"use {', '.join(zones)}",
        )


@rule(Platform)
def kind_of_lustre(platform: Platform) -> Iterator[Problem]:
    """Source: https://docs.amazonaws.cn/en_us/aws/latest/userguide/fsx.html."""
    fsx = platform.kubeflow.services.fsx if platform.kubeflow is not None else None
    if not isinstance(fsx, FsxLustre) or fsx.deployment_type != "SCRATCH_2" or platform.region not in REGIONS:
        return
    if "fsx-scratch-2" in region(platform.region).lacks:
        yield f"{SERVICES_PATH}.fsx.deployment_type", f"{platform.region} does not have SCRATCH_2", "use PERSISTENT_2"


@rule(Platform)
def bucket_of_lustre(platform: Platform) -> Iterator[Problem]:
    """Linking the artifact bucket requires one."""
    if platform.kubeflow is None:
        return
    services = platform.kubeflow.services
    if not isinstance(services.fsx, FsxLustre) or services.fsx.linked_bucket is None:
        return
    if services.fsx.linked_bucket.bucket is None and isinstance(services.artifacts, InClusterStore):
        yield (
            f"{SERVICES_PATH}.fsx.linked_bucket.bucket",
            "artifacts are stored in the cluster, so there is no bucket to link",
            "set a bucket of yours, or services.artifacts",
        )


@rule(Platform)
def logins_of_the_region(platform: Platform) -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html."""
    if platform.kubeflow is None or platform.kubeflow.services.repositories is None:
        return
    for index, one in enumerate(platform.kubeflow.services.repositories.pull_through):
        if one.credential_arn is not None and (place := one.credential_arn.split(":")[3]) != platform.region:
            yield (
                f"{SERVICES_PATH}.repositories.pull_through[{index}].credential_arn",
                f"the secret is in {place}, and ECR reads it in {platform.region}",
                "create it there",
            )


@rule(Platform)
def metrics_are_written(platform: Platform) -> Iterator[Problem]:
    """A workspace requires kube-prometheus-stack and a region with the service."""
    if platform.kubeflow is None or platform.kubeflow.services.metrics is None:
        return
    path = f"{SERVICES_PATH}.metrics"
    if "kube-prometheus-stack" not in platform.kubeflow.enable:
        yield path, "kube-prometheus-stack is required to write metrics", 'add enable=("kube-prometheus-stack",)'
    if platform.region in REGIONS and "aps" in region(platform.region).lacks:
        yield path, f"{platform.region} does not have {SERVICES['aps']}", "remove it"


@rule(Efs)
def efs_throughput(efs: Efs) -> Iterator[Problem]:
    """Provisioned throughput and its mode go together."""
    if efs.throughput_mode == "provisioned" and efs.provisioned_mibps is None:
        yield "provisioned_mibps", "provisioned throughput requires a value", "set MiB/s"
    elif efs.throughput_mode != "provisioned" and efs.provisioned_mibps is not None:
        yield (
            "provisioned_mibps",
            f"throughput_mode is {efs.throughput_mode}",
            'remove it or set throughput_mode="provisioned"',
        )


@rule(BucketLink)
def shared_prefix(link: BucketLink) -> Iterator[Problem]:
    """A folder of the artifact bucket that is shared by all teams."""
    if link.bucket is None and link.prefix is None:
        yield (
            "prefix",
            "every team could read all teams' artifacts in the folder",
            "set a prefix for shared data, such as shared",
        )


@rule(FsxLustre)
def lustre_size(fsx: FsxLustre) -> Iterator[Problem]:
    """Sizes that FSx for Lustre has."""
    if fsx.storage_gib != 1200 and (fsx.storage_gib <= 0 or fsx.storage_gib % 2400):
        yield (
            "storage_gib",
            f"FSx for Lustre has no size of {fsx.storage_gib} GiB",
            "use 1200 or a multiple of 2400",
        )


@rule(FsxLustre)
def lustre_throughput(fsx: FsxLustre) -> Iterator[Problem]:
    """Throughput of SCRATCH_2 is fixed."""
    if fsx.deployment_type == "SCRATCH_2" and fsx.throughput_mibps_per_tib is not None:
        yield "throughput_mibps_per_tib", "SCRATCH_2 has a fixed throughput of 200 MiB/s per TiB", "remove it"


@rule(FsxLustre)
def lustre_backups(fsx: FsxLustre) -> Iterator[Problem]:
    """What FSx can back up."""
    if fsx.backup_days and not fsx._can_be_backed_up:
        yield (
            "backup_days",
            "FSx cannot back up SCRATCH_2 file systems or those linked to a bucket",
            "set it to 0 or remove it",
        )
