"""Node groups."""

import gzip
import json
from importlib.resources import files

import pytest

from modules.rules import problems_of_all
from modules.settings import Schedule, Taint
from modules.settings.types import LABEL_VALUE
from tests.modules.settings.valid import (
    READ,
    Rows,
    on_al2,
    on_disk,
    on_group,
    on_schedule,
    on_ssh,
)

ROWS: Rows = {
    "name": (
        on_group(name="1st"),
        "cluster.node_groups[1].name: '1st' is not a name of 1 to 36 lower-case letters, digits and single inner hyphens, a letter first (36: AWS names, which begin with the platform's, end at 64)",
    ),
    "name_too_long": (
        on_group(name="n" * 37),
        "cluster.node_groups[1].name: 'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn' is not a name of 1 to 36 lower-case letters, digits and single inner hyphens, a letter first (36: AWS names, which begin with the platform's, end at 64)",
    ),
    "sizes": (
        on_group(min_size=3, desired_size=2, max_size=5),
        "cluster.node_groups[1].desired_size: min_size 3, desired_size 2, max_size 5 are out of order; EKS needs min <= desired <= max",
    ),
    "no_type": (
        on_group(instance_types=()),
        "cluster.node_groups[1].instance_types: is empty; give one at least",
    ),
    "type_twice": (
        on_group(instance_types=("m6i.xlarge", "m6i.xlarge")),
        "cluster.node_groups[1].instance_types: m6i.xlarge stands there twice; name it once",
    ),
    "too_many_types": (
        on_group(architecture="x86_64", instance_types=tuple(f"m{i}x.xlarge" for i in range(21))),
        "cluster.node_groups[1].instance_types: 21 types; EKS takes 20 a group: give the preferred ones",
    ),
    "unknown_type": (
        on_group(instance_types=("m6i.xlrage",)),
        "cluster.node_groups[1].architecture: m6i.xlrage: not in our table of instance types; check the spelling, or say architecture",
    ),
    "types_of_two_architectures": (
        on_group(instance_types=("m6i.xlarge", "m7g.xlarge")),
        "cluster.node_groups[1].instance_types: m6i.xlarge, m7g.xlarge: one group has one CPU architecture; make a group for each",
    ),
    "architecture_of_another_cpu": (
        on_group(architecture="arm64"),
        "cluster.node_groups[1].instance_types: m6i.xlarge: one group has one CPU architecture; make a group for each",
    ),
    "gpu_ami_with_a_cpu_type": (
        on_group(accelerator="nvidia"),
        "cluster.node_groups[1].accelerator: m6i.xlarge has no nvidia device; leave accelerator out, or choose another type",
    ),
    "plain_ami_with_a_gpu_type": (
        on_group(instance_types=("g5.xlarge",)),
        'cluster.node_groups[1].accelerator: g5.xlarge has nvidia devices that the plain AMI has no driver for; set accelerator="nvidia"',
    ),
    "neuron_ami_with_a_gpu_type": (
        on_group(instance_types=("g5.xlarge",), accelerator="neuron"),
        "cluster.node_groups[1].accelerator: g5.xlarge has no neuron device; leave accelerator out, or choose another type",
    ),
    "no_such_ami": (
        on_al2(instance_types=("inf2.xlarge",), accelerator="neuron"),
        "cluster.node_groups[0].ami_family: AMI family 'AL2': EKS has no AMI for x86_64 with neuron drivers; available: AL2_x86_64, AL2_x86_64_GPU, AL2_ARM_64; choose another family, or other instance types",
    ),
    "no_such_fips_ami": (
        on_group(fips=True),
        "cluster.node_groups[1].ami_family: AMI family 'AL2023': EKS has no AMI for x86_64 with no drivers and FIPS; available: AL2023_x86_64_STANDARD, AL2023_ARM_64_STANDARD, AL2023_x86_64_NEURON, AL2023_x86_64_NVIDIA, AL2023_ARM_64_NVIDIA; choose another family, or other instance types",
    ),
    "efa_without_an_adapter": (
        on_group(efa=True, zones=("us-west-2a",)),
        "cluster.node_groups[1].efa: m6i.xlarge: not each is known to have as many Elastic Fabric Adapters as the others; choose one of p4d, p5, trn1, …, or leave efa out",
    ),
    "efa_of_an_unknown_type": (
        on_group(
            efa=True,
            zones=("us-west-2a",),
            instance_types=("p9.48xlarge",),
            accelerator="nvidia",
            architecture="x86_64",
        ),
        "cluster.node_groups[1].efa: p9.48xlarge: not each is known to have as many Elastic Fabric Adapters as the others; choose one of p4d, p5, trn1, …, or leave efa out",
    ),
    "efa_in_all_zones": (
        on_group(efa=True, accelerator="nvidia", instance_types=("p4d.24xlarge",)),
        "cluster.node_groups[1].zones: a placement group lies in one zone; name the one zone of an efa group",
    ),
    "block_without_its_id": (
        on_group(capacity_type="CAPACITY_BLOCK", zones=("us-west-2a",)),
        "cluster.node_groups[1].capacity_reservation_id: a CAPACITY_BLOCK group uses a capacity block that you bought; give its id",
    ),
    "reservation_for_spot": (
        on_group(capacity_type="SPOT", capacity_reservation_id="cr-0123456789abcdef0", zones=("us-west-2a",)),
        'cluster.node_groups[1].capacity_type: a reservation is for ON_DEMAND or CAPACITY_BLOCK; set capacity_type="ON_DEMAND"',
    ),
    "reservation_of_two_types": (
        on_group(
            instance_types=("m6i.xlarge", "m5.xlarge"),
            capacity_reservation_id="cr-0123456789abcdef0",
            zones=("us-west-2a",),
        ),
        "cluster.node_groups[1].instance_types: a capacity reservation is of one type; give that type alone",
    ),
    "reservation_in_all_zones": (
        on_group(capacity_reservation_id="cr-0123456789abcdef0"),
        "cluster.node_groups[1].zones: a capacity reservation lies in one zone; name that zone, or nodes elsewhere find no capacity",
    ),
    "reservation_id": (
        on_group(capacity_reservation_id="block", zones=("us-west-2a",)),
        "cluster.node_groups[1].capacity_reservation_id: 'block' is not a capacity reservation id such as cr-0123456789abcdef0",
    ),
    "zone_twice": (
        on_group(zones=("us-west-2a", "us-west-2a")),
        "cluster.node_groups[1].zones: us-west-2a stands there twice; name it once",
    ),
    "policies_that_no_pod_can_use": (
        on_group(role_policy_arns=(READ,)),
        "cluster.node_groups[1].pods_use_node_role: role_policy_arns are of use only to pods that can reach the node's role; set pods_use_node_role=True",
    ),
    "policy_twice": (
        on_group(role_policy_arns=(READ, READ), pods_use_node_role=True),
        "cluster.node_groups[1].role_policy_arns: arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess stands there twice; name it once",
    ),
    "policy_that_the_role_has": (
        on_group(role_policy_arns=("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",), pods_use_node_role=True),
        "cluster.node_groups[1].role_policy_arns: arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore is among the role's own policies already; leave it out",
    ),
    "policy_arn": (
        on_group(role_policy_arns=("AmazonS3ReadOnlyAccess",), pods_use_node_role=True),
        "cluster.node_groups[1].role_policy_arns[0]: 'AmazonS3ReadOnlyAccess' is not the ARN of an IAM policy, such as arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    ),
    "kubelet_of_bottlerocket": (
        on_group(ami_family="BOTTLEROCKET", kubelet={"maxParallelImagePulls": 5}),
        "cluster.node_groups[1].kubelet: kubelet settings go through nodeadm, which only AL2023 has; leave them out of a BOTTLEROCKET group",
    ),
    "kubelet_of_al2": (
        on_al2(kubelet={"maxParallelImagePulls": 5}),
        "cluster.node_groups[0].kubelet: kubelet settings go through nodeadm, which only AL2023 has; leave them out of a AL2 group",
    ),
    "pods_in_kubelet": (
        on_group(kubelet={"maxPods": 50}),
        "cluster.node_groups[1].kubelet[maxPods]: is what max_pods is for; set that, and leave it out here",
    ),
    "pods_of_al2": (
        on_al2(max_pods=50),
        "cluster.node_groups[0].max_pods: EKS counts the pods of AL2 nodes itself; leave it out of an AL2 group",
    ),
    "schedule_name_twice": (
        on_group(schedules=(Schedule(name="night", cron="0 20 * * *", min_size=0, desired_size=0, max_size=1),) * 2),
        "cluster.node_groups[1].schedules: the name night stands twice; give each its own",
    ),
    "schedule_sizes": (
        on_schedule(desired_size=9),
        "cluster.node_groups[1].schedules[0].desired_size: min_size 0, desired_size 9, max_size 5 are out of order; EKS needs min <= desired <= max",
    ),
    "schedule_cron": (
        on_schedule(cron="every night"),
        "cluster.node_groups[1].schedules[0].cron: 'every night' is not a cron expression of five fields (minute hour day month weekday), such as 0 20 * * MON-FRI",
    ),
    "schedule_time_zone": (
        on_schedule(time_zone="CET +1"),
        "cluster.node_groups[1].schedules[0].time_zone: 'CET +1' is not an IANA time zone such as Europe/Berlin",
    ),
    "label_of_kubernetes": (
        on_group(labels={"node-role.kubernetes.io/worker": "true"}),
        "cluster.node_groups[1].labels[node-role.kubernetes.io/worker]: EKS keeps labels below kubernetes.io, k8s.io, eks.amazonaws.com for itself; use a prefix of yours",
    ),
    "label_without_a_value": (
        on_group(labels={"team": ""}),
        "cluster.node_groups[1].labels[team]: 'team': '' is no label; key and value have 1 to 63 letters, digits, - _ and ., and begin and end with a letter or digit (before the key may stand a domain and /)",
    ),
    "label_value_too_long": (
        on_group(labels={"team": "x" * 64}),
        "cluster.node_groups[1].labels[team]: 'team': 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' is no label; key and value have 1 to 63 letters, digits, - _ and ., and begin and end with a letter or digit (before the key may stand a domain and /)",
    ),
    "labels_of_one_tag": (
        on_group(labels={"team.a": "x", "team-a": "y"}),
        "cluster.node_groups[1].labels: team.a and team-a would be one tag for the autoscaler; keep one, or set autoscaler_tags=False",
    ),
    "taint_key": (
        on_group(taints=(Taint(key="dedicated to"),)),
        "cluster.node_groups[1].taints[0]: 'dedicated to': '' is no taint; key and value have up to 63 letters, digits, - _ and ., and begin and end with a letter or digit (before the key may stand a domain and /)",
    ),
    "taint_value": (
        on_group(taints=(Taint(key="dedicated", value="a b"),)),
        "cluster.node_groups[1].taints[0]: 'dedicated': 'a b' is no taint; key and value have up to 63 letters, digits, - _ and ., and begin and end with a letter or digit (before the key may stand a domain and /)",
    ),
    "taints_of_one_tag": (
        on_group(taints=(Taint(key="gpu"), Taint(key="gpu", effect="NO_EXECUTE"))),
        "cluster.node_groups[1].taints: gpu and gpu would be one tag for the autoscaler; keep one, or set autoscaler_tags=False",
    ),
    "taint_twice": (
        on_group(autoscaler_tags=False, taints=(Taint(key="gpu"), Taint(key="gpu", value="a"))),
        "cluster.node_groups[1].taints: gpu:NO_SCHEDULE stands there twice; name it once",
    ),
    "too_many_taints": (
        on_group(taints=tuple(Taint(key=f"taint-{i}") for i in range(51))),
        "cluster.node_groups[1].taints: 51 taints; EKS takes 50 a group: one is enough to keep pods away",
    ),
    "sysctl": (
        on_group(sysctls={"inotify; reboot": 1}),
        "cluster.node_groups[1].sysctls[inotify; reboot]: is no name of a kernel setting; write it as `sysctl -a` shows it",
    ),
    "disk_iops_missing": (
        on_disk(volume_type="io2"),
        "cluster.node_groups[1].disk.iops: io2 volumes have no default; give iops, such as 3000",
    ),
    "disk_iops_for_its_size": (
        on_disk(size_gib=20, iops=20000),
        "cluster.node_groups[1].disk.iops: 20000 of a gp3 volume of 20 GiB; AWS takes up to 500 a GiB and 80000 in all: give 10000 or fewer",
    ),
    "disk_iops_for_its_type": (
        on_disk(size_gib=1000, iops=90000),
        "cluster.node_groups[1].disk.iops: 90000 of a gp3 volume of 1000 GiB; AWS takes up to 500 a GiB and 80000 in all: give 80000 or fewer",
    ),
    "disk_throughput_of_io2": (
        on_disk(volume_type="io2", iops=3000, throughput_mibps=200),
        "cluster.node_groups[1].disk.throughput_mibps: only gp3 takes a throughput; leave it out",
    ),
    "disk_throughput_for_its_iops": (
        on_disk(throughput_mibps=1000),
        "cluster.node_groups[1].disk.throughput_mibps: 1000 MiB/s with 3000 iops; AWS takes a quarter of a MiB/s an operation: set iops=4000",
    ),
    "ssh_without_a_key": (
        on_ssh(key_name=None),
        "cluster.node_groups[1].ssh.key_name: SSH needs one key: give key_name (an EC2 key pair) or public_key (your ~/.ssh/id_ed25519.pub), not both",
    ),
    "ssh_with_two_keys": (
        on_ssh(public_key="ssh-ed25519 AAAAC3Nza me@example.com"),
        "cluster.node_groups[1].ssh.key_name: SSH needs one key: give key_name (an EC2 key pair) or public_key (your ~/.ssh/id_ed25519.pub), not both",
    ),
    "ssh_with_a_private_key": (
        on_ssh(key_name=None, public_key="-----BEGIN OPENSSH PRIVATE KEY-----"),
        "cluster.node_groups[1].ssh.public_key: what you gave is not a public key that EC2 takes, such as the line in ~/.ssh/id_ed25519.pub: ssh-ed25519 AAAA… me",
    ),
    "ssh_for_nobody": (
        on_ssh(source_cidrs=()),
        "cluster.node_groups[1].ssh.source_cidrs: SSH without a network that may connect opens nothing; give your networks, such as 10.0.0.0/8",
    ),
    "ssh_for_everybody": (
        on_ssh(source_cidrs=("0.0.0.0/0",)),
        "cluster.node_groups[1].ssh.source_cidrs: 0.0.0.0/0 opens SSH to the whole internet; give the networks of the people who need it",
    ),
    "ssh_source_twice": (
        on_ssh(source_cidrs=("10.0.0.0/8", "10.0.0.0/8")),
        "cluster.node_groups[1].ssh.source_cidrs: 10.0.0.0/8 stands there twice; name it once",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_the_reader_sees(row: str) -> None:
    bad, *lines = ROWS[row]
    assert problems_of_all([bad]) == [f"{bad._given.get('name', '?')}: {line}" for line in lines]


def test_labels_are_as_long_as_eks_takes_them() -> None:
    newest = max((files("botocore") / "data" / "eks").iterdir(), key=lambda version: version.name)
    shapes = json.loads(gzip.decompress((newest / "service-2.json.gz").read_bytes()))["shapes"]
    assert (shapes["labelValue"]["min"], shapes["labelValue"]["max"]) == (1, 63)
    assert [bool(LABEL_VALUE.fullmatch("x" * length)) for length in (0, 1, 63, 64)] == [False, True, True, False]


def test_types_newer_than_the_table_are_taken_at_their_word() -> None:
    new = {"instance_types": ("m99i.xlarge",), "architecture": "x86_64"}
    assert problems_of_all([on_group(**new), on_group(**new, accelerator="nvidia").with_changes(name="dev")]) == []
