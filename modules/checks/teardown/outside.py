"""What controllers and AWS create for a platform outside of Terraform, and how it is recognized.

The tags and names are those that `modules.live.leftovers` looks for.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from modules.checks.finding import Kind
from modules.checks.teardown import kinds
from modules.checks.teardown.facts import Facts
from modules.settings import ExistingEfs

CLUSTER_TAG = "kubernetes.io/cluster/"
"""Prefix of a tag whose value is `owned` for what belongs to the cluster alone.

Source: https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/tags.go
"""
ELB_TAG = "elbv2.k8s.aws/cluster"
"""Source: https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/pkg/deploy/tracking/provider.go"""
EBS_TAG = "ebs.csi.aws.com/cluster"
"""Source: https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/tagging.md"""
EFS_TAG = "efs.csi.aws.com/cluster"
"""Source: https://github.com/kubernetes-sigs/aws-efs-csi-driver/blob/master/pkg/driver/controller.go"""
CNI_TAG = "cluster.k8s.amazonaws.com/name"
"""Source: https://github.com/aws/amazon-vpc-cni-k8s/blob/master/pkg/awsutils/awsutils.go"""
EKS_TAG = "eks:eks-cluster-name"
"""Of Karpenter and EKS Auto Mode.

Source: https://github.com/aws/karpenter-provider-aws/blob/main/pkg/apis/v1/labels.go
"""
GUARDDUTY_TAG = "GuardDutyManaged"
"""Source: https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring-agent-resource-clean-up.html"""
REMADE_LOG_GROUPS = ("/aws/eks/", "/aws/rds/")
"""Beginnings of names of log groups that AWS creates itself if they are missing."""


@dataclass(frozen=True)
class Outside:
    """What one controller leaves."""

    kind: Kind
    made_by: Callable[[Facts], str]
    """Controllers that create it on this platform; empty: none does."""
    known_by: Callable[[Facts], str]
    """Tag or name."""


def outside(facts: Facts) -> Iterator[tuple[Kind, str, str]]:
    """Kind, creator and mark of all that can be created for a platform outside of Terraform."""
    for one in ROWS:
        if made_by := one.made_by(facts):
            yield one.kind, made_by, one.known_by(facts)


def remade_log_groups(facts: Facts) -> list[str]:
    """Names of the platform's log groups that AWS can create again."""
    names = (one.text("name") for one in facts.of("aws_cloudwatch_log_group"))
    return [name for name in names if name.startswith(REMADE_LOG_GROUPS)]


def _joined(names: Iterable[str]) -> str:
    return ", ".join(names)


def _load_balancers(facts: Facts) -> str:
    found = [name for name in ("aws-load-balancer-controller",) if name in facts.components]
    return _joined([*found, "EKS Auto Mode" if facts.auto_mode else "the cloud controller of EKS"])


def _volumes(facts: Facts) -> str:
    unknown = [] if facts.own_cluster else ["the EBS CSI driver of the existing cluster"]
    driver = [name for name in ("aws-ebs-csi-driver",) if name in facts.addons]
    return _joined([*driver, *unknown, *(["EKS Auto Mode"] if facts.auto_mode else [])])


def _interfaces(facts: Facts) -> str:
    return _joined(name for name in ("vpc-cni",) if name in facts.addons)


def _nodes(facts: Facts) -> str:
    found = [f"karpenter, pool {one.name}" for one in facts.kubeflow.node_pools if "karpenter" in facts.components]
    if "karpenter" in facts.components and not found:
        found = ["karpenter"]
    return _joined([*found, *(["EKS Auto Mode"] if facts.auto_mode else [])])


def _access_points(facts: Facts) -> str:
    external = isinstance(facts.kubeflow.services.efs, ExistingEfs)
    return "aws-efs-csi-driver" if external and "efs-storage-class" in facts.components else ""


def _owned(facts: Facts) -> str:
    return f"tag {CLUSTER_TAG}{facts.cluster_name}=owned"


ROWS = (
    Outside(
        kinds.LOAD_BALANCERS,
        _load_balancers,
        lambda facts: f"tag {EKS_TAG if facts.auto_mode else ELB_TAG}={facts.cluster_name}, or {_owned(facts)[4:]}",
    ),
    Outside(kinds.VOLUMES, _volumes, lambda facts: f"{_owned(facts)}, with {EBS_TAG}"),
    Outside(kinds.INTERFACES, _interfaces, lambda facts: f"tag {CNI_TAG}={facts.cluster_name}"),
    Outside(kinds.NODES, _nodes, lambda facts: f"tag {EKS_TAG}={facts.cluster_name}"),
    Outside(
        kinds.LOG_GROUPS,
        lambda facts: "EKS, RDS" if remade_log_groups(facts) else "",
        lambda facts: f"name {_joined(remade_log_groups(facts))}",
    ),
    Outside(
        kinds.GUARDDUTY,
        lambda facts: "GuardDuty, if the account has Runtime Monitoring" if facts.own_network else "",
        lambda _: f"tag {GUARDDUTY_TAG}=true in the VPC",
    ),
    Outside(kinds.ACCESS_POINTS, _access_points, lambda _: f"tag {EFS_TAG}=true, and named by a PersistentVolume"),
    Outside(
        kinds.RECORDS,
        lambda facts: "external-dns" if "external-dns" in facts.components else "",
        lambda facts: f"TXT record external-dns/owner={facts.cluster_name} in {_joined(facts.kubeflow.dns_zone_ids)}",
    ),
    Outside(
        kinds.PULLED,
        lambda facts: "ECR" if next(facts.of("aws_ecr_pull_through_cache_rule"), None) else "",
        lambda facts: (
            "name below "
            + _joined(f"{one.text('ecr_repository_prefix')}/" for one in facts.of("aws_ecr_pull_through_cache_rule"))
        ),
    ),
)
"""Each kind, where it comes from, and its mark."""
