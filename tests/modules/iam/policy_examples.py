"""Requests that the catalogue's controllers make, and requests that they must not get through."""

from collections.abc import Mapping

from modules.iam.policy_context import ArtifactBucket, PolicyContext
from modules.iam.policy_engine import Request

CONTEXT = PolicyContext(
    partition="aws",
    region="us-west-2",
    account_id="111122223333",
    cluster_name="prod",
    vpc_id="vpc-0a",
    dns_zone_ids=("ZONE1", "ZONE2"),
    challenges=("ZONE1", "example.com"),
    pod_log_group_name="/aws/eks/prod/pods",
    interruption_queue_arn="arn:aws:sqs:us-west-2:111122223333:prod-karpenter",
    karpenter_node_role_arn="arn:aws:iam::111122223333:role/prod-karpenter-node",
    artifact_bucket=ArtifactBucket(
        arn="arn:aws:s3:::artifacts",
        kms_key_arn="arn:aws:kms:us-west-2:111122223333:key/artifacts",
        s3_host="s3.us-west-2.amazonaws.com",
    ),
    repository_prefix="prod",
    cached_registries=("quay",),
)
IMAGES = "arn:aws:ecr:us-west-2:111122223333:repository/"
ELB, EC2, IAM = (
    "arn:aws:elasticloadbalancing:us-west-2:111122223333:",
    "arn:aws:ec2:us-west-2:111122223333:",
    "arn:aws:iam::111122223333:",
)
Context = dict[str, str | tuple[str, ...]]


def requests(actions: str, *resources: str, given: Context | None = None) -> tuple[Request, ...]:
    """Each of some actions (of one service, `ec2:A B`) on each of some resources."""
    service, _, names = actions.partition(":")
    context = {key: (value,) if isinstance(value, str) else value for key, value in (given or {}).items()}
    return tuple(Request(f"{service}:{name}", resource, context) for name in names.split() for resource in resources)


def challenge(name: str, type_: str = "TXT") -> Context:
    """Context of a change of one record."""
    prefix = "route53:ChangeResourceRecordSets"
    return {f"{prefix}NormalizedRecordNames": (name,), f"{prefix}RecordTypes": (type_,)}


def tags(where: str, **values: str) -> Context:
    """Context of tags: `Request` or `Resource`; keys by their short names here."""
    long = {
        "autoscaler": "k8s.io/cluster-autoscaler/enabled",
        "cluster": "kubernetes.io/cluster/prod",
        "eks": "eks:eks-cluster-name",
        "elb": "elbv2.k8s.aws/cluster",
        "group": "k8s.io/cluster-autoscaler/prod",
        "node_class": "karpenter.k8s.aws/ec2nodeclass",
        "node_pool": "karpenter.sh/nodepool",
        "region": "topology.kubernetes.io/region",
    }
    return {f"aws:{where}Tag/{long[name]}": value for name, value in values.items()}


def less(key: str, context: Context) -> Context:
    """A context without one key."""
    assert key in context, key
    return {other: value for other, value in context.items() if other != key}


APP, NET = f"{ELB}loadbalancer/app/a/1", f"{ELB}loadbalancer/net/n/1"
TARGETS = f"{ELB}targetgroup/t/1"
LISTENERS = (f"{ELB}listener/app/a/1/2", f"{ELB}listener/net/n/1/2")
RULES = (f"{ELB}listener-rule/app/a/1/2/3", f"{ELB}listener-rule/net/n/1/2/3")
GROUP, VPC = f"{EC2}security-group/sg-1", f"{EC2}vpc/vpc-0a"
ELB_ROLE = f"{IAM}role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing"
NEW, OWN, OTHERS = tags("Request", elb="prod"), tags("Resource", elb="prod"), tags("Resource", elb="dev")
ELB_WRITES = "DeleteLoadBalancer ModifyCapacityReservation ModifyLoadBalancerAttributes SetIpAddressType SetSecurityGroups SetSubnets"

INSTANCE, TEMPLATE = f"{EC2}instance/i-1", f"{EC2}launch-template/lt-1"
MADE = tuple(
    f"{EC2}{kind}/x"
    for kind in ("fleet", "instance", "launch-template", "network-interface", "spot-instances-request", "volume")
)
OTHER_ACCOUNT = "arn:aws:ec2:us-west-2:999999999999:"
USED = (
    "arn:aws:ec2:us-west-2::image/ami-1",
    "arn:aws:ec2:us-west-2::snapshot/snap-1",
    f"{GROUP}",
    f"{OTHER_ACCOUNT}subnet/subnet-1",
)
RESERVED = (f"{OTHER_ACCOUNT}capacity-reservation/cr-1", f"{OTHER_ACCOUNT}placement-group/pg")
NODE_NEW = tags("Request", cluster="owned", eks="prod", node_pool="default")
NODE_OWN = tags("Resource", cluster="owned", node_pool="default")
PROFILE = f"{IAM}instance-profile/prod_1"
PROFILE_NEW = tags("Request", cluster="owned", eks="prod", region="us-west-2", node_class="default")
PROFILE_OWN = tags("Resource", cluster="owned", region="us-west-2", node_class="default")
RETAG: Context = {
    "aws:TagKeys": ("Name", "karpenter.sh/nodeclaim", "eks:eks-cluster-name"),
    **tags("Request", eks="prod"),
}
NODE_ROLE: Context = {"iam:PassedToService": "ec2.amazonaws.com"}

ASG = "arn:aws:autoscaling:us-west-2:111122223333:autoScalingGroup:1:autoScalingGroupName/eks-nodes"
ASG_OWN = tags("Resource", autoscaler="true", group="owned")
ASG_WRITES = "autoscaling:SetDesiredCapacity TerminateInstanceInAutoScalingGroup"
LOGS = "arn:aws:logs:us-west-2:111122223333:log-group:"
ZONES = "arn:aws:route53:::hostedzone/"

BUCKET, OTHER_BUCKET, KEY = (
    "arn:aws:s3:::artifacts",
    "arn:aws:s3:::artifacts-2",
    "arn:aws:kms:us-west-2:111122223333:key/artifacts",
)
DEFINITION = "/pipelines/3b0c"
TEAM_A = "/private-artifacts/team-a"
LOG = f"{TEAM_A}/run-x7/2026/01/31/run-x7-system-container-impl-1/main.log"
OUTPUT = f"{TEAM_A}/v2/artifacts/pipeline/run/train/model"


def key_use(of: str, through: str = "s3.us-west-2.amazonaws.com") -> Context:
    """The encryption context that S3 sends to KMS for an object, or about the bucket where that has a bucket key."""
    return {"kms:ViaService": through, "kms:EncryptionContext:aws:s3:arn": of}


ALLOWED: Mapping[str, tuple[Request, ...]] = {
    "aws-for-fluent-bit": requests(
        "logs:CreateLogStream PutLogEvents", f"{LOGS}/aws/eks/prod/pods:log-stream:fluentbit-x"
    ),
    "aws-load-balancer-controller": (
        *requests(
            "ec2:DescribeAccountAttributes DescribeAddresses DescribeAvailabilityZones DescribeInstances DescribeInternetGateways "
            "DescribeIpamPools DescribeNetworkInterfaces DescribeRouteTables DescribeSecurityGroups DescribeSubnets DescribeTags "
            "DescribeVpcPeeringConnections DescribeVpcs",
            "*",
        ),
        *requests(
            "elasticloadbalancing:DescribeCapacityReservation DescribeListenerAttributes DescribeListenerCertificates "
            "DescribeListeners DescribeLoadBalancerAttributes DescribeLoadBalancers DescribeRules DescribeSSLPolicies DescribeTags "
            "DescribeTargetGroupAttributes DescribeTargetGroups DescribeTargetHealth DescribeTrustStores SetWebAcl",
            "*",
        ),
        *requests("acm:ListCertificates", "*"),
        *requests("acm:DescribeCertificate", "arn:aws:acm:us-west-2:111122223333:certificate/1"),
        *requests("iam:ListServerCertificates", "*"),
        *requests("iam:GetServerCertificate", f"{IAM}server-certificate/x"),
        *requests(
            "iam:CreateServiceLinkedRole", ELB_ROLE, given={"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}
        ),
        *requests(
            "cognito-idp:DescribeUserPoolClient", "arn:aws:cognito-idp:us-west-2:111122223333:userpool/us-west-2_1"
        ),
        *requests(
            "wafv2:GetWebACL AssociateWebACL GetWebACLForResource",
            "arn:aws:wafv2:us-west-2:111122223333:regional/webacl/w/1",
        ),
        *requests("wafv2:AssociateWebACL DisassociateWebACL GetWebACLForResource", APP),
        *requests("ec2:GetSecurityGroupsForVpc CreateSecurityGroup", VPC),
        *requests("ec2:CreateSecurityGroup", GROUP, given=NEW),
        *requests("ec2:CreateTags", GROUP, given={**NEW, "ec2:CreateAction": "CreateSecurityGroup"}),
        *requests("ec2:CreateTags DeleteTags DeleteSecurityGroup", GROUP, given=OWN),
        *requests("ec2:AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress", GROUP, given={"ec2:Vpc": VPC}),
        *requests("elasticloadbalancing:CreateLoadBalancer", APP, NET, given=NEW),
        *requests("elasticloadbalancing:CreateTargetGroup", TARGETS, given=NEW),
        *requests(
            "elasticloadbalancing:AddTags",
            APP,
            NET,
            given={**NEW, "elasticloadbalancing:CreateAction": "CreateLoadBalancer"},
        ),
        *requests(
            "elasticloadbalancing:AddTags",
            TARGETS,
            given={**NEW, "elasticloadbalancing:CreateAction": "CreateTargetGroup"},
        ),
        *requests("elasticloadbalancing:AddTags RemoveTags", APP, NET, TARGETS, given=OWN),
        *requests(f"elasticloadbalancing:{ELB_WRITES}", APP, NET, given=OWN),
        *requests("elasticloadbalancing:ModifyIpPools", APP, given=OWN),
        *requests(
            "elasticloadbalancing:DeleteTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes", TARGETS, given=OWN
        ),
        *requests("elasticloadbalancing:DeregisterTargets RegisterTargets", TARGETS, given=OTHERS),
        *requests("elasticloadbalancing:CreateListener", APP, NET),
        *requests(
            "elasticloadbalancing:AddListenerCertificates CreateRule DeleteListener ModifyListener RemoveListenerCertificates",
            *LISTENERS,
        ),
        *requests("elasticloadbalancing:ModifyListenerAttributes", *LISTENERS, given=OWN),
        *requests("elasticloadbalancing:DeleteRule ModifyRule SetRulePriorities", *RULES),
        *requests("elasticloadbalancing:AddTags RemoveTags", *LISTENERS, *RULES),
    ),
    "cluster-autoscaler": (
        *requests(
            "autoscaling:DescribeAutoScalingGroups DescribeAutoScalingInstances DescribeLaunchConfigurations DescribeScalingActivities "
            "DescribeTags",
            "*",
        ),
        *requests(
            "ec2:DescribeImages DescribeInstanceTypes DescribeLaunchTemplateVersions GetInstanceTypesFromInstanceRequirements",
            "*",
        ),
        *requests(ASG_WRITES, ASG, given=ASG_OWN),
        *requests("eks:DescribeNodegroup", "arn:aws:eks:us-west-2:111122223333:nodegroup/prod/nodes/1"),
    ),
    "dns01-issuer": (
        *requests("route53:ChangeResourceRecordSets", f"{ZONES}ZONE1", given=challenge("_acme-challenge.example.com")),
        *requests(
            "route53:ChangeResourceRecordSets", f"{ZONES}ZONE1", given=challenge("_acme-challenge.a.example.com")
        ),
        *requests("route53:ListResourceRecordSets", f"{ZONES}ZONE1"),
        *requests("route53:GetChange", "arn:aws:route53:::change/C1"),
    ),
    "external-dns": (
        *requests(
            "route53:ChangeResourceRecordSets ListResourceRecordSets ListTagsForResources",
            f"{ZONES}ZONE1",
            f"{ZONES}ZONE2",
        ),
        *requests("route53:ListHostedZones", "*"),
    ),
    "karpenter": (
        *requests("ec2:CreateFleet RunInstances", *USED, *RESERVED),
        *requests("ec2:CreateFleet RunInstances", TEMPLATE, given=NODE_OWN),
        *requests("ec2:CreateFleet RunInstances CreateLaunchTemplate", *MADE, given=NODE_NEW),
        *requests("ec2:CreateTags", *MADE, given={**NODE_NEW, "ec2:CreateAction": "RunInstances"}),
        *requests("ec2:CreateTags", INSTANCE, given={**NODE_OWN, **RETAG}),
        *requests("ec2:CreateTags", INSTANCE, given={**NODE_OWN, "aws:TagKeys": "Name"}),
        *requests("ec2:TerminateInstances", INSTANCE, given=NODE_OWN),
        *requests("ec2:DeleteLaunchTemplate", TEMPLATE, given=NODE_OWN),
        *requests("iam:PassRole", f"{IAM}role/prod-karpenter-node", given=NODE_ROLE),
        *requests("iam:CreateInstanceProfile", PROFILE, given=PROFILE_NEW),
        *requests("iam:TagInstanceProfile", PROFILE, given={**PROFILE_OWN, **PROFILE_NEW}),
        *requests(
            "iam:AddRoleToInstanceProfile DeleteInstanceProfile RemoveRoleFromInstanceProfile",
            PROFILE,
            given=PROFILE_OWN,
        ),
        *requests("iam:GetInstanceProfile", PROFILE),
        *requests("iam:ListInstanceProfiles", "*"),
        *requests(
            "ec2:DescribeCapacityReservations DescribeImages DescribeInstanceStatus DescribeInstanceTypeOfferings DescribeInstanceTypes "
            "DescribeInstances DescribeLaunchTemplates DescribePlacementGroups DescribeSecurityGroups DescribeSpotPriceHistory DescribeSubnets",
            "*",
            given={"aws:RequestedRegion": "us-west-2"},
        ),
        *requests("ssm:GetParameter", "arn:aws:ssm:us-west-2::parameter/aws/service/eks/optimized-ami/1.35/x"),
        *requests("pricing:GetProducts", "*"),
        *requests("eks:DescribeCluster", "arn:aws:eks:us-west-2:111122223333:cluster/prod"),
        *requests("sqs:DeleteMessage GetQueueUrl ReceiveMessage", "arn:aws:sqs:us-west-2:111122223333:prod-karpenter"),
    ),
    # what it does at its start, and for a definition that its database does not have
    "knative-images": (
        *requests("ecr:GetAuthorizationToken", "*"),
        *requests("ecr:BatchGetImage", f"{IMAGES}prod/sum", f"{IMAGES}prod/quay/a/b"),
        *requests("ecr:CreateRepository BatchImportUpstreamImage", f"{IMAGES}prod/quay/a/b"),
    ),
    "pipelines": (
        *requests("s3:ListBucket", BUCKET),
        *requests("s3:GetObject", BUCKET + DEFINITION),
        *requests("kms:Decrypt", KEY, given=key_use(BUCKET)),
        *requests("kms:Decrypt", KEY, given=key_use(BUCKET + DEFINITION)),
    ),
    "pipelines-ui": (
        *requests("s3:GetObject", BUCKET + LOG, BUCKET + LOG.replace("team-a", "team-b")),
        *requests("kms:Decrypt", KEY, given=key_use(BUCKET)),
        *requests("kms:Decrypt", KEY, given=key_use(BUCKET + LOG)),
    ),
}


def each_less(actions: str, resource: str, context: Context) -> tuple[Request, ...]:
    """A request that would be allowed, once without each key of its context."""
    return tuple(one for key in context for one in requests(actions, resource, given=less(key, context)))


DENIED: Mapping[str, tuple[Request, ...]] = {
    "aws-for-fluent-bit": (
        *requests(
            "logs:PutLogEvents", f"{LOGS}/aws/eks/prod/cluster:log-stream:x", f"{LOGS}/aws/eks/dev/pods:log-stream:x"
        ),
        *requests("logs:CreateLogGroup DeleteLogStream", f"{LOGS}/aws/eks/prod/pods:*"),
    ),
    "aws-load-balancer-controller": (
        *requests("iam:CreateServiceLinkedRole", ELB_ROLE, given={"iam:AWSServiceName": "ec2.amazonaws.com"}),
        *requests("iam:CreateServiceLinkedRole", f"{IAM}role/aws-service-role/eks.amazonaws.com/X"),
        *requests("ec2:AuthorizeSecurityGroupIngress", GROUP, given={"ec2:Vpc": f"{EC2}vpc/vpc-0b"}),
        *requests("ec2:CreateSecurityGroup", f"{EC2}vpc/vpc-0b", GROUP),
        *requests("ec2:CreateTags", GROUP, given={"ec2:CreateAction": "CreateSecurityGroup"}),
        *requests("ec2:CreateTags", GROUP, given={**NEW, "ec2:CreateAction": "RunInstances"}),
        *requests("ec2:CreateTags", GROUP, given={**OWN, **tags("Request", elb="dev")}),
        *requests("ec2:CreateTags DeleteTags DeleteSecurityGroup", GROUP, given=OTHERS),
        *requests("ec2:CreateTags", INSTANCE, given=OWN),
        *requests("elasticloadbalancing:CreateLoadBalancer", APP, given=tags("Request", elb="dev")),
        *requests(
            "elasticloadbalancing:AddTags", APP, given={"elasticloadbalancing:CreateAction": "CreateLoadBalancer"}
        ),
        *requests(
            "elasticloadbalancing:AddTags", APP, given={**NEW, "elasticloadbalancing:CreateAction": "CreateRule"}
        ),
        *requests("elasticloadbalancing:AddTags", APP, given={**OWN, **tags("Request", elb="dev")}),
        *requests(f"elasticloadbalancing:AddTags {ELB_WRITES}", APP, NET, given=OTHERS),
        *requests("elasticloadbalancing:DeleteTargetGroup ModifyTargetGroup", TARGETS, given=OTHERS),
        *requests("elasticloadbalancing:ModifyListenerAttributes", *LISTENERS, given=OTHERS),
        *requests("elasticloadbalancing:RegisterTargets", TARGETS.replace("us-west-2", "eu-west-1")),
        *requests("shield:CreateProtection", "*"),
    ),
    "cluster-autoscaler": (
        *each_less(ASG_WRITES, ASG, ASG_OWN),
        *requests(ASG_WRITES, ASG.replace("us-west-2", "eu-west-1"), given=ASG_OWN),
        *requests("autoscaling:UpdateAutoScalingGroup DeleteAutoScalingGroup", ASG, given=ASG_OWN),
        *requests("eks:DescribeNodegroup", "arn:aws:eks:us-west-2:111122223333:nodegroup/dev/nodes/1"),
    ),
    "dns01-issuer": (
        *requests("route53:ChangeResourceRecordSets", f"{ZONES}ZONE1", given=challenge("www.example.com")),
        *requests("route53:ChangeResourceRecordSets", f"{ZONES}ZONE1", given=challenge("_acme-challenge.example.org")),
        *requests("route53:ChangeResourceRecordSets", f"{ZONES}ZONE2", given=challenge("_acme-challenge.example.com")),
        *requests(
            "route53:ChangeResourceRecordSets", f"{ZONES}ZONE1", given=challenge("_acme-challenge.example.com", "A")
        ),
    ),
    "external-dns": requests("route53:ChangeResourceRecordSets", f"{ZONES}ZONE3", f"{ZONES}ZONE11"),
    "karpenter": (
        *each_less("ec2:RunInstances CreateFleet", TEMPLATE, NODE_OWN),
        *each_less("ec2:RunInstances CreateFleet CreateLaunchTemplate", INSTANCE, NODE_NEW),
        *each_less("ec2:CreateTags", INSTANCE, {**NODE_NEW, "ec2:CreateAction": "RunInstances"}),
        *each_less("ec2:CreateTags", INSTANCE, {**NODE_OWN, "aws:TagKeys": "Name"})[:2],
        *requests("ec2:CreateTags", INSTANCE, given={**NODE_OWN, "aws:TagKeys": ("Name", "team")}),
        *requests("ec2:CreateTags", INSTANCE, given={**NODE_OWN, **RETAG, **tags("Request", eks="dev")}),
        *each_less("ec2:TerminateInstances", INSTANCE, NODE_OWN),
        *requests("ec2:TerminateInstances", INSTANCE.replace("us-west-2", "eu-west-1"), given=NODE_OWN),
        *requests("iam:PassRole", f"{IAM}role/admin", given=NODE_ROLE),
        *requests(
            "iam:PassRole", f"{IAM}role/prod-karpenter-node", given={"iam:PassedToService": "lambda.amazonaws.com"}
        ),
        *each_less("iam:CreateInstanceProfile", PROFILE, PROFILE_NEW),
        *each_less("iam:TagInstanceProfile", PROFILE, {**PROFILE_OWN, **PROFILE_NEW}),
        *each_less("iam:AddRoleToInstanceProfile DeleteInstanceProfile", PROFILE, PROFILE_OWN),
        *requests("ec2:DescribeSubnets", "*", given={"aws:RequestedRegion": "eu-west-1"}),
        *requests("eks:DescribeCluster", "arn:aws:eks:us-west-2:111122223333:cluster/dev"),
        *requests("sqs:ReceiveMessage", "arn:aws:sqs:us-west-2:111122223333:other"),
        *requests("ssm:GetParameter", "arn:aws:ssm:us-west-2:111122223333:parameter/prod/password"),
    ),
    "knative-images": (
        *requests("ecr:BatchGetImage", f"{IMAGES}dev/sum", f"{IMAGES}production/sum", f"{IMAGES}sum"),
        *requests("ecr:PutImage GetDownloadUrlForLayer DeleteRepository", f"{IMAGES}prod/sum"),
        *requests("ecr:CreateRepository BatchImportUpstreamImage", f"{IMAGES}prod/sum", f"{IMAGES}prod/ghcr/a/b"),
    ),
    "pipelines": (
        *requests("s3:GetObject", BUCKET + LOG, BUCKET + OUTPUT, OTHER_BUCKET + DEFINITION, f"{BUCKET}/pipelines-2/x"),
        *requests("s3:ListBucket", OTHER_BUCKET),
        *requests("s3:PutObject DeleteObject", BUCKET + DEFINITION),
        *requests("s3:CreateBucket DeleteBucket PutBucketPolicy", BUCKET),
        *each_less("kms:Decrypt", KEY, key_use(BUCKET)),
        *requests("kms:Decrypt", KEY, given=key_use(BUCKET, "ec2.us-west-2.amazonaws.com")),
        *requests("kms:Decrypt", KEY, given=key_use(BUCKET + OUTPUT)),
        *requests("kms:Decrypt", KEY.replace("artifacts", "credentials"), given=key_use(BUCKET)),
        *requests("kms:Encrypt GenerateDataKey ScheduleKeyDeletion", KEY, given=key_use(BUCKET)),
        *requests("iam:PassRole CreateUser", "*", f"{IAM}role/admin"),
    ),
    "pipelines-ui": (
        *requests("s3:GetObject", BUCKET + OUTPUT, BUCKET + DEFINITION, OTHER_BUCKET + LOG, f"{BUCKET}/main.log"),
        *requests("s3:PutObject DeleteObject", BUCKET + LOG),
        *requests("s3:ListBucket", BUCKET),
        *each_less("kms:Decrypt", KEY, key_use(BUCKET)),
        *requests("kms:Decrypt", KEY, given=key_use(BUCKET, "ec2.us-west-2.amazonaws.com")),
        *requests("kms:Decrypt", KEY, given=key_use(BUCKET + OUTPUT)),
        *requests("kms:Decrypt", KEY.replace("artifacts", "credentials"), given=key_use(BUCKET)),
        *requests("iam:PassRole CreateUser", "*", f"{IAM}role/admin"),
    ),
}
