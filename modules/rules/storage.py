"""Rules about file systems, images and metrics."""

from collections.abc import Iterator

from modules.aws_data.regions import REGIONS, SERVICES, region
from modules.rules.rule import Problem, rule, warning
from modules.settings.artifacts import InClusterStore
from modules.settings.cluster import Cluster
from modules.settings.file_systems import BucketLink, Efs, FsxLustre
from modules.settings.network import Network
from modules.settings.platform import Platform

SERVICES_PATH = "kubeflow.services"
VOLUMES_PATH = f"{SERVICES_PATH}.bucket_volumes"
S3_DRIVER = "aws-mountpoint-s3-csi-driver"
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
def volumes_of_the_bucket(platform: Platform) -> Iterator[Problem]:
    """A bucket, a role of each team's pods, and the driver; the add-ons of an existing cluster are not known."""
    services = platform.kubeflow.services if platform.kubeflow is not None else None
    addons = platform.cluster.addons.others if isinstance(platform.cluster, Cluster) else None
    driver = next((one for one in addons or () if one.name == S3_DRIVER), None)
    if services is None or services.bucket_volumes is None:
        if driver is not None and driver.role is None:
            yield (
                f"cluster.addons.others[{S3_DRIVER}].role",
                f"{S3_DRIVER} can do nothing without permissions: neither its own nor those of teams",
                "set AddonRole(policy_arns=…) or AddonRole(statements=…), or kubeflow.services.bucket_volumes",
            )
        return
    if isinstance(services.artifacts, InClusterStore):
        yield VOLUMES_PATH, "there is no bucket, since artifacts are in the cluster", "remove it, or use a bucket"
    if platform.kubeflow is not None and platform.kubeflow.team_defaults.aws_identity == "node_role":
        yield (
            VOLUMES_PATH,
            "volumes are read with the role of a team, and teams have none (aws_identity)",
            'set team_defaults.aws_identity="role_per_team", or remove it',
        )
    if addons is not None and driver is None:
        yield (
            VOLUMES_PATH,
            "the cluster has no driver to mount a bucket",
            f'add others=(OtherAddon(name="{S3_DRIVER}"),) to Addons',
        )


@warning(Platform)
def driver_of_an_existing_cluster(platform: Platform) -> Iterator[Problem]:
    """Its add-ons are not known."""
    volumes = platform.kubeflow.services.bucket_volumes if platform.kubeflow is not None else None
    if volumes is not None and not isinstance(platform.cluster, Cluster):
        yield VOLUMES_PATH, f"the existing cluster is not verified to have {S3_DRIVER}", "verify it"


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
