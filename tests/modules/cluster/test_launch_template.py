"""The launch template of a node group. The user data of each operating system is asserted whole, and parsed by its readers."""

import email
import json
import tomllib
from typing import Any

import cdktf
import pytest
import yaml

from modules.cluster.launch_template import NodeLaunchTemplate
from modules.cluster.user_data.node_group import ClusterDetails
from modules.settings import Disk, NodeGroup, Ssh
from tests.documents import GONE, at, bare_stack, synthesized

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-86ef-1234567890ab"
CLUSTER = ClusterDetails("prod", "https://api", "Q0E=", "${aws_eks_cluster.this.cidr}")
GPU: dict[str, Any] = {"accelerator": "nvidia", "zones": ("us-west-2b",)}


def document(**settings: Any) -> dict[str, Any]:
    stack = bare_stack()
    made(stack, **settings)
    return synthesized(stack)


def made(stack: cdktf.TerraformStack, **settings: Any) -> None:
    NodeLaunchTemplate(
        stack,
        "template",
        platform_name="prod",
        group=NodeGroup(**{"name": "a", **settings}),
        cluster=CLUSTER,
        max_pods=110,
        security_group_ids=["sg-1"],
        tags={"team": "ml"},
    )


def template(**settings: Any) -> dict[str, Any]:
    found: dict[str, Any] = at(document(**settings), "resource aws_launch_template a")
    return found


def user_data(**settings: Any) -> str:
    """The text that reaches the node: Terraform's string, whose escapes here are JSON's, before base64."""
    value: str = template(**settings)["user_data"]
    assert value.startswith('${base64encode("')
    assert value.endswith('")}')
    text: str = json.loads(value.removeprefix("${base64encode(").removesuffix(")}"))
    return text.replace("$${", "${").replace("%%{", "%{")


AL2023 = """\
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="NODE"

--NODE
Content-Type: application/node.eks.aws

apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  kubelet:
    config: {"maxPods": 110}

--NODE
Content-Type: text/x-shellscript; charset="us-ascii"

#!/bin/bash
cat > /etc/sysctl.d/90-kubeflow.conf <<'END'
fs.inotify.max_user_instances = 8192
fs.inotify.max_user_watches = 1048576
END
sysctl --load /etc/sysctl.d/90-kubeflow.conf

--NODE--
"""
AL2 = """\
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="NODE"

--NODE
Content-Type: text/x-shellscript; charset="us-ascii"

#!/bin/bash
cat > /etc/sysctl.d/90-kubeflow.conf <<'END'
fs.inotify.max_user_instances = 8192
fs.inotify.max_user_watches = 1048576
END
sysctl --load /etc/sysctl.d/90-kubeflow.conf

--NODE--
"""
BOTTLEROCKET = """\
[settings.kubernetes]
max-pods = 110

[settings.kernel.sysctl]
"fs.inotify.max_user_instances" = "8192"
"fs.inotify.max_user_watches" = "1048576"
"""


@pytest.mark.parametrize(("family", "text"), [("AL2023", AL2023), ("AL2", AL2), ("BOTTLEROCKET", BOTTLEROCKET)])
def test_user_data_of_each_operating_system(family: str, text: str) -> None:
    assert user_data(ami_family=family) == text


def parts(user_data: str) -> list[tuple[str, str]]:
    """Content type and text of each part of a MIME message."""
    message = email.message_from_string(user_data)
    return [(part.get_content_type(), str(part.get_payload())) for part in message.walk() if not part.is_multipart()]


def test_al2023_reads_a_node_config_and_a_script() -> None:
    kubelet = {"evictionHard": {"memory.available": "5%"}, "note": 'it\'s <&> "quoted"'}
    (config_type, config), (script_type, script) = parts(user_data(kubelet=kubelet))
    assert (config_type, script_type) == ("application/node.eks.aws", "text/x-shellscript")
    assert yaml.safe_load(config) == {
        "apiVersion": "node.eks.aws/v1alpha1",
        "kind": "NodeConfig",
        "spec": {"kubelet": {"config": {**kubelet, "maxPods": 110}}},
    }
    assert script.startswith("#!/bin/bash\n")


def test_without_kernel_settings_there_is_no_script() -> None:
    assert [kind for kind, _ in parts(user_data(sysctls={}))] == ["application/node.eks.aws"]
    assert tomllib.loads(user_data(sysctls={}, ami_family="BOTTLEROCKET")) == {
        "settings": {"kubernetes": {"max-pods": 110}}
    }


def test_bottlerocket_reads_its_settings() -> None:
    settings = {"vm.max_map_count": 262144}
    assert tomllib.loads(user_data(ami_family="BOTTLEROCKET", sysctls=settings)) == {
        "settings": {"kubernetes": {"max-pods": 110}, "kernel": {"sysctl": {"vm.max_map_count": "262144"}}}
    }


def test_bottlerocket_has_an_ssh_server_when_ssh_is_set() -> None:
    asked = user_data(ami_family="BOTTLEROCKET", ssh=Ssh(key_name="ops", source_cidrs=("10.0.0.0/8",)))
    assert tomllib.loads(asked)["settings"]["host-containers"] == {"admin": {"enabled": True}}
    assert "host-containers" not in user_data(ami_family="BOTTLEROCKET")


def test_the_number_of_pods_is_the_platforms_whatever_kubelet_settings_say() -> None:
    assert '{"maxPods": 110}' in user_data(kubelet={"maxPods": 7})


def test_pods_do_not_reach_the_instance_metadata() -> None:
    assert template()["metadata_options"] == {
        "http_endpoint": "enabled",
        "http_put_response_hop_limit": 1,
        "http_tokens": "required",
        "instance_metadata_tags": "disabled",
    }


def test_pods_reach_it_when_settings_say_so_and_still_need_a_session() -> None:
    options = template(pods_use_node_role=True)["metadata_options"]
    assert (options["http_put_response_hop_limit"], options["http_tokens"]) == (2, "required")


def test_the_disk_is_encrypted_gp3() -> None:
    assert template()["block_device_mappings"] == [
        {
            "device_name": "/dev/xvda",
            "ebs": {"delete_on_termination": "true", "encrypted": "true", "volume_size": 100, "volume_type": "gp3"},
        }
    ]


def test_bottlerocket_has_two_disks_and_both_are_encrypted() -> None:
    disk = Disk(size_gib=200, volume_type="io2", iops=4000, kms_key_arn=KEY)
    assert template(ami_family="BOTTLEROCKET", disk=disk)["block_device_mappings"] == [
        {
            "device_name": "/dev/xvda",
            "ebs": {"delete_on_termination": "true", "encrypted": "true", "kms_key_id": KEY, "volume_type": "gp3"},
        },
        {
            "device_name": "/dev/xvdb",
            "ebs": {
                "delete_on_termination": "true",
                "encrypted": "true",
                "iops": 4000,
                "kms_key_id": KEY,
                "volume_size": 200,
                "volume_type": "io2",
            },
        },
    ]


def test_instances_volumes_and_interfaces_are_tagged_since_default_tags_do_not_reach_them() -> None:
    assert template()["tag_specifications"] == [
        {"resource_type": kind, "tags": {"Name": "prod-a", "team": "ml"}}
        for kind in ("instance", "network-interface", "volume")
    ]


def test_an_ami_of_your_own_is_in_the_template() -> None:
    assert template(ami_id="ami-0123456789abcdef0")["image_id"] == "ami-0123456789abcdef0"
    assert "image_id" not in template()


def test_tags_of_a_group_come_before_those_of_the_platform() -> None:
    launch = template(tags={"team": "vision", "Name": "worker"})
    assert launch["tags"] == {"Name": "worker", "team": "vision"}
    assert {one["tags"]["team"] for one in launch["tag_specifications"]} == {"vision"}
    assert {one["tags"]["Name"] for one in launch["tag_specifications"]} == {"worker"}


def test_nodes_carry_our_security_group() -> None:
    assert template()["vpc_security_group_ids"] == ["sg-1"]
    assert "network_interfaces" not in template()


def test_no_key_is_on_the_nodes_by_default() -> None:
    plain = document()
    assert at(plain, "resource aws_launch_template a key_name") == GONE
    assert at(plain, "resource aws_key_pair") == GONE


def test_ssh_by_a_key_that_is_there_or_that_is_made() -> None:
    there = document(ssh=Ssh(key_name="ops", source_cidrs=("10.0.0.0/8",)))
    assert at(there, "resource aws_launch_template a key_name") == "ops"
    assert at(there, "resource aws_key_pair") == GONE
    made_here = document(ssh=Ssh(public_key="ssh-ed25519 AAAA me", source_cidrs=("10.0.0.0/8",)))
    assert at(made_here, "resource aws_launch_template a key_name") == "${aws_key_pair.a.key_name}"
    assert at(made_here, "resource aws_key_pair a") == {"key_name": "prod-a", "public_key": "ssh-ed25519 AAAA me"}


@pytest.mark.parametrize(("kind", "cards"), [("p4d.24xlarge", 4), ("p5.48xlarge", 32)])
def test_an_efa_interface_is_on_each_network_card_and_carries_the_group(kind: str, cards: int) -> None:
    found = document(instance_types=(kind,), efa=True, **GPU)
    launch = at(found, "resource aws_launch_template a")
    assert "vpc_security_group_ids" not in launch, "EC2 takes groups in one of the two places"
    assert [(one["network_card_index"], one["device_index"]) for one in launch["network_interfaces"]] == [
        (card, 0 if card == 0 else 1) for card in range(cards)
    ]
    assert {one["interface_type"] for one in launch["network_interfaces"]} == {"efa"}
    assert all(one["security_groups"] == ["sg-1"] for one in launch["network_interfaces"])
    assert at(found, "resource aws_placement_group a") == {"name": "prod-a", "strategy": "cluster"}
    assert launch["placement"] == {"group_name": "${aws_placement_group.a.name}"}


def test_a_reservation_is_aimed_at() -> None:
    launch = template(capacity_reservation_id="cr-0123456789abcdef0")
    assert launch["capacity_reservation_specification"] == {
        "capacity_reservation_target": {"capacity_reservation_id": "cr-0123456789abcdef0"}
    }
    assert "instance_market_options" not in launch
    assert "instance_type" not in launch


def test_a_capacity_block_names_market_and_instance_type() -> None:
    launch = template(
        capacity_type="CAPACITY_BLOCK",
        capacity_reservation_id="cr-0123456789abcdef0",
        instance_types=("p5.48xlarge",),
        accelerator="nvidia",
    )
    assert launch["instance_market_options"] == {"market_type": "capacity-block"}
    assert launch["instance_type"] == "p5.48xlarge"


def test_monitoring_is_detailed_and_a_new_version_is_the_default_one() -> None:
    launch = template()
    assert launch["monitoring"] == {"enabled": True}
    assert launch["update_default_version"] is True
    assert launch["name"] == "prod-a"


def test_two_groups_of_one_stack_do_not_meet() -> None:
    stack = bare_stack()
    made(stack)
    NodeLaunchTemplate(
        stack,
        "other",
        platform_name="prod",
        group=NodeGroup(name="b"),
        cluster=CLUSTER,
        max_pods=20,
        security_group_ids=["sg-1"],
        tags={},
    )
    assert set(at(synthesized(stack), "resource aws_launch_template")) == {"a", "b"}
