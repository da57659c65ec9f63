"""The shipped platform from the first apply to the last destroy: what Terraform does with our JSON."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from docs.shipped_main import PROD
from modules.settings import Cluster, NodeGroup, Platform, Schedule
from tests.e2e.stage import admin_role, stage
from tests.installer_policy.live import Judge
from tests.stand_ins.moto_extension import Server, leftovers
from tests.terraform import Terraform, TerraformError

pytestmark = pytest.mark.terraform
FIRST = ("prod-network", "prod-cluster")
"""The stacks that need nothing but AWS; the others are in test_kubeflow.py."""
NIGHT = Schedule(
    name="night", cron="0 20 * * MON-FRI", time_zone="Europe/Berlin", min_size=0, desired_size=0, max_size=5
)


def changed(platform: Platform, **cluster: Any) -> Platform:
    """The same platform with other settings of its cluster."""
    assert isinstance(platform.cluster, Cluster)
    return platform.with_changes(cluster=platform.cluster.with_changes(**cluster))


GROUP = PROD.cluster.node_groups[0] if isinstance(PROD.cluster, Cluster) else NodeGroup(name="none")
NEXT = changed(
    PROD.with_changes(tags={"cost-centre": "ml"}),
    kubernetes_version="1.36",
    public_access_cidrs=("198.51.100.0/24", "203.0.113.0/24"),
    log_types=("api", "audit"),
    node_groups=(
        GROUP.with_changes(
            min_size=2, desired_size=4, max_size=8, labels={"pool": "general"}, max_unavailable_percentage=50
        ),
    ),
)
"""What changes in the life of a cluster: version, scaling, labels, endpoint, logs, tags. EKS never goes back a version."""

AT_NIGHT = changed(NEXT, node_groups=(GROUP.with_changes(schedules=(NIGHT,)),))


class Applied:
    """The shipped platform, applied stack after stack, each planned after its predecessor is applied."""

    def __init__(self, folder: Path, aws: Server):
        self.folder, self.aws = folder, aws
        self.judge = Judge()
        self.synth(PROD)
        for name in FIRST:
            self.stacks[name].apply()

    def synth(self, platform: Platform) -> None:
        """New settings, same states."""
        staged = stage(self.folder, self.aws, platform)
        self.stacks = {name: replace(stack, names_sender=True) for name, stack in staged.items()}
        self.judge.saw(self.stacks[name] for name in FIRST)

    @property
    def cluster(self) -> Terraform:
        return self.stacks["prod-cluster"]


@pytest.fixture(scope="module")
def applied(moto: Server, tmp_path_factory: pytest.TempPathFactory) -> Applied:
    moto.reset()
    moto.gate.record()
    admin_role(moto)
    return Applied(tmp_path_factory.mktemp("lifecycle"), moto)


def test_second_plans_are_empty(applied: Applied) -> None:
    for name in FIRST:
        plan = applied.stacks[name].plan()
        assert plan.is_empty, plan.explain()


def test_outputs_are_what_users_look_for(applied: Applied) -> None:
    network, cluster = (applied.stacks[name].output() for name in FIRST)
    assert network["vpc_id"].startswith("vpc-")
    assert len(network["private_subnet_ids"]) == 3
    assert sorted(network["private_subnet_ids_by_zone"]) == ["us-west-2a", "us-west-2b", "us-west-2c"]
    assert cluster["cluster_name"] == "prod"
    assert cluster["cluster_endpoint"].startswith("https://")
    assert cluster["oidc_provider_arn"].endswith(cluster["oidc_issuer_host"])
    assert cluster["configure_kubectl"] == "aws eks update-kubeconfig --region us-west-2 --name prod"
    assert cluster["pods_per_node"] == {"linux-nodes": 110}


def test_nodes_carry_our_security_group_and_not_the_clusters(applied: Applied) -> None:
    ec2 = applied.aws.client("ec2")
    (template,) = ec2.describe_launch_template_versions(LaunchTemplateName="prod-linux-nodes", Versions=["$Latest"])[
        "LaunchTemplateVersions"
    ]
    outputs = applied.cluster.output()
    assert template["LaunchTemplateData"]["SecurityGroupIds"] == [outputs["node_security_group_id"]]
    assert outputs["node_security_group_id"] != outputs["cluster_security_group_id"]


def test_everyday_changes_are_made_in_place(applied: Applied) -> None:
    applied.synth(NEXT)
    plan = applied.cluster.plan()
    assert plan.of("replace", "delete", "create") == [
        "aws_autoscaling_group_tag.linux_nodes_label_pool"  # the new label, for the autoscaler
    ], plan.explain()
    assert {"aws_eks_cluster.this", "aws_eks_node_group.linux_nodes", "aws_launch_template.linux_nodes"} <= set(
        plan.of("update")
    )
    applied.cluster.apply(plan=plan)
    again = applied.cluster.plan()
    assert again.is_empty, again.explain()
    found = applied.aws.client("eks").describe_cluster(name="prod")["cluster"]
    assert found["version"] == "1.36"
    assert set(found["resourcesVpcConfig"]["publicAccessCidrs"]) == {"198.51.100.0/24", "203.0.113.0/24"}
    assert found["tags"]["cost-centre"] == "ml"


def test_what_the_autoscaler_moves_is_not_moved_back(applied: Applied) -> None:
    scaling = applied.aws.client("autoscaling")
    (name,) = [found["AutoScalingGroupName"] for found in scaling.describe_auto_scaling_groups()["AutoScalingGroups"]]
    scaling.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=5)
    nodes = applied.aws.client("eks").describe_nodegroup(clusterName="prod", nodegroupName="linux-nodes")["nodegroup"]
    assert nodes["scalingConfig"]["desiredSize"] == 5
    plan = applied.cluster.plan()
    assert plan.is_empty, plan.explain()


def test_what_schedules_move_is_not_moved_back(applied: Applied) -> None:
    applied.synth(AT_NIGHT)
    applied.cluster.apply()
    scaling = applied.aws.client("autoscaling")
    (action,) = scaling.describe_scheduled_actions()["ScheduledUpdateGroupActions"]
    assert (action["Recurrence"], action["TimeZone"], action["MinSize"]) == ("0 20 * * MON-FRI", "Europe/Berlin", 0)
    scaling.update_auto_scaling_group(
        AutoScalingGroupName=action["AutoScalingGroupName"], MinSize=0, DesiredCapacity=0, MaxSize=7
    )
    plan = applied.cluster.plan()
    assert plan.is_empty, plan.explain()


def test_destroy_is_refused_while_deletion_protection_is_on(applied: Applied) -> None:
    applied.synth(AT_NIGHT)
    with pytest.raises(TerraformError, match="Instance cannot be destroyed"):
        applied.stacks["prod-network"].plan("-destroy")


def test_destroy_leaves_nothing(applied: Applied) -> None:
    applied.synth(AT_NIGHT.with_changes(deletion_protection=False))
    applied.cluster.apply()
    for name in reversed(FIRST):
        applied.stacks[name].destroy()
        assert applied.stacks[name].state() == []
    assert leftovers("us-west-2") == ["role platform-admins"]


def test_the_measured_policies_allow_each_request(applied: Applied) -> None:
    """All that the tests above sent, and nothing that the recording lacks."""
    requests = applied.aws.gate.recorded or []
    assert {one.phase for one in requests} >= {"plan", "apply", "destroy"}
    assert applied.judge.refusals(PROD, requests) == []
