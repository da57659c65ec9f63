"""Images of a manifest: form, version, registry, and whether nodes reach it."""

import re
from collections.abc import Iterator

from modules.checks.admission.problem import Problem
from modules.checks.admission.templates.template import Template
from modules.checks.finding import Kind
from modules.checks.manifest import kinds
from modules.checks.manifest.target import ANY_ACCOUNT, Target
from modules.kubeflow.images.names import Image, parse
from modules.kubeflow.images.rewrite import COPIES
from modules.settings import Network
from modules.settings.repositories import UPSTREAM_PREFIXES

PUBLIC = frozenset(
    {
        *("docker.io", "gcr.io", "ghcr.io", "mcr.microsoft.com", "nvcr.io", "public.ecr.aws", "quay.io"),
        *("registry.istio.io", "registry.k8s.io"),
    }
)
"""Registries that nodes with access to the internet reach without a credential."""
_ECR = re.compile(r"(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")
_GOOGLE = re.compile(r"([a-z0-9-]+\.)?gcr\.io|[a-z0-9-]+-docker\.pkg\.dev")
_PARAMETER = re.compile(r"\$\{|\{\{|\$\(")


def of_images(template: Template, target: Target) -> Iterator[Problem]:
    """Images of one template.

    Args:
        template: pods of an object.
        target: the team.
    """
    for key in ("initContainers", "containers"):
        for number, one in enumerate(template.spec.get(key) or ()):
            image = one.get("image")
            if isinstance(image, str) and not _PARAMETER.search(image) and image not in target.runtime_images:
                path = template.located(("spec", key, number, "image"))
                yield from (Problem(kind, path, f"{image}{text}", kind.fix) for kind, text in _judged(image, target))


def _judged(text: str, target: Target) -> Iterator[tuple[Kind, str]]:
    try:
        image = parse(text)
    except ValueError:
        yield kinds.BAD_IMAGE, " is not an image name"
        return
    if not image.digest and (image.tag in ("", "latest")):
        yield kinds.LATEST, " has no fixed version"
    ecr = _ECR.fullmatch(image.host)
    if ecr is not None:
        yield from _in_ecr(image, ecr[1], target)
        return
    if image.host not in PUBLIC and not _GOOGLE.fullmatch(image.host):
        yield kinds.UNKNOWN_REGISTRY, f": {image.host} is not a known registry"
    network = target.platform.network
    if isinstance(network, Network) and network.nat == "none":
        yield kinds.UNREACHABLE_REGISTRY, f": the network has no NAT gateway to {image.host}"


def _in_ecr(image: Image, account: str, target: Target) -> Iterator[tuple[Kind, str]]:
    if target.account not in (ANY_ACCOUNT, account):
        yield kinds.REGISTRY_UNKNOWN, f": whether account {account} lets the nodes of {target.account} pull it"
        return
    prefix = f"{target.platform.name}/"
    name = image.repository.removeprefix(prefix)
    repositories = target.kubeflow.services.repositories
    if name == image.repository or repositories is None:
        return
    cached = {UPSTREAM_PREFIXES[one.registry] for one in repositories.pull_through}
    if name not in repositories.names and name.partition("/")[0] not in {COPIES, *cached}:
        yield kinds.NO_REPOSITORY, f": the platform has no repository {image.repository}"
