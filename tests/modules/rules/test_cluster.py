"""The cluster: access, versions, add-ons, and the nodes of its pods."""

from modules.settings import (
    AccessEntry,
    AccessPolicy,
    Addon,
    AddonRole,
    Addons,
    AutoMode,
    ExistingCluster,
    FargateProfile,
    FargateSelector,
    Network,
    NodePorts,
    OtherAddon,
    SchedulerScoring,
    Taint,
    VpcCni,
)
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import (
    ADMINS,
    KUBE_SYSTEM,
    READ,
    cluster,
    group,
    on_access,
    on_addons,
    on_cluster,
    on_fargate,
    on_group,
    on_kubeflow,
    on_network,
    platform,
)

ROWS: Rows = {
    "unknown_version": (
        on_cluster(kubernetes_version="1.12"),
        "cluster.kubernetes_version: 1.12",
    ),
    "version_as_a_number": (
        on_cluster(kubernetes_version=1.35),
        "cluster.kubernetes_version: must be",
    ),
    "public_to_everybody": (
        on_cluster(public_access_cidrs=("0.0.0.0/0",)),
        "cluster.public_access_cidrs: internet",
    ),
    "public_to_everybody_in_halves": (
        on_cluster(public_access_cidrs=("0.0.0.0/1", "128.0.0.0/1")),
        "cluster.public_access_cidrs: internet",
    ),
    "anywhere_without_a_network": (
        on_cluster(public_access_from_anywhere=True),
        "cluster.public_access_from_anywhere: public_access_cidrs",
    ),
    "public_to_private_addresses": (
        on_cluster(public_access_cidrs=("10.0.0.0/8",)),
        "cluster.public_access_cidrs: public",
    ),
    "public_twice": (
        on_cluster(public_access_cidrs=("198.51.100.0/24", "198.51.100.0/24")),
        "cluster.public_access_cidrs: 198.51.100.0/24",
    ),
    "public_to_too_many": (
        on_cluster(public_access_cidrs=tuple(f"203.0.113.{i}/32" for i in range(41))),
        "cluster.public_access_cidrs: most",
    ),
    "public_as_one_text": (
        on_cluster(public_access_cidrs="203.0.113.0/24"),
        "cluster.public_access_cidrs: tuple",
    ),
    "no_way_in": (
        on_cluster(private_access_cidrs=()),
        "cluster.public_access_cidrs: endpoint",
    ),
    "private_to_everybody": (
        on_cluster(private_access_cidrs=("0.0.0.0/0",)),
        "cluster.private_access_cidrs: every",
    ),
    "private_twice": (
        on_cluster(private_access_cidrs=("10.0.0.0/8", "10.0.0.0/8")),
        "cluster.private_access_cidrs: 10.0.0.0/8",
    ),
    "no_admin": (
        on_cluster(admins=()),
        "cluster.admins: least",
    ),
    "admin_without_a_kind": (
        on_cluster(admins=("platform-admins",)),
        "cluster.admins[0]: platform-admins",
    ),
    "principal_twice": (
        on_cluster(viewers=ADMINS),
        "cluster.access: role/platform-admins",
    ),
    "access_name_twice": (
        on_cluster(access=(AccessEntry(name="ci", principal="role/ci"), AccessEntry(name="ci", principal="role/cd"))),
        "cluster.access: name",
    ),
    "access_name": (
        on_access(name="ci--cd"),
        "cluster.access[0].name: lower-case",
    ),
    "access_policy": (
        on_access(policy="AdministratorAccess"),
        "cluster.access[0].policy: AmazonEKSClusterAdminPolicy",
    ),
    "access_namespace": (
        on_access(namespaces=("Team_A",)),
        "cluster.access[0].namespaces[0]: lower-case",
    ),
    "access_group": (
        on_access(kubernetes_groups=("system:masters",)),
        "cluster.access[0].kubernetes_groups[0]: system:masters",
    ),
    "access_policy_twice": (
        on_access(more_policies=(AccessPolicy(policy="AmazonEKSViewPolicy", namespaces=("team-a",)),)),
        "cluster.access[0].more_policies: AmazonEKSViewPolicy",
    ),
    "access_without_permissions": (
        on_access(policy=None),
        "cluster.access[0].policy: kubernetes_groups",
    ),
    "access_with_a_second_policy_only": (
        on_access(policy=None, more_policies=(AccessPolicy(policy="AmazonEKSViewPolicy"),)),
        "cluster.access[0].policy: first policy",
    ),
    "access_namespaces_of_no_policy": (
        on_access(policy=None, namespaces=("team-a",), kubernetes_groups=("deployers",)),
        "cluster.access[0].policy: in addition to policy",
    ),
    "log_type_twice": (
        on_cluster(log_types=("api", "api")),
        "cluster.log_types: api",
    ),
    "services_too_large": (
        platform(network=Network(cidr="192.168.0.0/16"), cluster=cluster(service_cidr="10.0.0.0/8")),
        "cluster.service_cidr: 10.0.0.0/8",
    ),
    "services_too_small": (
        on_cluster(service_cidr="172.20.0.0/25"),
        "cluster.service_cidr: 172.20.0.0/25",
    ),
    "services_not_private": (
        on_cluster(service_cidr="100.64.0.0/16"),
        "cluster.service_cidr: 100.64.0.0/16",
    ),
    "secrets_key": (
        on_cluster(secrets_kms_key_arn="alias/secrets"),
        "cluster.secrets_kms_key_arn: alias/secrets",
    ),
    "existing_name": (
        platform(network=None, cluster=ExistingCluster(name="my cluster")),
        "cluster.name: EKS",
    ),
    "existing_node_group_of_rules": (
        platform(network=None, cluster=ExistingCluster(name="shared", node_security_group_id="nodes")),
        "cluster.node_security_group_id: sg-0123456789abcdef0",
    ),
    "ipv6_cluster": (
        on_cluster(ip_family="ipv6"),
        "cluster.ip_family: IPv4 only",
    ),
    "ipv6_network": (
        on_network(enable_ipv6=True),
        "network.enable_ipv6: IPv4 only",
    ),
    "node_ports_backwards": (
        on_cluster(node_ports=NodePorts(first=31000, last=30000)),
        "cluster.node_ports.first: 31000 is above",
    ),
    "weight_of_a_resource_that_eks_does_not_score": (
        on_cluster(scheduler_scoring=SchedulerScoring(weights={"disk": 1})),
        "cluster.scheduler_scoring.weights[disk]: nvidia.com/gpu",
    ),
    "weight_that_is_too_large": (
        on_cluster(scheduler_scoring=SchedulerScoring(weights={"cpu": 101})),
        "cluster.scheduler_scoring.weights[cpu]: 1 to 100",
    ),
    "other_addon_with_a_setting": (
        on_addons(others=(OtherAddon(name="coredns"),)),
        "cluster.addons.others[0].name: Addons.coredns",
    ),
    "other_addon_twice": (
        on_addons(others=(OtherAddon(name="snapshot-controller"),) * 2),
        "cluster.addons.others: snapshot-controller",
    ),
    "other_addon_that_is_no_name": (
        on_addons(others=(OtherAddon(name="Snapshot Controller"),)),
        "cluster.addons.others[0].name: snapshot-controller",
    ),
    "role_of_an_addon_that_does_not_call_aws": (
        on_addons(coredns=Addon(role=AddonRole(policy_arns=(READ,)))),
        "cluster.addons.coredns.role: remove role",
    ),
    "role_of_an_unknown_account": (
        on_addons(others=(OtherAddon(name="vendor_agent", role=AddonRole(policy_arns=(READ,))),)),
        "cluster.addons.others[vendor_agent].role: set service_account",
    ),
    "s3_driver_without_permissions": (
        on_addons(others=(OtherAddon(name="aws-mountpoint-s3-csi-driver"),)),
        "cluster.addons.others[aws-mountpoint-s3-csi-driver].role: without permissions",
    ),
    "addon_without_permissions": (
        on_addons(others=(OtherAddon(name="external-dns"),)),
        "cluster.addons.others[external-dns].role: without permissions",
    ),
    "account_without_a_role": (
        on_addons(others=(OtherAddon(name="vendor_agent", service_account="agent"),)),
        "cluster.addons.others[vendor_agent].service_account: no role",
    ),
    "role_without_permissions": (
        on_addons(vpc_cni=VpcCni(role=AddonRole())),
        "cluster.addons.vpc_cni.role.policy_arns: no permissions",
    ),
    "addon_that_a_component_is": (
        on_kubeflow().with_changes(cluster=cluster(addons=Addons(others=(OtherAddon(name="cert-manager"),)))),
        "cluster.addons.others[cert-manager]: the component cert-manager",
    ),
    "addon_by_pod_identity_without_the_agent": (
        on_addons(
            eks_pod_identity_agent=None,
            aws_ebs_csi_driver=Addon(role=AddonRole(policy_arns=(READ,), auth="pod_identity")),
        ),
        "cluster.addons.aws_ebs_csi_driver.role.auth: agent",
    ),
    "addon_version": (
        on_addons(coredns=Addon(version="1.11")),
        "cluster.addons.coredns.version: v1.20.4-eksbuild.2",
    ),
    "cni_policy_twice": (
        on_addons(vpc_cni=VpcCni(configuration={"enableNetworkPolicy": "true"})),
        "cluster.addons.vpc_cni.configuration[enableNetworkPolicy]: network_policy",
    ),
    "cni_networks_twice": (
        on_addons(vpc_cni=VpcCni(configuration={"eniConfig": {}})),
        "cluster.addons.vpc_cni.configuration[eniConfig]: Network.secondary_cidr",
    ),
    "cni_prefixes_twice": (
        on_addons(vpc_cni=VpcCni(configuration={"env": {"ENABLE_PREFIX_DELEGATION": "false"}})),
        "cluster.addons.vpc_cni.configuration[env]: ENABLE_PREFIX_DELEGATION",
    ),
    "auto_mode_pool_twice": (
        on_cluster(auto_mode=AutoMode(node_pools=("system", "system"))),
        "cluster.auto_mode.node_pools: system",
    ),
    "no_compute": (
        on_cluster(node_groups=()),
        "cluster.node_groups: compute",
    ),
    "group_name_twice": (
        on_cluster(node_groups=(group(), group())),
        "cluster.node_groups: nodes",
    ),
    "group_without_a_comma": (
        on_cluster(node_groups=group()),
        "cluster.node_groups: tuple",
    ),
    "group_of_another_kind": (
        on_cluster(node_groups=(Network(),)),
        "cluster.node_groups[0]: NodeGroup",
    ),
    "group_as_text": (
        on_cluster(node_groups=("nodes",)),
        "cluster.node_groups[0]: NodeGroup",
    ),
    "profile_name_twice": (
        on_cluster(fargate_profiles=(FargateProfile(name="jobs", selectors=(KUBE_SYSTEM,)),) * 2),
        "cluster.fargate_profiles: jobs",
    ),
    "ami_family_that_the_version_lost": (
        on_cluster(kubernetes_version="1.33", node_groups=(group(ami_family="AL2"),)),
        "cluster.node_groups[0].ami_family: after",
    ),
    "ami_release_of_another_version": (
        on_group(ami_release_version="1.34.2-20260101"),
        "cluster.node_groups[1].ami_release_version: 1.34.2-20260101",
    ),
    "nodes_without_a_pod_network": (
        on_addons(vpc_cni=None),
        "cluster.addons.vpc_cni: without",
    ),
    "pod_identity_on_fargate": (
        on_fargate(KUBE_SYSTEM, service_account_auth="pod_identity"),
        "cluster.service_account_auth: Identity",
    ),
    "pod_identity_without_its_agent": (
        on_cluster(service_account_auth="pod_identity", addons=Addons(eks_pod_identity_agent=None)),
        "cluster.addons.eks_pod_identity_agent: agent",
    ),
    "settings_of_an_addon_that_auto_mode_has": (
        on_cluster(node_groups=(), auto_mode=AutoMode(), addons=Addons(vpc_cni=VpcCni(network_policy=False))),
        "cluster.addons.vpc_cni: settings",
    ),
    "add_ons_without_a_node": (
        on_cluster(node_groups=(group(min_size=0, desired_size=0),)),
        "cluster.node_groups: starts",
    ),
    "add_ons_that_no_node_takes": (
        on_cluster(node_groups=(group(taints=(Taint(key="dedicated"),)),)),
        "cluster.node_groups: starts",
    ),
    "fargate_without_the_add_ons": (
        on_fargate(FargateSelector(namespace="jobs"), node_groups=()),
        "cluster.fargate_profiles: aws-ebs-csi-driver",
    ),
    "fargate_with_an_add_on_that_needs_nodes": (
        on_fargate(KUBE_SYSTEM, node_groups=(), addons=Addons(aws_efs_csi_driver=Addon())),
        "cluster.addons.aws_efs_csi_driver: aws-efs-csi-driver",
    ),
    "fargate_without_selector": (
        on_fargate(),
        "cluster.fargate_profiles[0].selectors: selectors",
    ),
    "fargate_with_too_many_selectors": (
        on_fargate(*(FargateSelector(namespace=f"team-{i}") for i in range(6))),
        "cluster.fargate_profiles[0].selectors: selectors",
    ),
    "fargate_with_too_many_labels": (
        on_fargate(FargateSelector(namespace="jobs", labels={f"label-{i}": "x" for i in range(6)})),
        "cluster.fargate_profiles[0].selectors[0].labels: selector",
    ),
    "fargate_label": (
        on_fargate(FargateSelector(namespace="jobs", labels={"a b": "c"})),
        "cluster.fargate_profiles[0].selectors[0].labels[a b]: label",
    ),
    "more_private_networks_than_a_security_group_has_rules": (
        on_cluster(private_access_cidrs=tuple(f"10.{number}.0.0/16" for number in range(46))),
        "cluster.private_access_cidrs: 45 networks",
    ),
    "principal_with_a_space": (
        on_access(principal="arn:aws:iam::111122223333:role/a b"),
        "cluster.access[0].principal: role/a b",
    ),
    "principal_with_an_empty_part_of_its_path": (
        on_access(principal="arn:aws:iam::111122223333:role//ci"),
        "cluster.access[0].principal: role//ci",
    ),
    "principal_with_a_name_too_long_for_iam": (
        on_access(principal=f"arn:aws:iam::111122223333:role/{'r' * 65}"),
        "cluster.access[0].principal: rrr",
    ),
    "kube_proxy_of_another_kubernetes": (
        on_addons(kube_proxy=Addon(version="v1.25.3-eksbuild.1")),
        "cluster.addons.kube_proxy.version: v1.25.3-eksbuild.1",
    ),
    "fargate_name_of_eks": (
        on_cluster(fargate_profiles=(FargateProfile(name="eks-system", selectors=(KUBE_SYSTEM,)),)),
        "cluster.fargate_profiles[0].name: eks-",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []
