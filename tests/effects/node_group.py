"""What the settings of a node group do."""

from typing import Any

from modules.settings import Disk, Schedule, Ssh, Taint
from tests.documents import GONE
from tests.effects import ACCOUNT, BASE, CLUSTER, GROUP, Effect, Expected, changed_group

KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1234abcd-12ab-34cd-86ef-1234567890ab"
NODES = "cluster resource aws_eks_node_group nodes"
TEMPLATE = "cluster resource aws_launch_template nodes"
EBS = f"{TEMPLATE} block_device_mappings 0 ebs"
SSH_RULE = "cluster resource aws_vpc_security_group_ingress_rule nodes_ssh"
NIGHT = Schedule(name="night", cron="0 20 * * *", min_size=0, desired_size=0, max_size=5)
DAY = Schedule(name="day", cron="0 7 * * MON", time_zone="Europe/Berlin", min_size=2, desired_size=4, max_size=6)
SCHEDULE = "cluster resource aws_autoscaling_schedule nodes"
LABEL = "k8s.io/cluster-autoscaler/node-template/label/example.com/pool"
TAINT = "k8s.io/cluster-autoscaler/node-template/taint"
GPU = {"instance_types": ("p4d.24xlarge",), "accelerator": "nvidia"}
"""User data is asserted whole in tests/modules/cluster/test_launch_template.py; here, that a field reaches it."""


def user_data(kubelet: str, *, sysctls: str = "") -> str:
    """The AL2023 user data as it is in the JSON, with other kubelet settings and kernel settings."""
    before = r"fs.inotify.max_user_instances = 8192\nfs.inotify.max_user_watches = 1048576\n"
    return AL2023.replace("KUBELET", kubelet).replace("SYSCTLS", sysctls or before)


AL2023 = (
    r'${base64encode("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"NODE\"\n\n--NODE\n'
    r"Content-Type: application/node.eks.aws\n\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n"
    r"    config: KUBELET\n\n--NODE\nContent-Type: text/x-shellscript; charset=\"us-ascii\"\n\n#!/bin/bash\n"
    r"cat > /etc/sysctl.d/90-kubeflow.conf <<'END'\nSYSCTLSEND\nsysctl --load /etc/sysctl.d/90-kubeflow.conf\n\n"
    r'--NODE--\n")}'
)


SCRIPT_PART = r"--NODE\nContent-Type: text/x-shellscript; charset=\"us-ascii\"\n\n"


def after_bootstrap() -> str:
    """The script that writes and starts a unit for a script of the settings, as it is in the JSON."""
    return (
        r"#!/bin/bash\n# cloud-init runs scripts before kubelet starts, so this one is run by a unit that waits for it\n"
        r"cat > /usr/local/bin/after-bootstrap <<'END-OF-AFTER-BOOTSTRAP'\n#!/bin/sh\necho\nEND-OF-AFTER-BOOTSTRAP\n"
        r"chmod 755 /usr/local/bin/after-bootstrap\ncat > /etc/systemd/system/after-bootstrap.service <<'END'\n"
        r"[Unit]\nDescription=Script of the node group after bootstrap\nAfter=nodeadm-run.service\n\n"
        r"[Service]\nType=oneshot\nRemainAfterExit=true\nExecStart=/usr/local/bin/after-bootstrap\nEND\n"
        r"systemctl daemon-reload\nsystemctl start --no-block after-bootstrap.service\n"
    )


def own_ami_user_data() -> str:
    """With the cluster's details, which EKS does not add to an AMI of one's own."""
    cluster = (
        r"{\"apiServerEndpoint\": \"${aws_eks_cluster.this.endpoint}\", "
        r"\"certificateAuthority\": \"${aws_eks_cluster.this.certificate_authority[0].data}\", "
        r"\"cidr\": \"${aws_eks_cluster.this.kubernetes_network_config[0].service_ipv4_cidr}\", "
        r"\"name\": \"${aws_eks_cluster.this.name}\"}\n"
    )
    return user_data(r"{\"maxPods\": 110}").replace(r"  kubelet:", rf"  cluster: {cluster}  kubelet:")


def since(before: dict[str, Any], does: dict[str, Expected], **changes: Any) -> Effect:
    """A change of a group that had other settings before."""
    base = BASE.with_changes(cluster=CLUSTER.with_changes(node_groups=(GROUP.with_changes(**before),)))
    changed = GROUP.with_changes(**before).with_changes(**changes)
    return Effect(BASE.with_changes(cluster=CLUSTER.with_changes(node_groups=(changed,))), does, base)


EFFECTS = (
    changed_group(
        {
            "NodeGroup.name": {
                "cluster resource aws_eks_node_group other node_group_name": "other",
                "cluster resource aws_launch_template other name": "base-other",
                "cluster resource aws_eks_node_group nodes": GONE,
            }
        },
        name="other",
    ),
    changed_group(
        {
            "NodeGroup.instance_types": {
                f"{NODES} instance_types": ["m7g.large", "m7g.xlarge"],
                "cluster data aws_ec2_instance_type_offerings nodes filter 0 values": ["m7g.large", "m7g.xlarge"],
                f"{NODES} ami_type": "AL2023_ARM_64_STANDARD",
            },
            "NodeGroup.capacity_type": {f"{NODES} capacity_type": "SPOT"},
        },
        instance_types=("m7g.large", "m7g.xlarge"),
        capacity_type="SPOT",
    ),
    changed_group(
        {
            "NodeGroup.min_size": {f"{NODES} scaling_config min_size": 2},
            "NodeGroup.desired_size": {f"{NODES} scaling_config desired_size": 4},
            "NodeGroup.max_size": {f"{NODES} scaling_config max_size": 9},
        },
        min_size=2,
        desired_size=4,
        max_size=9,
    ),
    changed_group(
        {
            "NodeGroup.ami_family": {f"{NODES} ami_type": "BOTTLEROCKET_x86_64_FIPS"},
            "NodeGroup.fips": {f"{NODES} ami_type": "BOTTLEROCKET_x86_64_FIPS"},
        },
        ami_family="BOTTLEROCKET",
        fips=True,
    ),
    changed_group(
        {
            "NodeGroup.architecture": {f"{NODES} ami_type": "AL2023_ARM_64_NVIDIA"},
            "NodeGroup.accelerator": {f"{NODES} ami_type": "AL2023_ARM_64_NVIDIA"},
        },
        instance_types=("z99g.xlarge",),  # newer than the table
        architecture="arm64",
        accelerator="nvidia",
    ),
    changed_group(
        {
            "NodeGroup.ami_id": {
                f"{TEMPLATE} image_id": "ami-0123456789abcdef0",
                f"{NODES} ami_type": GONE,
                f"{NODES} version": GONE,
                f"{TEMPLATE} user_data": own_ami_user_data(),
            }
        },
        ami_id="ami-0123456789abcdef0",
    ),
    changed_group(
        {
            "NodeGroup.user_data_before_bootstrap": {
                f"{TEMPLATE} user_data": user_data(r"{\"maxPods\": 110}").replace(
                    r"--NODE\nContent", rf"{SCRIPT_PART}#!/bin/sh\necho $${{HOME}}\n\n--NODE\nContent", 1
                )
            }
        },
        user_data_before_bootstrap="#!/bin/sh\necho ${HOME}\n",
    ),
    changed_group(
        {
            "NodeGroup.user_data_after_bootstrap": {
                f"{TEMPLATE} user_data": user_data(r"{\"maxPods\": 110}").replace(
                    r"--NODE--", rf"{SCRIPT_PART}{after_bootstrap()}\n--NODE--"
                )
            }
        },
        user_data_after_bootstrap="#!/bin/sh\necho\n",
    ),
    changed_group(
        {"NodeGroup.ami_release_version": {f"{NODES} release_version": "1.35.0-20260101"}},
        ami_release_version="1.35.0-20260101",
    ),
    changed_group(
        {
            "NodeGroup.disk": {f"{EBS} volume_size": 200},
            "Disk.size_gib": {f"{EBS} volume_size": 200},
            "Disk.iops": {f"{EBS} iops": 6000},
            "Disk.throughput_mibps": {f"{EBS} throughput": 500},
            "Disk.kms_key_arn": {f"{EBS} kms_key_id": KEY},
        },
        disk=Disk(size_gib=200, iops=6000, throughput_mibps=500, kms_key_arn=KEY),
    ),
    changed_group(
        {"Disk.snapshot_id": {f"{TEMPLATE} block_device_mappings 1 ebs snapshot_id": "snap-0123456789abcdef0"}},
        ami_family="BOTTLEROCKET",
        disk=Disk(snapshot_id="snap-0123456789abcdef0"),
    ),
    changed_group(
        {
            "NodeGroup.local_disks": {
                f"{TEMPLATE} user_data": user_data(r"{\"maxPods\": 110}").replace(
                    r"  kubelet:", r"  instance:\n    localStorage:\n      strategy: RAID0\n  kubelet:"
                )
            }
        },
        local_disks="raid0",
    ),
    changed_group(
        {
            "NodeGroup.max_unavailable": {
                f"{NODES} update_config max_unavailable": 2,
                f"{NODES} update_config max_unavailable_percentage": GONE,
            }
        },
        max_unavailable=2,
    ),
    changed_group(
        {
            "NodeGroup.additional_security_group_ids": {
                f"{TEMPLATE} vpc_security_group_ids": ["${aws_security_group.nodes.id}", "sg-0123456789abcdef0"]
            },
            "NodeGroup.tags": {
                f"{NODES} tags": {"cost-center": "vision"},
                f"{TEMPLATE} tags": {"cost-center": "vision"},
                f"{TEMPLATE} tag_specifications 0 tags cost-center": "vision",
                f"{TEMPLATE} tag_specifications 2 tags cost-center": "vision",
            },
        },
        additional_security_group_ids=("sg-0123456789abcdef0",),
        tags={"cost-center": "vision"},
    ),
    changed_group({"Disk.volume_type": {f"{EBS} volume_type": "io2"}}, disk=Disk(volume_type="io2", iops=3000)),
    changed_group(
        {
            "NodeGroup.labels": {
                f"{NODES} labels": {"example.com/pool": "big"},
                "cluster resource aws_autoscaling_group_tag nodes_label_example_com_pool tag": {
                    "key": LABEL,
                    "propagate_at_launch": False,
                    "value": "big",
                },
            }
        },
        labels={"example.com/pool": "big"},
    ),
    since(
        {"labels": {"example.com/pool": "big"}},
        {"NodeGroup.autoscaler_tags": {"cluster resource aws_autoscaling_group_tag": GONE}},
        autoscaler_tags=False,
    ),
    changed_group(
        {
            "NodeGroup.taints": {
                f"{NODES} taint": [
                    {"effect": "NO_EXECUTE", "key": "example.com/pool", "value": "gpu"},
                    {"effect": "NO_SCHEDULE", "key": "nvidia.com/gpu"},
                ]
            },
            "Taint.key": {
                "cluster resource aws_autoscaling_group_tag nodes_taint_nvidia_com_gpu tag key": f"{TAINT}/nvidia.com/gpu"
            },
            "Taint.value": {f"{NODES} taint 0 value": "gpu"},
            "Taint.effect": {
                "cluster resource aws_autoscaling_group_tag nodes_taint_example_com_pool tag value": "gpu:NoExecute"
            },
        },
        taints=(Taint(key="example.com/pool", value="gpu", effect="NO_EXECUTE"), Taint(key="nvidia.com/gpu")),
    ),
    changed_group(
        {
            "NodeGroup.zones": {
                f"{NODES} subnet_ids": (
                    '${flatten([for zone in ["us-west-2b"] : '
                    "data.terraform_remote_state.network.outputs.private_subnet_ids_by_zone[zone]])}"
                )
            }
        },
        zones=("us-west-2b",),
    ),
    changed_group(
        {
            "NodeGroup.ssh": {f"{TEMPLATE} key_name": "ops"},
            "Ssh.key_name": {f"{TEMPLATE} key_name": "ops"},
            "Ssh.source_cidrs": {f"{SSH_RULE}_10_1_0_0_16 cidr_ipv4": "10.1.0.0/16"},
        },
        ssh=Ssh(key_name="ops", source_cidrs=("10.1.0.0/16",)),
    ),
    changed_group(
        {
            "Ssh.public_key": {
                "cluster resource aws_key_pair nodes public_key": "ssh-ed25519 AAAA me",
                f"{TEMPLATE} key_name": "${aws_key_pair.nodes.key_name}",
            }
        },
        ssh=Ssh(public_key="ssh-ed25519 AAAA me", source_cidrs=("10.1.0.0/16",)),
    ),
    changed_group(
        {
            "NodeGroup.session_manager": {
                "cluster resource aws_iam_role_policy_attachment node_nodes_AmazonSSMManagedInstanceCore": GONE
            }
        },
        session_manager=False,
    ),
    changed_group(
        {
            "NodeGroup.max_pods": {
                "cluster output pods_per_node value nodes": 40,
                f"{TEMPLATE} user_data": user_data(r"{\"maxPods\": 40}"),
            }
        },
        max_pods=40,
    ),
    changed_group(
        {
            "NodeGroup.kubelet": {
                f"{TEMPLATE} user_data": user_data(r"{\"maxPods\": 110, \"serializeImagePulls\": false}")
            }
        },
        kubelet={"serializeImagePulls": False},
    ),
    changed_group(
        {
            "NodeGroup.sysctls": {
                f"{TEMPLATE} user_data": user_data(r"{\"maxPods\": 110}", sysctls=r"vm.swappiness = 10\n")
            }
        },
        sysctls={"vm.swappiness": 10},
    ),
    changed_group(
        {
            "NodeGroup.max_unavailable_percentage": {f"{NODES} update_config max_unavailable_percentage": 50},
            "NodeGroup.force_update": {f"{NODES} force_update_version": True},
            "NodeGroup.node_repair": {f"{NODES} node_repair_config enabled": False},
        },
        max_unavailable_percentage=50,
        force_update=True,
        node_repair=False,
    ),
    changed_group(
        {
            "NodeGroup.schedules": {
                f"{SCHEDULE}_night recurrence": "0 20 * * *",
                f"{NODES} lifecycle ignore_changes": [
                    "scaling_config[0].desired_size",
                    "scaling_config[0].min_size",
                    "scaling_config[0].max_size",
                ],
            }
        },
        schedules=(NIGHT,),
    ),
    since(
        {"schedules": (NIGHT,)},
        {
            "Schedule.name": {f"{SCHEDULE}_day scheduled_action_name": "day", f"{SCHEDULE}_night": GONE},
            "Schedule.cron": {f"{SCHEDULE}_day recurrence": "0 7 * * MON"},
            "Schedule.time_zone": {f"{SCHEDULE}_day time_zone": "Europe/Berlin"},
            "Schedule.min_size": {f"{SCHEDULE}_day min_size": 2},
            "Schedule.desired_size": {f"{SCHEDULE}_day desired_capacity": 4},
            "Schedule.max_size": {f"{SCHEDULE}_day max_size": 6},
        },
        schedules=(DAY,),
    ),
    since(
        {**GPU, "zones": ("us-west-2b",)},
        {
            "NodeGroup.efa": {
                f"{TEMPLATE} network_interfaces 3 interface_type": "efa",
                "cluster resource aws_placement_group nodes strategy": "cluster",
            }
        },
        efa=True,
    ),
    since(
        {"zones": ("us-west-2b",)},
        {
            "NodeGroup.capacity_reservation_id": {
                f"{TEMPLATE} capacity_reservation_specification capacity_reservation_target capacity_reservation_id": (
                    "cr-0123456789abcdef0"
                )
            }
        },
        capacity_reservation_id="cr-0123456789abcdef0",
    ),
    since(
        {"pods_use_node_role": True},
        {
            "NodeGroup.role_policy_arns": {
                "cluster resource aws_iam_role_policy_attachment node_nodes_AmazonS3ReadOnlyAccess role": (
                    "${aws_iam_role.node_nodes.name}"
                )
            }
        },
        role_policy_arns=("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",),
    ),
    changed_group(
        {"NodeGroup.pods_use_node_role": {f"{TEMPLATE} metadata_options http_put_response_hop_limit": 2}},
        pods_use_node_role=True,
    ),
)
