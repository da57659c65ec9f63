"""The section Images: registries and digests of real platforms, Docker Hub's limit, and each kind of finding."""

from datetime import date

import pytest

from modules.checks.images.docker_hub import HubPulls, hub_pulls
from modules.checks.images.pods import EVERY_NODE, pods_by_image
from modules.checks.images.section import section
from modules.settings import (
    AutoMode,
    Cluster,
    HelmChart,
    Network,
    NodeGroup,
    Platform,
    PullThrough,
    Repositories,
)
from modules.settings.component import Component
from tests.check_inputs import without_documents
from tests.platform_objects import needs_cache
from tests.platforms import EXAMPLES, NAMES_WITH_KUBEFLOW, PLATFORMS

PROD = "prod"
CREDENTIAL = "arn:aws:secretsmanager:us-west-2:111122223333:secret:ecr-pullthroughcache/docker-AbCdEf"


def prod(**kubeflow: object) -> Platform:
    one = PLATFORMS[PROD]
    assert one.kubeflow is not None
    return one.with_changes(kubeflow=one.kubeflow.with_changes(**kubeflow))


def mirrored(repositories: Repositories) -> Platform:
    one = PLATFORMS[PROD]
    assert one.kubeflow is not None
    return prod(services=one.kubeflow.services.with_changes(repositories=repositories))


def texts(one: Platform, today: date = date(2026, 11, 30)) -> dict[str, str]:
    return {finding.id: str(finding) for finding in section(without_documents(one, today)).findings}


@needs_cache
@pytest.mark.parametrize("name", NAMES_WITH_KUBEFLOW)
def test_platforms_have_no_warning(name: str) -> None:
    assert {id_ for id_ in texts(PLATFORMS[name]) if id_ < "IMG101"} == set()


@needs_cache
@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_have_no_warning(name: str) -> None:
    for one in EXAMPLES[name]:
        assert {id_ for id_ in texts(one) if id_ < "IMG101"} == set()


@needs_cache
def test_images_with_their_registry_and_digest() -> None:
    document = section(without_documents(PLATFORMS["production"])).document
    by_name = {one["image"].partition(":")[0].partition("@")[0]: one for one in document["images"]}
    assert by_name["docker.io/istio/proxyv2"]["runs_all_the_time"]
    assert not by_name["docker.io/kserve/sklearnserver"]["runs_all_the_time"], "started by an InferenceService"
    karpenter = by_name["public.ecr.aws/karpenter/controller"]
    assert karpenter["digest"].startswith("sha256:")
    assert karpenter["components"] == ["karpenter"]


@needs_cache
def test_copies_pin_tags_and_are_in_ecr() -> None:
    made = section(without_documents(mirrored(Repositories(mirror="copies"))))
    registries = {row[0]: row[1:] for row in made.tables[0].rows}
    assert registries["docker.io"][0] == "a copy in ECR"
    assert registries["docker.io"][1] == registries["docker.io"][2], "all are pinned"
    assert registries["602401143452.dkr.ecr.us-west-2.amazonaws.com (EKS add-ons)"][0] == "EKS in the region"
    ids = {finding.id for finding in made.findings}
    assert not ids & {"IMG001", "IMG101", "IMG103"}
    assert all(
        one["pulled_as"].startswith("<account>.dkr.ecr.us-west-2.amazonaws.com/prod/")
        for one in made.document["images"]
    )


@needs_cache
def test_a_pull_through_cache_of_docker_hub_leaves_no_pull_from_there() -> None:
    cache = Repositories(
        mirror="pull_through", pull_through=(PullThrough(registry="docker.io", credential_arn=CREDENTIAL),)
    )
    made = section(without_documents(mirrored(cache)))
    registries = {row[0]: row[1] for row in made.tables[0].rows}
    assert (registries["docker.io"], registries["ghcr.io"]) == ("ECR's pull-through cache", "a copy in ECR")
    assert "Pulls from Docker Hub" not in {table.title for table in made.tables}


def test_pods_of_an_image_are_counted_with_autoscalers_and_daemon_sets() -> None:
    def workload(kind: str, name: str, image: str, **spec: object) -> dict[str, object]:
        pod = {"containers": [{"name": "a", "image": image}], "initContainers": [{"name": "b", "image": "mysql:8.4"}]}
        return {
            "apiVersion": "apps/v1",
            "kind": kind,
            "metadata": {"name": name, "namespace": "n"},
            "spec": {"template": {"spec": pod}, **spec},
        }

    scaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "x", "namespace": "n"},
        "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "scaled"}, "maxReplicas": 7},
    }
    found = pods_by_image(
        [
            workload("Deployment", "two", "istio/pilot:1", replicas=2),
            workload("Deployment", "scaled", "docker.io/istio/pilot:1", replicas=2),
            workload("StatefulSet", "one", "quay.io/x/y:1"),
            scaler,
        ]
    )
    assert found == {"docker.io/istio/pilot:1": 9, "docker.io/library/mysql:8.4": 10, "quay.io/x/y:1": 1}
    assert pods_by_image([workload("DaemonSet", "all", "istio/cni:1")])["docker.io/istio/cni:1"] == EVERY_NODE


def test_an_image_counts_on_no_more_nodes_than_it_has_pods() -> None:
    pulls = HubPulls((EVERY_NODE, 1, 3), addresses=1, desired_nodes=2, most_nodes=50)
    assert (pulls.at_desired, pulls.at_most, pulls.exceeds) == (2 + 1 + 2, 50 + 1 + 3, False)
    assert HubPulls((EVERY_NODE,) * 2, 1, 2, 51).exceeds
    assert not HubPulls((EVERY_NODE,) * 2, 1, 2, 50).exceeds


def group(**settings: object) -> NodeGroup:
    return NodeGroup(name="nodes", **{"desired_size": 3, "max_size": 40, **settings})


def platform(nat: str, *groups: NodeGroup, **cluster: object) -> Platform:
    return PLATFORMS[PROD].with_changes(
        network=Network(nat=nat), cluster=Cluster(admins=("role/a",), node_groups=groups, **cluster)
    )


def test_nodes_behind_one_address() -> None:
    single = hub_pulls(platform("single", group()), (EVERY_NODE,))
    assert single is not None
    assert (single.addresses, single.desired_nodes, single.most_nodes) == (1, 3, 40)
    zonal = hub_pulls(platform("one_per_zone", group()), (EVERY_NODE,))
    assert zonal is not None
    assert (zonal.addresses, zonal.desired_nodes, zonal.most_nodes) == (3, 1, 14)
    in_one = hub_pulls(platform("one_per_zone", group(zones=("us-west-2a",))), (EVERY_NODE,))
    assert in_one is not None
    assert (in_one.desired_nodes, in_one.most_nodes) == (3, 40)


@needs_cache
def test_many_nodes_behind_one_address_exceed_the_limit_and_zones_share_the_load() -> None:
    found = texts(platform("single", group(max_size=60)))["IMG001"]
    assert "on 60 nodes behind one address" in found
    assert "100 in 6 hours" in found
    assert "IMG001" not in texts(platform("one_per_zone", group(max_size=60)))


@needs_cache
def test_a_registry_that_closes_is_a_warning_from_sixty_days_before() -> None:
    one = prod(images={"docker.io/istio/pilot": "registry.istio.io/release/pilot:1.31.0"})
    assert texts(one, date(2026, 11, 30))["IMG002"].startswith(
        "IMG002: registry registry.istio.io/release closes in 8 days"
    )
    assert "IMG002" not in texts(one, date(2026, 10, 1))


@needs_cache
def test_an_image_by_latest_is_a_warning_and_one_of_upstream_is_named() -> None:
    assert "by latest: ghcr.io/containerd/busybox:latest" in texts(PLATFORMS[PROD])["IMG101"]
    assert "ghcr.io/us/mysql:latest" in texts(prod(images={"mysql": "ghcr.io/us/mysql:latest"}))["IMG003"]
    assert "IMG003" not in texts(prod(images={"mysql": "ghcr.io/us/mysql:8.4"}))


@needs_cache
@pytest.mark.parametrize(
    ("kind", "name", "change"),
    [
        ("IMG101", PROD, {}),
        ("IMG103", PROD, {"cluster": Cluster(admins=("role/a",), node_groups=(group(),), auto_mode=AutoMode())}),
        ("IMG103", "shared", {}),
        ("IMG104", "existing-bare", {}),
    ],
)
def test_what_is_not_checked(kind: str, name: str, change: dict[str, object]) -> None:
    assert kind in texts(PLATFORMS[name].with_changes(**change))


@needs_cache
def test_charts_of_your_own_are_not_checked() -> None:
    chart = HelmChart("https://charts.example.com", "shop", "1.0.0")
    one = prod(extra_components=(Component("shop", "shop", chart, about="A shop."),))
    assert texts(one)["IMG102"].startswith("IMG102: images of shop")
