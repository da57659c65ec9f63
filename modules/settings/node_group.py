"""Settings of managed node groups: instances, disks, SSH and scheduled sizes."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, JsonValue

from modules.aws_data.ami_types import AmiType, ami_type
from modules.aws_data.instance_types import Architecture, instance_type
from modules.settings.cron import CronExpression
from modules.settings.section import NotSettings, Section
from modules.settings.texts import FREE_FORM
from modules.settings.types import (
    AtLeastOne,
    Blocks,
    KeyArn,
    NodeName,
    NonEmpty,
    PolicyArn,
    SecurityGroupId,
    matching,
    parsed_default,
)

PublicKey = Annotated[
    str,
    matching(
        r"ssh-(ed25519|rsa) [A-Za-z0-9+/]+=*( [\w@.+:-]+)?",
        "a public key that EC2 accepts, such as the line in ~/.ssh/id_ed25519.pub: ssh-ed25519 AAAA… me",
        shown=False,
    ),
]
SYSCTLS = {"fs.inotify.max_user_instances": 8192, "fs.inotify.max_user_watches": 1048576}
"""A notebook server watches its files; the kernel's 128 instances a user end in "too many open files" at a few notebooks a node.

Source: https://github.com/kubeflow/community-distribution/issues/2087
"""


class Disk(Section):
    """The disk of a node for images and ephemeral storage; always encrypted."""

    size_gib: int = Field(default=100, ge=20, le=16384)
    """Size in GiB. Kubeflow's images need about 65 GB, and training images of 10 GB and more come in addition."""
    volume_type: Literal["gp3", "io2"] = "gp3"
    """EBS volume type. The price and throughput of gp3 do not depend on its size."""
    iops: int | None = Field(default=None, ge=3000, le=256000)
    """Operations per second. None: the default of the type (gp3: 3,000)."""
    throughput_mibps: int | None = Field(default=None, ge=125, le=2000)
    """Throughput in MiB/s, gp3 only. None: 125."""
    kms_key_arn: KeyArn | None = None
    """KMS key of the disk. None: the account's aws/ebs key."""
    snapshot_id: (
        Annotated[str, matching(r"snap-[0-9a-f]{8,17}", "a snapshot id such as snap-0123456789abcdef0")] | None
    ) = None
    """Snapshot with images in advance, of the second disk of a Bottlerocket node and not larger than size_gib
    (docs/gpu.md#images-in-advance). None: an empty disk, onto which each node downloads its images.
    """


class Taint(Section):
    """A taint: only pods that tolerate it are scheduled on these nodes."""

    key: NonEmpty
    """Key, such as nvidia.com/gpu."""
    value: str = ""
    """Value; can be empty."""
    effect: Literal["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"] = "NO_SCHEDULE"
    """Effect, in the spelling of EKS."""


class Ssh(Section):
    """SSH access to the nodes. Disabled by default; Session Manager needs no open port."""

    key_name: NonEmpty | None = None
    """Name of an existing EC2 key pair. None: give public_key."""
    public_key: PublicKey | None = None
    """Public key (OpenSSH format, ED25519 or RSA); the platform creates a key pair from it. None: give key_name."""
    source_cidrs: Blocks = parsed_default(())
    """Networks that can reach port 22. 0.0.0.0/0 is not allowed."""


class Schedule(Section):
    """Scheduled sizes of a node group, such as zero nodes at night."""

    name: NodeName
    """Name, such as night."""
    cron: CronExpression
    """Time, as five cron fields."""
    time_zone: Annotated[
        str, matching(r"[A-Z][A-Za-z]+(/[A-Z][\w+-]+)*", "an IANA time zone such as Europe/Berlin")
    ] = "Etc/UTC"
    """IANA time zone of `cron`, such as Europe/Berlin."""
    min_size: int = Field(ge=0)
    """Minimum number of nodes from then on."""
    desired_size: int = Field(ge=0)
    """Number of nodes at that moment."""
    max_size: int = Field(ge=0)
    """Maximum number of nodes from then on."""


class NodeGroup(Section):
    """One EKS managed node group, with its launch template."""

    name: NodeName
    """Name of the group; unique on the platform."""
    instance_types: Annotated[tuple[NonEmpty, ...], AtLeastOne] = ("m6i.xlarge",)
    """EC2 instance types in order of preference. More than one is useful for SPOT only; they must be of similar size.
    """
    min_size: int = Field(default=1, ge=0)
    """Minimum number of nodes."""
    desired_size: int = Field(default=3, ge=0)
    """Number of nodes at creation. Afterwards the autoscaler changes it, and plans ignore it."""
    max_size: int = Field(default=5, ge=1)
    """Maximum number of nodes."""
    capacity_type: Literal["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"] = "ON_DEMAND"
    """Capacity type. SPOT nodes are reclaimed with two minutes' notice: not for databases and controllers."""
    ami_family: Literal["AL2023", "BOTTLEROCKET", "AL2"] = "AL2023"
    """Operating system. AL2 is not available from Kubernetes 1.33 on."""
    accelerator: Literal["nvidia", "neuron"] | None = None
    """AMI variant with drivers for GPUs or Neuron devices. None: the standard AMI."""
    fips: bool = False
    """Bottlerocket's FIPS variant."""
    architecture: Literal["x86_64", "arm64"] | None = None
    """CPU architecture. None: derived from the instance types; required for types missing from the platform's table."""
    ami_release_version: NonEmpty | None = None
    """AMI release, such as 1.35.0-20260101. None: the latest at creation."""
    ami_id: Annotated[str, matching(r"ami-[0-9a-f]{8,17}", "an AMI id such as ami-0123456789abcdef0")] | None = None
    """An AMI of your own, built on the EKS AMI of ami_family; the platform then writes what EKS otherwise adds to the user
    data. Its Kubernetes version is yours to keep: a new id replaces the nodes one by one. EKS requires a new group (another
    name) to change between own and EKS AMIs. None: the EKS AMI.
    """
    user_data_before_bootstrap: Annotated[str, FREE_FORM] = ""
    """What nodes do before kubelet starts, such as proxies, registry mirrors and certificates. Amazon Linux: a script (#!),
    a #cloud-config or a NodeConfig of nodeadm; Bottlerocket: settings in TOML. Not for secrets, which are readable on the
    node, in plans and in the state. With the platform's part, 16 KiB at most.
    """
    user_data_after_bootstrap: Annotated[str, FREE_FORM] = ""
    """A script (#!) that runs once after kubelet has started (AL2023 only)."""
    disk: Disk = Disk()
    """Disk of each node."""
    local_disks: Literal["raid0", "mount"] | None = None
    """NVMe disks of the instance type, whose content a stopped node loses. raid0: one array for images, logs and ephemeral
    storage of pods; mount: each disk at /mnt/k8s-disks (AL2023 only). The plan fails for types without such disks. None:
    unused.
    """
    labels: dict[str, str] = Field(default={})
    """Kubernetes labels of the nodes."""
    taints: tuple[Taint, ...] = ()
    """Taints of the nodes."""
    zones: tuple[str, ...] = ()
    """Zones of the group; empty: all zones of the network."""
    ssh: Ssh | None = None
    """SSH access. None: disabled."""
    session_manager: bool = True
    """Access by Systems Manager Session Manager: a shell controlled by IAM, without an open port."""
    max_pods: int | None = Field(default=None, ge=4, le=250)
    """Maximum number of pods per node. None: the limit of its network interfaces."""
    kubelet: Annotated[dict[str, JsonValue], FREE_FORM] = Field(default={})
    """Further kubelet settings, as fields of KubeletConfiguration (AL2023 only)."""
    sysctls: dict[str, int] = SYSCTLS
    """Kernel settings. The default raises the inotify limits for notebooks."""
    max_unavailable_percentage: int = Field(default=33, ge=1, le=100)
    """Maximum share of nodes that an update replaces at a time."""
    max_unavailable: int | None = Field(default=None, ge=1, le=100)
    """Maximum number of nodes that an update replaces at a time, in place of the share. None: the share."""
    force_update: bool = False
    """Continue an update if a PodDisruptionBudget prevents draining a node."""
    node_repair: bool = True
    """Let EKS replace nodes that are not ready for 30 minutes. The add-on eks-node-monitoring-agent (Addons.others) reports
    problems of GPUs, kernel, network and disks in addition; without it EKS sees none of them.
    """
    autoscaler_tags: bool = True
    """Tags for cluster-autoscaler with labels, taints, Neuron devices and EFA interfaces of an empty group (scale from zero).
    """
    schedules: tuple[Schedule, ...] = ()
    """Scheduled sizes. With schedules, plans ignore the minimum and maximum size as well."""
    efa: bool = False
    """Elastic Fabric Adapter interfaces and a cluster placement group, for multi-node training."""
    capacity_reservation_id: (
        Annotated[str, matching(r"cr-[0-9a-f]{8,17}", "a capacity reservation id such as cr-0123456789abcdef0")] | None
    ) = None
    """Capacity reservation, or the capacity block of a CAPACITY_BLOCK group. None: on-demand capacity."""
    additional_security_group_ids: tuple[SecurityGroupId, ...] = ()
    """Security groups of the nodes in addition to the platform's, such as one that a database admits. Pods have them, too,
    but not with Network.secondary_cidr. AWS accepts 5 groups in all unless the quota is raised.
    """
    tags: dict[str, str] = Field(default={})
    """Tags of the group, its launch template, instances, volumes and network interfaces, in addition to Platform.tags."""
    role_policy_arns: tuple[PolicyArn, ...] = ()
    """Further policies of the node role. They are available to every pod on the nodes: prefer a role for one service
    account. (The second option of docs/walkthrough.md; its third-party pods read the node role from the
    instance metadata.)
    """
    pods_use_node_role: bool = False
    """Allow pods to use the node role (IMDS hop limit 2). Required by role_policy_arns."""

    NOT_SETTINGS: ClassVar[NotSettings] = dict.fromkeys(
        ("associate_public_ip_address", "private_networking", "public", "public_nodes", "subnet_ids", "subnets"),
        (
            "is not a setting: nodes are always in the private subnets and have no public address, since the internet could reach them",
            "remove it; NAT or VPC endpoints are their way out, and a load balancer is the way in",
        ),
    )

    def with_spot(self, **changes: Any) -> tuple["NodeGroup", "NodeGroup"]:
        """This group and one of SPOT nodes, for `node_groups=(*group.with_spot(max_size=10), …)`.

        Args:
            changes: settings of the second group, which is named `<name>-spot`; the others are those of this group.
        """
        return self, self.with_changes(**{"name": f"{self.name}-spot", "capacity_type": "SPOT", **changes})

    def repels(self) -> bool:
        """Whether its taints keep pods without a toleration away."""
        return any(taint.effect != "PREFER_NO_SCHEDULE" for taint in self.taints)

    def cpu_architecture(self) -> Architecture:
        """`x86_64` or `arm64`, as set or of the first instance type."""
        return self.architecture or instance_type(self.instance_types[0]).architecture

    def ami_type(self) -> AmiType:
        """The EKS AMI type that family, CPU, accelerator and FIPS make.

        Raises:
            ValueError: EKS has no such AMI.
        """
        return ami_type(self.ami_family, self.cpu_architecture(), self.accelerator, fips=self.fips)

    def ami_type_if_any(self) -> AmiType | None:
        """The same; None if there is no such AMI or the CPU architecture is unknown."""
        try:
            return self.ami_type()
        except ValueError:  # reported by the rules of the group
            return None
