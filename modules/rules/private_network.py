"""What a network without a way to the internet cannot reach: errors for one made here, warnings for one whose ways are not known."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from modules.kubeflow.auth.kinds import strategy_of
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.images.names import parse
from modules.kubeflow.images.platform import pulled
from modules.kubeflow.images.rewrite import EKS_REGISTRY, ImageRewrite
from modules.kubeflow.install_order import InstallOrderError
from modules.rules.images import platform_images
from modules.rules.rule import Problem, rule, warning
from modules.settings.component import HelmChart
from modules.settings.kubeflow import Kubeflow
from modules.settings.network import ExistingNetwork, Network
from modules.settings.platform import Platform

REPOSITORIES = "kubeflow.services.repositories"


@dataclass(frozen=True)
class NeededEndpoint:
    """A service of AWS that pods call, and the VPC endpoint by which they do without internet.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
    """

    endpoint: str
    setting: str
    """The setting that makes pods call it."""
    caller: str
    wanted: Callable[[Kubeflow], bool]


ENDPOINTS = (
    NeededEndpoint(
        "aps-workspaces",
        "kubeflow.services.metrics",
        "Prometheus sends its metrics there",
        lambda kubeflow: kubeflow.services.metrics is not None,
    ),
    NeededEndpoint(
        "elasticfilesystem",
        "kubeflow.services.efs",
        "the EFS driver makes an access point for each volume",
        lambda kubeflow: kubeflow.services.efs is not None,
    ),
    NeededEndpoint(
        "fsx",
        "kubeflow.services.fsx",
        "the FSx driver asks for the file system",
        lambda kubeflow: kubeflow.services.fsx is not None,
    ),
    NeededEndpoint(
        "secretsmanager",
        "kubeflow.services.credential_delivery",
        "pods fetch their credentials there",
        lambda kubeflow: kubeflow.services.credential_delivery == "csi",
    ),
)
UNREACHABLE = {
    "karpenter": "it makes the nodes' instance profile by the IAM API, which has no VPC endpoint; use node groups with "
    "cluster-autoscaler",
    "external-dns": "it writes records by the Route 53 API, which has no VPC endpoint; let Terraform write them "
    "(exposure.zone)",
}
"""Entry of the catalogue to why it cannot work without internet.

Source: https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html, https://karpenter.sh/docs/getting-started/getting-started-with-karpenter/#private-clusters
"""


def has_no_way_out(platform: Platform) -> bool:
    """Whether pods are in a network made here that has no way to the internet."""
    return isinstance(platform.network, Network) and platform.network.nat == "none"


def may_have_no_way_out(platform: Platform) -> bool:
    """Whether pods are in an existing network that was said to have VPC endpoints instead of a default route."""
    return isinstance(platform.network, ExistingNetwork) and not platform.network.internet_route


@rule(Platform)
def private_network(platform: Platform) -> Iterator[Problem]:
    """Images, AWS APIs and file systems that a network made here without internet does not reach."""
    if platform.kubeflow is not None and has_no_way_out(platform):
        yield from _unreachable(platform, platform.kubeflow)


@warning(Platform)
def private_network_warnings(platform: Platform) -> Iterator[Problem]:
    """The same of an existing network, which may have a proxy; and what the runner of Terraform has to reach itself."""
    kubeflow = platform.kubeflow
    if kubeflow is None or not (has_no_way_out(platform) or may_have_no_way_out(platform)):
        return
    if may_have_no_way_out(platform):
        for path, text in _unreachable(platform, kubeflow):
            yield path, f"unless the network has a way there (a proxy, a transit gateway): {text}"
    unreachable = strategy_of(kubeflow.auth).egress_warning()
    if unreachable is not None:
        yield unreachable
    hosts = sorted({_host(one.source) for one in chosen_components(kubeflow) if isinstance(one.source, HelmChart)})
    if hosts:
        yield (
            "kubeflow",
            f"Terraform's runner, not the cluster, fetches charts from {', '.join(hosts)}; run it where these are reached",
        )


def _host(source: HelmChart) -> str:
    return str(urlsplit(source.repository).hostname)


def _unreachable(platform: Platform, kubeflow: Kubeflow) -> Iterator[Problem]:
    yield from _images(platform, kubeflow)
    try:
        names = {component.name for component in chosen_components(kubeflow)}
    except InstallOrderError:  # told by the rules about components
        return
    for name, why in UNREACHABLE.items():
        if name in names:
            yield "kubeflow.enable", f"{name} does not work in a network without internet: {why}"
    assert platform.network is not None
    network = platform.network
    if not isinstance(network, Network):
        return  # which endpoints it has is not known
    for needed in ENDPOINTS:
        if needed.wanted(kubeflow) and needed.endpoint not in network.interface_endpoints:
            yield (
                "network.interface_endpoints",
                f"{needed.setting} needs {needed.endpoint} ({needed.caller}); add it, or leave that setting out",
            )


def _images(platform: Platform, kubeflow: Kubeflow) -> Iterator[Problem]:
    repositories = kubeflow.services.repositories
    mirror = repositories.mirror if repositories is not None else None
    if mirror == "pull_through":
        yield (
            f"{REPOSITORIES}.mirror",
            'ECR pulls an image through for the first time by a way to the internet, which the network lacks; set mirror="copies"',
        )
    if mirror is None:
        version = getattr(platform.cluster, "kubernetes_version", None)
        images = map(parse, pulled(platform_images(kubeflow, version), ImageRewrite(kubeflow.images)))
        hosts = sorted({image.host for image in images if EKS_REGISTRY not in image.host})
        if hosts:
            yield (
                REPOSITORIES,
                f"images come from {', '.join(hosts)}, which a network without internet does not reach; set Repositories("
                'mirror="copies"), and run `make image-copies`',
            )
