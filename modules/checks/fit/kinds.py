"""Kinds of findings of the section Fit."""

from modules.checks.finding import Kind

DOES_NOT_FIT = Kind(
    "FIT001",
    "error",
    "Pods do not fit",
    "Pods stay pending even if every node group has its `max_size`: their releases end in a timeout. Each workload is listed with "
    "what is missing and on how many nodes.",
    "set the count or the instance type that the finding names, or disable components",
)
AFTER_SCALING = Kind(
    "FIT002",
    "warning",
    "Pods fit after the autoscaler adds nodes",
    "`desired_size` is too small, and `cluster-autoscaler` adds the missing nodes. Until then the first apply waits.",
    "set `desired_size` to the number that the finding names",
)
NO_AUTOSCALER = Kind(
    "FIT003",
    "error",
    "More nodes are required, and nothing adds them",
    "The pods fit within `max_size`, but not on `desired_size` nodes, and the platform has no `cluster-autoscaler`: pods stay pending.",
    "set `desired_size` to the number that the finding names, or enable `cluster-autoscaler`",
)
DRAINED = Kind(
    "FIT004",
    "warning",
    "Pods do not fit while a node is missing",
    "A node is drained by hand or its instance fails: until another node is there, pods stay pending. An update of a node group adds nodes "
    "before it drains others.",
    "raise `desired_size`, or use a larger type",
)
ZONE_LOST = Kind(
    "FIT005",
    "warning",
    "Pods do not fit after the loss of a zone",
    "Nodes are spread evenly over the zones of a group; with the largest share lost, pods stay pending. A pod whose EBS volume is in "
    "that zone waits for it in any case.",
    "raise `desired_size`, or use a larger type",
)
NO_NODES = Kind(
    "FIT101",
    "not checked",
    "Nodes are not known",
    "The nodes of an existing cluster are not in the settings; the cluster has no managed node group; or an instance type is newer "
    "than the platform's table. Nothing is placed.",
    "add a type to the table with `python -m modules.aws_data.update --from-account <region>`",
)
FARGATE = Kind(
    "FIT102",
    "not checked",
    "Fargate",
    "Pods that a Fargate profile selects are placed on nodes, as if there was no profile.",
)
AUTO_MODE = Kind("FIT103", "not checked", "EKS Auto Mode", "Nodes that EKS Auto Mode adds do not count.")
KARPENTER = Kind("FIT104", "not checked", "Karpenter", "Nodes that Karpenter adds for `node_pools` do not count.")
CHARTS = Kind(
    "FIT105",
    "not checked",
    "Unknown components",
    "What runs in a preinstalled component, or in an official chart among `extra_components`, is not in the platform's lock. Its pods need "
    "room in addition.",
)
CONSTRAINTS = Kind(
    "FIT106",
    "not checked",
    "Constraints of workloads",
    "A workload has a constraint that the placement does not respect: required affinity to other pods, topology spread, zones, host "
    "ports, or devices such as GPUs.",
)
CHANGED = Kind(
    "FIT107",
    "not checked",
    "Changed requests and reserves",
    "`configuration` of an EKS add-on or `values` of an official chart can change replicas, requests and constraints, and `kubelet` of a node "
    "group the node's reserves. Defaults are used.",
)
SCHEDULES = Kind(
    "FIT108", "not checked", "Scheduled sizes", "`schedules` of a node group can leave fewer nodes than `desired_size`."
)
UPDATES = Kind(
    "FIT109",
    "not checked",
    "Updates",
    "Pods that a rolling update adds (surge), and PodDisruptionBudgets that prevent draining a node. The loss of a zone of an existing "
    "network, whose zones are not in the settings.",
)
VOLUMES = Kind("FIT110", "not checked", "Volumes", "EBS volumes per node, and the zone in which a volume is.")
LATER = Kind(
    "FIT111",
    "not checked",
    "Pods that are started later",
    "Jobs of installation, pods that operators start, and those of teams: notebooks, pipeline steps, models, trials, training.",
)
ELSEWHERE = Kind(
    "FIT112",
    "not checked",
    "Pods without a place in node groups",
    "Pods are left that only nodes of Fargate, EKS Auto Mode or Karpenter can run; whether they do is not evaluated.",
)
KINDS = (
    *(DOES_NOT_FIT, AFTER_SCALING, NO_AUTOSCALER, DRAINED, ZONE_LOST, NO_NODES, FARGATE, AUTO_MODE, KARPENTER, CHARTS),
    *(CONSTRAINTS, CHANGED, SCHEDULES, UPDATES, VOLUMES, LATER, ELSEWHERE),
)
