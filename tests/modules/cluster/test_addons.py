import json
from typing import Any

import pytest

from modules.aws_data.eks_addons import ADDONS
from modules.cluster.addons import ClusterAddons, PodSubnets
from modules.iam.oidc_role import OidcProvider
from modules.iam.role import Iam
from modules.settings import Addon, AddonRole, Addons, AutoMode, OtherAddon, Statement, VpcCni
from tests.documents import GONE, at, bare_stack, synthesized
from tests.platforms import FARGATE, cluster

PROVIDER = OidcProvider(arn="arn:aws:iam::1:oidc-provider/issuer", issuer_host="issuer")
ALL = Addons(aws_efs_csi_driver=Addon(), aws_fsx_csi_driver=Addon())
PODS = PodSubnets("us-west-2", {"us-west-2a": "subnet-1", "us-west-2b": "subnet-2"}, "sg-nodes")


def made(pod_subnets: PodSubnets | None = None, **settings: Any) -> dict[str, Any]:
    stack = bare_stack()
    addons = ClusterAddons(
        stack,
        "addons",
        iam=Iam("prod"),
        cluster_name="prod",
        cluster=cluster(**{"addons": ALL, **settings}),
        oidc_provider=PROVIDER,
        pod_subnets=pod_subnets,
    )
    first = addons.install(before_nodes=True)
    addons.install(before_nodes=False, depends_on=first[:1])  # in place of the nodes
    return synthesized(stack)


def configuration(document: dict[str, Any], addon: str) -> Any:
    text = at(document, f"resource aws_eks_addon {addon} configuration_values")
    return text if text == GONE else json.loads(text)


def test_what_nodes_need_does_not_wait_for_nodes_and_the_rest_does() -> None:
    waits = {
        name
        for name, body in at(made(), "resource aws_eks_addon").items()
        if "aws_eks_addon.vpc_cni" in body.get("depends_on", ())
    }
    assert waits == {"coredns", "aws_ebs_csi_driver", "aws_efs_csi_driver", "aws_fsx_csi_driver", "metrics_server"}


def test_an_addon_that_calls_aws_has_a_role_of_its_own_for_its_own_account() -> None:
    document = made()
    for name, (policy, account) in {
        "vpc_cni": ("AmazonEKS_CNI_Policy", "aws-node"),
        "aws_ebs_csi_driver": ("AmazonEBSCSIDriverPolicyV2", "ebs-csi-controller-sa"),
        "aws_efs_csi_driver": ("AmazonEFSCSIDriverPolicy", "efs-csi-controller-sa"),
        "aws_fsx_csi_driver": ("AmazonFSxFullAccess", "fsx-csi-controller-sa"),
    }.items():
        addon = at(document, f"resource aws_eks_addon {name}")
        assert addon["service_account_role_arn"] == f"${{aws_iam_role.{name}.arn}}"
        assert f"aws_iam_role_policy_attachment.{name}_{policy}" in addon["depends_on"]
        subject = at(document, f"data aws_iam_policy_document {name}_trust statement 0 condition 1 values")
        assert subject == [f"system:serviceaccount:kube-system:{account}"]
    assert set(at(document, "resource aws_iam_role")) == {
        "vpc_cni",
        "aws_ebs_csi_driver",
        "aws_efs_csi_driver",
        "aws_fsx_csi_driver",
    }


def test_by_pod_identity_the_addon_associates_its_account_itself() -> None:
    document = made(service_account_auth="pod_identity")
    addon = at(document, "resource aws_eks_addon vpc_cni")
    assert addon["pod_identity_association"] == [
        {"role_arn": "${aws_iam_role.vpc_cni.arn}", "service_account": "aws-node"}
    ]
    assert "service_account_role_arn" not in addon
    assert at(document, "resource aws_eks_pod_identity_association") == GONE
    trust = at(document, "data aws_iam_policy_document vpc_cni_trust statement 0")
    assert trust["principals"] == [{"identifiers": ["pods.eks.amazonaws.com"], "type": "Service"}]
    assert trust["condition"][0]["values"] == ["prod"]


def test_versions_follow_kubernetes_unless_pinned() -> None:
    document = made(kubernetes_version="1.34", addons=Addons(coredns=Addon(version="v1.12.4-eksbuild.1")))
    assert at(document, "data aws_eks_addon_version vpc_cni") == {"addon_name": "vpc-cni", "kubernetes_version": "1.34"}
    assert at(document, "resource aws_eks_addon vpc_cni addon_version") == (
        "${data.aws_eks_addon_version.vpc_cni.version}"
    )
    assert at(document, "resource aws_eks_addon coredns addon_version") == "v1.12.4-eksbuild.1"
    assert at(document, "data aws_eks_addon_version coredns") == GONE


def test_settings_win_over_what_is_in_the_cluster() -> None:
    for name, addon in at(made(), "resource aws_eks_addon").items():
        assert addon["resolve_conflicts_on_create"] == "OVERWRITE", name
        assert addon["resolve_conflicts_on_update"] == "OVERWRITE", name


def test_network_policies_are_enforced_and_prefixes_delegated() -> None:
    assert configuration(made(), "vpc_cni") == {
        "enableNetworkPolicy": "true",
        "env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"},
    }


def test_both_can_be_turned_off() -> None:
    plain = Addons(vpc_cni=VpcCni(prefix_delegation=False, network_policy=False))
    assert configuration(made(addons=plain), "vpc_cni") == {"enableNetworkPolicy": "false"}


def test_pods_with_subnets_of_their_own() -> None:
    assert configuration(made(pod_subnets=PODS), "vpc_cni") == {
        "enableNetworkPolicy": "true",
        "eniConfig": {
            "create": True,
            "region": "us-west-2",
            "subnets": {
                "us-west-2a": {"id": "subnet-1", "securityGroups": ["sg-nodes"]},
                "us-west-2b": {"id": "subnet-2", "securityGroups": ["sg-nodes"]},
            },
        },
        "env": {
            "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true",
            "ENABLE_PREFIX_DELEGATION": "true",
            "ENI_CONFIG_LABEL_DEF": "topology.kubernetes.io/zone",
            "WARM_PREFIX_TARGET": "1",
        },
    }


def test_a_configuration_of_ones_own_is_merged_and_wins() -> None:
    addons = Addons(vpc_cni=VpcCni(configuration={"env": {"WARM_IP_TARGET": "5"}, "tolerations": []}))
    assert configuration(made(addons=addons), "vpc_cni") == {
        "enableNetworkPolicy": "true",
        "env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_IP_TARGET": "5", "WARM_PREFIX_TARGET": "1"},
        "tolerations": [],
    }


def test_coredns_runs_on_fargate_where_there_are_no_nodes() -> None:
    fargate = made(node_groups=(), fargate_profiles=(FARGATE,))
    assert configuration(fargate, "coredns") == {"computeType": "Fargate"}
    assert configuration(made(fargate_profiles=(FARGATE,)), "coredns") == GONE


def test_auto_mode_brings_its_own_addons() -> None:
    auto = made(auto_mode=AutoMode(), node_groups=())
    assert set(at(auto, "resource aws_eks_addon")) == {"aws_efs_csi_driver", "aws_fsx_csi_driver", "metrics_server"}


def test_a_node_group_in_addition_to_auto_mode_needs_them_all() -> None:
    assert len(at(made(auto_mode=AutoMode()), "resource aws_eks_addon")) == len(ADDONS)


@pytest.mark.parametrize("name", sorted(Addons.model_fields.keys() - {"others"}))
def test_each_can_be_left_out(name: str) -> None:
    document = made(addons=ALL.with_changes(**{name: None}))
    assert len(at(document, "resource aws_eks_addon")) == len(ADDONS) - 1
    assert at(document, f"resource aws_eks_addon {name}") == GONE


READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
LIST = Statement(actions=("s3:ListBucket",), resources=("arn:aws:s3:::data",))


def test_an_addon_by_its_name_is_installed_after_the_nodes() -> None:
    document = made(addons=Addons(others=(OtherAddon(name="snapshot-controller", version="v8.3.0-eksbuild.1"),)))
    addon = at(document, "resource aws_eks_addon snapshot_controller")
    assert (addon["addon_name"], addon["addon_version"]) == ("snapshot-controller", "v8.3.0-eksbuild.1")
    assert addon["depends_on"] == ["aws_eks_addon.vpc_cni"]
    assert "service_account_role_arn" not in addon
    assert at(document, "data aws_eks_addon_version snapshot_controller") == GONE


def test_a_known_addon_has_its_managed_policies_and_its_account() -> None:
    document = made(addons=Addons(others=(OtherAddon(name="amazon-cloudwatch-observability"),)))
    attached = at(document, "resource aws_iam_role_policy_attachment")
    assert {one for one in attached if one.startswith("amazon_cloudwatch")} == {
        "amazon_cloudwatch_observability_AWSXrayWriteOnlyAccess",
        "amazon_cloudwatch_observability_CloudWatchAgentServerPolicy",
    }
    trust = at(document, "data aws_iam_policy_document amazon_cloudwatch_observability_trust statement 0 condition 1")
    assert trust["values"] == ["system:serviceaccount:amazon-cloudwatch:cloudwatch-agent"]


def test_a_role_of_the_settings_takes_the_place_of_the_managed_policy() -> None:
    role = AddonRole(policy_arns=(READ,), statements=(LIST,), auth="pod_identity")
    document = made(addons=Addons(aws_ebs_csi_driver=Addon(role=role)))
    attached = {name for name in at(document, "resource aws_iam_role_policy_attachment") if name.startswith("aws_ebs")}
    assert attached == {"aws_ebs_csi_driver_AmazonS3ReadOnlyAccess"}
    assert (
        at(document, "resource aws_iam_role_policy aws_ebs_csi_driver role")
        == "${aws_iam_role.aws_ebs_csi_driver.name}"
    )
    addon = at(document, "resource aws_eks_addon aws_ebs_csi_driver")
    assert addon["pod_identity_association"] == [
        {"role_arn": "${aws_iam_role.aws_ebs_csi_driver.arn}", "service_account": "ebs-csi-controller-sa"}
    ]
    assert "service_account_role_arn" not in addon


def test_an_unknown_addon_names_the_account_of_its_role() -> None:
    other = OtherAddon(
        name="vendor_agent", namespace="vendor", service_account="agent", role=AddonRole(statements=(LIST,))
    )
    document = made(addons=Addons(others=(other,)))
    assert (
        at(document, "resource aws_eks_addon vendor_agent service_account_role_arn")
        == "${aws_iam_role.vendor_agent.arn}"
    )
    trust = at(document, "data aws_iam_policy_document vendor_agent_trust statement 0 condition 1 values")
    assert trust == ["system:serviceaccount:vendor:agent"]
