"""Node groups."""

import gzip
import json
from importlib.resources import files

from modules.rules import problems_of_all
from modules.settings import Disk, NodeGroup, Schedule, Taint
from modules.settings.types import LABEL_VALUE
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import (
    READ,
    on_al2,
    on_cluster,
    on_disk,
    on_group,
    on_schedule,
    on_ssh,
)

ROWS: Rows = {
    "name": (
        on_group(name="1st"),
        "cluster.node_groups[1].name: lower-case",
    ),
    "name_too_long": (
        on_group(name="n" * 37),
        "cluster.node_groups[1].name: nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn",
    ),
    "sizes": (
        on_group(min_size=3, desired_size=2, max_size=5),
        "cluster.node_groups[1].desired_size: min_size",
    ),
    "no_type": (
        on_group(instance_types=()),
        "cluster.node_groups[1].instance_types: empty",
    ),
    "type_twice": (
        on_group(instance_types=("m6i.xlarge", "m6i.xlarge")),
        "cluster.node_groups[1].instance_types: m6i.xlarge",
    ),
    "too_many_types": (
        on_group(architecture="x86_64", instance_types=tuple(f"m{i}x.xlarge" for i in range(21))),
        "cluster.node_groups[1].instance_types: types",
    ),
    "unknown_type": (
        on_group(instance_types=("m6i.xlrage",)),
        "cluster.node_groups[1].architecture: m6i.xlrage",
    ),
    "types_of_two_architectures": (
        on_group(instance_types=("m6i.xlarge", "m7g.xlarge")),
        "cluster.node_groups[1].instance_types: m7g.xlarge",
    ),
    "architecture_of_another_cpu": (
        on_group(architecture="arm64"),
        "cluster.node_groups[1].instance_types: CPU",
    ),
    "gpu_ami_with_a_cpu_type": (
        on_group(accelerator="nvidia"),
        "cluster.node_groups[1].accelerator: nvidia",
    ),
    "plain_ami_with_a_gpu_type": (
        on_group(instance_types=("g5.xlarge",)),
        "cluster.node_groups[1].accelerator: g5.xlarge",
    ),
    "neuron_ami_with_a_gpu_type": (
        on_group(instance_types=("g5.xlarge",), accelerator="neuron"),
        "cluster.node_groups[1].accelerator: g5.xlarge",
    ),
    "no_such_ami": (
        on_al2(instance_types=("inf2.xlarge",), accelerator="neuron"),
        "cluster.node_groups[0].ami_family: drivers",
    ),
    "no_such_fips_ami": (
        on_group(fips=True),
        "cluster.node_groups[1].ami_family: drivers",
    ),
    "efa_without_an_adapter": (
        on_group(efa=True, zones=("us-west-2a",)),
        "cluster.node_groups[1].efa: Adapters",
    ),
    "efa_of_an_unknown_type": (
        on_group(
            efa=True,
            zones=("us-west-2a",),
            instance_types=("p9.48xlarge",),
            accelerator="nvidia",
            architecture="x86_64",
        ),
        "cluster.node_groups[1].efa: p9.48xlarge",
    ),
    "efa_in_all_zones": (
        on_group(efa=True, accelerator="nvidia", instance_types=("p4d.24xlarge",)),
        "cluster.node_groups[1].zones: placement",
    ),
    "block_without_its_id": (
        on_group(capacity_type="CAPACITY_BLOCK", zones=("us-west-2a",)),
        "cluster.node_groups[1].capacity_reservation_id: CAPACITY_BLOCK",
    ),
    "reservation_for_spot": (
        on_group(capacity_type="SPOT", capacity_reservation_id="cr-0123456789abcdef0", zones=("us-west-2a",)),
        "cluster.node_groups[1].capacity_type: CAPACITY_BLOCK",
    ),
    "reservation_of_two_types": (
        on_group(
            instance_types=("m6i.xlarge", "m5.xlarge"),
            capacity_reservation_id="cr-0123456789abcdef0",
            zones=("us-west-2a",),
        ),
        "cluster.node_groups[1].instance_types: reservation",
    ),
    "reservation_in_all_zones": (
        on_group(capacity_reservation_id="cr-0123456789abcdef0"),
        "cluster.node_groups[1].zones: elsewhere",
    ),
    "reservation_id": (
        on_group(capacity_reservation_id="block", zones=("us-west-2a",)),
        "cluster.node_groups[1].capacity_reservation_id: cr-0123456789abcdef0",
    ),
    "zone_twice": (
        on_group(zones=("us-west-2a", "us-west-2a")),
        "cluster.node_groups[1].zones: us-west-2a",
    ),
    "policies_that_no_pod_can_use": (
        on_group(role_policy_arns=(READ,)),
        "cluster.node_groups[1].pods_use_node_role: role_policy_arns",
    ),
    "policy_twice": (
        on_group(role_policy_arns=(READ, READ), pods_use_node_role=True),
        "cluster.node_groups[1].role_policy_arns: arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    ),
    "policy_that_the_role_has": (
        on_group(role_policy_arns=("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",), pods_use_node_role=True),
        "cluster.node_groups[1].role_policy_arns: arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
    ),
    "policy_arn": (
        on_group(role_policy_arns=("AmazonS3ReadOnlyAccess",), pods_use_node_role=True),
        "cluster.node_groups[1].role_policy_arns[0]: arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    ),
    "kubelet_of_bottlerocket": (
        on_group(ami_family="BOTTLEROCKET", kubelet={"maxParallelImagePulls": 5}),
        "cluster.node_groups[1].kubelet: settings",
    ),
    "kubelet_of_al2": (
        on_al2(kubelet={"maxParallelImagePulls": 5}),
        "cluster.node_groups[0].kubelet: settings",
    ),
    "pods_in_kubelet": (
        on_group(kubelet={"maxPods": 50}),
        "cluster.node_groups[1].kubelet[maxPods]: max_pods",
    ),
    "pods_of_al2": (
        on_al2(max_pods=50),
        "cluster.node_groups[0].max_pods: itself",
    ),
    "schedule_name_twice": (
        on_group(schedules=(Schedule(name="night", cron="0 20 * * *", min_size=0, desired_size=0, max_size=1),) * 2),
        "cluster.node_groups[1].schedules: night",
    ),
    "schedule_sizes": (
        on_schedule(desired_size=9),
        "cluster.node_groups[1].schedules[0].desired_size: min_size",
    ),
    "schedule_cron": (
        on_schedule(cron="every night"),
        "cluster.node_groups[1].schedules[0].cron: expression",
    ),
    "schedule_time_zone": (
        on_schedule(time_zone="CET +1"),
        "cluster.node_groups[1].schedules[0].time_zone: Europe/Berlin",
    ),
    "label_of_kubernetes": (
        on_group(labels={"node-role.kubernetes.io/worker": "true"}),
        "cluster.node_groups[1].labels[node-role.kubernetes.io/worker]: eks.amazonaws.com",
    ),
    "label_without_a_value": (
        on_group(labels={"team": ""}),
        "cluster.node_groups[1].labels[team]: label",
    ),
    "label_value_too_long": (
        on_group(labels={"team": "x" * 64}),
        "cluster.node_groups[1].labels[team]: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ),
    "labels_of_one_tag": (
        on_group(labels={"team.a": "x", "team-a": "y"}),
        "cluster.node_groups[1].labels: autoscaler",
    ),
    "taint_key": (
        on_group(taints=(Taint(key="dedicated to"),)),
        "cluster.node_groups[1].taints[0]: dedicated",
    ),
    "taint_value": (
        on_group(taints=(Taint(key="dedicated", value="a b"),)),
        "cluster.node_groups[1].taints[0]: dedicated",
    ),
    "taints_of_one_tag": (
        on_group(taints=(Taint(key="gpu"), Taint(key="gpu", effect="NO_EXECUTE"))),
        "cluster.node_groups[1].taints: autoscaler",
    ),
    "taint_twice": (
        on_group(autoscaler_tags=False, taints=(Taint(key="gpu"), Taint(key="gpu", value="a"))),
        "cluster.node_groups[1].taints: gpu:NO_SCHEDULE",
    ),
    "too_many_taints": (
        on_group(taints=tuple(Taint(key=f"taint-{i}") for i in range(51))),
        "cluster.node_groups[1].taints: taints",
    ),
    "sysctl": (
        on_group(sysctls={"inotify; reboot": 1}),
        "cluster.node_groups[1].sysctls[inotify; reboot]: setting",
    ),
    "disk_iops_missing": (
        on_disk(volume_type="io2"),
        "cluster.node_groups[1].disk.iops: volumes",
    ),
    "disk_iops_for_its_size": (
        on_disk(size_gib=20, iops=20000),
        "cluster.node_groups[1].disk.iops: volume",
    ),
    "disk_iops_for_its_type": (
        on_disk(size_gib=1000, iops=90000),
        "cluster.node_groups[1].disk.iops: volume",
    ),
    "disk_throughput_of_io2": (
        on_disk(volume_type="io2", iops=3000, throughput_mibps=200),
        "cluster.node_groups[1].disk.throughput_mibps: throughput",
    ),
    "disk_throughput_for_its_iops": (
        on_disk(throughput_mibps=1000),
        "cluster.node_groups[1].disk.throughput_mibps: MiB/s",
    ),
    "ssh_without_a_key": (
        on_ssh(key_name=None),
        "cluster.node_groups[1].ssh.key_name: SSH",
    ),
    "ssh_with_two_keys": (
        on_ssh(public_key="ssh-ed25519 AAAAC3Nza me@example.com"),
        "cluster.node_groups[1].ssh.key_name: SSH",
    ),
    "ssh_with_a_private_key": (
        on_ssh(key_name=None, public_key="-----BEGIN OPENSSH PRIVATE KEY-----"),
        "cluster.node_groups[1].ssh.public_key: ssh-ed25519",
    ),
    "ssh_for_nobody": (
        on_ssh(source_cidrs=()),
        "cluster.node_groups[1].ssh.source_cidrs: network",
    ),
    "ssh_for_everybody": (
        on_ssh(source_cidrs=("0.0.0.0/0",)),
        "cluster.node_groups[1].ssh.source_cidrs: 0.0.0.0/0",
    ),
    "ssh_source_twice": (
        on_ssh(source_cidrs=("10.0.0.0/8", "10.0.0.0/8")),
        "cluster.node_groups[1].ssh.source_cidrs: 10.0.0.0/8",
    ),
    "minute_that_no_hour_has": (
        on_schedule(cron="99 20 * * *"),
        "cluster.node_groups[1].schedules[0].cron: has the minute '99'",
    ),
    "weekday_that_no_week_has": (
        on_schedule(cron="0 20 * * MON-9"),
        "cluster.node_groups[1].schedules[0].cron: has the weekday 'MON-9'",
    ),
    "month_by_a_name_that_none_has": (
        on_schedule(cron="0 20 1 JUNE *"),
        "cluster.node_groups[1].schedules[0].cron: has the month 'JUNE'",
    ),
    "range_backwards": (
        on_schedule(cron="0 20-8 * * *"),
        "cluster.node_groups[1].schedules[0].cron: has the hour '20-8'",
    ),
    "step_of_zero": (
        on_schedule(cron="*/0 20 * * *"),
        "cluster.node_groups[1].schedules[0].cron: has the minute '*/0'",
    ),
    "day_from_star": (
        on_schedule(cron="0 20 *-5 * *"),
        "cluster.node_groups[1].schedules[0].cron: has the day '*-5'",
    ),
    "time_zone_that_does_not_exist": (
        on_schedule(time_zone="Europe/Atlantis"),
        "cluster.node_groups[1].schedules[0].time_zone: did you mean Europe/Athens?",
    ),
    "more_networks_than_a_security_group_has_rules": (
        on_ssh(source_cidrs=tuple(f"10.{number}.0.0/16" for number in range(46))),
        "cluster.node_groups: 45 networks",
    ),
    "number_and_share_of_an_update": (
        on_group(max_unavailable=2, max_unavailable_percentage=50),
        "cluster.node_groups[1].max_unavailable: not both",
    ),
    "security_group_twice": (
        on_group(additional_security_group_ids=("sg-0123456789abcdef0",) * 2),
        "cluster.node_groups[1].additional_security_group_ids: sg-0123456789abcdef0",
    ),
    "more_security_groups_than_an_interface_takes": (
        on_group(additional_security_group_ids=tuple(f"sg-{number:08d}" for number in range(16))),
        "cluster.node_groups[1].additional_security_group_ids: not 16 more",
    ),
    "local_disks_of_al2": (
        on_al2(local_disks="raid0"),
        "cluster.node_groups[0].local_disks: AL2 has no setting",
    ),
    "images_on_the_disk_of_the_operating_system": (
        on_group(disk=Disk(snapshot_id="snap-0123456789abcdef0")),
        "cluster.node_groups[1].disk.snapshot_id: BOTTLEROCKET",
    ),
    "images_that_local_disks_hide": (
        on_group(disk=Disk(snapshot_id="snap-0123456789abcdef0"), ami_family="BOTTLEROCKET", local_disks="raid0"),
        "cluster.node_groups[1].disk.snapshot_id: local_disks",
    ),
    "a_snapshot_that_is_none": (
        on_group(disk=Disk(snapshot_id="vol-0123456789abcdef0")),
        "cluster.node_groups[1].disk.snapshot_id: snap-",
    ),
    "mounted_disks_of_bottlerocket": (
        on_group(local_disks="mount", ami_family="BOTTLEROCKET"),
        "cluster.node_groups[1].local_disks: no setting that mounts",
    ),
    "public_nodes": (
        on_group(subnet_ids=("subnet-0123456789abcdef0",)),
        "cluster.node_groups[1].subnet_ids: nodes are always in the private subnets",
    ),
    "tag_of_others": (
        on_group(tags={"eks:nodegroup-name": "x"}),
        "cluster.node_groups[1].tags[eks:nodegroup-name]: controllers",
    ),
    "more_tags_than_aws_takes": (
        on_group(tags={f"a{number}": "x" for number in range(21)}).with_changes(
            tags={f"b{number}": "x" for number in range(20)}
        ),
        "cluster.node_groups[1].tags: not 41 with those of the platform",
    ),
    "name_of_a_spot_group_too_long": (
        on_cluster(node_groups=NodeGroup(name="n" * 36).with_spot()),
        f"cluster.node_groups[1].name: {'n' * 36}-spot",
    ),
    "more_policies_than_a_node_role_takes": (
        on_group(
            pods_use_node_role=True,
            role_policy_arns=tuple(f"arn:aws:iam::111122223333:policy/{number}" for number in range(18)),
        ),
        "cluster.node_groups[1].role_policy_arns: at most 20 policies",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []


def test_labels_are_as_long_as_eks_takes_them() -> None:
    newest = max((files("botocore") / "data" / "eks").iterdir(), key=lambda version: version.name)
    shapes = json.loads(gzip.decompress((newest / "service-2.json.gz").read_bytes()))["shapes"]
    assert (shapes["labelValue"]["min"], shapes["labelValue"]["max"]) == (1, 63)
    assert [bool(LABEL_VALUE.fullmatch("x" * length)) for length in (0, 1, 63, 64)] == [False, True, True, False]


def test_types_newer_than_the_table_are_taken_at_their_word() -> None:
    new = {"instance_types": ("m99i.xlarge",), "architecture": "x86_64"}
    assert problems_of_all([on_group(**new), on_group(**new, accelerator="nvidia").with_changes(name="dev")]) == []
