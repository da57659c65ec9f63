"""Settings of node pools: of Karpenter, or of EKS Auto Mode."""

import re
from typing import Annotated, Literal

from pydantic import Field

from modules.settings.node_group import Disk, Taint
from modules.settings.section import Section
from modules.settings.texts import FREE_FORM
from modules.settings.types import AtLeastOne, NodeName, NonEmpty, matching

InstanceCategory = Annotated[str, matching(r"[a-z]{1,4}", "an instance category such as m or g")]
InstanceFamily = Annotated[
    str, matching(r"[a-z]+(-[0-9]+tb)?[0-9]+[a-z0-9-]*", "an instance family such as g6 or p5en")
]
InstanceSize = Annotated[str, matching(r"[a-z0-9-]+", "an instance size such as 2xlarge")]
InstanceTypeName = Annotated[
    str, matching(r"[a-z]+(-[0-9]+tb)?[0-9]+[a-z0-9-]*\.[a-z0-9-]+", "an instance type such as g6.2xlarge")
]
ReservationId = Annotated[str, matching(r"cr-[0-9a-f]{8,17}", "a capacity reservation id such as cr-0123456789abcdef0")]
KarpenterTime = Annotated[str, matching(r"([0-9]+[smh])+|Never", "a time such as 10m or 720h, or Never")]


class DisruptionBudget(Section):
    """How many nodes of a pool Karpenter removes at a time when it moves pods to fewer or newer nodes."""

    nodes: Annotated[str, matching(r"(100|[0-9]{1,2})%|[0-9]+", "a number of nodes, or a share such as 10%")] = "10%"
    """Number or share of nodes. 0: none."""
    schedule: NonEmpty | None = None
    """Beginning of the time in which the budget applies: a cron expression in UTC. None: always."""
    duration: Annotated[str, matching(r"[0-9]+h|[0-9]+m|[0-9]+h[0-9]+m", "a time such as 8h or 90m")] | None = None
    """Length of that time. None: always."""
    reasons: tuple[Literal["Underutilized", "Empty", "Drifted"], ...] = ()
    """Reasons that the budget limits; empty: all."""


class NodePool(Section):
    """A NodePool of Karpenter with its EC2NodeClass, or of EKS Auto Mode with its NodeClass."""

    name: NodeName
    """Name of the pool; unique on the platform."""
    instance_categories: Annotated[tuple[InstanceCategory, ...], AtLeastOne] = ("c", "m", "r")
    """Instance categories, such as c, m, r; g or p for GPUs. Ignored with instance_families or instance_types."""
    instance_families: tuple[InstanceFamily, ...] = ()
    """Instance families, such as g6 or p5en. Empty: all of the categories."""
    instance_types: tuple[InstanceTypeName, ...] = ()
    """Instance types, such as g6.2xlarge. Empty: all of the families."""
    instance_sizes: tuple[InstanceSize, ...] = ()
    """Instance sizes, such as 2xlarge. Empty: all."""
    min_generation: int | None = Field(default=None, ge=1)
    """Oldest generation of instances, such as 6 for m6i. None: all."""
    architectures: Annotated[tuple[Literal["amd64", "arm64"], ...], AtLeastOne] = ("amd64",)
    """CPU architectures."""
    zones: tuple[str, ...] = ()
    """Zones of the nodes; empty: all zones of the network."""
    capacity_types: Annotated[tuple[Literal["on-demand", "spot", "reserved"], ...], AtLeastOne] = ("on-demand",)
    """Capacity types of the instances. reserved: those of capacity_reservation_ids, which are used first."""
    capacity_reservation_ids: tuple[ReservationId, ...] = ()
    """Capacity reservations and capacity blocks, which are in one zone each."""
    replicas: int | None = Field(default=None, ge=0)
    """Fixed number of nodes, whether pods need them or not (alpha in Karpenter); limits and weight then do not apply. Karpenter
    refuses to change a pool between fixed and not: use a new name. None: as many as pending pods need.
    """
    weight: int | None = Field(default=None, ge=1, le=100)
    """Preference among pools that fit a pod, the highest first. None: 0."""
    ami_family: Literal["AL2023", "Bottlerocket"] = "AL2023"
    """Operating system; the AMI variant follows from the devices. Not with EKS Auto Mode, which has its own."""
    ami_id: Annotated[str, matching(r"ami-[0-9a-f]{8,17}", "an AMI id such as ami-0123456789abcdef0")] | None = None
    """An AMI of your own, built on the EKS AMI of ami_family, whose user data Karpenter writes. None: the latest EKS AMI."""
    user_data: Annotated[str, FREE_FORM] = ""
    """What nodes do before kubelet starts. AL2023: a script (#!), a #cloud-config or a NodeConfig of nodeadm; Bottlerocket:
    settings in TOML. Karpenter adds its own part. Not for secrets, which are readable on the node and in the cluster.
    """
    local_disks: Literal["raid0"] | None = None
    """NVMe disks of the instances, as one array for images, logs and ephemeral storage of pods (raid0); only types with such
    disks are used. None: unused.
    """
    efa: bool = False
    """A cluster placement group for multi-node training. Karpenter attaches Elastic Fabric Adapters for pods that request
    `vpc.amazonaws.com/efa`.
    """
    cpu_limit: int = Field(default=256, ge=1)
    """Maximum vCPUs of the pool in total."""
    memory_limit_gib: int = Field(default=1024, ge=1)
    """Maximum memory of the pool in total, GiB."""
    labels: dict[str, str] = Field(default={})
    """Kubernetes labels of the nodes."""
    taints: tuple[Taint, ...] = ()
    """Taints of the nodes."""
    disk: Disk = Disk()
    """Disk of each node."""
    consolidate_after: Annotated[str, matching(r"\d+[smh]|Never", "a time such as 10m, or Never")] = "10m"
    """Time that a node must be underused before its pods are moved and the node is removed."""
    expire_after: KarpenterTime | None = None
    """Age at which a node is replaced, whatever runs on it; Never for long jobs. None: Karpenter's default, 720h."""
    disruption_budgets: tuple[DisruptionBudget, ...] = ()
    """How many nodes are removed at a time; the strictest applies. Expired nodes do not count. Empty: 10 %."""

    def categories(self) -> tuple[str, ...]:
        """Instance categories of its nodes, also of named families and types, each once."""
        named = (*self.instance_families, *self.instance_types)
        letters = (re.match(r"[a-z]+", one) for one in named)
        return tuple(dict.fromkeys(one[0] for one in letters if one)) if named else self.instance_categories

    def accepts(self, name: str) -> bool:
        """Whether its requirements about family, type, size and generation accept an instance type.

        Args:
            name: of the type, such as m6i.xlarge.
        """
        family, _, size = name.partition(".")
        found = re.match(r"([a-z]+)(?:-[0-9]+tb)?([0-9]+)", family)
        return (
            found is not None
            and found[1] in self.categories()
            and (not self.instance_families or family in self.instance_families)
            and (not self.instance_types or name in self.instance_types)
            and (not self.instance_sizes or size in self.instance_sizes)
            and (self.min_generation is None or int(found[2]) >= self.min_generation)
        )
