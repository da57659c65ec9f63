"""What is said about wrong node pools of Karpenter, and that its own CRD agrees."""

import pytest

from modules.checks.admission.crd_rules import broken
from modules.kubeflow.components.karpenter.node_pools import AUTO_MODE, Api, facts
from modules.kubeflow.components.karpenter.node_pools import KARPENTER as KARPENTER_API
from modules.kubeflow.manifest import Object, load
from modules.kubeflow.selection import OBJECTS
from modules.rules import problems_of_all
from modules.rules.node_pools import is_restricted
from modules.settings import Disk, DisruptionBudget, NodePool, Taint
from modules.text import render
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import KARPENTER, on_kubeflow, on_node_pool
from tests.object_schemas import problems, schemas_of
from tests.official_charts import everything
from tests.upstream_folders import CHART_FOLDERS

needs_charts = pytest.mark.skipif(not CHART_FOLDERS, reason="no official charts on this machine")
RESERVATION = "cr-0123456789abcdef0"
POOL = "kubeflow.node_pools[0]"

ROWS: Rows = {
    "a_type_without_a_size": (on_node_pool(instance_types=("m6i",)), f"{POOL}.instance_types[0]: m6i"),
    "a_family_with_a_size": (on_node_pool(instance_families=("m6i.large",)), f"{POOL}.instance_families[0]: m6i.large"),
    "a_size_with_a_dot": (on_node_pool(instance_sizes=(".large",)), f"{POOL}.instance_sizes[0]: .large"),
    "a_type_that_another_setting_excludes": (
        on_node_pool(instance_types=("m6i.large",), instance_sizes=("xlarge",)),
        f"{POOL}.instance_types: no instance type",
    ),
    "a_family_of_another_architecture": (
        on_node_pool(instance_families=("m7g",)),
        f"{POOL}.instance_families: no instance type",
    ),
    "a_generation_to_come": (on_node_pool(min_generation=99), f"{POOL}.instance_categories: no instance type"),
    "a_generation_of_none": (on_node_pool(min_generation=0), f"{POOL}.min_generation: 0"),
    "images_on_the_disk_of_the_operating_system": (
        on_node_pool(disk=Disk(snapshot_id="snap-0123456789abcdef0")),
        f"{POOL}.disk.snapshot_id: Bottlerocket",
    ),
    "a_family_twice": (on_node_pool(instance_families=("m6i", "m6i")), f"{POOL}.instance_families: m6i"),
    "a_zone_of_another_region": (on_node_pool(zones=("eu-west-1a",)), f"{POOL}.zones: eu-west-1a is not a zone"),
    "reserved_without_a_reservation": (
        on_node_pool(capacity_types=("reserved",)),
        f"{POOL}.capacity_reservation_ids: reserved requires",
    ),
    "a_reservation_that_nothing_uses": (
        on_node_pool(capacity_reservation_ids=(RESERVATION,)),
        f"{POOL}.capacity_types: nothing uses the reservations",
    ),
    "a_reservation_with_another_form": (
        on_node_pool(capacity_types=("reserved",), capacity_reservation_ids=("reservation",)),
        f"{POOL}.capacity_reservation_ids[0]: reservation",
    ),
    "too_many_reservations": (
        on_node_pool(
            capacity_types=("reserved",),
            capacity_reservation_ids=tuple(f"cr-{number:017x}" for number in range(31)),
        ),
        f"{POOL}.capacity_reservation_ids: 30",
    ),
    "a_fixed_number_with_a_limit": (
        on_node_pool(replicas=2, weight=10, cpu_limit=64),
        f"{POOL}.weight: fixed number",
        f"{POOL}.cpu_limit: fixed number",
    ),
    "a_negative_number": (on_node_pool(replicas=-1), f"{POOL}.replicas: -1"),
    "too_much_weight": (on_node_pool(weight=101), f"{POOL}.weight: 101"),
    "an_age_in_days": (on_node_pool(expire_after="30d"), f"{POOL}.expire_after: 30d"),
    "a_share_above_all": (
        on_node_pool(disruption_budgets=({"nodes": "101%"},)),
        f"{POOL}.disruption_budgets[0].nodes: 101%",
    ),
    "a_budget_that_never_ends": (
        on_node_pool(disruption_budgets=(DisruptionBudget(schedule="0 9 * * *"),)),
        f"{POOL}.disruption_budgets[0].duration: belong together",
    ),
    "a_budget_that_never_begins": (
        on_node_pool(disruption_budgets=(DisruptionBudget(duration="8h"),)),
        f"{POOL}.disruption_budgets[0].schedule: belong together",
    ),
    "a_length_in_days": (
        on_node_pool(disruption_budgets=({"schedule": "0 9 * * *", "duration": "1d"},)),
        f"{POOL}.disruption_budgets[0].duration: 1d",
    ),
    "too_many_budgets": (
        on_node_pool(disruption_budgets=(DisruptionBudget(),) * 51),
        f"{POOL}.disruption_budgets: 50",
    ),
    "efa_without_a_plugin": (
        on_node_pool(efa=True, zones=("us-west-2a",)),
        f"{POOL}: aws-efa-k8s-device-plugin",
    ),
    "efa_in_several_zones": (
        on_kubeflow(enable=(*KARPENTER, "aws-efa-k8s-device-plugin"), node_pools=(NodePool(name="pool", efa=True),)),
        f"{POOL}.zones: one zone",
    ),
    "an_ami_with_another_form": (on_node_pool(ami_id="image"), f"{POOL}.ami_id: image"),
    "user_data_of_no_format": (on_node_pool(user_data="echo"), f"{POOL}.user_data: begins with neither"),
    "user_data_of_bottlerocket": (
        on_node_pool(user_data="#!/bin/sh\nexit\n", ami_family="Bottlerocket"),
        f"{POOL}.user_data: is not TOML",
    ),
    "user_data_in_unicode": (on_node_pool(user_data="#!/bin/sh\n# ä\n"), f"{POOL}.user_data: ASCII"),
    "user_data_with_a_mark": (on_node_pool(user_data="#!/bin/sh\n# @@x@@\n"), f"{POOL}.user_data: has @@"),
    "user_data_with_a_secret": (
        on_node_pool(user_data="#!/bin/sh\nexport DB_PASSWORD=hunter2hunter2\n"),
        f"{POOL}.user_data: DB_PASSWORD",
    ),
    "long_user_data": (on_node_pool(user_data="#!/bin/sh\n" + "#" * 14_000), f"{POOL}.user_data: 16,384"),
}


def test_what_is_refused() -> None:
    assert differences(ROWS) == []


KEY = "arn:aws:kms:us-west-2:111122223333:key/12345678-1234-1234-1234-123456789012"
EVERYTHING = (
    NodePool(name="plain"),
    NodePool(
        name="reserved",
        instance_types=("p5.48xlarge",),
        capacity_types=("reserved", "on-demand"),
        capacity_reservation_ids=(RESERVATION,),
        zones=("us-west-2a",),
        local_disks="raid0",
        efa=True,
        ami_id="ami-0123456789abcdef0",
        user_data="#cloud-config\nruncmd: []\n",
        weight=50,
        expire_after="Never",
        disruption_budgets=(
            DisruptionBudget(),
            DisruptionBudget(nodes="0", schedule="0 8 * * 1-5", duration="10h", reasons=("Drifted", "Empty")),
        ),
        labels={"example.com/pool": "gpus"},
        taints=(Taint(key="nvidia.com/gpu"), Taint(key="team", value="a", effect="NO_EXECUTE")),
    ),
    NodePool(
        name="fixed",
        instance_families=("m7i", "m7a"),
        instance_sizes=("xlarge", "2xlarge"),
        min_generation=6,
        replicas=2,
        ami_family="Bottlerocket",
        user_data="[settings.kernel]\nlockdown = 'integrity'\n",
        disk=Disk(snapshot_id="snap-0123456789abcdef0"),
    ),
)


def objects(pools: tuple[NodePool, ...], api: Api = KARPENTER_API) -> list[Object]:
    text = render(
        OBJECTS / "karpenter-node-pools.yaml.j2",
        node_pools=pools,
        pool_api=api,
        pool_facts={pool.name: facts(pool, api) for pool in pools},
        node_role="prod-nodes",
        subnet_terms=[{"id": "subnet-0123456789abcdef0"}],
        tags={"owner": "a"},
    )
    return load(text.replace("@@node_security_group_id@@", "sg-0123456789abcdef0"))


def test_pools_with_all_settings_are_allowed() -> None:
    enable = (*KARPENTER, "nvidia-device-plugin", "aws-efa-k8s-device-plugin")
    assert problems_of_all([on_kubeflow(enable=enable, node_pools=EVERYTHING)]) == []


@needs_charts
def test_karpenters_crds_accept_every_setting() -> None:
    crds = everything("karpenter-crds")
    assert problems(objects(EVERYTHING), "1.35", schemas_of(crds)) == []


AUTO = (
    NodePool(
        name="gpus",
        instance_families=("g6", "g6e"),
        min_generation=6,
        local_disks="raid0",
        capacity_types=("reserved", "on-demand"),
        capacity_reservation_ids=("cr-0123456789abcdef0",),
        disk=Disk(size_gib=200, iops=6000, throughput_mibps=500, kms_key_arn=KEY),
        expire_after="504h",
        taints=(Taint(key="nvidia.com/gpu"),),
    ),
    NodePool(name="fixed", replicas=2),
)
NODE_CLASS_FIELDS = {
    *(
        "role",
        "subnetSelectorTerms",
        "securityGroupSelectorTerms",
        "ephemeralStorage",
        "capacityReservationSelectorTerms",
    )
}
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html and
https://docs.aws.amazon.com/eks/latest/userguide/auto-odcr.html; EKS does not publish the CRD.
"""


@needs_charts
def test_pools_of_auto_mode_have_its_node_class_and_its_labels() -> None:
    made = objects(AUTO, AUTO_MODE)
    classes = {one["metadata"]["name"]: one for one in made if one["kind"] == "NodeClass"}
    found = {one["metadata"]["name"]: one for one in made if one["kind"] == "NodePool"}
    assert {one["apiVersion"] for one in classes.values()} == {"eks.amazonaws.com/v1"}
    assert classes["gpus"]["spec"].keys() == NODE_CLASS_FIELDS
    assert classes["gpus"]["spec"]["role"] == "prod-nodes"
    assert classes["gpus"]["spec"]["ephemeralStorage"] == {
        "size": "200Gi",
        "iops": 6000,
        "throughput": 500,
        "kmsKeyID": KEY,
    }
    template = found["gpus"]["spec"]["template"]["spec"]
    assert template["nodeClassRef"] == {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "gpus"}
    required = {one["key"]: (one["operator"], one["values"]) for one in template["requirements"]}
    assert required["eks.amazonaws.com/instance-family"] == ("In", ["g6", "g6e"])
    assert required["eks.amazonaws.com/instance-generation"] == ("Gt", ["5"])
    assert required["eks.amazonaws.com/instance-local-nvme"] == ("Gt", ["200"]), "smaller disks become no array"
    assert not [key for key in required if "karpenter.k8s.aws" in key]
    pools = [one for one in everything("karpenter-crds") if one["metadata"]["name"] == "nodepools.karpenter.sh"]
    assert problems([*found.values()], "1.35", schemas_of(pools)) == []


@needs_charts
@pytest.mark.parametrize(
    ("key", "refused"),
    [
        ("example.com/pool", False),
        ("pool", False),
        ("node-restriction.kubernetes.io/pool", False),
        ("karpenter.sh/initialized", True),
        ("karpenter.sh/nodepool", True),
        ("kubernetes.io/hostname", True),
        ("karpenter.k8s.aws/my-own", True),
        ("sub.karpenter.sh/x", True),
    ],
)
def test_a_label_is_refused_as_the_crd_refuses_it(key: str, refused: bool) -> None:
    (crd,) = [one for one in everything("karpenter-crds") if one["metadata"]["name"] == "nodepools.karpenter.sh"]
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    (pool,) = [one for one in objects((NodePool(name="a", labels={key: "x"}),)) if one["kind"] == "NodePool"]
    outcomes = broken(schema, pool)
    assert all(evaluated for _, _, evaluated in outcomes), outcomes
    assert bool(outcomes) == is_restricted(key) == refused
