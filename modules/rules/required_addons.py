"""Rules about EKS add-ons without which no component starts: cluster DNS, Services, block volumes."""

from collections.abc import Iterator

from modules.kubeflow.chosen import external_services_of
from modules.kubeflow.variants import entries
from modules.rules.rule import Problem, rule, warning
from modules.rules.selected import names_of, own, selected
from modules.settings.cluster import Cluster
from modules.settings.kubeflow import Kubeflow
from modules.settings.platform import Platform

DEFAULT_CLASS = "default-storage-class"
"""Entry with the default StorageClass, of the EBS CSI driver."""
OTHER_CLASSES = frozenset({"efs", "fsx"})
"""StorageClasses of other drivers."""
NEEDED = (
    ("coredns", ("coredns",), "without cluster DNS no component finds another one"),
    (
        "kube_proxy",
        ("kube-proxy", "cilium"),
        "without it no pod reaches a Service, such as the API server or a webhook",
    ),
)
"""Setting of an add-on, words in the name of a replacement, and what fails without either."""


def _without(platform: Platform) -> Cluster | None:
    """A new cluster with components on nodes that include no add-ons; None: there is nothing to check."""
    cluster = platform.cluster
    if platform.kubeflow is None or not isinstance(cluster, Cluster):
        return None
    return None if cluster.auto_mode is not None and not cluster.node_groups else cluster


@rule(Platform)
def network_addons(platform: Platform) -> Iterator[Problem]:
    """Cluster DNS and Services; nodes of EKS Auto Mode include both.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
    """
    cluster, kubeflow = _without(platform), platform.kubeflow
    if cluster is None or kubeflow is None:
        return
    for setting, words, why in NEEDED:
        if getattr(cluster.addons, setting) is None and not own(kubeflow, *words):
            yield f"cluster.addons.{setting}", f"Kubeflow cannot start: {why}", "do not set it to None"


@rule(Platform)
def block_volumes(platform: Platform) -> Iterator[Problem]:
    """Volumes of components are EBS volumes, unless their StorageClass is of another driver."""
    cluster, kubeflow = _without(platform), platform.kubeflow
    if cluster is None or kubeflow is None or cluster.addons.aws_ebs_csi_driver is not None:
        return
    if not own(kubeflow, "ebs-csi") and (volumes := list(ebs_volumes(kubeflow))):
        yield (
            "cluster.addons.aws_ebs_csi_driver",
            f"{len(volumes)} volumes stay pending without it: {', '.join(volumes)}",
            "do not set it to None, or use RDS and S3 (services.database, services.artifacts)",
        )


@warning(Platform)
def volumes_of_notebooks(platform: Platform) -> Iterator[Problem]:
    """The default StorageClass of the platform, which notebooks use, is that of a driver that is not installed."""
    cluster, kubeflow = _without(platform), platform.kubeflow
    if cluster is None or kubeflow is None or cluster.addons.aws_ebs_csi_driver is not None:
        return
    if DEFAULT_CLASS in names_of(kubeflow) - {*kubeflow.preinstalled} and not own(kubeflow, "ebs-csi"):
        yield (
            "cluster.addons.aws_ebs_csi_driver",
            "volumes of notebooks stay pending: the default StorageClass requires this add-on",
            "do not set it to None unless you install the driver in another way",
        )


def ebs_volumes(kubeflow: Kubeflow) -> Iterator[str]:
    """Volumes of the selected components, as `namespace/name`; none if the default StorageClass is not the platform's."""
    if DEFAULT_CLASS not in names_of(kubeflow) - {*kubeflow.preinstalled}:
        return
    found = entries(selected(kubeflow), external_services=external_services_of(kubeflow))
    for entry in found.values():
        yield from (one.name for one in entry.volumes if one.storage_class not in OTHER_CLASSES)
