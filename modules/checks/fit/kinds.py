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
    "set the count or the instance type that the finding names",
)
ZONE_LOST = Kind(
    "FIT005",
    "warning",
    "Pods do not fit after the loss of a zone",
    "Nodes are spread evenly over the zones of a group; with the largest share lost, pods stay pending. A pod whose EBS volume is in "
    "that zone waits for it in any case. Pools of Karpenter and EKS Auto Mode replace nodes in other zones.",
    "set the count or the instance type that the finding names",
)
VOLUME_ZONE = Kind(
    "FIT006",
    "warning",
    "Volumes keep pods in a zone with one node",
    "An EBS volume stays in its zone. A pod with such a volume waits while no node of this zone has room: here, whenever the only node "
    "of the zone is drained or lost. `cluster-autoscaler` adds nodes to a group without choosing the zone.",
    "set the count that the finding names, or use RDS and S3 instead of databases in the cluster",
)
SURGE = Kind(
    "FIT007",
    "warning",
    "A rolling update does not begin",
    "An update of a Deployment starts a new pod before it stops one (`maxSurge`), unless `maxUnavailable` allows the opposite. Without "
    "room for one more pod, it waits until the release ends in a timeout.",
    "set the count or the instance type that the finding names",
)
BUDGET = Kind(
    "FIT008",
    "warning",
    "A PodDisruptionBudget keeps nodes from draining",
    "The budget requires as many pods as there are. An update of a node group ends with PodEvictionFailure, `kubectl drain` never ends, "
    "and Karpenter does not replace the node.",
    "run one replica more than the budget requires, or set `force_update` of the node groups",
)
NOTEBOOK = Kind(
    "FIT009",
    "warning",
    "A notebook does not fit",
    "In addition to the platform, there is no room for one notebook server with the spawner's default CPU, memory and volume.",
    "set the count or the instance type that the finding names, or lower `notebooks.cpu` and `notebooks.memory_gib`",
)
QUOTAS = Kind(
    "FIT010",
    "warning",
    "Teams at their quotas do not fit",
    "A quota is a limit and no reservation, so quotas that exceed the nodes are valid: pods of the last team then stay pending. It is "
    "reported if the platform and all teams at their quotas exceed all nodes that there can be: `max_size` with `cluster-autoscaler`, "
    "otherwise `desired_size`, and the limits of Karpenter's pools. Pods count with 1 CPU or 4 GiB each, and tolerate all taints.",
    "raise `max_size` or the limits of node pools, or lower quotas",
)
FROM_ZERO = Kind(
    "FIT011",
    "warning",
    "The autoscaler does not start nodes with devices",
    "Of a group without nodes and with `autoscaler_tags=False`, `cluster-autoscaler` knows no Neuron devices and EFA interfaces: pods that "
    "request these stay pending until the group has a node.",
    "set `autoscaler_tags=True`",
)
SCHEDULED = Kind(
    "FIT012",
    "warning",
    "Pods do not fit at a scheduled size",
    "From the time of a schedule on, the group has fewer nodes than the platform needs, or than its autoscaler may add. Each schedule is "
    "evaluated alone, with the other groups at their `desired_size`. A schedule with `desired_size=0` stops what runs there, which is intended.",
    "raise `desired_size` and `max_size` of the schedule",
)
NO_NODES = Kind(
    "FIT101",
    "not checked",
    "Nodes are not known",
    "The nodes of an existing cluster are not in the settings, or an instance type is newer than the platform's table. Nothing is placed.",
    "add a type to the table with `python -m modules.aws_data.update --from-account <region>`",
)
FARGATE = Kind(
    "FIT102",
    "not checked",
    "Privileged containers on Fargate",
    "Fargate runs neither privileged containers nor hostPath volumes. Whether a pod that a profile selects has these is not in the platform's "
    "lock; of the vendored components, only DaemonSets have.",
)
OWN_POOLS = Kind(
    "FIT103",
    "not checked",
    "Node pools of your own",
    "NodePools that are not in the settings, of EKS Auto Mode or Karpenter, do not count.",
)
CHARTS = Kind(
    "FIT105",
    "not checked",
    "Unknown components",
    "What runs in a preinstalled component, in an official chart among `extra_components` or in many of `Addons.others` is not known. Its pods need "
    "room in addition.",
)
CONSTRAINTS = Kind(
    "FIT106",
    "not checked",
    "Constraints of workloads",
    "A workload has a constraint that the placement does not respect: node fields, labels of namespaces in pod affinity, or zones where "
    "those of the nodes are not known.",
)
CHANGED = Kind(
    "FIT107",
    "not checked",
    "Changed requests and reserves",
    "`configuration` of an EKS add-on or `values` of an official chart can change replicas, requests and constraints, and `kubelet` of a node "
    "group the node's reserves. Defaults are used.",
)
ZONES = Kind(
    "FIT109",
    "not checked",
    "Zones of an existing network",
    "The zones of an existing network are not in the settings: the loss of a zone, and zones of volumes, are not evaluated.",
    "set `zones` of the node groups",
)
LATER = Kind(
    "FIT111",
    "not checked",
    "Pods that are started later",
    "Jobs of installation, pods that operators start, and those of teams without a limit of CPU and memory in their quota: notebooks, "
    "pipeline steps, models, trials, training.",
)
ELSEWHERE = Kind(
    "FIT112",
    "not checked",
    "Pods without a place in node groups",
    "Pods are left that only nodes of your own NodePools can run; whether they do is not evaluated.",
)
KINDS = (
    *(
        DOES_NOT_FIT,
        AFTER_SCALING,
        NO_AUTOSCALER,
        DRAINED,
        ZONE_LOST,
        VOLUME_ZONE,
        SURGE,
        BUDGET,
        NOTEBOOK,
        QUOTAS,
        FROM_ZERO,
        SCHEDULED,
    ),
    *(NO_NODES, FARGATE, OWN_POOLS, CHARTS, CONSTRAINTS, CHANGED, ZONES, LATER, ELSEWHERE),
)
