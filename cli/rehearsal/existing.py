"""Creates on the stand-in for AWS what the settings name as existing, with the ids that they name."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modules.cluster.webhook_ports import WEBHOOK_PORTS
from modules.errors import ProblemsError
from modules.settings import ExistingCluster, ExistingNetwork, Platform
from stacks.document import Document
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.moto_extension.named_ids import with_id

_SUPPORTED = {
    "aws_eks_addon",
    "aws_eks_cluster",
    "aws_iam_role",
    "aws_iam_user",
    "aws_route_table",
    "aws_route_tables",
    "aws_route53_zone",
    "aws_s3_bucket",
    "aws_subnet",
    "aws_security_group",
    "aws_vpc",
    "aws_vpc_security_group_rules",
}
"""Data sources of existing resources that are created here."""
_OF_AWS = {
    "aws_availability_zones",
    "aws_caller_identity",
    "aws_ec2_instance_type",
    "aws_ec2_instance_type_offerings",
    "aws_eks_addon_version",
    "aws_elb_service_account",
    "aws_iam_policy_document",
    "aws_vpc_endpoint_service",
    "terraform_remote_state",
}
"""Data sources of what every account has."""
DOMAIN = "rehearsal.example.com"
"""Of a hosted zone that is named by its id."""
CIDR = "10.250.0.0/16"
"""Of an existing VPC; its real block is not known."""


def create_existing(aws: Server, platform: Platform, documents: Mapping[str, Document]) -> str | None:
    """Create everything that data sources look up by a name or an id of the settings.

    Args:
        aws: an empty account.
        platform: the settings.
        documents: all stacks of the platform.

    Returns:
        The address of the API server of an existing cluster; None: there is none.

    Raises:
        ValueError: a data source looks up what cannot be created here.
    """
    looked_up = list(_looked_up(documents))
    unknown = sorted({f"data.{kind}.{name} in {stack}" for stack, kind, name, _ in looked_up if kind not in _SUPPORTED})
    if unknown:
        raise ProblemsError(
            f"{one}: an existing resource that the stand-in for AWS cannot have yet; rehearse the platform without it"
            for one in unknown
        )
    bodies: dict[str, list[Mapping[str, Any]]] = {}
    for _, kind, _, body in looked_up:
        bodies.setdefault(kind, []).append(body)
    _roles_and_users(aws, bodies)
    for bucket in sorted({body["bucket"] for body in bodies.get("aws_s3_bucket", ())}):
        where = (
            {}
            if platform.region == "us-east-1"
            else {"CreateBucketConfiguration": {"LocationConstraint": platform.region}}
        )
        aws.client("s3", platform.region).create_bucket(Bucket=bucket, **where)
    _zones(aws, bodies)
    if isinstance(platform.network, ExistingNetwork):
        network = platform.network
        _network(aws, platform.region, network.vpc_id, network.private_subnet_ids, network.public_subnet_ids)
    return _cluster(aws, platform) if isinstance(platform.cluster, ExistingCluster) else None


def _looked_up(documents: Mapping[str, Document]) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    """Stack, type, name and body of data sources whose arguments name something literally."""
    for stack, document in documents.items():
        for kind, named in document.get("data", {}).items():
            for name, body in named.items():
                given = {key: value for key, value in body.items() if key not in ("//", "lifecycle", "provider")}
                if kind not in _OF_AWS and any(
                    isinstance(value, str) and "${" not in value for value in given.values()
                ):
                    yield stack, kind, name, given


def _roles_and_users(aws: Server, bodies: Mapping[str, list[Mapping[str, Any]]]) -> None:
    iam = aws.client("iam")
    for name in sorted({body["name"] for body in bodies.get("aws_iam_role", ())}):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    for name in sorted({body["user_name"] for body in bodies.get("aws_iam_user", ())}):
        iam.create_user(UserName=name)


def _zones(aws: Server, bodies: Mapping[str, list[Mapping[str, Any]]]) -> None:
    route53 = aws.client("route53")
    found = {(body.get("zone_id", ""), body.get("name", DOMAIN)) for body in bodies.get("aws_route53_zone", ())}
    for identifier, name in sorted(found):
        with with_id("hosted zone", identifier):
            route53.create_hosted_zone(Name=name, CallerReference=f"{name} {identifier}")


def _network(aws: Server, region: str, vpc_id: str, private: Sequence[str], public: Sequence[str] = ()) -> None:
    ec2 = aws.client("ec2", region)
    zones = [one["ZoneName"] for one in ec2.describe_availability_zones()["AvailabilityZones"]]
    with with_id("vpc", vpc_id):
        ec2.create_vpc(CidrBlock=CIDR)
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc_id, **{attribute: {"Value": True}})
    for number, subnet in enumerate((*private, *public)):
        with with_id("subnet", subnet):
            ec2.create_subnet(
                VpcId=vpc_id, CidrBlock=f"10.250.{number * 16}.0/20", AvailabilityZone=zones[number % len(zones)]
            )
        role = "internal-elb" if subnet in private else "elb"
        ec2.create_tags(Resources=[subnet], Tags=[{"Key": f"kubernetes.io/role/{role}", "Value": "1"}])
    (main,) = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["RouteTables"]
    way_out = ec2.create_nat_gateway(SubnetId=private[0], ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    ec2.create_route(RouteTableId=main["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=way_out)
    if public:
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
        table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        for subnet in public:
            ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)


VPC_OF_CLUSTER = "vpc-0000000000rehears"


def _cluster(aws: Server, platform: Platform) -> str:
    """The existing cluster, in the existing VPC or in one of its own, with all webhook ports open."""
    cluster = platform.cluster
    assert isinstance(cluster, ExistingCluster)
    ec2, eks, iam = aws.client("ec2", platform.region), aws.client("eks", platform.region), aws.client("iam")
    if isinstance(platform.network, ExistingNetwork):
        vpc, subnets = platform.network.vpc_id, platform.network.private_subnet_ids
    else:
        vpc = VPC_OF_CLUSTER
        subnets = cluster.private_subnet_ids or ("subnet-000000000rehear1", "subnet-000000000rehear2")
        _network(aws, platform.region, vpc, subnets, cluster.public_subnet_ids)
    role = iam.create_role(RoleName=f"rehearsal-{cluster.name}", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    made = eks.create_cluster(
        name=cluster.name,
        roleArn=role,
        resourcesVpcConfig={"subnetIds": list(subnets)},
        accessConfig={"authenticationMode": "API"},
    )["cluster"]
    group = made["resourcesVpcConfig"]["clusterSecurityGroupId"]
    if cluster.node_security_group_id:
        group = cluster.node_security_group_id
        with with_id("security group", group):
            ec2.create_security_group(GroupName="nodes", Description="nodes", VpcId=vpc)
    template = ec2.create_launch_template(
        LaunchTemplateName=f"rehearsal-{cluster.name}", LaunchTemplateData={"SecurityGroupIds": [group]}
    )["LaunchTemplate"]
    eks.create_nodegroup(
        clusterName=cluster.name,
        nodegroupName="rehearsal",
        nodeRole=role,
        subnets=list(subnets),
        scalingConfig={"minSize": 1, "desiredSize": 1, "maxSize": 1},
        launchTemplate={"id": template["LaunchTemplateId"], "version": "1"},
    )
    ports = set(WEBHOOK_PORTS) - set(cluster.open_webhook_ports)
    ranges = [{"CidrIp": CIDR}]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges} for port in sorted(ports)
        ],
    )
    if cluster.oidc_provider == "existing":
        iam.create_open_id_connect_provider(
            Url=made["identity"]["oidc"]["issuer"], ClientIDList=["sts.amazonaws.com"], ThumbprintList=["0" * 40]
        )
    if cluster.network_policies == "vpc_cni_addon":
        eks.create_addon(
            clusterName=cluster.name, addonName="vpc-cni", configurationValues='{"enableNetworkPolicy":"true"}'
        )
    return str(made["endpoint"])
