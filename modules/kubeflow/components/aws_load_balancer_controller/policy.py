"""IAM policy of the AWS Load Balancer Controller."""

from modules.iam.policy_context import PolicyContext
from modules.settings import Statement

CLUSTER_TAG = "elbv2.k8s.aws/cluster"
"""Tag with the cluster's name on all resources created by the controller."""


def aws_load_balancer_controller(context: PolicyContext) -> tuple[Statement, ...]:
    """Creates load balancers, target groups and security groups, and changes only those with this cluster's tag.

    Omitted from upstream's policy, since disabled or unused: Shield Advanced, WAF Classic, and the address pools of
    Outposts. Where upstream requires any cluster tag, this cluster's tag is required. Security group rules are limited to the
    platform's VPC, since the controller also changes security groups of nodes, which are not its own.

    Source: https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/docs/install/iam_policy.json
    """
    return (*_reads(context), *_security_groups(context), *_load_balancers(context), *_listeners(context))


def _made_here(context: PolicyContext) -> dict[str, dict[str, tuple[str, ...]]]:
    return {"StringEquals": {f"aws:RequestTag/{CLUSTER_TAG}": (context.cluster_name,)}}


def _own(context: PolicyContext) -> dict[str, dict[str, tuple[str, ...]]]:
    return {"StringEquals": {f"aws:ResourceTag/{CLUSTER_TAG}": (context.cluster_name,)}}


def _own_and_stays_own(context: PolicyContext) -> dict[str, dict[str, tuple[str, ...]]]:
    return {**_own(context), "Null": {f"aws:RequestTag/{CLUSTER_TAG}": ("true",)}}


def _reads(context: PolicyContext) -> tuple[Statement, ...]:
    elb = "elasticloadbalancing.amazonaws.com"
    return (
        Statement(
            actions=(
                "acm:ListCertificates",
                "ec2:DescribeAccountAttributes",
                "ec2:DescribeAddresses",
                "ec2:DescribeAvailabilityZones",
                "ec2:DescribeInstances",
                "ec2:DescribeInternetGateways",
                "ec2:DescribeIpamPools",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeRouteTables",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeTags",
                "ec2:DescribeVpcPeeringConnections",
                "ec2:DescribeVpcs",
                "elasticloadbalancing:DescribeCapacityReservation",
                "elasticloadbalancing:DescribeListenerAttributes",
                "elasticloadbalancing:DescribeListenerCertificates",
                "elasticloadbalancing:DescribeListeners",
                "elasticloadbalancing:DescribeLoadBalancerAttributes",
                "elasticloadbalancing:DescribeLoadBalancers",
                "elasticloadbalancing:DescribeRules",
                "elasticloadbalancing:DescribeSSLPolicies",
                "elasticloadbalancing:DescribeTags",
                "elasticloadbalancing:DescribeTargetGroupAttributes",
                "elasticloadbalancing:DescribeTargetGroups",
                "elasticloadbalancing:DescribeTargetHealth",
                "elasticloadbalancing:DescribeTrustStores",
                "iam:ListServerCertificates",
            ),
            resources=("*",),
        ),
        Statement(actions=("ec2:GetSecurityGroupsForVpc",), resources=(context.arn("ec2", f"vpc/{context.vpc_id}"),)),
        Statement(actions=("acm:DescribeCertificate",), resources=(context.arn("acm", "certificate/*"),)),
        Statement(
            actions=("iam:GetServerCertificate",), resources=(context.global_arn("iam", "server-certificate/*"),)
        ),
        Statement(
            actions=("cognito-idp:DescribeUserPoolClient",), resources=(context.arn("cognito-idp", "userpool/*"),)
        ),
        Statement(
            actions=("iam:CreateServiceLinkedRole",),
            resources=(
                context.global_arn("iam", f"role/aws-service-role/{elb}/AWSServiceRoleForElasticLoadBalancing"),
            ),
            conditions={"StringEquals": {"iam:AWSServiceName": (elb,)}},
        ),
    )


def _security_groups(context: PolicyContext) -> tuple[Statement, ...]:
    groups, vpc = context.arn("ec2", "security-group/*"), context.arn("ec2", f"vpc/{context.vpc_id}")
    made_by = {"ec2:CreateAction": ("CreateSecurityGroup",)}
    return (
        Statement(
            actions=("ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"),
            resources=(groups,),
            conditions={"ArnEquals": {"ec2:Vpc": (vpc,)}},
        ),
        Statement(actions=("ec2:CreateSecurityGroup",), resources=(vpc,)),
        Statement(actions=("ec2:CreateSecurityGroup",), resources=(groups,), conditions=_made_here(context)),
        Statement(
            actions=("ec2:CreateTags",),
            resources=(groups,),
            conditions={"StringEquals": {**_made_here(context)["StringEquals"], **made_by}},
        ),
        Statement(
            actions=("ec2:CreateTags", "ec2:DeleteTags"), resources=(groups,), conditions=_own_and_stays_own(context)
        ),
        Statement(actions=("ec2:DeleteSecurityGroup",), resources=(groups,), conditions=_own(context)),
    )


def _load_balancers(context: PolicyContext) -> tuple[Statement, ...]:
    target_groups = context.arn("elasticloadbalancing", "targetgroup/*/*")
    balancers = tuple(context.arn("elasticloadbalancing", f"loadbalancer/{kind}/*/*") for kind in ("app", "net"))
    made_by = {"elasticloadbalancing:CreateAction": ("CreateLoadBalancer", "CreateTargetGroup")}
    return (
        Statement(
            actions=("elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"),
            resources=(*balancers, target_groups),
            conditions=_made_here(context),
        ),
        Statement(
            actions=("elasticloadbalancing:AddTags",),
            resources=(*balancers, target_groups),
            conditions={"StringEquals": {**_made_here(context)["StringEquals"], **made_by}},
        ),
        Statement(
            actions=("elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"),
            resources=(*balancers, target_groups),
            conditions=_own_and_stays_own(context),
        ),
        Statement(
            actions=(
                "elasticloadbalancing:DeleteLoadBalancer",
                "elasticloadbalancing:DeleteTargetGroup",
                "elasticloadbalancing:ModifyCapacityReservation",
                "elasticloadbalancing:ModifyIpPools",
                "elasticloadbalancing:ModifyLoadBalancerAttributes",
                "elasticloadbalancing:ModifyTargetGroup",
                "elasticloadbalancing:ModifyTargetGroupAttributes",
                "elasticloadbalancing:SetIpAddressType",
                "elasticloadbalancing:SetSecurityGroups",
                "elasticloadbalancing:SetSubnets",
            ),
            resources=(*balancers, target_groups),
            conditions=_own(context),
        ),
        Statement(  # including existing target groups: a TargetGroupBinding can name any
            actions=("elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"),
            resources=(target_groups,),
        ),
        Statement(  # an annotation can name any ACL of the account
            actions=(
                "wafv2:AssociateWebACL",
                "wafv2:DisassociateWebACL",
                "wafv2:GetWebACL",
                "wafv2:GetWebACLForResource",
            ),
            resources=(context.arn("wafv2", "regional/webacl/*/*"), balancers[0]),
        ),
        Statement(actions=("elasticloadbalancing:SetWebAcl",), resources=("*",)),
    )


def _listeners(context: PolicyContext) -> tuple[Statement, ...]:
    """Listeners and rules of older releases have no tags, so upstream requires no tag here."""
    kinds = ("app", "net")
    balancers = tuple(context.arn("elasticloadbalancing", f"loadbalancer/{kind}/*/*") for kind in kinds)
    listeners = tuple(context.arn("elasticloadbalancing", f"listener/{kind}/*/*/*") for kind in kinds)
    rules = tuple(context.arn("elasticloadbalancing", f"listener-rule/{kind}/*/*/*/*") for kind in kinds)
    return (
        Statement(actions=("elasticloadbalancing:CreateListener",), resources=balancers),
        Statement(
            actions=(
                "elasticloadbalancing:AddListenerCertificates",
                "elasticloadbalancing:CreateRule",
                "elasticloadbalancing:DeleteListener",
                "elasticloadbalancing:ModifyListener",
                "elasticloadbalancing:RemoveListenerCertificates",
            ),
            resources=listeners,
        ),
        Statement(
            actions=(
                "elasticloadbalancing:DeleteRule",
                "elasticloadbalancing:ModifyRule",
                "elasticloadbalancing:SetRulePriorities",
            ),
            resources=rules,
        ),
        Statement(
            actions=("elasticloadbalancing:ModifyListenerAttributes",), resources=listeners, conditions=_own(context)
        ),
        Statement(
            actions=("elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"),
            resources=(*listeners, *rules),
        ),
    )
