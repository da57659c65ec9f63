"""IAM policy of Karpenter's controller."""

from collections.abc import Mapping

from modules.aws_data.regions import PARTITIONS
from modules.iam.policy_context import PolicyContext, needed
from modules.settings import Statement

Conditions = dict[str, dict[str, tuple[str, ...]]]


def karpenter(context: PolicyContext) -> tuple[Statement, ...]:
    """Starts instances with this cluster's tags, terminates only those, and passes one role to them.

    Omitted from upstream's six policies: zonal shift, which is not enabled.

    Source: https://karpenter.sh/docs/reference/cloudformation/
    """
    return (*_starts(context), *_tags_and_ends(context), *_instance_profiles(context), *_reads(context))


def _requested(context: PolicyContext, further: Mapping[str, tuple[str, ...]] | None = None) -> Conditions:
    """Condition: the request has the tags of this cluster and of a node pool, and further required values."""
    return {
        "StringEquals": {
            f"aws:RequestTag/kubernetes.io/cluster/{context.cluster_name}": ("owned",),
            "aws:RequestTag/eks:eks-cluster-name": (context.cluster_name,),
            **(further or {}),
        },
        "StringLike": {"aws:RequestTag/karpenter.sh/nodepool": ("*",)},
    }


def _own(context: PolicyContext) -> Conditions:
    """Condition: the resource has the tags of this cluster and of a node pool."""
    return {
        "StringEquals": {f"aws:ResourceTag/kubernetes.io/cluster/{context.cluster_name}": ("owned",)},
        "StringLike": {"aws:ResourceTag/karpenter.sh/nodepool": ("*",)},
    }


def _made(context: PolicyContext) -> tuple[str, ...]:
    """Resources created with an instance."""
    kinds = ("fleet", "instance", "launch-template", "network-interface", "spot-instances-request", "volume")
    return tuple(context.arn("ec2", f"{kind}/*") for kind in kinds)


def _starts(context: PolicyContext) -> tuple[Statement, ...]:
    ec2 = f"arn:{context.partition}:ec2:{context.region}:"
    # Including other accounts: images and snapshots belong to Amazon, subnets and reservations can be shared.
    used = ("capacity-reservation", "placement-group", "security-group", "subnet")
    return (
        Statement(
            actions=("ec2:CreateFleet", "ec2:RunInstances"),
            resources=(f"{ec2}:image/*", f"{ec2}:snapshot/*", *(f"{ec2}*:{kind}/*" for kind in used)),
        ),
        Statement(
            actions=("ec2:CreateFleet", "ec2:RunInstances"),
            resources=(context.arn("ec2", "launch-template/*"),),
            conditions=_own(context),
        ),
        Statement(
            actions=("ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:RunInstances"),
            resources=_made(context),
            conditions=_requested(context),
        ),
    )


def _tags_and_ends(context: PolicyContext) -> tuple[Statement, ...]:
    instances, templates = context.arn("ec2", "instance/*"), context.arn("ec2", "launch-template/*")
    return (
        Statement(
            actions=("ec2:CreateTags",),
            resources=_made(context),
            conditions=_requested(
                context, {"ec2:CreateAction": ("CreateFleet", "CreateLaunchTemplate", "RunInstances")}
            ),
        ),
        Statement(
            actions=("ec2:CreateTags",),
            resources=(instances,),
            conditions={
                **_own(context),
                "StringEqualsIfExists": {"aws:RequestTag/eks:eks-cluster-name": (context.cluster_name,)},
                "ForAllValues:StringEquals": {
                    "aws:TagKeys": ("Name", "eks:eks-cluster-name", "karpenter.sh/nodeclaim")
                },
            },
        ),
        Statement(
            actions=("ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"),
            resources=(instances, templates),
            conditions=_own(context),
        ),
    )


def _instance_profiles(context: PolicyContext) -> tuple[Statement, ...]:
    profiles = (context.global_arn("iam", "instance-profile/*"),)
    node_class = "karpenter.k8s.aws/ec2nodeclass"
    here = {
        f"kubernetes.io/cluster/{context.cluster_name}": ("owned",),
        "topology.kubernetes.io/region": (context.region,),
    }
    requested = {f"aws:RequestTag/{key}": values for key, values in here.items()}
    requested["aws:RequestTag/eks:eks-cluster-name"] = (context.cluster_name,)
    own = {f"aws:ResourceTag/{key}": values for key, values in here.items()}
    of_request, of_profile = ({f"aws:{where}Tag/{node_class}": ("*",)} for where in ("Request", "Resource"))
    ec2 = tuple(sorted({"ec2.amazonaws.com", PARTITIONS[context.partition].ec2_principal}))
    return (
        Statement(
            actions=("iam:PassRole",),
            resources=(needed("karpenter", "karpenter_node_role_arn", context.karpenter_node_role_arn),),
            conditions={"StringEquals": {"iam:PassedToService": ec2}},
        ),
        Statement(
            actions=("iam:CreateInstanceProfile",),
            resources=profiles,
            conditions={"StringEquals": requested, "StringLike": of_request},
        ),
        Statement(
            actions=("iam:TagInstanceProfile",),
            resources=profiles,
            conditions={"StringEquals": {**own, **requested}, "StringLike": {**of_profile, **of_request}},
        ),
        Statement(
            actions=("iam:AddRoleToInstanceProfile", "iam:DeleteInstanceProfile", "iam:RemoveRoleFromInstanceProfile"),
            resources=profiles,
            conditions={"StringEquals": own, "StringLike": of_profile},
        ),
        Statement(actions=("iam:GetInstanceProfile",), resources=profiles),
        Statement(actions=("iam:ListInstanceProfiles",), resources=("*",)),
    )


def _reads(context: PolicyContext) -> tuple[Statement, ...]:
    queue = needed("karpenter", "interruption_queue_arn", context.interruption_queue_arn)
    return (
        Statement(
            actions=(
                "ec2:DescribeCapacityReservations",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceStatus",
                "ec2:DescribeInstanceTypeOfferings",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeInstances",
                "ec2:DescribeLaunchTemplates",
                "ec2:DescribePlacementGroups",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSpotPriceHistory",
                "ec2:DescribeSubnets",
            ),
            resources=("*",),
            conditions={"StringEquals": {"aws:RequestedRegion": (context.region,)}},
        ),
        Statement(
            actions=("ssm:GetParameter",),
            resources=(f"arn:{context.partition}:ssm:{context.region}::parameter/aws/service/*",),
        ),
        Statement(actions=("pricing:GetProducts",), resources=("*",)),
        Statement(actions=("eks:DescribeCluster",), resources=(context.arn("eks", f"cluster/{context.cluster_name}"),)),
        Statement(actions=("sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"), resources=(queue,)),
    )
