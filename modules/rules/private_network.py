"""Rules about networks without internet access: errors for a new network, warnings for an existing one, whose routes are not known."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from modules.errors import split_sentence
from modules.kubeflow.auth.kinds import strategy_of
from modules.kubeflow.behaviours import BEHAVIOURS
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.images.names import parse
from modules.kubeflow.images.platform import pulled
from modules.kubeflow.images.rewrite import EKS_REGISTRY, ImageRewrite
from modules.kubeflow.install_order import InstallOrderError
from modules.kubeflow.platform_images import platform_images
from modules.rules.rule import Problem, rule, warning
from modules.settings.component import HelmChart
from modules.settings.kubeflow import Kubeflow
from modules.settings.network import ExistingNetwork, Network
from modules.settings.platform import Platform

REPOSITORIES = "kubeflow.services.repositories"


@dataclass(frozen=True)
class NeededEndpoint:
    """An AWS service that pods call, and the VPC endpoint that replaces internet access.

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
        "Prometheus writes metrics to it",
        lambda kubeflow: kubeflow.services.metrics is not None,
    ),
    NeededEndpoint(
        "elasticfilesystem",
        "kubeflow.services.efs",
        "the EFS driver creates an access point per volume",
        lambda kubeflow: kubeflow.services.efs is not None,
    ),
    NeededEndpoint(
        "fsx",
        "kubeflow.services.fsx",
        "the FSx driver looks up the file system",
        lambda kubeflow: kubeflow.services.fsx is not None,
    ),
    NeededEndpoint(
        "secretsmanager",
        "kubeflow.services.credential_delivery",
        "pods fetch their credentials from it",
        lambda kubeflow: kubeflow.services.credential_delivery == "csi",
    ),
)


def has_no_way_out(platform: Platform) -> bool:
    """Whether pods are in a new network without internet access."""
    return isinstance(platform.network, Network) and platform.network.nat == "none"


def may_have_no_way_out(platform: Platform) -> bool:
    """Whether pods are in an existing network that has VPC endpoints instead of a default route."""
    return isinstance(platform.network, ExistingNetwork) and not platform.network.internet_route


@rule(Platform)
def private_network(platform: Platform) -> Iterator[Problem]:
    """Images, AWS APIs and file systems that a new network without internet access cannot reach."""
    if platform.kubeflow is not None and has_no_way_out(platform):
        yield from _unreachable(platform, platform.kubeflow)


@warning(Platform)
def private_network_warnings(platform: Platform) -> Iterator[Problem]:
    """The same for an existing network, which may have a proxy; and what the runner of Terraform must reach."""
    kubeflow = platform.kubeflow
    if kubeflow is None or not (has_no_way_out(platform) or may_have_no_way_out(platform)):
        return
    if may_have_no_way_out(platform):
        for path, what, fix in _unreachable(platform, kubeflow):
            yield path, f"unless the network has a proxy or transit gateway: {what}", fix
    unreachable = strategy_of(kubeflow.auth).egress_warning()
    if unreachable is not None:
        path, text = unreachable
        yield path, *split_sentence(text)
    hosts = sorted({_host(one.source) for one in chosen_components(kubeflow) if isinstance(one.source, HelmChart)})
    if hosts:
        yield (
            "kubeflow",
            f"Terraform fetches charts from {', '.join(hosts)} on its own machine",
            "run Terraform where they are reachable",
        )


def _host(source: HelmChart) -> str:
    return str(urlsplit(source.repository).hostname)


def _unreachable(platform: Platform, kubeflow: Kubeflow) -> Iterator[Problem]:
    yield from _images(platform, kubeflow)
    try:
        names = {component.name for component in chosen_components(kubeflow)}
    except InstallOrderError:  # reported by the rules about components
        return
    for name in sorted(names & set(BEHAVIOURS)):
        requirement = BEHAVIOURS[name].requires_internet
        if requirement is not None:
            why, instead = requirement
            yield "kubeflow.enable", f"{name} requires internet access: {why}", instead
    assert platform.network is not None
    network = platform.network
    if not isinstance(network, Network):
        return  # which endpoints it has is not known
    for needed in ENDPOINTS:
        if needed.wanted(kubeflow) and needed.endpoint not in network.interface_endpoints:
            yield (
                "network.interface_endpoints",
                f"{needed.setting} requires the endpoint {needed.endpoint} ({needed.caller})",
                "add it or remove that setting",
            )


def _images(platform: Platform, kubeflow: Kubeflow) -> Iterator[Problem]:
    repositories = kubeflow.services.repositories
    mirror = repositories.mirror if repositories is not None else None
    if mirror == "pull_through":
        yield (
            f"{REPOSITORIES}.mirror",
            "ECR needs internet access for the first pull of an image, and the network has none",
            'set mirror="copies"',
        )
    if mirror is None:
        version = getattr(platform.cluster, "kubernetes_version", None)
        images = map(parse, pulled(platform_images(kubeflow, version), ImageRewrite(kubeflow.images)))
        hosts = sorted({image.host for image in images if EKS_REGISTRY not in image.host})
        if hosts:
            yield (
                REPOSITORIES,
                f"images come from {', '.join(hosts)}, which the network cannot reach",
                'set Repositories(mirror="copies") and run `make image-copies`',
            )
