"""What a platform is refused whose network has no way out."""

import pytest

from modules.rules import problems_of_all, warnings_of
from modules.settings import (
    FULLY_PRIVATE_ENDPOINTS,
    Efs,
    FsxLustre,
    ManagedPrometheus,
    Network,
    NodePool,
    Platform,
    PullThrough,
    Repositories,
    Services,
)
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import COPIED, KARPENTER, NO_WAY_OUT, existing_network, on_kubeflow

FULLY_PRIVATE = Network(nat="none", fully_private=True, interface_endpoints=FULLY_PRIVATE_ENDPOINTS)
MIRROR = {"repositories": Repositories(mirror="copies")}


def inside(network: Network = NO_WAY_OUT, services: Services = COPIED, **kubeflow: object) -> Platform:
    return on_kubeflow(services=services, **kubeflow).with_changes(network=network)


HOSTS = (
    "kubeflow.services.repositories: images come from docker.io, gcr.io, ghcr.io, nvcr.io, public.ecr.aws, quay.io, registry.k8s.io, which "
    'a network without internet does not reach; set Repositories(mirror="copies"), and run `make image-copies`'
)

ROWS: Rows = {
    "images_without_nat": (inside(services=Services()), "kubeflow.services.repositories: registry.k8s.io"),
    "images_in_a_fully_private_network": (
        inside(FULLY_PRIVATE, services=Services()),
        "kubeflow.services.repositories: registry.k8s.io",
    ),
    "pull_through": (
        inside(
            services=Services(
                repositories=Repositories(mirror="pull_through", pull_through=(PullThrough(registry="quay.io"),))
            )
        ),
        "kubeflow.services.repositories.mirror: first",
    ),
    "karpenter": (
        inside(enable=KARPENTER, disable=("cluster-autoscaler",), node_pools=(NodePool(name="general"),)),
        "kubeflow.enable: karpenter",
    ),
    "external_dns": (
        inside(enable=("external-dns",), dns_zone_ids=("Z0123456789ABCDEFGHIJ",)),
        "kubeflow.enable: external-dns",
    ),
    "file_systems_and_metrics": (
        inside(
            services=Services(efs=Efs(), fsx=FsxLustre(zone="us-west-2b"), metrics=ManagedPrometheus(), **MIRROR),
            enable=("kube-prometheus-stack",),
        ),
        "network.interface_endpoints: kubeflow.services.metrics",
        "network.interface_endpoints: kubeflow.services.efs",
        "network.interface_endpoints: kubeflow.services.fsx",
    ),
    "credentials": (
        inside(services=Services(credential_delivery="csi", **MIRROR)),
        "network.interface_endpoints: kubeflow.services.credential_delivery",
    ),
}


def test_rows() -> None:
    assert differences(ROWS, lambda line: "cluster.addons" not in line) == []


@pytest.mark.parametrize("network", [NO_WAY_OUT, FULLY_PRIVATE])
def test_with_copies_it_is_allowed(network: Network) -> None:
    assert problems_of_all([inside(network)]) == []


def test_a_way_out_requires_nothing() -> None:
    assert problems_of_all([on_kubeflow()]) == []


def test_an_existing_network_is_warned() -> None:
    """It may have a proxy."""
    there = on_kubeflow().with_changes(network=existing_network(internet_route=False))
    assert problems_of_all([there]) == []
    assert [
        line
        for line in map(str, warnings_of(there))
        if "unless the network has a proxy" in line and "images come from" in line
    ] != []
