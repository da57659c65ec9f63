"""The cluster stack as a whole: what comes before what, and what its parts hand each other."""

import json
from typing import Any

import cdktf
import pytest

from modules.settings import ExistingCluster
from stacks.cluster import ClusterStack
from tests.documents import GONE, at, exactly
from tests.platforms import EVERYTHING, platform, stacks_of


def cluster_of(name: str) -> Any:
    return stacks_of(name)["cluster"]


def waits_for(document: Any, kind: str, name: str) -> list[str]:
    found: list[str] = at(document, f"resource {kind} {name} depends_on")
    return found


def test_pod_network_before_nodes_and_dns_after_them() -> None:
    document = cluster_of("prod")
    before = waits_for(document, "aws_eks_node_group", "linux_nodes")
    assert {"aws_eks_addon.vpc_cni", "aws_eks_addon.kube_proxy", "aws_eks_addon.eks_pod_identity_agent"} < set(before)
    for after in ("coredns", "aws_ebs_csi_driver", "metrics_server"):
        assert "aws_eks_node_group.linux_nodes" in waits_for(document, "aws_eks_addon", after)
    for first in ("vpc_cni", "kube_proxy", "eks_pod_identity_agent"):
        found = at(document, f"resource aws_eks_addon {first} depends_on")
        assert found == GONE or not any(address.startswith("aws_eks_node_group") for address in found)


def test_dns_on_fargate_comes_after_its_profile() -> None:
    document = cluster_of("fargate")
    assert waits_for(document, "aws_eks_addon", "coredns") == ["aws_eks_fargate_profile.system"]
    assert json.loads(at(document, "resource aws_eks_addon coredns configuration_values")) == {"computeType": "Fargate"}


def test_dns_waits_for_every_group_and_profile() -> None:
    waits = set(waits_for(cluster_of("everything"), "aws_eks_addon", "coredns"))
    groups = {f"aws_eks_node_group.{group.name}" for group in EVERYTHING.cluster.node_groups}  # type: ignore[union-attr]
    assert waits == {*groups, "aws_eks_fargate_profile.system"}


def test_nodes_carry_our_group_and_the_control_plane_its_own() -> None:
    document = cluster_of("prod")
    assert at(document, "resource aws_launch_template linux_nodes vpc_security_group_ids") == [
        "${aws_security_group.nodes.id}"
    ]
    assert at(document, "resource aws_eks_cluster this vpc_config security_group_ids") == [
        "${aws_security_group.control_plane.id}"
    ]


@pytest.mark.parametrize("name", ["fargate", "auto", "both", "everything", "china"])
def test_members_of_the_clusters_own_group_reach_the_nodes(name: str) -> None:
    rules = at(cluster_of(name), "resource aws_vpc_security_group_ingress_rule")
    own = "${aws_eks_cluster.this.vpc_config[0].cluster_security_group_id}"
    assert rules["cluster_group_to_nodes_all"]["referenced_security_group_id"] == own
    assert rules["nodes_to_cluster_group_all"]["security_group_id"] == own
    assert rules["load_balancer_to_cluster_group_8080"]["security_group_id"] == own


def test_with_node_groups_alone_the_group_of_the_cluster_has_no_rule() -> None:
    rules = at(cluster_of("prod"), "resource aws_vpc_security_group_ingress_rule")
    assert [name for name in rules if "cluster_group" in name] == []


def test_a_group_in_some_zones_gets_their_subnets() -> None:
    assert at(cluster_of("everything"), "resource aws_eks_node_group spot subnet_ids") == (
        '${flatten([for zone in ["us-west-2a", "us-west-2b"] : '
        "data.terraform_remote_state.network.outputs.private_subnet_ids_by_zone[zone]])}"
    )
    assert at(cluster_of("everything"), "resource aws_eks_node_group general subnet_ids") == (
        "${data.terraform_remote_state.network.outputs.private_subnet_ids}"
    )


def test_in_a_hand_over_the_subnets_are_a_variable() -> None:
    document = cluster_of("handover")
    assert at(document, "resource aws_eks_node_group nodes subnet_ids") == "${var.private_subnet_ids}"
    assert at(document, "resource aws_security_group nodes vpc_id") == "${var.vpc_id}"
    assert set(document["variable"]) == {"private_subnet_ids", "vpc_id"}


def test_pods_take_the_subnets_of_the_network_stack() -> None:
    configuration = json.loads(at(cluster_of("everything"), "resource aws_eks_addon vpc_cni configuration_values"))
    assert configuration["eniConfig"]["subnets"]["us-west-2b"] == {
        "id": "${data.terraform_remote_state.network.outputs.pod_subnet_id_by_zone.us-west-2b}",
        "securityGroups": ["${aws_security_group.nodes.id}"],
    }


def test_nodes_follow_the_version_of_the_control_plane() -> None:
    assert (
        at(cluster_of("prod"), "resource aws_eks_node_group linux_nodes version") == "${aws_eks_cluster.this.version}"
    )


def test_the_stack_hands_on_how_to_reach_the_cluster_and_what_its_nodes_are() -> None:
    outputs = {name: output["value"] for name, output in cluster_of("prod")["output"].items()}
    assert outputs["configure_kubectl"] == "aws eks update-kubeconfig --region us-west-2 --name prod"
    assert outputs["cluster_certificate_authority_data"] == "${aws_eks_cluster.this.certificate_authority[0].data}"
    assert outputs["node_role_arns"] == {"linux-nodes": "${aws_iam_role.node_linux_nodes.arn}"}
    assert outputs["pods_per_node"] == {"linux-nodes": 110}
    assert outputs["oidc_provider_arn"] == "${aws_iam_openid_connect_provider.this.arn}"
    assert outputs["load_balancer_security_group_id"] == "${aws_security_group.load_balancer.id}"


def test_pods_with_subnets_of_their_own_leave_the_first_interface_to_the_node() -> None:
    data = stacks_of("everything")["cluster"]["output"]["pods_per_node"]["value"]
    assert data["general"] == 110, "prefixes make up for it on this type"
    assert r"{\"maxPods\": 110}" in at(cluster_of("everything"), "resource aws_launch_template general user_data")


def test_a_cluster_that_is_anothers_has_no_cluster_stack() -> None:
    existing_cluster = platform("existing", network=None, cluster=ExistingCluster(name="shared"))
    said = "cluster: shared is an existing cluster; a cluster stack requires Cluster(…)"
    with pytest.raises(ValueError, match=exactly(said)):
        ClusterStack(cdktf.Testing.app(), existing_cluster)
