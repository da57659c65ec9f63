from typing import Any

import pytest
from cdktf_cdktf_provider_aws.eks_addon import EksAddon

from modules.cluster.node_group import NODE_TEMPLATE, ManagedNodeGroup, unseen_devices
from modules.cluster.user_data.node_group import ClusterDetails
from modules.iam.role import Iam
from modules.naming import addressed
from modules.settings import NodeGroup, Schedule, Ssh, Taint
from tests.documents import GONE, at, bare_stack, synthesized

ZONES = ("us-west-2a", "us-west-2b")
NIGHT = Schedule(
    name="night", cron="0 20 * * MON-FRI", time_zone="Europe/Berlin", min_size=0, desired_size=0, max_size=5
)
NODES = "resource aws_eks_node_group a"


def made(zones: tuple[str, ...] = ZONES, partition: str = "aws", **settings: Any) -> dict[str, Any]:
    stack = bare_stack()
    cni = addressed("vpc_cni", EksAddon(stack, "cni", cluster_name="prod", addon_name="vpc-cni"))
    ManagedNodeGroup(
        stack,
        "group",
        iam=Iam("prod", partition),
        cluster=ClusterDetails("prod", "https://api", "Q0E=", "${cidr}"),
        cluster_version="1.35",
        group=NodeGroup(**{"name": "a", **settings}),
        max_pods=110,
        subnet_ids=["subnet-1", "subnet-2"],
        zones=zones,
        security_group_id="sg-1",
        tags={"team": "ml"},
        depends_on=[cni],
    )
    return synthesized(stack)


def test_nodes_come_after_their_rights_and_the_pod_network() -> None:
    assert at(made(), f"{NODES} depends_on") == [
        "aws_iam_role_policy_attachment.node_a_AmazonEKSWorkerNodePolicy",
        "aws_iam_role_policy_attachment.node_a_AmazonEC2ContainerRegistryPullOnly",
        "aws_iam_role_policy_attachment.node_a_AmazonSSMManagedInstanceCore",
        "aws_eks_addon.vpc_cni",
    ]


def test_the_group_is_what_settings_say() -> None:
    group = at(
        made(
            instance_types=("m6i.xlarge", "m6a.xlarge"),
            capacity_type="SPOT",
            min_size=0,
            desired_size=2,
            max_size=7,
            labels={"example.com/pool": "big"},
            taints=(Taint(key="gpu", value="yes"), Taint(key="slow", effect="NO_EXECUTE")),
            force_update=True,
        ),
        NODES,
    )
    assert group["instance_types"] == ["m6i.xlarge", "m6a.xlarge"]
    assert group["capacity_type"] == "SPOT"
    assert group["scaling_config"] == {"desired_size": 2, "max_size": 7, "min_size": 0}
    assert group["labels"] == {"example.com/pool": "big"}
    assert group["taint"] == [
        {"effect": "NO_SCHEDULE", "key": "gpu", "value": "yes"},
        {"effect": "NO_EXECUTE", "key": "slow"},
    ]
    assert group["force_update_version"] is True
    assert group["update_config"] == {"max_unavailable_percentage": 33}
    assert group["node_repair_config"] == {"enabled": True}
    assert (group["version"], group["ami_type"]) == ("1.35", "AL2023_x86_64_STANDARD")


def test_further_security_groups_are_added_to_the_platforms_one() -> None:
    found = made(additional_security_group_ids=("sg-0123456789abcdef0",))
    assert at(found, "resource aws_launch_template a vpc_security_group_ids") == ["sg-1", "sg-0123456789abcdef0"]


def test_one_line_makes_an_on_demand_and_a_spot_group() -> None:
    first, spot = NodeGroup(name="workers", max_size=4).with_spot(
        max_size=20, instance_types=("m6i.xlarge", "m6a.xlarge")
    )
    assert (first.name, first.capacity_type, first.max_size) == ("workers", "ON_DEMAND", 4)
    assert (spot.name, spot.capacity_type, spot.max_size, len(spot.instance_types)) == ("workers-spot", "SPOT", 20, 2)


def test_eks_refuses_version_and_type_with_an_ami_of_your_own() -> None:
    group = at(made(ami_id="ami-0123456789abcdef0"), NODES)
    assert {"version", "ami_type", "release_version"} & group.keys() == set()


def test_a_new_launch_template_reaches_the_nodes() -> None:
    assert at(made(), f"{NODES} launch_template") == {
        "id": "${aws_launch_template.a.id}",
        "version": "${aws_launch_template.a.latest_version}",
    }


@pytest.mark.parametrize("refused", ["remote_access", "disk_size"])
def test_what_does_not_go_with_a_launch_template_is_not_written(refused: str) -> None:
    ssh = Ssh(key_name="ops", source_cidrs=("10.0.0.0/8",))
    assert at(made(ssh=ssh), f"{NODES} {refused}") == GONE


def test_a_capacity_block_has_its_type_in_the_launch_template_only() -> None:
    block: dict[str, Any] = {"capacity_type": "CAPACITY_BLOCK", "capacity_reservation_id": "cr-0123456789abcdef0"}
    document = made(instance_types=("p5.48xlarge",), accelerator="nvidia", **block)
    assert at(document, f"{NODES} instance_types") == GONE
    assert at(document, "resource aws_launch_template a instance_type") == "p5.48xlarge"
    assert at(document, f"{NODES} capacity_type") == "CAPACITY_BLOCK"


@pytest.mark.parametrize(
    ("schedules", "ignored"),
    [
        ((), ["scaling_config[0].desired_size"]),
        (
            (NIGHT,),
            ["scaling_config[0].desired_size", "scaling_config[0].min_size", "scaling_config[0].max_size"],
        ),
    ],
    ids=["autoscaler alone", "schedules too"],
)
def test_the_plan_does_not_move_back_what_others_move(schedules: tuple[Schedule, ...], ignored: list[str]) -> None:
    assert at(made(schedules=schedules), f"{NODES} lifecycle ignore_changes") == ignored


def test_a_schedule_may_stop_all_nodes() -> None:
    assert at(made(schedules=(NIGHT,)), "resource aws_autoscaling_schedule a_night") == {
        "autoscaling_group_name": "${aws_eks_node_group.a.resources[0].autoscaling_groups[0].name}",
        "desired_capacity": 0,
        "max_size": 5,
        "min_size": 0,
        "recurrence": "0 20 * * MON-FRI",
        "scheduled_action_name": "night",
        "time_zone": "Europe/Berlin",
    }


def test_the_autoscaler_knows_labels_and_taints_of_a_group_without_nodes() -> None:
    document = made(
        labels={"example.com/pool": "big"},
        taints=(Taint(key="nvidia.com/gpu"), Taint(key="slow", value="very", effect="PREFER_NO_SCHEDULE")),
    )
    tags = at(document, "resource aws_autoscaling_group_tag")
    assert {name: (body["tag"]["key"], body["tag"]["value"]) for name, body in tags.items()} == {
        "a_label_example_com_pool": ("k8s.io/cluster-autoscaler/node-template/label/example.com/pool", "big"),
        "a_taint_nvidia_com_gpu": ("k8s.io/cluster-autoscaler/node-template/taint/nvidia.com/gpu", ":NoSchedule"),
        "a_taint_slow": ("k8s.io/cluster-autoscaler/node-template/taint/slow", "very:PreferNoSchedule"),
    }
    assert {body["tag"]["propagate_at_launch"] for body in tags.values()} == {False}


@pytest.mark.parametrize(
    ("group", "resources"),
    [
        ({"instance_types": ("m6i.xlarge",)}, {}),
        ({"instance_types": ("p4d.24xlarge",), "accelerator": "nvidia"}, {}),  # it knows NVIDIA GPUs
        ({"instance_types": ("p4d.24xlarge",), "accelerator": "nvidia", "efa": True}, {"vpc.amazonaws.com/efa": 4}),
        (
            {"instance_types": ("inf2.24xlarge", "inf2.xlarge"), "accelerator": "neuron"},
            {"aws.amazon.com/neuron": 1, "aws.amazon.com/neuroncore": 2},
        ),
        ({"instance_types": ("m99i.xlarge",), "architecture": "x86_64", "accelerator": "neuron"}, {}),
    ],
)
def test_the_autoscaler_knows_devices_of_a_group_without_nodes(
    group: dict[str, Any], resources: dict[str, int]
) -> None:
    assert unseen_devices(NodeGroup(name="a", **group)) == resources


def test_devices_become_tags() -> None:
    document = made(instance_types=("trn1.32xlarge",), accelerator="neuron", efa=True, zones=("us-west-2a",))
    tags = at(document, "resource aws_autoscaling_group_tag")
    assert {name: (body["tag"]["key"], body["tag"]["value"]) for name, body in tags.items()} == {
        "a_resources_aws_amazon_com_neuron": (f"{NODE_TEMPLATE}/resources/aws.amazon.com/neuron", "16"),
        "a_resources_aws_amazon_com_neuroncore": (f"{NODE_TEMPLATE}/resources/aws.amazon.com/neuroncore", "32"),
        "a_resources_vpc_amazonaws_com_efa": (f"{NODE_TEMPLATE}/resources/vpc.amazonaws.com/efa", "8"),
    }


def test_a_zone_without_the_type_fails_the_plan() -> None:
    document = made()
    assert at(document, "data aws_ec2_instance_type_offerings a") == {
        "filter": [{"name": "instance-type", "values": ["m6i.xlarge"]}, {"name": "location", "values": list(ZONES)}],
        "location_type": "availability-zone",
    }
    assert at(document, f"{NODES} lifecycle precondition") == [
        {
            "condition": "${length(distinct(data.aws_ec2_instance_type_offerings.a.locations)) >= 2}",
            "error_message": "cluster.node_groups a: m6i.xlarge not offered in us-west-2a, us-west-2b; choose other types, "
            "or zones that offer them.",
        }
    ]


def test_where_zones_are_not_known_the_region_must_have_the_type() -> None:
    document = made(zones=())
    assert at(document, "data aws_ec2_instance_type_offerings a filter") == [
        {"name": "instance-type", "values": ["m6i.xlarge"]}
    ]
    precondition = at(document, f"{NODES} lifecycle precondition 0")
    assert precondition["condition"] == ("${length(distinct(data.aws_ec2_instance_type_offerings.a.locations)) >= 1}")
    assert "any zone of the region" in precondition["error_message"]


def test_a_group_opens_no_port_itself() -> None:
    """SSH, too, is a rule of the cluster: all groups carry one security group."""
    ssh = Ssh(key_name="ops", source_cidrs=("10.1.0.0/16",))
    assert at(made(ssh=ssh), "resource aws_vpc_security_group_ingress_rule") == GONE


def test_the_node_role_can_what_nodes_need_and_the_pod_network_is_not_among_it() -> None:
    def policies(**settings: Any) -> set[str]:
        attached = at(made(**settings), "resource aws_iam_role_policy_attachment")
        return {body["policy_arn"] for body in attached.values()}

    needed = {
        "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
        "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
    }
    assert policies(session_manager=False) == needed
    assert policies() == {*needed, "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"}
    own = "arn:aws:iam::111122223333:policy/team/data"
    assert own in policies(role_policy_arns=(own,), pods_use_node_role=True)


def test_nodes_are_ec2_instances_of_their_partition() -> None:
    principals = "data aws_iam_policy_document node_a_trust statement 0 principals 0 identifiers"
    assert at(made(), principals) == ["ec2.amazonaws.com"]
    assert at(made(partition="aws-cn"), principals) == ["ec2.amazonaws.com.cn"]
