"""Fit of whole platforms: the shipped one, all examples, those that must be refused, and each kind of finding."""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from modules.checks.fit.fit import Fit, fit
from modules.checks.fit.kinds import KINDS
from modules.checks.fit.workloads import workloads
from modules.settings import (
    Addon,
    Addons,
    AutoMode,
    Cluster,
    Dex,
    ExistingCluster,
    ExistingNetwork,
    FargateProfile,
    FargateSelector,
    Kubeflow,
    Network,
    NodeGroup,
    NodePool,
    Notebooks,
    OtherAddon,
    Platform,
    Quota,
    Schedule,
    Team,
)
from modules.settings.component import Component, HelmChart
from tests.platforms import EXAMPLE_FILES, EXAMPLES, NAMES, PLATFORMS

GROUP = NodeGroup(name="nodes")
T3 = NodeGroup(name="nodes", instance_types=("t3.medium",), min_size=1, desired_size=3, max_size=3)
"""The nodes that the comment in main.py warns of."""
OWNER = "you@example.com"
EXISTING = ExistingNetwork(
    vpc_id="vpc-0123456789abcdef0", private_subnet_ids=("subnet-0123456789abcdef0", "subnet-0123456789abcdef1")
)
EVENING = Schedule(name="evening", cron="0 18 * * *", min_size=1, desired_size=1, max_size=5)
NIGHT = Schedule(name="night", cron="0 20 * * *", min_size=0, desired_size=0, max_size=5)


def platform(*groups: NodeGroup, kubeflow: Mapping[str, Any] | None = None, **cluster: Any) -> Platform:
    """Upstream's default set on some node groups."""
    return Platform(
        name="any",
        region="us-west-2",
        network=Network(),
        cluster=Cluster(node_groups=groups, **cluster),
        kubeflow=Kubeflow(auth=Dex(users=("you@example.com",)), **(kubeflow or {})),
    )


def fit_of(one: Platform) -> Fit:
    return fit(one)


def ids(one: Fit) -> dict[str, str]:
    return {finding.id: finding.text for finding in one.findings}


NOTHING_KNOWN = {"existing_cluster"}
"""Examples on a cluster whose nodes are not in the settings."""


def explained(name: str) -> set[str]:
    """Warnings that the main.py of an example gives a reason for, in a comment."""
    return set(re.findall(r"# `check` warns of (\w+): ", EXAMPLE_FILES[name].read_text("utf-8")))


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_fit_or_their_nodes_are_not_known(name: str) -> None:
    for one in EXAMPLES[name]:
        found = fit_of(one)
        assert found.verdict == ("not checked" if name in NOTHING_KNOWN else "fits"), found.findings
        assert {finding.id for finding in found.findings if finding.severity != "not checked"} == explained(name)


@pytest.mark.parametrize("name", NAMES)
def test_platforms_of_the_tests_fit(name: str) -> None:
    found = fit_of(PLATFORMS[name])
    if name == "fargate":
        assert found.verdict == "does not fit", "its profile selects a label that no add-on has"
    elif found.verdict == "not checked":
        assert "FIT101" in ids(found)
    else:
        assert found.verdict == ("fits after scaling up" if name == "auto" else "fits"), found.findings


def test_three_t3_medium_are_refused_with_the_figure() -> None:
    found = fit_of(platform(T3))
    assert found.verdict == "does not fit"
    text = ids(found)["FIT001"]
    assert text.startswith(
        f"{found.pods} pods request {found.cpu_millicores / 1000:.1f} CPU and {found.memory_mib / 1024:.1f} GiB; "
        "3 x t3.medium (330 pods, 5.8 CPU, 9.5 GiB for pods). "
    )
    assert found.memory_mib > 3 * found.rooms[0].memory_mib, (
        "more is requested than there is in sum: no placement exists"
    )
    assert {obstacle for left in found.pending for obstacle, _ in left.obstacles} == {"CPU", "memory"}


def test_each_change_that_is_named_fits() -> None:
    changes = fit_of(platform(T3)).changes
    assert [change.nodes is None for change in changes] == [False, True]
    for change in changes:
        size = change.nodes or T3.desired_size
        changed = T3.with_changes(
            desired_size=size, max_size=size, instance_types=(change.instance_type or T3.instance_types[0],)
        )
        assert fit_of(platform(changed)).verdict == "fits", change
        if change.nodes:
            fewer = T3.with_changes(desired_size=size - 1, max_size=size - 1)
            assert fit_of(platform(fewer)).verdict == "does not fit", "it is the smallest number"


@pytest.mark.parametrize(
    "group",
    [
        T3.with_changes(desired_size=1, max_size=1),
        GROUP.with_changes(max_pods=4),
        GROUP.with_changes(taints=({"key": "gpu"},)),
    ],
    ids=["one t3.medium", "max_pods=4", "only tainted nodes"],
)
def test_platforms_that_cannot_start_kubeflow_do_not_fit(group: NodeGroup) -> None:
    assert fit_of(platform(group)).verdict == "does not fit"


OWN = Component("shop", "shops", HelmChart("https://charts.example.org", "shop", "1.0.0"))
SCALES = T3.with_changes(max_size=6)
ALONE = GROUP.with_changes(instance_types=("m6i.2xlarge",), desired_size=1)
BARE = {"disable": ("cluster-autoscaler",)}


def full_node() -> Platform:
    """One node that runs as many pods as there are."""
    large = GROUP.with_changes(instance_types=("m6i.8xlarge",), desired_size=1, max_size=1)
    pods = fit_of(platform(large, kubeflow=BARE)).pods
    return platform(large.with_changes(max_pods=pods), kubeflow=BARE)


PROVOKED: dict[str, Callable[[], Platform]] = {
    "FIT001": lambda: platform(T3),
    "FIT002": lambda: platform(SCALES),
    "FIT003": lambda: platform(SCALES, kubeflow=BARE),
    "FIT004": lambda: platform(ALONE),
    "FIT005": lambda: platform(ALONE),
    "FIT006": lambda: PLATFORMS["full"],
    "FIT007": lambda: full_node(),
    "FIT009": lambda: platform(GROUP, kubeflow={"notebooks": Notebooks(cpu=90)}),
    "FIT010": lambda: platform(GROUP, kubeflow={"teams": (Team(name="a", owner=OWNER, quota=Quota(cpu=90)),)}),
    "FIT011": lambda: platform(
        GROUP,
        GROUP.with_changes(
            name="neuron",
            instance_types=("inf2.xlarge",),
            accelerator="neuron",
            desired_size=0,
            min_size=0,
            autoscaler_tags=False,
        ),
        kubeflow={"enable": ("neuron",)},
    ),
    "FIT012": lambda: platform(GROUP.with_changes(schedules=(EVENING,)), kubeflow=BARE),
    "FIT101": lambda: platform(GROUP.with_changes(instance_types=("m99i.xlarge",), architecture="x86_64")),
    "FIT102": lambda: platform(
        GROUP, fargate_profiles=(FargateProfile(name="jobs", selectors=(FargateSelector(namespace="jobs"),)),)
    ),
    "FIT103": lambda: platform(GROUP, auto_mode=AutoMode(node_pools=())),
    "FIT105": lambda: platform(GROUP, kubeflow={"extra_components": (OWN,)}),
    "FIT107": lambda: platform(GROUP, addons=Addons(coredns=Addon(configuration={"replicaCount": 3}))),
    "FIT109": lambda: platform(GROUP).with_changes(network=EXISTING),
    "FIT111": lambda: platform(GROUP),
    "FIT112": lambda: platform(T3, auto_mode=AutoMode(node_pools=())),
}


@pytest.mark.parametrize("id_", PROVOKED)
def test_each_finding_is_reported_where_it_applies(id_: str) -> None:
    kinds = {kind.id: kind for kind in KINDS}
    (found,) = (finding for finding in fit_of(PROVOKED[id_]()).findings if finding.id == id_)
    assert found.severity == kinds[id_].severity


def test_every_kind_of_finding_has_its_own_id_and_a_test() -> None:
    assert len({kind.id for kind in KINDS}) == len(KINDS)
    assert {kind.id for kind in KINDS} - PROVOKED.keys() == {"FIT008", "FIT106"}, "test_updates.py, and the test below"


def test_constraints_that_are_not_evaluated_are_named() -> None:
    from modules.checks.fit.not_checked import not_checked
    from tests.modules.checks.fit.cases import spread, workload

    one = workload("n/D/a", 1, **spread("a"))
    assert "FIT106" not in {found.id for found in not_checked(platform(GROUP), [one])}
    existing = platform(GROUP).with_changes(network=EXISTING)
    found = {found.id: found.text for found in not_checked(existing, [one])}
    assert found["FIT106"] == "constraints of workloads: n/D/a (zone)"


def test_a_platform_that_fits_has_only_what_no_result_covers() -> None:
    found = fit_of(PLATFORMS["prod"])
    assert found.verdict == "fits"
    assert ids(found).keys() == {"FIT111"}


def test_components_that_are_not_in_the_lock_or_have_own_values_are_named() -> None:
    values = {"cluster-autoscaler": {"replicaCount": 2}, "shop": {"replicas": 3}}
    found = ids(fit_of(platform(GROUP, kubeflow={"extra_components": (OWN,), "values": values})))
    assert found["FIT105"] == "pods of components that are not in the lock: shop"
    assert found["FIT107"] == "replicas, requests and constraints of components with own values: cluster-autoscaler"


def test_addons_by_name_count_as_far_as_their_requests_are_known() -> None:
    names = ("eks-node-monitoring-agent", "snapshot-controller", "vendor_agent")
    addons = Addons(others=tuple(OtherAddon(name=name) for name in names))
    made = platform(GROUP, addons=addons)
    assert (
        ids(fit_of(made))["FIT105"]
        == "pods of EKS add-ons whose requests are not known: snapshot-controller, vendor_agent"
    )
    agent = {one.name: one for one in workloads(made)}["kube-system/DaemonSet/eks-node-monitoring-agent"]
    assert (agent.replicas, agent.cpu_millicores, agent.memory_mib) == (None, 10, 30)


def test_nodes_of_your_own_pools_are_not_an_error() -> None:
    found = fit_of(PROVOKED["FIT112"]())
    assert found.verdict == "not checked"
    assert found.pending
    assert ids(found)["FIT103"] == "NodePools that are not in the settings: EKS Auto Mode"


KARPENTER = ("karpenter", "karpenter-crds", "karpenter-node-pools")


def karpenter(**pool: Any) -> dict[str, Any]:
    return {"enable": KARPENTER, "disable": ("cluster-autoscaler",), "node_pools": (NodePool(name="more", **pool),)}


def test_karpenter_adds_the_smallest_node_that_is_enough() -> None:
    found = fit_of(platform(T3, kubeflow=karpenter()))
    assert found.verdict == "fits after scaling up"
    assert ids(found).keys() == {"FIT111"}
    (_, added) = found.rooms
    assert (added.group, added.desired) == ("more", 1)
    smaller = fit_of(platform(T3, kubeflow=karpenter(memory_limit_gib=1)))
    assert smaller.verdict == "does not fit"
    assert {what for left in smaller.pending for what, nodes in left.obstacles if not nodes} == {"limits of pool more"}


def test_karpenter_does_not_run_on_one_node() -> None:
    """Its chart has two replicas, each on a host and in a zone of its own."""
    found = fit_of(platform(GROUP.with_changes(desired_size=1, max_size=1), kubeflow=karpenter()))
    assert "kube-system/Deployment/karpenter" in {left.workload.name for left in found.pending}


def test_auto_mode_alone_runs_everything_that_it_admits() -> None:
    found = fit_of(platform(auto_mode=AutoMode()))
    assert found.verdict == "fits after scaling up"
    assert ids(found).keys() == {"FIT111"}
    assert {room.group for room in found.rooms} == {"general-purpose"}


def test_the_system_pool_alone_admits_no_component() -> None:
    found = fit_of(platform(auto_mode=AutoMode(node_pools=("system",))))
    assert found.verdict == "does not fit"
    assert "kubeflow/Deployment/ml-pipeline" in {left.workload.name for left in found.pending}


def test_pods_that_fargate_does_not_run_stay_pending() -> None:
    profile = FargateProfile(name="all", selectors=(FargateSelector(namespace="kubeflow"),))
    full = PLATFORMS["full"]
    assert isinstance(full.cluster, Cluster)
    found = fit_of(full.with_changes(cluster=full.cluster.with_changes(fargate_profiles=(profile,))))
    assert found.verdict == "does not fit"
    databases = {"katib-mysql", "model-registry-db", "mysql", "seaweedfs"}
    assert {left.workload.name.rpartition("/")[2]: dict(left.obstacles) for left in found.pending} == {
        name: {"Fargate: EBS volume": 0} for name in databases
    }
    assert {one.workload.namespace for one in found.fargate} == {"kubeflow"}
    assert not {one.workload.name.rpartition("/")[2] for one in found.fargate} & databases


def test_a_profile_that_selects_nothing_changes_nothing() -> None:
    profile = FargateProfile(name="jobs", selectors=(FargateSelector(namespace="jobs"),))
    found, without = fit_of(platform(GROUP, fargate_profiles=(profile,))), fit_of(platform(GROUP))
    assert (found.verdict, found.pods, found.rooms, found.fargate) == (without.verdict, without.pods, without.rooms, ())


def test_a_scheduled_size_is_evaluated_with_its_autoscaler() -> None:
    one = GROUP.with_changes(schedules=(EVENING,))
    text = ids(fit_of(platform(one, kubeflow=BARE)))["FIT012"]
    assert text.endswith("pods stay pending from the schedule evening of nodes on, with 1 to 5 nodes")
    assert "FIT012" not in ids(fit_of(platform(one)))
    small = EVENING.with_changes(max_size=1)
    assert "FIT012" in ids(fit_of(platform(GROUP.with_changes(schedules=(small,)))))


def test_a_schedule_without_nodes_is_meant_so() -> None:
    assert "FIT012" not in ids(fit_of(platform(GROUP.with_changes(schedules=(NIGHT,)), kubeflow=BARE)))


def test_an_existing_cluster_is_not_checked() -> None:
    one = Platform(name="any", region="us-west-2", cluster=ExistingCluster(name="theirs"))
    found = fit_of(one)
    assert (found.verdict, found.pods) == ("not checked", 0)
    assert ids(found)["FIT101"] == "nodes of the existing cluster theirs"


@functools.cache
def _sum(name: str) -> int:
    return fit_of(PLATFORMS[name]).memory_mib


def test_in_cluster_stores_need_more_than_external_ones() -> None:
    assert _sum("full") > _sum("production")
