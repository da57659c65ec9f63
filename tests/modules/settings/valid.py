"""Platforms that are valid but for what a test changes, one function for each place of a change."""

from typing import Any

from modules.settings import (
    FULLY_PRIVATE_ENDPOINTS,
    AccessEntry,
    Addons,
    Cluster,
    Dex,
    Disk,
    ExistingNetwork,
    FargateProfile,
    FargateSelector,
    Kubeflow,
    Network,
    NodeGroup,
    NodePool,
    Platform,
    Repositories,
    Schedule,
    ServiceAccountRole,
    Services,
    Ssh,
)

ADMINS = ("role/platform-admins",)
READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-86ef-1234567890ab"
KARPENTER = ("karpenter-crds", "karpenter", "karpenter-node-pools")
KUBE_SYSTEM = FargateSelector(namespace="kube-system")


def platform(**changes: Any) -> Platform:
    return Platform(**{"name": "prod", "region": "us-west-2", "network": Network(), "cluster": cluster(), **changes})


def cluster(**changes: Any) -> Cluster:
    inside = {"admins": ADMINS, "private_access_cidrs": ("10.0.0.0/8",)}
    return Cluster(**{**inside, "node_groups": (group(),), **changes})


def group(**changes: Any) -> NodeGroup:
    return NodeGroup(**{"name": "nodes", **changes})


def role(**changes: Any) -> ServiceAccountRole:
    account = {"namespace": "team-a", "service_account": "reader"}
    return ServiceAccountRole(**{**account, "policy_arns": (READ,), **changes})


def existing_network(**changes: Any) -> ExistingNetwork:
    subnets = ("subnet-0123456789abcdef0", "subnet-0123456789abcdef1")
    return ExistingNetwork(**{"vpc_id": "vpc-0123456789abcdef0", "private_subnet_ids": subnets, **changes})


def on_network(**changes: Any) -> Platform:
    return platform(network=Network(**changes))


def on_existing_network(**changes: Any) -> Platform:
    return platform(network=existing_network(**changes))


def on_cluster(**changes: Any) -> Platform:
    return platform(cluster=cluster(**changes))


def on_addons(**changes: Any) -> Platform:
    return on_cluster(addons=Addons(**changes))


def on_access(**changes: Any) -> Platform:
    return on_cluster(access=(AccessEntry(**{"name": "ci", "principal": "role/ci", **changes}),))


def on_fargate(*selectors: FargateSelector, **changes: Any) -> Platform:
    return on_cluster(fargate_profiles=(FargateProfile(name="system", selectors=selectors),), **changes)


def on_group(**changes: Any) -> Platform:
    """The second group of two; the first one runs what needs a node at the start."""
    return on_cluster(node_groups=(NodeGroup(name="general"), group(**changes)))


def on_al2(**changes: Any) -> Platform:
    return on_cluster(kubernetes_version="1.32", node_groups=(group(ami_family="AL2", **changes),))


def on_disk(**changes: Any) -> Platform:
    return on_group(disk=Disk(**changes))


def on_ssh(**changes: Any) -> Platform:
    return on_group(ssh=Ssh(**{"key_name": "ops", "source_cidrs": ("10.0.0.0/8",), **changes}))


def on_schedule(**changes: Any) -> Platform:
    sizes = {"min_size": 0, "desired_size": 0, "max_size": 5}
    return on_group(schedules=(Schedule(**{"name": "night", "cron": "0 20 * * *", **sizes, **changes}),))


def on_kubeflow(**changes: Any) -> Platform:
    return platform(kubeflow=Kubeflow(**{"auth": Dex(users=("ada@example.com",)), **changes}))


COPIED = Services(repositories=Repositories(mirror="copies"))
"""Services of a platform whose network has no way out."""
NO_WAY_OUT = Network(nat="none", interface_endpoints=FULLY_PRIVATE_ENDPOINTS)


def on_node_pool(**changes: Any) -> Platform:
    return on_kubeflow(enable=KARPENTER, node_pools=(NodePool(**{"name": "pool", **changes}),))


def on_role(**changes: Any) -> Platform:
    return platform(service_account_roles=(role(**changes),))
