"""The cluster: who gets in, versions, add-ons, what runs the pods."""

import pytest

from modules.rules import problems_of_all
from modules.settings import (
    AccessEntry,
    Addon,
    Addons,
    AutoMode,
    ExistingCluster,
    FargateProfile,
    FargateSelector,
    Network,
    Taint,
    VpcCni,
)
from tests.modules.settings.valid import (
    ADMINS,
    KUBE_SYSTEM,
    Rows,
    cluster,
    group,
    on_access,
    on_addons,
    on_cluster,
    on_fargate,
    on_group,
    platform,
)

ROWS: Rows = {
    "unknown_version": (
        on_cluster(kubernetes_version="1.12"),
        "cluster.kubernetes_version: '1.12' is not on EKS; choose one of 1.32, 1.33, 1.34, 1.35, 1.36",
    ),
    "version_as_a_number": (
        on_cluster(kubernetes_version=1.35),
        "cluster.kubernetes_version: Input should be a valid string; it is 1.35",
    ),
    "public_to_everybody": (
        on_cluster(public_access_cidrs=("0.0.0.0/0",)),
        "cluster.public_access_cidrs: 0.0.0.0/0 shows the API server to the whole internet; give your networks, or say public_access_from_anywhere=True",
    ),
    "public_to_everybody_in_halves": (
        on_cluster(public_access_cidrs=("0.0.0.0/1", "128.0.0.0/1")),
        "cluster.public_access_cidrs: 0.0.0.0/0 shows the API server to the whole internet; give your networks, or say public_access_from_anywhere=True",
    ),
    "anywhere_without_a_network": (
        on_cluster(public_access_from_anywhere=True),
        "cluster.public_access_from_anywhere: is said, and 0.0.0.0/0 is not in public_access_cidrs; leave it out",
    ),
    "public_to_private_addresses": (
        on_cluster(public_access_cidrs=("10.0.0.0/8",)),
        "cluster.public_access_cidrs: nobody on the internet has an address of 10.0.0.0/8, and EKS refuses it; give it as private_access_cidrs, and here the public addresses of your network",
    ),
    "public_twice": (
        on_cluster(public_access_cidrs=("198.51.100.0/24", "198.51.100.0/24")),
        "cluster.public_access_cidrs: 198.51.100.0/24 stands there twice; name it once",
    ),
    "public_to_too_many": (
        on_cluster(public_access_cidrs=tuple(f"203.0.113.{i}/32" for i in range(41))),
        "cluster.public_access_cidrs: 41 networks; EKS takes 40: sum them up to larger blocks",
    ),
    "public_as_one_text": (
        on_cluster(public_access_cidrs="203.0.113.0/24"),
        "cluster.public_access_cidrs: takes several values; write them as a tuple, which of one value has a comma, too: (…,)",
    ),
    "no_way_in": (
        on_cluster(private_access_cidrs=()),
        "cluster.public_access_cidrs: the endpoint is private and nothing is let in; give private_access_cidrs (VPN, peering, or the VPC's own block for runners in it), or public_access_cidrs",
    ),
    "private_to_everybody": (
        on_cluster(private_access_cidrs=("0.0.0.0/0",)),
        "cluster.private_access_cidrs: 0.0.0.0/0 is every network; give those that people and runners are in",
    ),
    "private_twice": (
        on_cluster(private_access_cidrs=("10.0.0.0/8", "10.0.0.0/8")),
        "cluster.private_access_cidrs: 10.0.0.0/8 stands there twice; name it once",
    ),
    "no_admin": (
        on_cluster(admins=()),
        "cluster.admins: nobody could use the cluster; name at least one admin, such as role/platform-admins",
    ),
    "admin_without_a_kind": (
        on_cluster(admins=("platform-admins",)),
        "cluster.admins[0]: 'platform-admins' is not an IAM principal: the ARN of a role or user, or role/<name> or user/<name> in the platform's own account",
    ),
    "principal_twice": (
        on_cluster(viewers=ADMINS),
        "cluster.access: role/platform-admins stands twice among admins, viewers and access; EKS takes one entry a principal: keep one",
    ),
    "access_name_twice": (
        on_cluster(access=(AccessEntry(name="ci", principal="role/ci"), AccessEntry(name="ci", principal="role/cd"))),
        "cluster.access: the name ci stands twice; give each its own",
    ),
    "access_name": (
        on_access(name="ci--cd"),
        "cluster.access[0].name: 'ci--cd' is not a name of 1 to 36 lower-case letters, digits and single inner hyphens, a letter first (36: AWS names, which begin with the platform's, end at 64)",
    ),
    "access_policy": (
        on_access(policy="AdministratorAccess"),
        "cluster.access[0].policy: Input should be 'AmazonEKSAdminPolicy', 'AmazonEKSAdminViewPolicy', 'AmazonEKSClusterAdminPolicy', 'AmazonEKSEditPolicy' or 'AmazonEKSViewPolicy'; it is 'AdministratorAccess'",
    ),
    "access_namespace": (
        on_access(namespaces=("Team_A",)),
        "cluster.access[0].namespaces[0]: 'Team_A' is not a Kubernetes namespace: 1 to 63 lower-case letters, digits and inner hyphens",
    ),
    "access_group": (
        on_access(kubernetes_groups=("system:masters",)),
        "cluster.access[0].kubernetes_groups[0]: 'system:masters' is not a group of yours (EKS refuses system:…)",
    ),
    "log_type_twice": (
        on_cluster(log_types=("api", "api")),
        "cluster.log_types: api stands there twice; name it once",
    ),
    "services_too_large": (
        platform(network=Network(cidr="192.168.0.0/16"), cluster=cluster(service_cidr="10.0.0.0/8")),
        "cluster.service_cidr: 10.0.0.0/8 is refused by EKS; give a /12 to /24 within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
    ),
    "services_too_small": (
        on_cluster(service_cidr="172.20.0.0/25"),
        "cluster.service_cidr: 172.20.0.0/25 is refused by EKS; give a /12 to /24 within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
    ),
    "services_not_private": (
        on_cluster(service_cidr="100.64.0.0/16"),
        "cluster.service_cidr: 100.64.0.0/16 is refused by EKS; give a /12 to /24 within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
    ),
    "secrets_key": (
        on_cluster(secrets_kms_key_arn="alias/secrets"),
        "cluster.secrets_kms_key_arn: 'alias/secrets' is not the ARN of a KMS key (not of an alias)",
    ),
    "existing_name": (
        platform(network=None, cluster=ExistingCluster(name="my cluster")),
        "cluster.name: 'my cluster' is not the name of an EKS cluster",
    ),
    "existing_node_group_of_rules": (
        platform(network=None, cluster=ExistingCluster(name="shared", node_security_group_id="nodes")),
        "cluster.node_security_group_id: 'nodes' is not a security group id such as sg-0123456789abcdef0",
    ),
    "addon_version": (
        on_addons(coredns=Addon(version="1.11")),
        "cluster.addons.coredns.version: '1.11' is not an add-on version such as v1.20.4-eksbuild.2",
    ),
    "cni_policy_twice": (
        on_addons(vpc_cni=VpcCni(configuration={"enableNetworkPolicy": "true"})),
        "cluster.addons.vpc_cni.configuration[enableNetworkPolicy]: is what network_policy is for; set that, and leave it out here",
    ),
    "cni_networks_twice": (
        on_addons(vpc_cni=VpcCni(configuration={"eniConfig": {}})),
        "cluster.addons.vpc_cni.configuration[eniConfig]: is what Network.secondary_cidr is for; set that, and leave it out here",
    ),
    "cni_prefixes_twice": (
        on_addons(vpc_cni=VpcCni(configuration={"env": {"ENABLE_PREFIX_DELEGATION": "false"}})),
        "cluster.addons.vpc_cni.configuration[env]: ENABLE_PREFIX_DELEGATION is what prefix_delegation is for; set that, and leave it out here",
    ),
    "auto_mode_pool_twice": (
        on_cluster(auto_mode=AutoMode(node_pools=("system", "system"))),
        "cluster.auto_mode.node_pools: system stands there twice; name it once",
    ),
    "no_compute": (
        on_cluster(node_groups=()),
        "cluster.node_groups: nothing would run the pods; give a node group, a Fargate profile, or auto_mode",
    ),
    "group_name_twice": (
        on_cluster(node_groups=(group(), group())),
        "cluster.node_groups: the name nodes stands twice; give each its own",
    ),
    "group_without_a_comma": (
        on_cluster(node_groups=group()),
        "cluster.node_groups: takes several values; write them as a tuple, which of one value has a comma, too: (…,)",
    ),
    "group_of_another_kind": (
        on_cluster(node_groups=(Network(),)),
        "cluster.node_groups[0]: is no NodeGroup; write NodeGroup(…) here, and not Network(…)",
    ),
    "group_as_text": (
        on_cluster(node_groups=("nodes",)),
        "cluster.node_groups[0]: is no NodeGroup; write NodeGroup(…) here, and not 'nodes'",
    ),
    "profile_name_twice": (
        on_cluster(fargate_profiles=(FargateProfile(name="jobs", selectors=(KUBE_SYSTEM,)),) * 2),
        "cluster.fargate_profiles: the name jobs stands twice; give each its own",
    ),
    "ami_family_that_the_version_lost": (
        on_cluster(kubernetes_version="1.33", node_groups=(group(ami_family="AL2"),)),
        'cluster.node_groups[0].ami_family: AL2 has no AMI after Kubernetes 1.32, and the cluster runs 1.33; use "AL2023"',
    ),
    "ami_release_of_another_version": (
        on_group(ami_release_version="1.34.2-20260101"),
        "cluster.node_groups[1].ami_release_version: 1.34.2-20260101 is not of Kubernetes 1.35; give a release that is, or leave it out",
    ),
    "nodes_without_a_pod_network": (
        on_addons(vpc_cni=None),
        "cluster.addons.vpc_cni: without it nodes never become Ready; leave it on (nodes of yours need a pod network)",
    ),
    "pod_identity_on_fargate": (
        on_fargate(KUBE_SYSTEM, service_account_auth="pod_identity"),
        'cluster.service_account_auth: pods on Fargate cannot use EKS Pod Identity; set service_account_auth="irsa"',
    ),
    "pod_identity_without_its_agent": (
        on_cluster(service_account_auth="pod_identity", addons=Addons(eks_pod_identity_agent=None)),
        "cluster.addons.eks_pod_identity_agent: pod_identity needs the agent on each node; leave the add-on on",
    ),
    "settings_of_an_addon_that_auto_mode_has": (
        on_cluster(node_groups=(), auto_mode=AutoMode(), addons=Addons(vpc_cni=VpcCni(network_policy=False))),
        "cluster.addons.vpc_cni: EKS Auto Mode has its own, which takes no settings; leave it out, or give a node group of yours that needs it",
    ),
    "add_ons_without_a_node": (
        on_cluster(node_groups=(group(min_size=0, desired_size=0),)),
        "cluster.node_groups: no group starts with a node that takes any pod, so those of coredns, aws-ebs-csi-driver, metrics-server would wait for ever; give one group desired_size=1 or more and no taint but PREFER_NO_SCHEDULE",
    ),
    "add_ons_that_no_node_takes": (
        on_cluster(node_groups=(group(taints=(Taint(key="dedicated"),)),)),
        "cluster.node_groups: no group starts with a node that takes any pod, so those of coredns, aws-ebs-csi-driver, metrics-server would wait for ever; give one group desired_size=1 or more and no taint but PREFER_NO_SCHEDULE",
    ),
    "fargate_without_the_add_ons": (
        on_fargate(FargateSelector(namespace="jobs"), node_groups=()),
        'cluster.fargate_profiles: the pods of coredns, aws-ebs-csi-driver, metrics-server would wait for ever; give a profile with FargateSelector(namespace="kube-system")',
    ),
    "fargate_with_an_add_on_that_needs_nodes": (
        on_fargate(KUBE_SYSTEM, node_groups=(), addons=Addons(aws_efs_csi_driver=Addon())),
        "cluster.addons.aws_efs_csi_driver: aws-efs-csi-driver does not run on Fargate; set it to None, or give a node group",
    ),
    "fargate_without_selector": (
        on_fargate(),
        "cluster.fargate_profiles[0].selectors: 0 selectors; give 1 to 5, as EKS takes a profile, and the others in one of their own",
    ),
    "fargate_with_too_many_selectors": (
        on_fargate(*(FargateSelector(namespace=f"team-{i}") for i in range(6))),
        "cluster.fargate_profiles[0].selectors: 6 selectors; give 1 to 5, as EKS takes a profile, and the others in one of their own",
    ),
    "fargate_with_too_many_labels": (
        on_fargate(FargateSelector(namespace="jobs", labels={f"label-{i}": "x" for i in range(6)})),
        "cluster.fargate_profiles[0].selectors[0].labels: 6 labels; EKS takes 5 a selector: give the 5 that tell these pods apart",
    ),
    "fargate_label": (
        on_fargate(FargateSelector(namespace="jobs", labels={"a b": "c"})),
        "cluster.fargate_profiles[0].selectors[0].labels[a b]: 'a b': 'c' is no label that a pod may have; write it as the pods have it",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_the_reader_sees(row: str) -> None:
    bad, *lines = ROWS[row]
    assert problems_of_all([bad]) == [f"{bad._given.get('name', '?')}: {line}" for line in lines]
