"""What node pools of the settings are in Karpenter's objects (`objects/karpenter-node-pools.yaml.j2`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from modules.cluster.user_data.formats import mime, part
from modules.cluster.user_data.node_group import TAINT_EFFECTS
from modules.kubeflow.components.karpenter.infrastructure import placement_token
from modules.settings import DisruptionBudget, NodePool

Fields = dict[str, Any]


@dataclass(frozen=True)
class Api:
    """API of what adds the nodes of pools: the type of node classes, and the first part of labels of instances."""

    version: str
    kind: str
    label: str

    @property
    def reference(self) -> Fields:
        """Group and kind of `nodeClassRef`."""
        return {"group": self.version.partition("/")[0], "kind": self.kind}


KARPENTER = Api("karpenter.k8s.aws/v1", "EC2NodeClass", "karpenter.k8s.aws/instance")
AUTO_MODE = Api("eks.amazonaws.com/v1", "NodeClass", "eks.amazonaws.com/instance")
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html (labels)"""


def facts(pool: NodePool, api: Api = KARPENTER) -> Fields:
    """Variables of the template for one pool: lists and the fields that only some pools have."""
    return {
        "requirements": list(_requirements(pool, api.label)),
        # the CRD of NodePools rejects an empty value
        "taints": [
            {
                "key": taint.key,
                **({"value": taint.value} if taint.value else {}),
                "effect": TAINT_EFFECTS[taint.effect],
            }
            for taint in pool.taints
        ],
        "node_class": dict(_node_class(pool) if api is KARPENTER else _auto_mode_class(pool)),
        "template": {"expireAfter": pool.expire_after} if pool.expire_after is not None else {},
        "pool": dict(_pool(pool)),
        "disruption": {"budgets": [dict(_budget(one)) for one in pool.disruption_budgets]}
        if pool.disruption_budgets
        else {},
    }


def _requirements(pool: NodePool, instance: str) -> Iterator[Fields]:
    """Source: https://karpenter.sh/docs/concepts/scheduling/#well-known-labels."""
    auto_mode = instance == AUTO_MODE.label
    if pool.instance_families:
        yield _in(f"{instance}-family", pool.instance_families)
    elif not pool.instance_types:
        yield _in(f"{instance}-category", pool.instance_categories)
    yield _in("kubernetes.io/arch", pool.architectures)
    yield _in("karpenter.sh/capacity-type", pool.capacity_types)
    if pool.instance_types:
        yield _in("node.kubernetes.io/instance-type", pool.instance_types)
    if pool.instance_sizes:
        yield _in(f"{instance}-size", pool.instance_sizes)
    if pool.min_generation is not None:
        # EKS does not say which version of Karpenter Auto Mode runs, and Gte is a new operator
        generation = ("Gt", pool.min_generation - 1) if auto_mode else ("Gte", pool.min_generation)
        yield {"key": f"{instance}-generation", "operator": generation[0], "values": [str(generation[1])]}
    if pool.local_disks is not None:
        # Auto Mode makes an array of disks that are larger than the ephemeral storage of the node class
        least = pool.disk.size_gib if auto_mode else 0
        yield {"key": f"{instance}-local-nvme", "operator": "Gt", "values": [str(least)]}
    if pool.zones:
        yield _in("topology.kubernetes.io/zone", pool.zones)


def _in(key: str, values: tuple[str, ...]) -> Fields:
    return {"key": key, "operator": "In", "values": list(values)}


def _node_class(pool: NodePool) -> Iterator[tuple[str, Any]]:
    """Fields of the EC2NodeClass. Source: https://karpenter.sh/docs/concepts/nodeclasses/."""
    if pool.ami_id is not None:
        yield "amiFamily", pool.ami_family
    yield "amiSelectorTerms", [{"id": pool.ami_id} if pool.ami_id else {"alias": f"{pool.ami_family.lower()}@latest"}]
    if pool.user_data:
        yield "userData", pool.user_data if pool.ami_family == "Bottlerocket" else mime([part(pool.user_data)])
    if pool.local_disks is not None:
        yield "instanceStorePolicy", "RAID0"
    if pool.capacity_reservation_ids:
        yield "capacityReservationSelectorTerms", [{"id": one} for one in pool.capacity_reservation_ids]
    if pool.efa:
        yield "placementGroupSelector", {"name": f"@@{placement_token(pool.name)}@@"}


def _auto_mode_class(pool: NodePool) -> Iterator[tuple[str, Any]]:
    """Fields of the NodeClass. It has no tags, for which the role of the cluster has no permission.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html
    """
    disk = pool.disk
    further = {"iops": disk.iops, "throughput": disk.throughput_mibps, "kmsKeyID": disk.kms_key_arn}
    yield (
        "ephemeralStorage",
        {"size": f"{disk.size_gib}Gi", **{key: value for key, value in further.items() if value is not None}},
    )
    if pool.capacity_reservation_ids:
        yield "capacityReservationSelectorTerms", [{"id": one} for one in pool.capacity_reservation_ids]


def _pool(pool: NodePool) -> Iterator[tuple[str, Any]]:
    if pool.replicas is not None:
        yield "replicas", pool.replicas
    else:
        yield "limits", {"cpu": pool.cpu_limit, "memory": f"{pool.memory_limit_gib}Gi"}
    if pool.weight is not None:
        yield "weight", pool.weight


def _budget(budget: DisruptionBudget) -> Iterator[tuple[str, Any]]:
    yield "nodes", budget.nodes
    if budget.schedule is not None:
        yield "schedule", budget.schedule
    if budget.duration is not None:
        yield "duration", budget.duration
    if budget.reasons:
        yield "reasons", list(budget.reasons)
