"""The section Images for terminal, JSON and reports."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from modules.aws_data.ends import of_installed
from modules.aws_data.image_registries import eks_image_registry
from modules.checks.finding import Finding, Kind
from modules.checks.images import kinds
from modules.checks.images.docker_hub import LIMIT, HubPulls, hub_pulls
from modules.checks.images.origin import PulledImage, pulled_images
from modules.checks.inputs import Inputs
from modules.checks.section import Section, Table, counted
from modules.kubeflow.ends.records import REGISTRIES
from modules.kubeflow.images.names import DOCKER_HUB
from modules.settings import Cluster, Kubeflow, Platform
from modules.settings.component import HelmChart

TITLE = "Images"


def section(inputs: Inputs) -> Section:
    """Where the images of a platform come from, and what can keep nodes from pulling them.

    Raises:
        ValueError: the cache lacks objects of a component.
    """
    platform, kubeflow = inputs.platform, inputs.platform.kubeflow
    if kubeflow is None:
        return Section(TITLE, "not checked", (_of(kinds.NO_KUBEFLOW, "the platform has no Kubeflow"),))
    images = pulled_images(platform, kubeflow, inputs.objects)
    from_hub = [one for one in images if one.image.host == DOCKER_HUB and one.way == "registry"]
    pulls = hub_pulls(platform, [one.pods for one in from_hub if one.always])
    findings = (
        *_of_hub(from_hub, pulls),
        *_of_registries(images, inputs.today),
        *_of_versions(images),
        *_of_charts(kubeflow),
    )
    tables = (
        _registries(platform, images),
        *([_pulls(pulls)] if from_hub and pulls is not None else []),
        _images(images),
    )
    registries = len({one.image.host for one in images})
    verdict = f"{counted(findings)} ({len(images)} images of {registries} registries)"
    return Section(TITLE, verdict, findings, tables, document=_document(images, pulls))


def _of_hub(from_hub: Sequence[PulledImage], pulls: HubPulls | None) -> Iterator[Finding]:
    if not from_hub:
        return
    if pulls is None:
        yield _of(kinds.ADDRESSES, f"nodes that share an address, for {len(from_hub)} images from {DOCKER_HUB}")
    elif pulls.exceeds:
        yield _of(
            kinds.HUB_LIMIT,
            f"{len(pulls.pods)} images from {DOCKER_HUB} on {pulls.most_nodes} nodes behind one address: up to {pulls.at_most} pulls, and "
            f"{LIMIT.pulls} in {LIMIT.hours} hours are allowed without a sign-in",
        )


def _of_registries(images: Sequence[PulledImage], today: date) -> Iterator[Finding]:
    direct = [f"image:{one.image}" for one in images if one.way == "registry"]
    for end in of_installed(REGISTRIES, direct):
        if sentence := end.sentence(today):
            what, _, fix = sentence.rpartition("; ")
            yield Finding(kinds.REGISTRY_CLOSES.id, kinds.REGISTRY_CLOSES.severity, what, fix)


def _of_versions(images: Sequence[PulledImage]) -> Iterator[Finding]:
    for one in images:
        if one.replaced and one.image.tag == "latest" and not one.image.digest:
            yield _of(kinds.LATEST, f"{one.image} in the place of {one.upstream}")
    by_tag = [one for one in images if one.version == "tag"]
    if by_tag:
        latest = ", ".join(str(one.image) for one in by_tag if one.image.tag == "latest")
        yield _of(
            kinds.TAGS,
            f"{len(by_tag)} of {len(images)} images are pulled by tag" + (f"; by latest: {latest}" if latest else ""),
        )


def _of_charts(kubeflow: Kubeflow) -> Iterator[Finding]:
    charts = [one.name for one in kubeflow.extra_components if isinstance(one.source, HelmChart)]
    if unknown := [*charts, *kubeflow.preinstalled]:
        yield _of(kinds.CHARTS, f"images of {', '.join(unknown)}")


def _of(kind: Kind, text: str) -> Finding:
    return Finding(kind.id, kind.severity, text, kind.fix)


def _registries(platform: Platform, images: Sequence[PulledImage]) -> Table:
    counts = Counter((one.image.host, one.way) for one in images)
    digests = Counter((one.image.host, one.way) for one in images if one.version != "tag")
    rows = tuple(
        (host, _way(way), str(count), str(digests[host, way])) for (host, way), count in sorted(counts.items())
    )
    if isinstance(platform.cluster, Cluster):
        rows = (*rows, (f"{eks_image_registry(platform.region)} (EKS add-ons)", _way("region"), "not listed", ""))
    about = "How nodes get the images; a digest is known from the name of the image, or pinned by its copy."
    headings = ("registry", "nodes pull from", "images", "digest known")
    return Table("Registries", headings, rows, about, numbers=frozenset(headings[2:]))


def _way(way: str) -> str:
    ways = {"registry": "the registry", "copy": "a copy in ECR", "region": "EKS in the region"}
    return ways.get(way, "ECR's pull-through cache")


def _pulls(pulls: HubPulls) -> Table:
    about = (
        f"Docker Hub allows {LIMIT.pulls} pulls in {LIMIT.hours} hours for each address without a sign-in ({LIMIT.source}, as of "
        f"{LIMIT.as_of}). Counted are images that run all the time, each on as many nodes behind one address as it has pods; those of sidecars, DaemonSets "
        "and official charts on every node."
    )
    rows = (
        ("desired_size", str(pulls.addresses), str(pulls.desired_nodes), str(len(pulls.pods)), str(pulls.at_desired)),
        ("max_size", str(pulls.addresses), str(pulls.most_nodes), str(len(pulls.pods)), str(pulls.at_most)),
    )
    headings = ("nodes at", "addresses", "nodes for each address", "images", "pulls at most")
    return Table("Pulls from Docker Hub", headings, rows, about, numbers=frozenset(headings[1:]))


def _images(images: Sequence[PulledImage]) -> Table:
    rows = tuple(
        (
            str(one.image),
            ", ".join(one.components),
            "from the start" if one.always else "when used",
            one.version,
            "" if one.way in ("registry", "region") else one.place,
        )
        for one in images
    )
    return Table("Images", ("image", "components", "runs", "version", "pulled as"), rows)


def _document(images: Sequence[PulledImage], pulls: HubPulls | None) -> Mapping[str, Any]:
    return {
        "images": [
            {
                "image": str(one.image),
                "registry": one.image.host,
                "components": list(one.components),
                "runs_all_the_time": one.always,
                "digest": one.image.digest or None,
                "pulled_from": one.way,
                "pulled_as": one.place,
            }
            for one in images
        ],
        "docker_hub": None
        if pulls is None
        else {
            "images": len(pulls.pods),
            "addresses": pulls.addresses,
            "nodes_behind_one_address_at_desired_size": pulls.desired_nodes,
            "nodes_behind_one_address_at_max_size": pulls.most_nodes,
            "pulls_at_desired_size": pulls.at_desired,
            "pulls_at_max_size": pulls.at_most,
            "allowed_pulls": LIMIT.pulls,
            "allowed_hours": LIMIT.hours,
            "source": LIMIT.source,
            "as_of": str(LIMIT.as_of),
        },
    }
