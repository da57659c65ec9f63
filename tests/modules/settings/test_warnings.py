"""What is allowed and still printed at each synth."""

from datetime import date

import pytest

from modules.settings import FULLY_PRIVATE_ENDPOINTS, Dex, ExistingCluster, Kubeflow, Network, NodeGroup, Platform
from tests.modules.settings.valid import cluster, group, on_cluster, on_kubeflow, platform

LONG_BEFORE = date(2026, 1, 15)

ROWS: dict[str, tuple[Platform, date | None, *tuple[str, ...]]] = {
    "nothing": (platform(), LONG_BEFORE),
    "a_cluster_of_others": (platform(network=None, cluster=ExistingCluster(name="shared")), LONG_BEFORE),
    "standard_support_ends_in_61_days": (platform(), date(2027, 1, 25)),
    "standard_support_ends_in_60_days": (
        platform(),
        date(2027, 1, 26),
        "cluster.kubernetes_version: 1.35 leaves standard support in 60 days, on 2027-03-27: then it costs six times as much; move "
        "to a newer one",
    ),
    "standard_support_ends_tomorrow": (
        on_cluster(support_type="STANDARD"),
        date(2027, 3, 26),
        "cluster.kubernetes_version: 1.35 leaves standard support in 1 day, on 2027-03-27: then EKS upgrades the cluster by itself; "
        "move to a newer one",
    ),
    "standard_support_is_over": (
        platform(),
        date(2027, 3, 27),
        "cluster.kubernetes_version: 1.35 left standard support on 2027-03-27: it costs six times as much (until 2028-03-27); move "
        "to a newer one",
    ),
    "all_support_is_over": (
        platform(),
        date(2028, 3, 27),
        "cluster.kubernetes_version: 1.35 is without any support since 2028-03-27, and EKS makes no new cluster of it; move to a "
        "newer one",
    ),
    "documentation_range": (
        on_cluster(public_access_cidrs=("203.0.113.0/24",), private_access_cidrs=("192.0.2.128/25",)),
        LONG_BEFORE,
        "cluster: 203.0.113.0/24 is a documentation range that nobody has; write your own network in its place in main.py",
        "cluster: 192.0.2.128/25 is a documentation range that nobody has; write your own network in its place in main.py",
    ),
    "documentation_address": (
        on_kubeflow(auth=Dex(users=("ada@Team.example.ORG",))),
        LONG_BEFORE,
        "kubeflow.first_user_email: ada@Team.example.ORG is an address that nobody has; write your own in its place in main.py",
    ),
    "documentation_address_on_a_cluster_of_others": (
        platform(
            network=None,
            cluster=ExistingCluster(name="shared"),
            kubeflow=Kubeflow(auth=Dex(users=("ada@team.example",))),
        ),
        LONG_BEFORE,
        "kubeflow.first_user_email: ada@team.example is an address that nobody has; write your own in its place in main.py",
    ),
    "an_address_of_somebody": (on_kubeflow(auth=Dex(users=("ada@example.company",))), LONG_BEFORE),
    "open_to_everybody": (
        on_cluster(public_access_cidrs=("0.0.0.0/0",), public_access_from_anywhere=True),
        LONG_BEFORE,
        "cluster: the API server answers the whole internet (public_access_from_anywhere)",
    ),
    "pods_use_the_nodes_role": (
        on_cluster(node_groups=(group(pods_use_node_role=True),)),
        LONG_BEFORE,
        "cluster: every pod on node group nodes can use the rights of the nodes' role (pods_use_node_role)",
    ),
    "session_manager_has_no_way": (
        platform(network=Network(nat="none", interface_endpoints=(*FULLY_PRIVATE_ENDPOINTS, "ssm"))),
        LONG_BEFORE,
        "network.interface_endpoints: Session Manager does not reach the nodes without ec2messages, ssmmessages; add them, or set "
        "session_manager=False",
    ),
    "addresses_run_out_when_full": (
        platform(
            network=Network(cidr="10.0.0.0/20"),
            cluster=cluster(node_groups=(NodeGroup(name="a", max_size=10), NodeGroup(name="b", zones=("us-west-2b",)))),
        ),
        LONG_BEFORE,
        "network.cidr: 9 nodes full of pods take 1,161 addresses in us-west-2b, and its private subnet has 507; give a "
        "secondary_cidr or a larger block before it gets that far",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_the_reader_sees(row: str) -> None:
    warned, today, *lines = ROWS[row]
    assert list(warned.problems()) == []
    assert list(warned.warnings(today)) == [f"prod: {line}" for line in lines]


def test_without_a_day_it_is_today() -> None:
    assert list(platform().warnings()) == list(platform().warnings(date.today()))
