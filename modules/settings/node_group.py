"""Settings of the compute: managed node groups, their schedules, and Fargate profiles."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from modules.facts.ami_types import AmiType, ami_type
from modules.facts.instance_types import Architecture, instance_type, known
from modules.settings.section import Problem, Section, unique_names
from modules.settings.types import KeyArn, KubernetesName, NamespaceName, NodeName, NonEmpty, PolicyArn, matching

CronExpression = Annotated[
    str,
    matching(
        r"\S+( \S+){4}", "a cron expression of five fields (minute hour day month weekday), such as 0 20 * * MON-FRI"
    ),
]
SYSCTLS = {"fs.inotify.max_user_instances": 8192, "fs.inotify.max_user_watches": 1048576}
"""A notebook server watches its files; the kernel's 128 instances a user end in "too many open files" at a few notebooks a node.

Source: https://github.com/kubeflow/community-distribution/issues/2087
"""


class Disk(Section):
    """The disk that a node keeps images and pods' scratch files on; always encrypted."""

    size_gib: int = Field(
        100,
        ge=20,
        le=16384,
        description="GiB. 100: Kubeflow's images need about 65 GB in all, and training images of 10 GB and more come on top.",
    )
    volume_type: Literal["gp3", "io2"] = Field(
        "gp3", description="EBS volume type. gp3: price and throughput do not hang on size."
    )
    iops: int | None = Field(
        None, ge=3000, le=256000, description="Operations a second. None: the type's own (gp3: 3,000)."
    )
    throughput_mibps: int | None = Field(None, ge=125, le=2000, description="MiB a second, gp3 only. None: 125.")
    kms_key_arn: KeyArn | None = Field(None, description="Key of the disk. None: the account's aws/ebs key.")

    def own_problems(self) -> Iterator[Problem]:
        """What a volume type takes."""
        if self.volume_type == "io2" and self.iops is None:
            yield "iops", "io2 volumes have no default; give iops, such as 3000"
        if self.volume_type == "io2" and self.throughput_mibps is not None:
            yield "throughput_mibps", "only gp3 takes a throughput; leave it out"


class Taint(Section):
    """A taint: only pods that tolerate it come to these nodes."""

    key: NonEmpty = Field(description="Key, such as nvidia.com/gpu.")
    value: str = Field("", description="Value; may be empty.")
    effect: Literal["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"] = Field(
        "NO_SCHEDULE", description="What it does, in EKS's words."
    )


class Ssh(Section):
    """SSH to the nodes. Off by default: it opens a door, and Session Manager needs none."""

    key_name: NonEmpty | None = Field(None, description="Name of an EC2 key pair that is there already.")
    public_key: NonEmpty | None = Field(None, description="Public key (OpenSSH format) of which a key pair is made.")
    source_cidrs: tuple[IPv4Network, ...] = Field(
        (), description="Networks that may reach port 22. The internet (/0) is refused."
    )

    def own_problems(self) -> Iterator[Problem]:
        """One key, and somebody to let in."""
        if (self.key_name is None) == (self.public_key is None):
            yield (
                "key_name",
                "SSH needs one key: give key_name (an EC2 key pair) or public_key (your ~/.ssh/id_ed25519.pub), not both",
            )
        if not self.source_cidrs:
            yield (
                "source_cidrs",
                "SSH without a network that may connect opens nothing; give your networks, such as 10.0.0.0/8",
            )
        if any(block.prefixlen == 0 for block in self.source_cidrs):
            yield (
                "source_cidrs",
                "0.0.0.0/0 opens SSH to the whole internet; give the networks of the people who need it",
            )


class Schedule(Section):
    """Sizes that a group takes at a time of day: EKS has no start and stop, but a group can go to zero at night."""

    name: NodeName = Field(description="Name, such as night.")
    cron: CronExpression = Field(description="When: five cron fields.")
    time_zone: NonEmpty = Field("Etc/UTC", description="IANA time zone of `cron`, such as Europe/Berlin.")
    min_size: int = Field(ge=0, description="Least number of nodes from then on.")
    desired_size: int = Field(ge=0, description="Number of nodes at that moment.")
    max_size: int = Field(ge=0, description="Largest number of nodes from then on.")

    def own_problems(self) -> Iterator[Problem]:
        """The order of the three sizes."""
        yield from sizes_in_order(self.min_size, self.desired_size, self.max_size)


class NodeGroup(Section):
    """One EKS managed node group, with its launch template."""

    name: NodeName = Field(description="Name of the group; unique on the platform.")
    instance_types: tuple[NonEmpty, ...] = Field(
        ("m6i.xlarge",),
        min_length=1,
        description="EC2 instance types, the preferred one first. Several only make sense for SPOT, and must be alike in size.",
    )
    min_size: int = Field(1, ge=0, description="Least number of nodes.")
    desired_size: int = Field(
        3, ge=0, description="Number of nodes at creation. Afterwards the autoscaler moves it and the plan ignores it."
    )
    max_size: int = Field(5, ge=1, description="Largest number of nodes.")
    capacity_type: Literal["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"] = Field(
        "ON_DEMAND",
        description="How the instances are bought. SPOT nodes leave with two minutes' notice: not for databases and controllers.",
    )
    ami_family: Literal["AL2023", "BOTTLEROCKET", "AL2"] = Field(
        "AL2023", description="Operating system. AL2 ended with Kubernetes 1.32."
    )
    accelerator: Literal["nvidia", "neuron"] | None = Field(
        None, description="AMI variant with the drivers of a GPU or of Neuron chips."
    )
    fips: bool = Field(False, description="Bottlerocket's FIPS variant.")
    architecture: Literal["x86_64", "arm64"] | None = Field(
        None, description="CPU architecture. None: read off the instance types; needed for types newer than our table."
    )
    ami_release_version: NonEmpty | None = Field(
        None, description="AMI release, such as 1.35.0-20260101. None: newest when made."
    )
    disk: Disk = Field(Disk(), description="Disk of each node.")
    labels: dict[str, str] = Field({}, description="Kubernetes labels of the nodes.")
    taints: tuple[Taint, ...] = Field((), description="Taints of the nodes.")
    zones: tuple[str, ...] = Field((), description="Zones of the group; empty: all zones of the network.")
    ssh: Ssh | None = Field(None, description="SSH access; none by default.")
    session_manager: bool = Field(
        True,
        description="Let Systems Manager's Session Manager in: a shell under IAM control and without an open port.",
    )
    max_pods: int | None = Field(
        None, ge=4, le=250, description="Pods a node takes. None: what its network interfaces carry."
    )
    kubelet: dict[str, JsonValue] = Field(
        {}, description="Further kubelet settings in KubeletConfiguration's words (AL2023 only)."
    )
    sysctls: dict[str, int] = Field(
        SYSCTLS, description="Kernel settings. The default raises the inotify limits for notebooks."
    )
    max_unavailable_percentage: int = Field(
        33, ge=1, le=100, description="Share of the nodes that may be replaced at once in an update."
    )
    force_update: bool = Field(
        False, description="Go on with an update though a disruption budget forbids to drain a node."
    )
    node_repair: bool = Field(True, description="Let EKS replace nodes that its monitoring finds broken.")
    autoscaler_tags: bool = Field(
        True,
        description="Tags by which cluster-autoscaler knows labels and taints of a group that has no node (scale from zero).",
    )
    schedules: tuple[Schedule, ...] = Field(
        (), description="Sizes by time of day. With schedules the plan ignores min and max, too."
    )
    efa: bool = Field(
        False,
        description="Elastic Fabric Adapter interfaces and a cluster placement group, for training over many nodes.",
    )
    capacity_reservation_id: (
        Annotated[str, matching(r"cr-[0-9a-f]{8,17}", "a capacity reservation id such as cr-0123456789abcdef0")] | None
    ) = Field(None, description="Capacity reservation, or the capacity block of a CAPACITY_BLOCK group.")
    role_policy_arns: tuple[PolicyArn, ...] = Field(
        (),
        description="Further policies of the nodes' role. Every pod on the nodes can use them: prefer a role for one service account. "
        "(The classic walk-through's second way; its third-party pods reach the node role by the instance metadata.)",
    )
    pods_use_node_role: bool = Field(
        False,
        description="Let pods reach the instance metadata (hop limit 2) and with it the nodes' role. Needed by role_policy_arns.",
    )

    def own_problems(self) -> Iterator[Problem]:
        """Rules that need nothing but the group."""
        yield from sizes_in_order(self.min_size, self.desired_size, self.max_size)
        yield from self._ami_problems()
        if self.efa and any(known(name) and not instance_type(name).efa for name in self.instance_types):
            yield (
                "efa",
                f"{', '.join(self.instance_types)}: not every type has an Elastic Fabric Adapter; leave efa out or choose p4d, p5, trn1, …",
            )
        if self.efa and len(self.zones) != 1:
            yield "zones", "a placement group lies in one zone; name the one zone of an efa group"
        if self.capacity_type == "CAPACITY_BLOCK" and self.capacity_reservation_id is None:
            yield "capacity_reservation_id", "a CAPACITY_BLOCK group uses a capacity block that you bought; give its id"
        if self.capacity_type == "SPOT" and self.capacity_reservation_id is not None:
            yield "capacity_type", 'a reservation is for ON_DEMAND or CAPACITY_BLOCK; set capacity_type="ON_DEMAND"'
        if self.role_policy_arns and not self.pods_use_node_role:
            yield (
                "pods_use_node_role",
                "role_policy_arns are of use only to pods that can reach the node's role; set pods_use_node_role=True",
            )
        if self.kubelet and self.ami_family != "AL2023":
            yield (
                "kubelet",
                f"kubelet settings go through nodeadm, which only AL2023 has; leave them out of a {self.ami_family} group",
            )
        yield from unique_names("schedules", self.schedules)
        for key, value in sorted(self.labels.items()):
            if key.partition("/")[0].endswith(("kubernetes.io", "k8s.io")) and not key.startswith(
                "node-role.kubernetes.io"
            ):
                yield (
                    f"labels[{key}]",
                    "labels below kubernetes.io are the kubelet's own, which EKS refuses; use a prefix of yours",
                )
            if len(value) > 63:
                yield f"labels[{key}]", f"a label's value has up to 63 characters; this one has {len(value)}"

    def _ami_problems(self) -> Iterator[Problem]:
        """CPU type, accelerator and AMI variant must go together."""
        unknown = [name for name in self.instance_types if not known(name)]
        if unknown and self.architecture is None:
            yield (
                "architecture",
                f"{', '.join(unknown)}: not in our table of instance types; check the spelling, or say architecture",
            )
            return
        types = [instance_type(name) for name in self.instance_types if known(name)]
        if len({item.architecture for item in types} | ({self.architecture} - {None})) > 1:
            yield (
                "instance_types",
                f"{', '.join(self.instance_types)}: one group has one CPU architecture; make a group for each",
            )
            return
        for item in types:
            if self.accelerator is not None and item.accelerator != self.accelerator:
                yield (
                    "accelerator",
                    f"{item.name} has no {self.accelerator} device; leave accelerator out, or choose another type",
                )
            if self.accelerator is None and item.accelerator is not None:
                yield (
                    "accelerator",
                    f'{item.name} has {item.accelerator} devices that the plain AMI has no driver for; set accelerator="{item.accelerator}"',
                )
        try:
            self.ami_type()
        except ValueError as error:
            yield "ami_family", str(error)

    def cpu_architecture(self) -> Architecture:
        """`x86_64` or `arm64`, as set or as the first instance type has it."""
        return self.architecture or instance_type(self.instance_types[0]).architecture

    def ami_type(self) -> AmiType:
        """The EKS AMI type that family, CPU, accelerator and FIPS make.

        Raises:
            ValueError: EKS has no such AMI.
        """
        return ami_type(self.ami_family, self.cpu_architecture(), self.accelerator, fips=self.fips)


def sizes_in_order(min_size: int, desired_size: int, max_size: int) -> Iterator[Problem]:
    """`min_size` <= `desired_size` <= `max_size`."""
    if not min_size <= desired_size <= max_size:
        yield (
            "desired_size",
            f"min_size {min_size}, desired_size {desired_size}, max_size {max_size} are out of order; EKS needs min <= desired <= max",
        )


class FargateSelector(Section):
    """Which pods run on Fargate."""

    namespace: NamespaceName = Field(description="Namespace of the pods.")
    labels: dict[str, str] = Field({}, description="Labels they must have, all of them.")


class FargateProfile(Section):
    """Pods without nodes. DaemonSets, GPUs, Pod Identity and EBS volumes do not go there."""

    name: NodeName = Field(description="Name of the profile; unique on the platform.")
    selectors: tuple[FargateSelector, ...] = Field(
        min_length=1, max_length=5, description="Which pods; one match is enough."
    )


class Statement(Section):
    """One Allow statement of an IAM policy."""

    actions: tuple[
        Annotated[
            str,
            matching(r"[a-z0-9-]+:[A-Za-z]+\*?", "an action such as s3:GetObject (a service and a name; no bare *)"),
        ],
        ...,
    ] = Field(min_length=1, description="Actions.")
    resources: tuple[NonEmpty, ...] = Field(
        min_length=1, description="ARNs. `*` only where AWS has no resource for the action."
    )
    conditions: dict[str, dict[str, tuple[str, ...]]] = Field({}, description="Conditions: {test: {variable: values}}.")


class ServiceAccountRole(Section):
    """An IAM role that one Kubernetes service account may take."""

    namespace: NamespaceName = Field(description="Namespace of the service account.")
    service_account: KubernetesName = Field(description="Name of the service account.")
    policy_arns: tuple[PolicyArn, ...] = Field((), description="Managed policies of the role.")
    statements: tuple[Statement, ...] = Field((), description="Statements of the role's own policy.")
    auth: Literal["irsa", "pod_identity"] = Field(
        "irsa",
        description="How its pods get the role: a web identity token (irsa, also on Fargate) or the EKS Pod Identity agent.",
    )

    @property
    def name(self) -> str:
        """Namespace and service account in one word: unique on the platform."""
        return f"{self.namespace}-{self.service_account}".replace(".", "-")

    def own_problems(self) -> Iterator[Problem]:
        """A role without rights is a mistake."""
        if not self.policy_arns and not self.statements:
            yield (
                "policy_arns",
                f"the role of {self.namespace}/{self.service_account} has no rights; give policy_arns or statements",
            )
