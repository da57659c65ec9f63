"""Rules between what stores files, images and metrics, and the rest of the platform."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modules.aws_data.regions import REGIONS, SERVICES, region
from modules.settings.artifacts import InClusterStore
from modules.settings.cluster import Cluster
from modules.settings.file_systems import FsxLustre
from modules.settings.network import Network
from modules.settings.section import Problem

if TYPE_CHECKING:
    from modules.settings.platform import Platform

SERVICES_PATH = "kubeflow.services"
STORAGE_CLASSES = {"efs-storage-class": "efs", "fsx-storage-class": "fsx"}
"""Entry of the catalogue to the setting of its file system."""


def drivers_of_file_systems(platform: "Platform") -> Iterator[Problem]:
    """Volumes are mounted by the add-on of their file system; what another's cluster has is not known."""
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
                f"nothing in the cluster mounts it; set cluster.addons.aws_{name}_csi_driver=Addon()",
            )


def storage_classes_have_their_file_system(platform: "Platform") -> Iterator[Problem]:
    """A StorageClass comes with its file system, by the setting of that."""
    if platform.kubeflow is None:
        return
    for entry, name in STORAGE_CLASSES.items():
        if entry in platform.kubeflow.enable:
            yield (
                "kubeflow.enable",
                f"{entry} comes with its file system; set services.{name} instead, and leave it out here",
            )


def zone_of_lustre(platform: "Platform") -> Iterator[Problem]:
    """The network has a private subnet in the zone; of one that is there already only the region is known."""
    fsx = platform.kubeflow.services.fsx if platform.kubeflow is not None else None
    if not isinstance(fsx, FsxLustre) or fsx.zone is None or platform.region not in REGIONS:
        return
    made = isinstance(platform.network, Network)
    zones = platform.zone_names() if made else region(platform.region).zones
    if fsx.zone not in zones:
        where = "the network" if made else platform.region
        yield (
            f"{SERVICES_PATH}.fsx.zone",
            f"{fsx.zone} is not a zone of {where}, which has {', '.join(zones)}; choose among them",
        )


def kind_of_lustre(platform: "Platform") -> Iterator[Problem]:
    """Source: https://docs.amazonaws.cn/en_us/aws/latest/userguide/fsx.html."""
    fsx = platform.kubeflow.services.fsx if platform.kubeflow is not None else None
    if not isinstance(fsx, FsxLustre) or fsx.deployment_type != "SCRATCH_2" or platform.region not in REGIONS:
        return
    if region(platform.region).partition == "aws-cn":
        yield f"{SERVICES_PATH}.fsx.deployment_type", f"{platform.region} has no SCRATCH_2; take PERSISTENT_2"


def bucket_of_lustre(platform: "Platform") -> Iterator[Problem]:
    """A folder can be linked to the bucket of artifacts only if there is one."""
    if platform.kubeflow is None:
        return
    services = platform.kubeflow.services
    if not isinstance(services.fsx, FsxLustre) or services.fsx.linked_bucket is None:
        return
    if services.fsx.linked_bucket.bucket is None and isinstance(services.artifacts, InClusterStore):
        yield (
            f"{SERVICES_PATH}.fsx.linked_bucket.bucket",
            "artifacts are kept in the cluster, so there is no bucket to link; name one of yours, or set services.artifacts",
        )


def logins_of_the_region(platform: "Platform") -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html."""
    if platform.kubeflow is None or platform.kubeflow.services.repositories is None:
        return
    for index, one in enumerate(platform.kubeflow.services.repositories.pull_through):
        if one.credential_arn is not None and (place := one.credential_arn.split(":")[3]) != platform.region:
            yield (
                f"{SERVICES_PATH}.repositories.pull_through[{index}].credential_arn",
                f"the secret is in {place}, and ECR reads it in {platform.region}; make one there",
            )


def metrics_are_written(platform: "Platform") -> Iterator[Problem]:
    """A workspace takes what kube-prometheus-stack sends, and is not in every partition."""
    if platform.kubeflow is None or platform.kubeflow.services.metrics is None:
        return
    path = f"{SERVICES_PATH}.metrics"
    if "kube-prometheus-stack" not in platform.kubeflow.enable:
        yield path, 'nothing writes to it; add enable=("kube-prometheus-stack",)'
    if platform.region in REGIONS and "aps" in region(platform.region).lacks:
        yield path, f"{platform.region} has no {SERVICES['aps']}; leave it out there"


STORAGE_CHECKS = (
    drivers_of_file_systems,
    storage_classes_have_their_file_system,
    zone_of_lustre,
    kind_of_lustre,
    bucket_of_lustre,
    logins_of_the_region,
    metrics_are_written,
)
