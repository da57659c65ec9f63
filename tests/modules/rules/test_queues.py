"""What is said about wrong queues of teams."""

from typing import Any

from modules.kubeflow.queues import FLAVORS, MOST_TOLERATIONS
from modules.rules import problems_of_all
from modules.rules.queues import FIELDS
from modules.settings import NodeGroup, Platform, Queue, Quota, Taint, Team
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import cluster, on_kubeflow

GENERAL = NodeGroup(name="general")
SHARE = Queue(cpu=8, memory_gib=32)


def gpus(taints: int) -> NodeGroup:
    return NodeGroup(
        name="gpus",
        instance_types=("g5.xlarge",),
        accelerator="nvidia",
        taints=tuple(Taint(key=f"example.com/{number}") for number in range(taints)),
    )


def on(*groups: NodeGroup, enable: tuple[str, ...] = ("kueue",), **team: Any) -> Platform:
    made = on_kubeflow(teams=(Team(name="vision", owner="ada@example.com", **team),), enable=enable)
    return made.with_changes(cluster=cluster(node_groups=(GENERAL, *groups)))


ROWS: Rows = {
    "a_queue_without_kueue": (on(enable=(), queue=SHARE), 'kubeflow.teams[0].queue: enable=("kueue",)'),
    "a_queue_above_the_quota": (
        on(queue=SHARE, quota=Quota(cpu=4, memory_gib=32)),
        "kubeflow.teams[0].queue.cpu: the queue admits 8, and the team's quota allows 4",
    ),
    "a_queue_of_nothing": (
        on(queue=Queue(cpu=0, memory_gib=0, borrows=False)),
        "kubeflow.teams[0].queue.cpu: no job ever starts",
    ),
    "a_negative_share": (on(queue={"cpu": -1, "memory_gib": 1}), "kubeflow.teams[0].queue.cpu: -1"),
    "a_share_of_devices_that_no_node_has": (
        on(queue=Queue(cpu=8, memory_gib=32, gpus=1)),
        "kubeflow.teams[0].queue.gpus: it grants 1 NVIDIA GPUs",
    ),
    "too_many_taints": (
        on(gpus(MOST_TOLERATIONS + 1), enable=("kueue", "nvidia-device-plugin")),
        "kubeflow.enable: nvidia-gpus would tolerate 9 taints",
    ),
}


def test_what_is_refused() -> None:
    assert differences(ROWS) == []


def test_what_is_allowed() -> None:
    plugin = ("kueue", "nvidia-device-plugin")
    share = Queue(cpu=8, memory_gib=32, gpus=1)
    for platform in (
        on(queue=SHARE),
        on(queue=SHARE, quota=Quota(cpu=8, memory_gib=32)),
        on(queue=Queue(cpu=0, memory_gib=0)),
        on(gpus(MOST_TOLERATIONS), enable=plugin, queue=share),
    ):
        assert problems_of_all([platform]) == []


def test_a_share_and_the_limit_of_a_quota_have_one_name() -> None:
    assert {*FIELDS} <= {*Queue.model_fields} & {*Quota.model_fields}
    assert len({flavor.name for flavor in FLAVORS}) == len(FLAVORS)
