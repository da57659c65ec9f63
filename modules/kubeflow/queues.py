"""Names that Kueue's objects and the queues of teams share: flavors of resources, and priorities."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.cluster.user_data.node_group import TAINT_EFFECTS
from modules.settings.cluster import Cluster, ExistingCluster
from modules.settings.kubeflow import Kubeflow

KUEUE = "kueue"
"""Catalogue entry."""
COHORT = "teams"
"""Cohort of all teams' queues: they lend and borrow within it."""
MOST_TOLERATIONS = 8
"""Limit of a ResourceFlavor.

Source: https://github.com/kubernetes-sigs/kueue/blob/v0.19.2/apis/kueue/v1beta2/resourceflavor_types.go
"""


@dataclass(frozen=True)
class Flavor:
    """A ResourceFlavor, and the resources of a queue that it provides."""

    name: str
    resources: Mapping[str, str]
    """Resource to the field of `Queue` with its number."""
    accelerator: str | None = None
    """Accelerator of the nodes whose taints its jobs tolerate; None: none are tolerated."""
    categories: tuple[str, ...] = ()
    """Instance categories of such nodes in a node pool."""

    @property
    def token(self) -> str:
        """Name of the token with its tolerations; empty: it has none."""
        return f"{self.name.replace('-', '_')}_tolerations" if self.accelerator else ""


FLAVORS = (
    Flavor("cpu-and-memory", {"cpu": "cpu", "memory": "memory_gib"}),
    Flavor("nvidia-gpus", {"nvidia.com/gpu": "gpus"}, "nvidia", ("g", "gr", "p")),
    Flavor("neuron-devices", {"aws.amazon.com/neuron": "neuron_devices"}, "neuron", ("inf", "trn")),
)
PRIORITIES = {
    "low": (-1000, "Runs when nothing else waits; the first to be stopped."),
    "high": (1000, "Runs before other jobs of the team, and stops them if needed."),
}
"""WorkloadPriorityClasses with value and description. A job without one has the priority of its pods, usually 0.

Source: https://kueue.sigs.k8s.io/docs/concepts/workload_priority_class/
"""


def tolerations(kubeflow: Kubeflow, cluster: Cluster | ExistingCluster) -> dict[str, list[dict[str, Any]]]:
    """Token to the tolerations of a flavor: the taints of groups and pools with its accelerator, each once.

    Args:
        kubeflow: settings with node pools.
        cluster: settings with node groups; those of an existing cluster are not known.
    """
    found = {}
    for flavor in FLAVORS:
        if flavor.token:
            each = list(_tolerations(flavor, kubeflow, cluster))
            found[flavor.token] = [one for number, one in enumerate(each) if one not in each[:number]]
    return found


def _tolerations(flavor: Flavor, kubeflow: Kubeflow, cluster: Cluster | ExistingCluster) -> Iterator[dict[str, Any]]:
    groups = cluster.node_groups if isinstance(cluster, Cluster) else ()
    tainted = [
        *(taint for group in groups if group.accelerator == flavor.accelerator for taint in group.taints),
        *(
            taint
            for pool in kubeflow.node_pools
            if {*flavor.categories} & {*pool.categories()}
            for taint in pool.taints
        ),
    ]
    for taint in tainted:
        value = {"operator": "Equal", "value": taint.value} if taint.value else {"operator": "Exists"}
        yield {"key": taint.key, **value, "effect": TAINT_EFFECTS[taint.effect]}
