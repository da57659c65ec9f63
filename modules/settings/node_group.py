"""Settings of managed node groups: machines, disks, SSH, and the times at which they come and go."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from modules.aws_data.ami_types import AmiType, ami_type
from modules.aws_data.instance_types import Architecture, instance_type
from modules.settings.section import Section
from modules.settings.texts import FREE_FORM
from modules.settings.types import (
    AtLeastOne,
    Blocks,
    KeyArn,
    NodeName,
    NonEmpty,
    PolicyArn,
    matching,
    parsed_default,
)

CRON_FIELD = r"[\dA-Z*?]+([-,/#][\dA-Z*]+)*"
CronExpression = Annotated[
    str,
    matching(
        rf"{CRON_FIELD}( {CRON_FIELD}){{4}}",
        "a cron expression of five fields (minute hour day month weekday), such as 0 20 * * MON-FRI",
    ),
]
PublicKey = Annotated[
    str,
    matching(
        r"ssh-(ed25519|rsa) [A-Za-z0-9+/]+=*( [\w@.+:-]+)?",
        "a public key that EC2 takes, such as the line in ~/.ssh/id_ed25519.pub: ssh-ed25519 AAAA… me",
        shown=False,
    ),
]
SYSCTLS = {"fs.inotify.max_user_instances": 8192, "fs.inotify.max_user_watches": 1048576}
"""A notebook server watches its files; the kernel's 128 instances a user end in "too many open files" at a few notebooks a node.

Source: https://github.com/kubeflow/community-distribution/issues/2087
"""


class Disk(Section):
    """The disk that a node keeps images and pods' scratch files on; always encrypted."""

    size_gib: int = Field(default=100, ge=20, le=16384)
    """GiB. 100: Kubeflow's images need about 65 GB in all, and training images of 10 GB and more come on top."""
    volume_type: Literal["gp3", "io2"] = "gp3"
    """EBS volume type. gp3: price and throughput do not hang on size."""
    iops: int | None = Field(default=None, ge=3000, le=256000)
    """Operations a second. None: the type's own (gp3: 3,000)."""
    throughput_mibps: int | None = Field(default=None, ge=125, le=2000)
    """MiB a second, gp3 only. None: 125."""
    kms_key_arn: KeyArn | None = None
    """Key of the disk. None: the account's aws/ebs key."""


class Taint(Section):
    """A taint: only pods that tolerate it come to these nodes."""

    key: NonEmpty
    """Key, such as nvidia.com/gpu."""
    value: str = ""
    """Value; may be empty."""
    effect: Literal["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"] = "NO_SCHEDULE"
    """What it does, in EKS's words."""


class Ssh(Section):
    """SSH to the nodes. Off by default: it opens a door, and Session Manager needs none."""

    key_name: NonEmpty | None = None
    """Name of an EC2 key pair that is there already. None: give public_key."""
    public_key: PublicKey | None = None
    """Public key (OpenSSH format, ED25519 or RSA) of which a key pair is made. None: give key_name."""
    source_cidrs: Blocks = parsed_default(())
    """Networks that may reach port 22. The internet (/0) is refused."""


class Schedule(Section):
    """Sizes that a group takes at a time of day: EKS has no start and stop, but a group can go to zero at night."""

    name: NodeName
    """Name, such as night."""
    cron: CronExpression
    """When: five cron fields."""
    time_zone: Annotated[
        str, matching(r"[A-Z][A-Za-z]+(/[A-Z][\w+-]+)*", "an IANA time zone such as Europe/Berlin")
    ] = "Etc/UTC"
    """IANA time zone of `cron`, such as Europe/Berlin."""
    min_size: int = Field(ge=0)
    """Least number of nodes from then on."""
    desired_size: int = Field(ge=0)
    """Number of nodes at that moment."""
    max_size: int = Field(ge=0)
    """Largest number of nodes from then on."""


class NodeGroup(Section):
    """One EKS managed node group, with its launch template."""

    name: NodeName
    """Name of the group; unique on the platform."""
    instance_types: Annotated[tuple[NonEmpty, ...], AtLeastOne] = ("m6i.xlarge",)
    """EC2 instance types, the preferred one first. Several only make sense for SPOT, and must be alike in size."""
    min_size: int = Field(default=1, ge=0)
    """Least number of nodes."""
    desired_size: int = Field(default=3, ge=0)
    """Number of nodes at creation. Afterwards the autoscaler moves it and the plan ignores it."""
    max_size: int = Field(default=5, ge=1)
    """Largest number of nodes."""
    capacity_type: Literal["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"] = "ON_DEMAND"
    """How the instances are bought. SPOT nodes leave with two minutes' notice: not for databases and controllers."""
    ami_family: Literal["AL2023", "BOTTLEROCKET", "AL2"] = "AL2023"
    """Operating system. AL2 ended with Kubernetes 1.32."""
    accelerator: Literal["nvidia", "neuron"] | None = None
    """AMI variant with the drivers of a GPU or of Neuron chips. None: plain."""
    fips: bool = False
    """Bottlerocket's FIPS variant."""
    architecture: Literal["x86_64", "arm64"] | None = None
    """CPU architecture. None: read off the instance types; needed for types newer than our table."""
    ami_release_version: NonEmpty | None = None
    """AMI release, such as 1.35.0-20260101. None: newest when made."""
    disk: Disk = Disk()
    """Disk of each node."""
    labels: dict[str, str] = Field(default={})
    """Kubernetes labels of the nodes."""
    taints: tuple[Taint, ...] = ()
    """Taints of the nodes."""
    zones: tuple[str, ...] = ()
    """Zones of the group; empty: all zones of the network."""
    ssh: Ssh | None = None
    """SSH access. None: no door."""
    session_manager: bool = True
    """Let Systems Manager's Session Manager in: a shell under IAM control and without an open port."""
    max_pods: int | None = Field(default=None, ge=4, le=250)
    """Pods a node takes. None: what its network interfaces carry."""
    kubelet: Annotated[dict[str, JsonValue], FREE_FORM] = Field(default={})
    """Further kubelet settings in KubeletConfiguration's words (AL2023 only)."""
    sysctls: dict[str, int] = SYSCTLS
    """Kernel settings. The default raises the inotify limits for notebooks."""
    max_unavailable_percentage: int = Field(default=33, ge=1, le=100)
    """Share of the nodes that may be replaced at once in an update."""
    force_update: bool = False
    """Go on with an update though a disruption budget forbids to drain a node."""
    node_repair: bool = True
    """Let EKS replace nodes that its monitoring finds broken."""
    autoscaler_tags: bool = True
    """Tags by which cluster-autoscaler knows labels and taints of a group that has no node (scale from zero)."""
    schedules: tuple[Schedule, ...] = ()
    """Sizes by time of day. With schedules the plan ignores min and max, too."""
    efa: bool = False
    """Elastic Fabric Adapter interfaces and a cluster placement group, for training over many nodes."""
    capacity_reservation_id: (
        Annotated[str, matching(r"cr-[0-9a-f]{8,17}", "a capacity reservation id such as cr-0123456789abcdef0")] | None
    ) = None
    """Capacity reservation, or the capacity block of a CAPACITY_BLOCK group. None: whatever EC2 has."""
    role_policy_arns: tuple[PolicyArn, ...] = ()
    """Further policies of the nodes' role. Every pod on the nodes can use them: prefer a role for one service account.
    (The classic walk-through's second way; its third-party pods reach the node role by the instance metadata.)
    """
    pods_use_node_role: bool = False
    """Let pods reach the instance metadata (hop limit 2) and with it the nodes' role. Needed by role_policy_arns."""

    def repels(self) -> bool:
        """Whether its nodes take only pods that tolerate a taint."""
        return any(taint.effect != "PREFER_NO_SCHEDULE" for taint in self.taints)

    def cpu_architecture(self) -> Architecture:
        """`x86_64` or `arm64`, as set or as the first instance type has it."""
        return self.architecture or instance_type(self.instance_types[0]).architecture

    def ami_type(self) -> AmiType:
        """The EKS AMI type that family, CPU, accelerator and FIPS make.

        Raises:
            ValueError: EKS has no such AMI.
        """
        return ami_type(self.ami_family, self.cpu_architecture(), self.accelerator, fips=self.fips)

    def ami_type_if_any(self) -> AmiType | None:
        """The same, and None where there is no such AMI or its CPU is not known."""
        try:
            return self.ami_type()
        except ValueError:  # told by the group's own rules
            return None
