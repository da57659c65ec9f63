"""Variables of the templates in `objects/`; all values are known at synthesis."""

from pathlib import Path
from typing import Any

from modules.backup.selected import volume_tags
from modules.iam.role_names import AUTO_MODE_NODE
from modules.kubeflow.auth.kinds import strategy_of
from modules.kubeflow.chosen import auto_mode_balances, auto_mode_pools, chosen_components, known_components
from modules.kubeflow.components.karpenter.infrastructure import DISCOVERY_TAG
from modules.kubeflow.components.karpenter.node_pools import AUTO_MODE, KARPENTER
from modules.kubeflow.components.karpenter.node_pools import facts as pool_facts
from modules.kubeflow.database_users import job_facts
from modules.naming import aws_name, tags
from modules.network.plan import public_block
from modules.settings import (
    ExistingCluster,
    ExistingNetwork,
    Kubeflow,
    LoadBalancer,
    Network,
    Platform,
)

SCRIPT = Path(__file__).with_name("objects") / "database-users.sh"


NO_ISSUER = {"name": "dns01", **dict.fromkeys(("server", "email", "domain", "zone_id"), "")}
"""For a list of the objects of the whole catalogue; nothing with these values is installed."""


def builtin_context(platform: Platform, kubeflow: Kubeflow) -> dict[str, Any]:
    """Template variables by name.

    Args:
        platform: platform settings.
        kubeflow: Kubeflow settings.
    """
    installed = {component.name for component in chosen_components(kubeflow)}
    auto_mode = "cluster" in kubeflow.auto_mode
    pool_api = AUTO_MODE if auto_mode_pools(kubeflow) else KARPENTER
    return {
        "provisioner": "ebs.csi.eks.amazonaws.com" if auto_mode else "ebs.csi.aws.com",
        "auto_mode": auto_mode,
        "target_group_api": "eks.amazonaws.com/v1" if auto_mode_balances(kubeflow) else "elbv2.k8s.aws/v1beta1",
        # the driver of a cluster that the platform creates tags all volumes
        "volume_tags": volume_tags(platform) if isinstance(platform.cluster, ExistingCluster) else {},
        "reclaim_policy": "Retain" if platform.deletion_protection else "Delete",
        "node_pools": kubeflow.node_pools,
        "pool_api": pool_api,
        "pool_facts": {pool.name: pool_facts(pool, pool_api) for pool in kubeflow.node_pools},
        # the role that the cluster stack gives to EKS, which lets its nodes join
        "node_role": aws_name(platform.name, AUTO_MODE_NODE) if pool_api is AUTO_MODE else "@@node_role_name@@",
        "subnet_terms": subnet_terms(platform),
        "tags": tags(platform),
        "teams": [team.name for team in kubeflow.teams],
        "fixed_user": strategy_of(kubeflow.auth).fixed_user,
        "database_users": job_facts(kubeflow, installed),
        "database_script": SCRIPT.read_text(encoding="utf-8"),
        "platform_namespaces": platform_namespaces(kubeflow),
        "load_balancer_cidrs": load_balancer_cidrs(platform, kubeflow),
        "dns01": kubeflow.dns01_issuer or NO_ISSUER,
        "region": platform.region,
        "fsx_gib": kubeflow.services.fsx.storage_gib if kubeflow.services.fsx is not None else 0,
    }


def platform_namespaces(kubeflow: Kubeflow) -> list[str]:
    """Namespaces of current and earlier components; their service accounts belong to controllers, not to teams."""
    known = known_components(kubeflow)
    present = [known[name] for name in kubeflow.preinstalled]
    return sorted({"kube-system", *(component.namespace for component in (*chosen_components(kubeflow), *present))})


def load_balancer_cidrs(platform: Platform, kubeflow: Kubeflow) -> list[str]:
    """CIDR blocks of the load balancer's addresses; empty if settings do not determine them (any address is possible).

    In a VPC created here, an internet-facing load balancer is in the public subnets, which contain no pods. An internal
    load balancer shares its subnets with pods, and in an existing VPC it may be in any subnet.
    """
    network, exposure = platform.network, kubeflow.exposure
    if not isinstance(network, Network):
        return []
    if isinstance(exposure, LoadBalancer) and exposure.scheme == "internet-facing":
        return [str(public_block(network.cidr))]
    return [str(network.cidr)]


def subnet_terms(platform: Platform) -> list[dict[str, Any]]:
    """Subnet selector terms for Karpenter: by id if settings list subnets, otherwise by discovery tag."""
    if isinstance(platform.network, ExistingNetwork):
        return [{"id": subnet_id} for subnet_id in platform.network.private_subnet_ids]
    name = platform.cluster.name if isinstance(platform.cluster, ExistingCluster) else platform.name
    return [{"tags": {DISCOVERY_TAG: name}}]
