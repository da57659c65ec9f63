"""What the settings of a cluster do."""

from typing import Any

from modules.settings import (
    AccessEntry,
    AccessPolicy,
    Addon,
    AddonRole,
    Addons,
    AutoMode,
    FargateProfile,
    FargateSelector,
    NodePorts,
    OtherAddon,
    SchedulerScoring,
    Statement,
    VpcCni,
)
from tests.documents import GONE
from tests.effects import ACCOUNT, BASE, CLUSTER, NO_ADDONS, Effect, Expected, changed_cluster

KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1234abcd-12ab-34cd-86ef-1234567890ab"
EKS = "cluster resource aws_eks_cluster this"
SCORING = f"{EKS} kube_scheduler_config node_resources_fit scoring_strategy"
ADDON = "cluster resource aws_eks_addon"
VENDOR_TRUST = "cluster data aws_iam_policy_document vendor_agent_trust statement 0"
EBS_POLICY = "cluster resource aws_iam_role_policy_attachment aws_ebs_csi_driver"
POLICIES = "cluster resource aws_eks_access_policy_association"
CI = AccessEntry(name="ci", principal="role/ci")
WITH_CI = BASE.with_changes(cluster=CLUSTER.with_changes(access=(CI,)))
AUTO = BASE.with_changes(cluster=CLUSTER.with_changes(auto_mode=AutoMode()))
SYSTEM = FargateProfile(name="system", selectors=(FargateSelector(namespace="kube-system"),))
WITH_FARGATE = BASE.with_changes(cluster=CLUSTER.with_changes(fargate_profiles=(SYSTEM,)))
PROFILE = "cluster resource aws_eks_fargate_profile"


def addons(does: dict[str, Expected], **changes: Any) -> Effect:
    return changed_cluster(does, addons=Addons(**{**NO_ADDONS, "vpc_cni": VpcCni(), **changes}))


def turned_on(field: str) -> Effect:
    name = field.replace("_", "-")
    return addons({f"Addons.{field}": {f"{ADDON} {field} addon_name": name}}, **{field: Addon()})


def entry(does: dict[str, Expected], **changes: Any) -> Effect:
    after = CLUSTER.with_changes(access=(CI.with_changes(**changes),))
    return Effect(BASE.with_changes(cluster=after), does, WITH_CI)


EFFECTS = (
    changed_cluster(
        {
            "Cluster.kubernetes_version": {
                f"{EKS} version": "1.34",
                "cluster data aws_eks_addon_version vpc_cni kubernetes_version": "1.34",
            }
        },
        kubernetes_version="1.34",
    ),
    changed_cluster(
        {
            "Cluster.public_access_cidrs": {
                f"{EKS} vpc_config endpoint_public_access": True,
                f"{EKS} vpc_config public_access_cidrs": ["198.51.100.0/24", "203.0.113.0/24"],
            }
        },
        public_access_cidrs=("203.0.113.0/24", "198.51.100.0/24"),
    ),
    changed_cluster(
        {
            "Cluster.eks_deletion_protection": {
                f"{EKS} deletion_protection": True,
                "cluster terraform required_providers aws version": ">= 6.9.0, < 7.0.0",
            }
        },
        eks_deletion_protection=True,
    ),
    changed_cluster(
        {
            "Cluster.control_plane_tier": {
                f"{EKS} control_plane_scaling_config tier": "tier-xl",
                "cluster terraform required_providers aws version": ">= 6.23.0, < 7.0.0",
            }
        },
        control_plane_tier="tier-xl",
    ),
    changed_cluster(
        {
            "Cluster.event_retention_minutes": {f"{EKS} kube_api_server_config event_ttl": "30m"},
            "Cluster.node_ports": {
                "cluster terraform required_providers aws version": ">= 6.62.0, < 7.0.0",
            },
            "NodePorts.first": {f"{EKS} kube_api_server_config service_node_port_range min_port": 31000},
            "NodePorts.last": {f"{EKS} kube_api_server_config service_node_port_range max_port": 32000},
        },
        event_retention_minutes=30,
        node_ports=NodePorts(first=31000, last=32000),
        control_plane_tier="standard",
    ),
    changed_cluster(
        {
            "Cluster.scheduler_scoring": {"cluster terraform required_providers aws version": ">= 6.62.0, < 7.0.0"},
            "SchedulerScoring.strategy": {f"{SCORING} type": "LeastAllocated"},
            "SchedulerScoring.weights": {
                f"{SCORING} resource": [{"name": "cpu", "weight": 1}, {"name": "nvidia.com/gpu", "weight": 50}]
            },
        },
        scheduler_scoring=SchedulerScoring(strategy="LeastAllocated", weights={"nvidia.com/gpu": 50, "cpu": 1}),
    ),
    changed_cluster(
        {"Cluster.public_access_from_anywhere": {f"{EKS} vpc_config public_access_cidrs": ["0.0.0.0/0"]}},
        public_access_cidrs=("0.0.0.0/0",),
        public_access_from_anywhere=True,
    ),
    changed_cluster(
        {
            "Cluster.private_access_cidrs": {
                "cluster resource aws_vpc_security_group_ingress_rule control_plane_from_172_16_0_0_12 cidr_ipv4": "172.16.0.0/12",
                "cluster resource aws_vpc_security_group_ingress_rule control_plane_from_10_0_0_0_8": GONE,
            }
        },
        private_access_cidrs=("172.16.0.0/12",),
    ),
    changed_cluster(
        {"Cluster.service_cidr": {f"{EKS} kubernetes_network_config service_ipv4_cidr": "172.20.0.0/16"}},
        service_cidr="172.20.0.0/16",
    ),
    changed_cluster(
        {
            "Cluster.secrets_kms_key_arn": {
                f"{EKS} encryption_config provider key_arn": KEY,
                "cluster data aws_iam_policy_document cluster_rights statement 0 resources": [KEY],
                "cluster resource aws_kms_key secrets": GONE,
                "cluster output secrets_kms_key_arn value": KEY,
            }
        },
        secrets_kms_key_arn=KEY,
    ),
    changed_cluster(
        {"Cluster.log_types": {f"{EKS} enabled_cluster_log_types": ["api", "audit"]}}, log_types=("audit", "api")
    ),
    changed_cluster(
        {
            "Cluster.log_retention_days": {
                "cluster resource aws_cloudwatch_log_group control_plane_logs retention_in_days": 731
            }
        },
        log_retention_days=731,
    ),
    changed_cluster(
        {"Cluster.authentication_mode": {f"{EKS} access_config authentication_mode": "API_AND_CONFIG_MAP"}},
        authentication_mode="API_AND_CONFIG_MAP",
    ),
    changed_cluster(
        {
            "Cluster.admins": {
                "cluster data aws_iam_role admin_others name": "others",
                "cluster resource aws_eks_access_policy_association admin_others policy_arn": (
                    "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
                ),
                "cluster resource aws_eks_access_entry admin_admins": GONE,
            }
        },
        admins=("role/others",),
    ),
    changed_cluster(
        {
            "Cluster.viewers": {
                "cluster resource aws_eks_access_policy_association viewer_auditors policy_arn": (
                    "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
                )
            }
        },
        viewers=("role/auditors",),
    ),
    changed_cluster(
        {"Cluster.access": {"cluster resource aws_eks_access_entry ci principal_arn": "${data.aws_iam_role.ci.arn}"}},
        access=(CI,),
    ),
    entry(
        {
            "AccessEntry.name": {
                "cluster resource aws_eks_access_entry deploy principal_arn": f"arn:aws:iam::{ACCOUNT}:role/deploy",
                "cluster resource aws_eks_access_entry ci": GONE,
            },
            "AccessEntry.principal": {"cluster data aws_iam_role ci": GONE},
            "AccessEntry.policy": {
                "cluster resource aws_eks_access_policy_association deploy policy_arn": (
                    "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"
                )
            },
            "AccessEntry.namespaces": {
                "cluster resource aws_eks_access_policy_association deploy access_scope": {
                    "type": "namespace",
                    "namespaces": ["team-a"],
                }
            },
            "AccessEntry.kubernetes_groups": {
                "cluster resource aws_eks_access_entry deploy kubernetes_groups": ["deployers"]
            },
        },
        name="deploy",
        principal=f"arn:aws:iam::{ACCOUNT}:role/deploy",
        policy="AmazonEKSEditPolicy",
        namespaces=("team-a",),
        kubernetes_groups=("deployers",),
    ),
    entry(
        {
            "AccessEntry.more_policies": {f"{POLICIES} ci_AmazonEKSEditPolicy access_scope type": "namespace"},
            "AccessPolicy.policy": {
                f"{POLICIES} ci_AmazonEKSEditPolicy policy_arn": (
                    "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"
                ),
            },
            "AccessPolicy.namespaces": {f"{POLICIES} ci_AmazonEKSEditPolicy access_scope namespaces": ["team-a"]},
        },
        more_policies=(AccessPolicy(policy="AmazonEKSEditPolicy", namespaces=("team-a",)),),
    ),
    changed_cluster(
        {"Cluster.support_type": {f"{EKS} upgrade_policy support_type": "STANDARD"}}, support_type="STANDARD"
    ),
    changed_cluster({"Cluster.zonal_shift": {f"{EKS} zonal_shift_config enabled": False}}, zonal_shift=False),
    changed_cluster(
        {
            "Cluster.service_account_auth": {
                f"{ADDON} vpc_cni pod_identity_association": [
                    {"role_arn": "${aws_iam_role.vpc_cni.arn}", "service_account": "aws-node"}
                ],
                f"{ADDON} vpc_cni service_account_role_arn": GONE,
            }
        },
        service_account_auth="pod_identity",
        addons=Addons(**{**NO_ADDONS, "vpc_cni": VpcCni(), "eks_pod_identity_agent": Addon()}),
    ),
    changed_cluster(
        {
            "Cluster.addons": {"cluster resource aws_eks_addon": GONE},
            "Addons.vpc_cni": {f"{ADDON} vpc_cni": GONE},
            "Cluster.node_groups": {"cluster resource aws_eks_node_group": GONE},
            "Cluster.fargate_profiles": {f"{PROFILE} system fargate_profile_name": "system"},
        },
        addons=Addons(**NO_ADDONS),
        node_groups=(),
        fargate_profiles=(SYSTEM,),
    ),
    *(turned_on(field) for field in Addons.model_fields if field not in {"vpc_cni", "others"}),
    addons(
        {
            "Addons.others": {f"{ADDON} vendor_agent addon_name": "vendor_agent"},
            "OtherAddon.name": {f"{ADDON} vendor_agent addon_name": "vendor_agent"},
            "OtherAddon.version": {f"{ADDON} vendor_agent addon_version": "v1.2.3-eksbuild.1"},
            "OtherAddon.configuration": {f"{ADDON} vendor_agent configuration_values": '{"replicas": 2}'},
            "OtherAddon.role": {f"{ADDON} vendor_agent service_account_role_arn": "${aws_iam_role.vendor_agent.arn}"},
            "OtherAddon.namespace": {f"{VENDOR_TRUST} condition 1 values": ["system:serviceaccount:vendor:agent"]},
            "OtherAddon.service_account": {
                f"{VENDOR_TRUST} condition 1 values": ["system:serviceaccount:vendor:agent"]
            },
        },
        others=(
            OtherAddon(
                name="vendor_agent",
                version="v1.2.3-eksbuild.1",
                configuration={"replicas": 2},
                namespace="vendor",
                service_account="agent",
                role=AddonRole(policy_arns=("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",)),
            ),
        ),
    ),
    addons(
        {
            "Addon.role": {
                f"{ADDON} aws_ebs_csi_driver pod_identity_association": [
                    {"role_arn": "${aws_iam_role.aws_ebs_csi_driver.arn}", "service_account": "ebs-csi-controller-sa"}
                ]
            },
            "AddonRole.policy_arns": {
                f"{EBS_POLICY}_AmazonS3ReadOnlyAccess policy_arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
            },
            "AddonRole.statements": {
                "cluster data aws_iam_policy_document aws_ebs_csi_driver_rights statement 0 actions": [
                    "kms:CreateGrant"
                ]
            },
            "AddonRole.auth": {f"{ADDON} eks_pod_identity_agent addon_name": "eks-pod-identity-agent"},
        },
        eks_pod_identity_agent=Addon(),
        aws_ebs_csi_driver=Addon(
            role=AddonRole(
                policy_arns=("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",),
                statements=(Statement(actions=("kms:CreateGrant",), resources=(KEY,)),),
                auth="pod_identity",
            )
        ),
    ),
    addons(
        {"VpcCni.role": {"cluster resource aws_iam_role_policy_attachment vpc_cni_AmazonEKS_CNI_Policy": GONE}},
        vpc_cni=VpcCni(role=AddonRole(policy_arns=("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",))),
    ),
    addons(
        {
            "Addon.version": {f"{ADDON} kube_proxy addon_version": "v1.35.0-eksbuild.2"},
            "Addon.configuration": {f"{ADDON} kube_proxy configuration_values": '{"mode": "ipvs"}'},
        },
        kube_proxy=Addon(version="v1.35.0-eksbuild.2", configuration={"mode": "ipvs"}),
    ),
    addons(
        {
            "VpcCni.version": {
                f"{ADDON} vpc_cni addon_version": "v1.20.4-eksbuild.2",
                "cluster data aws_eks_addon_version": GONE,
            },
            "VpcCni.configuration": {
                f"{ADDON} vpc_cni configuration_values": '{"enableNetworkPolicy": "false", "init": {"env": {"X": "1"}}}'
            },
            "VpcCni.network_policy": {
                f"{ADDON} vpc_cni configuration_values": '{"enableNetworkPolicy": "false", "init": {"env": {"X": "1"}}}'
            },
            "VpcCni.prefix_delegation": {"cluster output pods_per_node value nodes": 58},
        },
        vpc_cni=VpcCni(
            version="v1.20.4-eksbuild.2",
            configuration={"init": {"env": {"X": "1"}}},
            prefix_delegation=False,
            network_policy=False,
        ),
    ),
    changed_cluster(
        {
            "Cluster.auto_mode": {
                f"{EKS} compute_config enabled": True,
                f"{EKS} storage_config block_storage enabled": True,
                f"{EKS} kubernetes_network_config elastic_load_balancing enabled": True,
            }
        },
        auto_mode=AutoMode(),
    ),
    Effect(
        BASE.with_changes(cluster=CLUSTER.with_changes(auto_mode=AutoMode(node_pools=("system",)))),
        {"AutoMode.node_pools": {f"{EKS} compute_config node_pools": ["system"]}},
        AUTO,
    ),
    Effect(
        BASE.with_changes(
            cluster=CLUSTER.with_changes(
                fargate_profiles=(
                    FargateProfile(
                        name="jobs",
                        selectors=(FargateSelector(namespace="team-a", labels={"size": "small"}),),
                    ),
                )
            )
        ),
        {
            "FargateProfile.name": {f"{PROFILE} jobs fargate_profile_name": "jobs", f"{PROFILE} system": GONE},
            "FargateProfile.selectors": {f"{PROFILE} jobs selector 0 namespace": "team-a"},
            "FargateSelector.namespace": {f"{PROFILE} jobs selector 0 namespace": "team-a"},
            "FargateSelector.labels": {f"{PROFILE} jobs selector 0 labels": {"size": "small"}},
        },
        WITH_FARGATE,
    ),
)
