"""Rules about node groups, their disks, SSH access and schedules."""

import re
from collections.abc import Iterator, Sequence

from modules.aws_data.instance_types import instance_type, known
from modules.aws_data.node_policies import node_policies
from modules.naming import slug
from modules.rules.iam_quotas import policy_problems
from modules.rules.rule import Problem, each_once, repeated, rule, unique_names, warning
from modules.settings.cluster import Cluster
from modules.settings.node_group import Disk, NodeGroup
from modules.settings.types import LABEL_KEY, LABEL_VALUE

MOST_TAINTS = 50
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/node-taints-managed-node-groups.html."""
MOST_INSTANCE_TYPES = 20
"""Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html."""
MOST_SECURITY_GROUPS = 16
"""Of a network interface: 5, unless the account's quota is raised, which ends at 16."""
RESERVED_LABELS = ("kubernetes.io", "k8s.io", "eks.amazonaws.com")
"""Source: https://github.com/eksctl-io/eksctl/issues/4007 (EKS's own words in it)."""


@rule(NodeGroup)
def sizes(group: NodeGroup) -> Iterator[Problem]:
    """The order of the three sizes."""
    yield from sizes_in_order(group.min_size, group.desired_size, group.max_size)


@rule(NodeGroup)
def instance_types(group: NodeGroup) -> Iterator[Problem]:
    """Number of instance types, each once."""
    yield from each_once("instance_types", group.instance_types)
    if len(group.instance_types) > MOST_INSTANCE_TYPES:
        yield (
            "instance_types",
            f"EKS accepts at most {MOST_INSTANCE_TYPES} instance types per group, not {len(group.instance_types)}",
            "keep the preferred ones",
        )


@rule(NodeGroup)
def architecture(group: NodeGroup) -> Iterator[Problem]:
    """One CPU architecture, known or set."""
    unknown = [name for name in group.instance_types if not known(name)]
    kinds = {instance_type(name).architecture for name in group.instance_types if known(name)}
    if unknown and group.architecture is None:
        yield (
            "architecture",
            f"{', '.join(unknown)} is not in the table of instance types",
            "check the spelling or set architecture",
        )
    elif len(kinds | ({group.architecture} - {None})) > 1:
        yield (
            "instance_types",
            f"{', '.join(group.instance_types)} have different CPU architectures",
            "use one group per architecture",
        )


@rule(NodeGroup)
def accelerator(group: NodeGroup) -> Iterator[Problem]:
    """The AMI has the drivers of the devices."""
    for name in group.instance_types:
        have = instance_type(name).accelerator if known(name) else group.accelerator
        if group.accelerator is not None and have != group.accelerator:
            yield (
                "accelerator",
                f"{name} has no {group.accelerator} device",
                "remove accelerator or use another type",
            )
        if group.accelerator is None and have is not None:
            yield (
                "accelerator",
                f"{name} has {have} devices, and the standard AMI has no driver for them",
                f'set accelerator="{have}"',
            )


@rule(NodeGroup)
def ami(group: NodeGroup) -> Iterator[Problem]:
    """EKS has an AMI for family, CPU and devices."""
    if group.architecture is None and not known(group.instance_types[0]):
        return  # reported by architecture()
    try:
        group.ami_type()
    except ValueError as error:
        yield "ami_family", str(error), "use another family or other instance types"


@rule(NodeGroup)
def efa(group: NodeGroup) -> Iterator[Problem]:
    """The launch template has one interface for each EFA of the type, all in one placement group."""
    if not group.efa:
        return
    counts = {instance_type(name).max_efa_interfaces if known(name) else 0 for name in group.instance_types}
    if 0 in counts or len(counts) > 1:
        yield (
            "efa",
            f"the types {', '.join(group.instance_types)} do not all have the same, known number of Elastic Fabric Adapters",
            "use one of p4d, p5, trn1, …, or remove efa",
        )
    if len(group.zones) != 1:
        yield "zones", "a placement group is in one zone", "set exactly one zone"


@rule(NodeGroup)
def reservation(group: NodeGroup) -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/eks/latest/userguide/capacity-blocks-mng.html."""
    reserved = group.capacity_reservation_id is not None
    if group.capacity_type == "CAPACITY_BLOCK" and not reserved:
        yield "capacity_reservation_id", "CAPACITY_BLOCK requires a capacity block that you bought", "set its id"
    if group.capacity_type == "SPOT" and reserved:
        yield "capacity_type", "a reservation requires ON_DEMAND or CAPACITY_BLOCK", 'set capacity_type="ON_DEMAND"'
    if reserved and len(group.instance_types) > 1:
        yield "instance_types", "a capacity reservation is for one instance type", "list that type only"
    if reserved and len(group.zones) != 1 and not group.efa:
        yield (
            "zones",
            "a capacity reservation is in one zone, and nodes elsewhere find no capacity",
            "set exactly that zone",
        )


@rule(NodeGroup)
def one_limit_of_updates(group: NodeGroup) -> Iterator[Problem]:
    """EKS takes a number or a share."""
    if group.max_unavailable is not None and "max_unavailable_percentage" in group.model_fields_set:
        yield "max_unavailable", "EKS accepts a number of nodes or a share, not both", "remove one"


@rule(NodeGroup)
def additional_security_groups(group: NodeGroup) -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html (security groups)."""
    yield from each_once("additional_security_group_ids", group.additional_security_group_ids)
    if (count := len(group.additional_security_group_ids)) >= MOST_SECURITY_GROUPS:
        yield (
            "additional_security_group_ids",
            f"a network interface has at most {MOST_SECURITY_GROUPS} security groups, one of them the platform's, not {count} more",
            "put their rules into fewer groups",
        )


@rule(NodeGroup)
def local_disks(group: NodeGroup) -> Iterator[Problem]:
    """What the operating systems can do with local disks."""
    if group.local_disks is not None and group.ami_family == "AL2":
        yield "local_disks", "AL2 has no setting for them", "use AL2023 or BOTTLEROCKET, or a script of user data"
    if group.local_disks == "mount" and group.ami_family == "BOTTLEROCKET":
        yield "local_disks", "Bottlerocket has no setting that mounts each disk", 'set "raid0", or use AL2023'


@rule(NodeGroup)
def images_in_advance(group: NodeGroup) -> Iterator[Problem]:
    """Only Bottlerocket has a disk for images alone, which local disks would hide."""
    yield from images_of_snapshot(group.disk, group.ami_family == "BOTTLEROCKET", group.local_disks, "BOTTLEROCKET")


def images_of_snapshot(disk: Disk, bottlerocket: bool, local_disks: str | None, family: str) -> Iterator[Problem]:
    """Problems of a snapshot with images.

    Args:
        disk: of a node group or pool.
        bottlerocket: whether its nodes run Bottlerocket.
        local_disks: its use of NVMe disks.
        family: the name of Bottlerocket among its values of `ami_family`.
    """
    if disk.snapshot_id is None:
        return
    if not bottlerocket:
        yield (
            "disk.snapshot_id",
            "its images are on the disk of the operating system, which comes from the AMI",
            f'set ami_family="{family}", use an AMI of your own with the images (ami_id), or remove it',
        )
    elif local_disks is not None:
        yield "disk.snapshot_id", "images are on local disks, and not on this one", "remove it, or local_disks"


@rule(NodeGroup)
def zones_once(group: NodeGroup) -> Iterator[Problem]:
    """A zone is one subnet."""
    yield from each_once("zones", group.zones)


@rule(NodeGroup)
def rights_of_pods(group: NodeGroup) -> Iterator[Problem]:
    """Policies of the node role are for pods, and each is attached once."""
    if group.role_policy_arns and not group.pods_use_node_role:
        yield (
            "pods_use_node_role",
            "role_policy_arns require it, since pods cannot use the node role otherwise",
            "set pods_use_node_role=True",
        )
    own = node_policies(session_manager=group.session_manager)
    yield from policy_problems(
        "role_policy_arns", group.role_policy_arns, "combine them in a policy of your own", own=len(own)
    )
    for arn in group.role_policy_arns:
        if arn.endswith(tuple(f"::aws:policy/{name}" for name in own)):
            yield "role_policy_arns", f"{arn} is attached to the node role already", "remove it"


@rule(NodeGroup)
def kubelet(group: NodeGroup) -> Iterator[Problem]:
    """Settings that the AMI family passes to the kubelet."""
    if group.kubelet and group.ami_family != "AL2023":
        yield (
            "kubelet",
            "kubelet settings require nodeadm, which only AL2023 has",
            f"remove them from a {group.ami_family} group",
        )
    if "maxPods" in group.kubelet:
        yield "kubelet[maxPods]", "maxPods is set by max_pods", "use that setting and remove the key here"


@rule(NodeGroup)
def max_pods(group: NodeGroup) -> Iterator[Problem]:
    """EKS calculates the number of pods of AL2 nodes."""
    if group.max_pods is not None and group.ami_family == "AL2":
        yield "max_pods", "EKS calculates the number of pods of AL2 nodes itself", "remove it from an AL2 group"


@rule(NodeGroup)
def schedule_names(group: NodeGroup) -> Iterator[Problem]:
    """Names of schedules are unique."""
    yield from unique_names("schedules", group.schedules)


@rule(NodeGroup)
def labels(group: NodeGroup) -> Iterator[Problem]:
    """What Kubernetes, EKS and the autoscaler take."""
    for key, value in sorted(group.labels.items()):
        if key.partition("/")[0].endswith(RESERVED_LABELS):
            yield (
                f"labels[{key}]",
                f"EKS reserves labels below {', '.join(RESERVED_LABELS)}",
                "use a prefix of your own",
            )
        if not LABEL_KEY.fullmatch(key) or not LABEL_VALUE.fullmatch(value):
            yield (
                f"labels[{key}]",
                f"{key!r}: {value!r} is not a valid label",
                "use 1 to 63 letters, digits, - _ and . that begin and end with a letter or digit; the key can have a domain and / before it",
            )
    if group.autoscaler_tags:
        yield from one_tag_each("labels", list(group.labels))


@rule(NodeGroup)
def taints(group: NodeGroup) -> Iterator[Problem]:
    """What Kubernetes, EKS and the autoscaler take."""
    for index, taint in enumerate(group.taints):
        if not LABEL_KEY.fullmatch(taint.key) or (taint.value and not LABEL_VALUE.fullmatch(taint.value)):
            yield (
                f"taints[{index}]",
                f"{taint.key!r}: {taint.value!r} is not a valid taint",
                "use up to 63 letters, digits, - _ and . that begin and end with a letter or digit; the key can have a domain and / before it",
            )
    if len(group.taints) > MOST_TAINTS:
        yield "taints", f"EKS accepts at most {MOST_TAINTS} taints per group, not {len(group.taints)}", "remove some"
    if group.autoscaler_tags:
        yield from one_tag_each("taints", [taint.key for taint in group.taints])
    else:
        yield from each_once("taints", (f"{taint.key}:{taint.effect}" for taint in group.taints))


@rule(NodeGroup)
def sysctls(group: NodeGroup) -> Iterator[Problem]:
    """Names are written to a file of the node unchanged."""
    for name in sorted(group.sysctls):
        if not re.fullmatch(r"[a-z0-9_]+([./][A-Za-z0-9_-]+)+", name, re.ASCII):
            yield f"sysctls[{name}]", "is not a valid kernel setting", "write it as `sysctl -a` shows it"


def one_tag_each(field: str, keys: Sequence[str]) -> Iterator[Problem]:
    """The autoscaler reads each from a tag, which has one value per key and its own Terraform address."""
    for address in repeated(map(slug, keys)):
        same = " and ".join(key for key in keys if slug(key) == address)
        yield (
            field,
            f"{same} become one autoscaler tag",
            "keep one or set autoscaler_tags=False",
        )


def sizes_in_order(min_size: int, desired_size: int, max_size: int) -> Iterator[Problem]:
    """`min_size` <= `desired_size` <= `max_size`."""
    if not min_size <= desired_size <= max_size:
        yield (
            "desired_size",
            f"min_size {min_size}, desired_size {desired_size} and max_size {max_size} are out of order",
            "EKS requires min <= desired <= max",
        )


@rule(Disk)
def disk_iops(disk: Disk) -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html and provisioned-iops.html there."""
    most, ratio = (80_000, 500) if disk.volume_type == "gp3" else (256_000, 1_000)
    if disk.iops is None and disk.volume_type == "io2":
        yield "iops", "io2 volumes require iops", "set iops, such as 3000"
    elif disk.iops is not None and disk.iops > min(most, ratio * disk.size_gib):
        yield (
            "iops",
            f"a {disk.volume_type} volume of {disk.size_gib} GiB has at most {ratio} IOPS per GiB and {most} in total, not {disk.iops}",
            f"set {min(most, ratio * disk.size_gib)} or fewer",
        )


@rule(Disk)
def disk_throughput(disk: Disk) -> Iterator[Problem]:
    """Throughput that the volume type and its IOPS allow."""
    if disk.throughput_mibps is None:
        return
    if disk.volume_type == "io2":
        yield "throughput_mibps", "only gp3 volumes have a throughput", "remove it"
    elif disk.throughput_mibps * 4 > (disk.iops or 3000):
        yield (
            "throughput_mibps",
            f"{disk.throughput_mibps} MiB/s require 4 IOPS per MiB/s, not {disk.iops or 3000} in total",
            f"set iops={disk.throughput_mibps * 4}",
        )


@warning(Cluster)
def reachable_node_role(cluster: Cluster) -> Iterator[Problem]:
    """Node groups whose role pods can use."""
    for group in cluster.node_groups:
        if group.pods_use_node_role:
            yield (
                "",
                f"every pod on node group {group.name} can use the node role (pods_use_node_role)",
                "give service accounts roles of their own unless that is intended",
            )
