"""Ends of support of what a platform installs: Kubernetes, AMIs, databases, registries and everything in the cluster."""

from collections.abc import Iterator
from datetime import date

from modules.aws_data.ends import End, of_installed
from modules.aws_data.kubernetes_versions import KubernetesVersion, kubernetes_version
from modules.aws_data.mysql_engines import MysqlTrack
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.ends.all_parts import ENDS
from modules.kubeflow.images.platform import pulled
from modules.kubeflow.images.rewrite import ImageRewrite
from modules.kubeflow.made_database import made_database
from modules.kubeflow.platform_images import platform_images
from modules.kubeflow.upstream import REPOSITORIES
from modules.settings.cluster import Cluster
from modules.settings.component import Component, HelmChart, Kustomization, VendoredCharts
from modules.settings.kubeflow import Kubeflow
from modules.settings.platform import Platform

STANDARD = ("leaves standard support", "left standard support")
EXTENDED = ("leaves extended support", "left extended support")
EKS_VERSIONS = "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html"
RDS_VERSIONS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html"
AURORA_VERSIONS = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.release-calendars.html"
)
AMIS = (
    End(
        "Amazon Linux 2 AMIs",
        "",
        ("ami:AL2",),
        date(2025, 11, 26),  # also https://github.com/awslabs/amazon-eks-ami/issues/2545
        "https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-deprecation-faqs.html",
        then="EKS publishes no new ones, not even for security",
        do='set ami_family="AL2023"',
    ),
)


def ends_of(platform: Platform) -> Iterator[tuple[str, list[End]]]:
    """Path of a setting, and the ends of support of one part that it chooses, the earliest first.

    Args:
        platform: without problems.
    """
    cluster = platform.cluster
    if isinstance(cluster, Cluster):
        version = kubernetes_version(cluster.kubernetes_version)
        yield "cluster.kubernetes_version", kubernetes_ends(version, cluster.support_type == "STANDARD")
        families = {f"ami:{group.ami_family}" for group in cluster.node_groups}
        for end in of_installed(AMIS, families):
            yield "cluster.node_groups", [end]
    if (database := made_database(platform)) is not None:
        yield "kubeflow.services.database.engine_version", mysql_ends(database.track)
    if platform.kubeflow is not None:
        for end in of_installed(ENDS, installed(platform.kubeflow)):
            yield "kubeflow", [end]


def kubernetes_ends(version: KubernetesVersion, upgraded: bool) -> list[End]:
    """Standard and extended support of a Kubernetes version on EKS.

    Args:
        version: of EKS's table.
        upgraded: whether the cluster's support type is STANDARD.
    """
    then = "EKS upgrades the cluster by itself" if upgraded else "it costs six times as much"
    matches = (f"kubernetes:{version.name}",)
    do = "move to a newer version of Kubernetes"
    return [
        End(
            "Kubernetes", version.name, matches, version.end_of_standard_support, EKS_VERSIONS, do, then, verbs=STANDARD
        ),
        End(
            "Kubernetes",
            version.name,
            matches,
            version.end_of_extended_support,
            EKS_VERSIONS,
            do,
            "EKS upgrades the cluster by itself, and makes no new cluster of it",
            verbs=EXTENDED,
        ),
    ]


def mysql_ends(track: MysqlTrack) -> list[End]:
    """Standard and extended support of a track of MySQL on RDS or Aurora."""
    matches = (f"{track.engine}:{track.name}",)
    part, source = {"mysql": ("RDS for MySQL", RDS_VERSIONS), "aurora-mysql": ("Aurora MySQL", AURORA_VERSIONS)}[
        track.engine
    ]
    do = "move to a newer track"
    costs, upgrades = "it costs extra per vCPU and hour", "AWS upgrades it by itself"
    return [
        End(part, track.name, matches, track.end_of_standard_support, source, do, costs, verbs=STANDARD),
        End(part, track.name, matches, track.end_of_extended_support, source, do, upgrades, verbs=EXTENDED),
    ]


def installed(kubeflow: Kubeflow) -> set[str]:
    """Everything that a platform installs in its cluster, as rows of ends match it."""
    images = pulled(platform_images(kubeflow), ImageRewrite(kubeflow.images))
    return {
        *(f"image:{image}" for image in images),
        *(name for one in chosen_components(kubeflow) for name in names_of(one)),
    }


def names_of(component: Component) -> Iterator[str]:
    """A component as rows of ends match it."""
    match component.source:
        case HelmChart(chart=chart, version=version):
            yield f"chart:{chart}:{version}"
        case Kustomization(repository=repository) | VendoredCharts(repository) if repository in REPOSITORIES:
            yield f"entry:{component.name}:{REPOSITORIES[repository].version}"
        case _:
            return
