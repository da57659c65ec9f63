"""With a mirror no other registry is named, and a user's image replaces upstream's everywhere: rendered by the real Helm engine."""

import functools
import re
from collections.abc import Iterator

import pytest

from cli.image_copies import copies
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.images.charts import CHART_IMAGES
from modules.kubeflow.images.names import parse
from modules.kubeflow.images.references import images_of, images_of_pods
from modules.kubeflow.manifest import Object, strings
from modules.settings import Kubeflow, Platform, PullThrough, Repositories
from modules.settings.component import HelmChart
from tests.built_once import build
from tests.official_charts import ENTRIES, everything
from tests.platform_objects import Release, needs_everything, releases
from tests.platforms import ACCOUNT, FULL_KUBEFLOW, ONE_OF_EACH, PLATFORMS

pytestmark = [needs_everything, pytest.mark.upstream]

MIRROR = "known-at-apply.dkr.ecr.us-west-2.amazonaws.com"
"""`known-at-apply` replaces the account's id."""
OURS = re.compile(rf"{re.escape(MIRROR)}/[\w./-]+")
EKS = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/eks/")
HOSTS = re.compile(
    r"(?<![\w.-])(docker\.io|index\.docker\.io|gcr\.io|ghcr\.io|quay\.io|nvcr\.io|public\.ecr\.aws|registry\.k8s\.io|"
    r"registry\.istio\.io|mcr\.microsoft\.com)(?![\w.-])"
)
TEST_HOOKS = {"public.ecr.aws/neuron/pytorch-inference-neuronx:2.1.2-neuronx-py310-sdk2.19.1-ubuntu20.04"}
"""Images of `helm test`, which nothing here runs and no value names."""
CREDENTIAL = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:ecr-pullthroughcache/hub-a1B2c3"
PULL_THROUGH = (
    PullThrough(registry="quay.io"),
    PullThrough(registry="registry.k8s.io"),
    PullThrough(registry="docker.io", credential_arn=CREDENTIAL),
)
KINDS = {
    "copies": Repositories(mirror="copies"),
    "pull_through": Repositories(mirror="pull_through", pull_through=PULL_THROUGH),
}


def with_kubeflow(kubeflow: Kubeflow) -> Platform:
    return PLATFORMS["everything"].with_changes(kubeflow=kubeflow)


def settings(kind: str, others: bool) -> Kubeflow:
    """The whole catalogue: in two platforms, since some entries exclude each other."""
    services = FULL_KUBEFLOW.services
    if kind in KINDS:
        services = services.with_changes(repositories=KINDS[kind])
    kubeflow = FULL_KUBEFLOW.with_changes(services=services)
    if not others:
        return kubeflow
    defaults = {entry.name for entry in CATALOGUE if entry.default}
    left_out = tuple(one for one in ONE_OF_EACH.values() if one in defaults)
    enable = (*ONE_OF_EACH, "aws-efa-k8s-device-plugin")  # the platform has a node group with EFA
    return kubeflow.with_changes(enable=enable, disable=left_out, node_pools=(), dns_zone_ids=())


@functools.cache
def rendered(kind: str, others: bool = False) -> tuple[Release, ...]:
    """Every release of such a platform."""
    made = build(with_kubeflow(settings(kind, others)))
    return tuple(releases(made.documents, made.charts))


def objects(found: tuple[Release, ...]) -> Iterator[Object]:
    for release in found:
        yield from (one for one in release.objects if one["kind"] != "CustomResourceDefinition")


@pytest.mark.parametrize("others", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_no_other_registry_is_named(kind: str, others: bool) -> None:
    named = {
        (one["kind"], one["metadata"]["name"], path, host)
        for one in objects(rendered(kind, others))
        for path, text in strings(one)
        for host in HOSTS.findall(OURS.sub("", text))
        if text not in TEST_HOOKS
    }
    assert named == set()


@pytest.mark.parametrize("others", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_every_pod_pulls_from_the_mirror(kind: str, others: bool) -> None:
    images = set(images_of_pods(objects(rendered(kind, others)))) - TEST_HOOKS
    assert len(images) > 40
    assert {image for image in images if not image.startswith(f"{MIRROR}/") and not EKS.match(image)} == set()


def test_the_prefix_says_how_an_image_comes() -> None:
    through, copied = (set(images_of_pods(objects(rendered(kind)))) for kind in ("pull_through", "copies"))
    assert f"{MIRROR}/everything/quay/jetstack/cert-manager-webhook:" in str(through)
    assert f"{MIRROR}/everything/docker/library/mysql:8.4.7" in through
    assert f"{MIRROR}/everything/copies/ghcr.io/dexidp/dex:" in str(through)
    assert f"{MIRROR}/everything/copies/quay.io/jetstack/cert-manager-webhook:" in str(copied)
    assert f"{MIRROR}/everything/copies/docker.io/library/mysql:8.4.7" in copied


def test_the_injector_takes_the_sidecar_from_the_mirror() -> None:
    found = images_of(objects(rendered("copies")))
    assert [hub for image, hub in found.hubs.items()] == [f"{MIRROR}/everything/copies/docker.io/istio"]


def test_the_same_images_are_named_as_without_a_mirror() -> None:
    """Nothing is lost, and no version changes."""

    def versions(kind: str) -> set[str]:
        return {image.rpartition("/")[2] for release in rendered(kind) for image in images_of_pods(release.objects)}

    assert versions("copies") == versions("none")


def test_an_image_of_the_user_replaces_upstreams_everywhere() -> None:
    mine = {
        "ghcr.io/kserve/models-web-app": "ghcr.io/kserve/models-web-app:v9.9.9",
        "kserve/storage-initializer": "registry.team.example.net/kserve/storage-initializer:v9",
        "tensorflow/tensorflow": "tensorflow/tensorflow:9.9.9",
        "docker.io/istio/proxyv2": "registry.team.example.net/mesh/proxyv2:9.9.9",
        "quay.io/prometheus/alertmanager": "quay.io/prometheus/alertmanager:v9.9.9",
        "public.ecr.aws/karpenter/controller": "public.ecr.aws/karpenter/controller:9.9.9",
    }
    known = {name for one in objects(rendered("none")) for name in images_of([one]).images}
    mine = {key: new for key, new in mine.items() if any(parse(key).name == parse(name).name for name in known)}
    assert len(mine) >= 5
    made = build(with_kubeflow(FULL_KUBEFLOW.with_changes(images=mine)))
    images = {name for one in objects(tuple(releases(made.documents, made.charts))) for name in images_of([one]).images}
    for key, new in mine.items():
        assert new in images
        assert {image for image in images if parse(image).name == parse(key).name} <= {new}
    listed = {
        image
        for document in made.documents.values()
        for image in document.get("output", {}).get("images", {}).get("value", ())
    }
    assert set(mine.values()) <= listed


def test_a_mirror_takes_the_users_image() -> None:
    services = FULL_KUBEFLOW.services.with_changes(repositories=KINDS["copies"])
    mine = FULL_KUBEFLOW.with_changes(images={"mysql": "mysql:9.9.9"}, services=services)
    made = build(with_kubeflow(mine))
    images = set(images_of_pods(objects(tuple(releases(made.documents, made.charts)))))
    mysql = {image for image in images if image.partition(":")[0].endswith("/mysql")}
    assert mysql == {f"{MIRROR}/everything/copies/docker.io/library/mysql:9.9.9"}


@pytest.mark.parametrize("name", ENTRIES)
def test_each_chart_starts_the_images_that_the_table_has(name: str) -> None:
    source = ENTRIES[name].source
    assert isinstance(source, HelmChart)
    rows = {row.image for row in CHART_IMAGES[name]}
    started = {row.image for row in CHART_IMAGES[name] if row.started}
    found = {image.replace("set-by-chartpress", source.version) for image in images_of_pods(everything(name))}
    assert {image for image in found - rows - TEST_HOOKS if not EKS.match(image)} == set()
    # operators start the others: the charts name them in arguments, ConfigMaps and custom resources
    text = str(everything(name))
    assert {image for image in started if parse(image).repository.rpartition("/")[2] not in text} == set()


@pytest.mark.parametrize("others", [False, True])
def test_the_copy_script_has_every_image_that_is_rendered(others: bool) -> None:
    """Pods' images and those that are named elsewhere; of a chart those that our values start."""
    not_started = {parse(row.image).repository for rows in CHART_IMAGES.values() for row in rows if not row.started} | {
        parse(row.image).repository for row in CHART_IMAGES["gpu-operator"]
    }  # named in parts
    made = with_kubeflow(settings("copies", others))
    copied = {f"{MIRROR}/{one.repository}:{one.tag}" for one in copies(made)}
    rendered_images = {
        f"{name.partition('@')[0]}:{name.partition('@')[2].replace(':', '-')}"
        if is_by_digest(name)
        else name.partition("@")[0]
        for one in objects(rendered("copies", others))
        for name in images_of([one]).images
        if name.startswith(f"{MIRROR}/everything/copies/")
    }
    missing = {
        name
        for name in rendered_images - copied
        if not any(name.partition(":")[0].endswith(f"/{repository}") for repository in not_started)
        and not name.endswith((":set-by-chartpress", ":known-at-apply"))
        and not is_only_a_name(name, copied)
    }
    assert missing == set()


def is_by_digest(name: str) -> bool:
    return "@" in name and ":" not in name.partition("@")[0].rpartition("/")[2]


def is_only_a_name(name: str, copied: set[str]) -> bool:
    """A name without version, behind which a program puts the tag of an image that is copied."""
    return ":" not in name.rpartition("/")[2] and any(one.startswith(f"{name}:") for one in copied)
