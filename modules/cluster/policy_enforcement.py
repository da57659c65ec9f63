"""Where NetworkPolicies are not enforced, or not by themselves."""

from collections.abc import Iterator

from modules.settings import Cluster, ExistingCluster


def unenforced(cluster: Cluster | ExistingCluster) -> Iterator[tuple[str, str]]:
    """What is wrong and what to do, without a full stop; none: the cluster enforces policies.

    Args:
        cluster: settings of the cluster.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html
    """
    if isinstance(cluster, ExistingCluster):
        if cluster.network_policies is None:
            yield (
                f"it is not known whether {cluster.name} enforces NetworkPolicies, without which every pod can reach the pods of all teams and of Kubeflow",
                'set "vpc_cni_addon", which each plan checks, or "other" if another plugin enforces them',
            )
        return
    if cluster.auto_mode is not None:
        yield (
            "nodes of EKS Auto Mode enforce NetworkPolicies only after the ConfigMap amazon-vpc-cni in kube-system enables them",
            'set enable-network-policy-controller: "true" there; until then every pod can reach those of all teams',
        )
    if cluster.addons.vpc_cni is not None and not cluster.addons.vpc_cni.network_policy:
        yield (
            "nodes do not enforce NetworkPolicies, so every pod can reach the pods of all teams",
            "set cluster.addons.vpc_cni=VpcCni(network_policy=True), or use another plugin that enforces them",
        )
