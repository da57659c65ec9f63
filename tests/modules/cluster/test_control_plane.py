from typing import Any

import pytest

from modules.aws_data.regions import PARTITIONS
from modules.cluster.control_plane import ControlPlane
from modules.settings import AutoMode
from tests.contexts import context_of
from tests.documents import GONE, at, bare_stack, synthesized
from tests.platforms import cluster

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-86ef-1234567890ab"
EKS = "resource aws_eks_cluster this"


def made(protect: bool = True, **settings: Any) -> dict[str, Any]:
    stack = bare_stack()
    ControlPlane(
        stack,
        "control-plane",
        context=context_of(stack, protect=protect),
        cluster=cluster(**settings),
        subnet_ids=["subnet-1", "subnet-2"],
        security_group_id="sg-1",
    )
    return synthesized(stack)


def test_the_endpoint_is_private_unless_networks_are_given() -> None:
    assert at(made(), f"{EKS} vpc_config") == {
        "endpoint_private_access": True,
        "endpoint_public_access": False,
        "security_group_ids": ["sg-1"],
        "subnet_ids": ["subnet-1", "subnet-2"],
    }


def test_a_public_endpoint_answers_the_given_networks_only_and_inside_as_before() -> None:
    config = at(made(public_access_cidrs=("203.0.113.0/24", "198.51.100.7/32")), f"{EKS} vpc_config")
    assert config["endpoint_private_access"] is True
    assert config["endpoint_public_access"] is True
    assert config["public_access_cidrs"] == ["198.51.100.7/32", "203.0.113.0/24"]


def test_secrets_are_encrypted_with_a_key_of_ones_own_that_the_cluster_may_use() -> None:
    document = made()
    assert at(document, f"{EKS} encryption_config") == {
        "provider": {"key_arn": "${aws_kms_key.secrets.arn}"},
        "resources": ["secrets"],
    }
    assert at(document, "data aws_iam_policy_document cluster_rights statement") == [
        {
            "actions": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"],
            "resources": ["${aws_kms_key.secrets.arn}"],
        }
    ]


def test_a_given_key_is_used_and_none_is_made() -> None:
    document = made(secrets_kms_key_arn=KEY)
    assert at(document, f"{EKS} encryption_config provider key_arn") == KEY
    assert set(at(document, "resource aws_kms_key")) == {"control_plane_logs"}


def test_the_first_caller_of_terraform_has_no_special_rights() -> None:
    assert at(made(), f"{EKS} access_config") == {
        "authentication_mode": "API",
        "bootstrap_cluster_creator_admin_permissions": False,
    }


def test_addons_are_the_platforms_and_all_logs_are_on() -> None:
    eks = at(made(), EKS)
    assert eks["bootstrap_self_managed_addons"] is False
    assert eks["enabled_cluster_log_types"] == ["api", "audit", "authenticator", "controllerManager", "scheduler"]
    assert eks["upgrade_policy"] == {"support_type": "EXTENDED"}
    assert eks["zonal_shift_config"] == {"enabled": True}


def test_log_group_key_and_rights_come_before_the_cluster() -> None:
    """EKS makes the log group itself where there is none: without end and without key."""
    document = made()
    assert at(document, f"{EKS} depends_on") == [
        "aws_iam_role_policy_attachment.cluster_AmazonEKSClusterPolicy",
        "aws_iam_role_policy.cluster",
        "aws_cloudwatch_log_group.control_plane_logs",
    ]
    logs = at(document, "resource aws_cloudwatch_log_group control_plane_logs")
    assert logs["name"] == "/aws/eks/prod/cluster"
    assert (logs["kms_key_id"], logs["retention_in_days"]) == ("${aws_kms_key.control_plane_logs.arn}", 365)


@pytest.mark.parametrize("protect", [True, False])
def test_cluster_key_and_logs_are_not_destroyed_by_a_plan(protect: bool) -> None:
    document = made(protect=protect)
    for kind in ("aws_eks_cluster", "aws_kms_key", "aws_cloudwatch_log_group"):
        for name, body in at(document, f"resource {kind}").items():
            assert body["lifecycle"]["prevent_destroy"] is protect, f"{kind}.{name}"


def test_iam_knows_the_issuer_and_needs_no_thumbprint() -> None:
    assert at(made(), "resource aws_iam_openid_connect_provider this") == {
        "client_id_list": ["sts.amazonaws.com"],
        "url": "${aws_eks_cluster.this.identity[0].oidc[0].issuer}",
    }


def test_the_cluster_role_is_for_eks_alone() -> None:
    statement = at(made(), "data aws_iam_policy_document cluster_trust statement 0")
    assert statement["actions"] == ["sts:AssumeRole"]
    assert statement["principals"] == [{"identifiers": ["eks.amazonaws.com"], "type": "Service"}]


def test_without_service_addresses_eks_chooses() -> None:
    assert at(made(), f"{EKS} kubernetes_network_config") == GONE
    assert at(made(service_cidr="172.20.0.0/16"), f"{EKS} kubernetes_network_config") == {
        "service_ipv4_cidr": "172.20.0.0/16"
    }


def test_auto_mode_is_on_in_all_three_places_or_in_none() -> None:
    auto = at(made(auto_mode=AutoMode(), node_groups=()), EKS)
    assert auto["compute_config"] == {
        "enabled": True,
        "node_pools": ["general-purpose", "system"],
        "node_role_arn": "${aws_iam_role.auto_mode_node.arn}",
    }
    assert auto["storage_config"] == {"block_storage": {"enabled": True}}
    assert auto["kubernetes_network_config"] == {"elastic_load_balancing": {"enabled": True}}
    assert {"compute_config", "storage_config", "kubernetes_network_config"} & set(at(made(), EKS)) == set()


def test_auto_mode_gets_the_rights_that_aws_names() -> None:
    document = made(auto_mode=AutoMode(), node_groups=())
    attached = at(document, "resource aws_iam_role_policy_attachment")
    assert {body["policy_arn"].removeprefix("arn:aws:iam::aws:policy/") for body in attached.values()} == {
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEKSBlockStoragePolicy",
        "AmazonEKSClusterPolicy",
        "AmazonEKSComputePolicy",
        "AmazonEKSLoadBalancingPolicy",
        "AmazonEKSNetworkingPolicy",
        "AmazonEKSWorkerNodeMinimalPolicy",
    }
    assert at(document, "data aws_iam_policy_document cluster_trust statement 0 actions") == [
        "sts:AssumeRole",
        "sts:TagSession",
    ]
    assert {f"aws_iam_role_policy_attachment.{name}" for name in attached} < set(at(document, f"{EKS} depends_on"))


@pytest.mark.parametrize(
    ("partition", "principal"),
    [("aws", "ec2.amazonaws.com"), ("aws-us-gov", "ec2.amazonaws.com"), ("aws-cn", "ec2.amazonaws.com.cn")],
)
def test_ec2_has_another_principal_in_china(partition: str, principal: str) -> None:
    assert PARTITIONS[partition].ec2_principal == principal
