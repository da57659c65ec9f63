"""Each kind of resource that is left behind, by the type under which `kubeflow-aws teardown` lists it."""

from dataclasses import dataclass
from typing import Any
from zlib import crc32

from tests.stand_ins.moto_extension import ACCOUNT, Server

Tags = dict[str, str]


@dataclass(frozen=True)
class Place:
    """Where things are left.

    Args:
        platform: name of the platform.
        cluster: name of its cluster.
        vpc_id: its VPC.
        subnet_id: one of its subnets.
        file_system_id: an existing EFS file system.
        zone_id: an existing Route 53 zone.
    """

    platform: str
    cluster: str
    vpc_id: str
    subnet_id: str
    file_system_id: str = ""
    zone_id: str = ""

    @property
    def owned(self) -> Tags:
        """Source: https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/tags.go."""
        return {f"kubernetes.io/cluster/{self.cluster}": "owned"}


def listed(tags: Tags) -> list[dict[str, str]]:
    """Tags as most services take them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def leave_behind(aws: Server, place: Place) -> dict[str, str]:
    """Make one of each kind that controllers and services of AWS leave; type to id."""
    made = {**_load_balancers(aws, place), **_classic(aws, place), **_volumes(aws, place), **_nodes(aws, place)}
    made |= {**_guardduty(aws, place), **_log_group(aws, place), **_pulled(aws, place)}
    if place.file_system_id:
        made |= _access_point(aws, place)
    if place.zone_id:
        made |= _record(aws, place)
    return made


def network_load_balancer(aws: Server, place: Place, service: str) -> str:
    """A network load balancer for a Service; its ARN.

    Source: https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/pkg/deploy/tracking/provider.go
    """
    tags = {
        "elbv2.k8s.aws/cluster": place.cluster,
        "service.k8s.aws/stack": service,
        "service.k8s.aws/resource": "LoadBalancer",
    }
    made = aws.client("elbv2").create_load_balancer(
        Name=f"k8s-{place.cluster}-{service.partition('/')[2]}"[:20] + "-0123456789",
        Subnets=[place.subnet_id],
        Type="network",
        Tags=listed(tags),
    )
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def _load_balancers(aws: Server, place: Place) -> dict[str, str]:
    """Of the AWS Load Balancer Controller."""
    tags = {"elbv2.k8s.aws/cluster": place.cluster, "ingress.k8s.aws/stack": "shop/web"}
    group = aws.client("elbv2").create_target_group(
        Name=f"k8s-shop-{place.cluster}"[:21] + "-abcdef0123",
        Protocol="TCP",
        Port=80,
        VpcId=place.vpc_id,
        Tags=listed(tags),
    )
    # https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/pkg/networking/backend_sg_provider.go
    shared = {"elbv2.k8s.aws/cluster": place.cluster, "elbv2.k8s.aws/resource": "backend-sg"}
    return {
        "load balancer": network_load_balancer(aws, place, "shop/web"),
        "target group": str(group["TargetGroups"][0]["TargetGroupArn"]),
        "security group": _group(aws, place, f"k8s-traffic-{place.cluster}-0123456789", shared),
    }


def _classic(aws: Server, place: Place) -> dict[str, str]:
    """Of the cloud controller that EKS runs.

    Source: https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/aws_loadbalancer.go
    """
    name = f"a{'0123456789abcdef' * 2}"[: 31 - len(place.platform)] + place.platform
    group = _group(aws, place, f"k8s-elb-{name}", place.owned)
    aws.client("elb").create_load_balancer(
        LoadBalancerName=name,
        SecurityGroups=[group],
        Listeners=[{"Protocol": "TCP", "LoadBalancerPort": 80, "InstancePort": 30080}],
        Subnets=[place.subnet_id],
        Tags=listed({**place.owned, "kubernetes.io/service-name": "shop/classic"}),
    )
    return {
        "classic load balancer": name,
        "security group of a classic load balancer": group,
    }


def volume(aws: Server, place: Place, claim: str, size_gib: int = 1) -> str:
    """An EBS volume of a claim `<namespace>/<name>`; its id.

    Source: https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/tagging.md
    """
    namespace, _, name = claim.partition("/")
    made = aws.client("ec2").create_volume(
        AvailabilityZone="us-west-2a",
        Size=size_gib,
        TagSpecifications=_tagged(
            "volume",
            {
                **place.owned,
                "Name": f"{place.cluster}-dynamic-pvc-{name}",
                "CSIVolumeName": f"pvc-{name}",
                "ebs.csi.aws.com/cluster": "true",
                "kubernetes.io/created-for/pvc/namespace": namespace,
                "kubernetes.io/created-for/pvc/name": name,
            },
        ),
    )
    return str(made["VolumeId"])


def _volumes(aws: Server, place: Place) -> dict[str, str]:
    """Of the EBS CSI driver, with its snapshot."""
    made = volume(aws, place, "shop/data")
    tags = {**place.owned, "CSIVolumeSnapshotName": "snapshot-0", "ebs.csi.aws.com/cluster": "true"}
    snapshot = aws.client("ec2").create_snapshot(VolumeId=made, TagSpecifications=_tagged("snapshot", tags))
    return {"volume": made, "snapshot": str(snapshot["SnapshotId"])}


def _nodes(aws: Server, place: Place) -> dict[str, str]:
    """Of the VPC CNI and of Karpenter."""
    ec2, iam = aws.client("ec2"), aws.client("iam")
    # https://github.com/aws/amazon-vpc-cni-k8s/blob/master/pkg/awsutils/awsutils.go
    cni = {
        "cluster.k8s.amazonaws.com/name": place.cluster,
        "node.k8s.amazonaws.com/instance_id": "i-0123456789abcdef0",
        "eks:eni:owner": "amazon-vpc-cni",
    }
    interface = ec2.create_network_interface(
        SubnetId=place.subnet_id,
        Description="aws-K8S-i-0123456789abcdef0",
        TagSpecifications=_tagged("network-interface", cni),
    )
    # https://github.com/aws/karpenter-provider-aws/blob/main/pkg/apis/v1/labels.go
    karpenter = {**place.owned, "eks:eks-cluster-name": place.cluster, "karpenter.sh/nodepool": "general"}
    image = ec2.register_image(Name=f"node-{place.platform}", RootDeviceName="/dev/xvda")["ImageId"]
    instance = ec2.run_instances(
        ImageId=image,
        MinCount=1,
        MaxCount=1,
        SubnetId=place.subnet_id,
        TagSpecifications=_tagged("instance", karpenter),
    )
    template = ec2.create_launch_template(
        LaunchTemplateName=f"karpenter.k8s.aws/{crc32(place.platform.encode())}",
        LaunchTemplateData={"ImageId": image},
        TagSpecifications=_tagged("launch-template", karpenter),
    )
    profile = f"{place.cluster}_12345678901234567890"
    iam.create_instance_profile(InstanceProfileName=profile, Tags=listed(karpenter))
    return {
        "network interface": str(interface["NetworkInterface"]["NetworkInterfaceId"]),
        "instance": str(instance["Instances"][0]["InstanceId"]),
        "launch template": str(template["LaunchTemplate"]["LaunchTemplateId"]),
        "instance profile": profile,
    }


def _guardduty(aws: Server, place: Place) -> dict[str, str]:
    """Of GuardDuty's Runtime Monitoring.

    Source: https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring-agent-resource-clean-up.html
    """
    from moto.ec2.models import ec2_backends

    tags = {"GuardDutyManaged": "true"}
    group = _group(aws, place, f"GuardDutyManagedSecurityGroup-{place.vpc_id}", tags)
    endpoint = aws.client("ec2").create_vpc_endpoint(
        VpcId=place.vpc_id,
        ServiceName="com.amazonaws.us-west-2.guardduty-data",
        VpcEndpointType="Interface",
        SubnetIds=[place.subnet_id],
        SecurityGroupIds=[group],
        TagSpecifications=_tagged("vpc-endpoint", tags),
    )
    id_ = str(endpoint["VpcEndpoint"]["VpcEndpointId"])
    for interface in endpoint["VpcEndpoint"]["NetworkInterfaceIds"]:
        ec2_backends[ACCOUNT]["us-west-2"].enis[
            interface
        ].description = f"VPC Endpoint Interface {id_}"  # moto has none
    return {"VPC endpoint": id_, "security group of GuardDuty": group}


def _log_group(aws: Server, place: Place) -> dict[str, str]:
    """Of the control plane, which creates it again without tags."""
    name = f"/aws/eks/{place.cluster}/cluster"
    aws.client("logs").create_log_group(logGroupName=name)
    return {"log group": name}


def _pulled(aws: Server, place: Place) -> dict[str, str]:
    """Of a pull-through cache.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
    """
    name = f"{place.platform}/docker/library/python"
    aws.client("ecr").create_repository(repositoryName=name)
    return {"repository": name}


def _access_point(aws: Server, place: Place) -> dict[str, str]:
    """Of the EFS CSI driver; its tag does not name the cluster."""
    made = aws.client("efs").create_access_point(
        ClientToken=place.platform,
        FileSystemId=place.file_system_id,
        Tags=listed({"efs.csi.aws.com/cluster": "true"}),
    )
    return {"access point": str(made["AccessPointId"])}


def _record(aws: Server, place: Place) -> dict[str, str]:
    """Of external-dns.

    Source: https://kubernetes-sigs.github.io/external-dns/latest/docs/registry/txt/
    """
    name = f"a-web-{place.cluster}.team.example.net."
    value = f'"heritage=external-dns,external-dns/owner={place.cluster},external-dns/resource=service/shop/web"'
    record = {"Name": name, "Type": "TXT", "TTL": 300, "ResourceRecords": [{"Value": value}]}
    aws.client("route53").change_resource_record_sets(
        HostedZoneId=place.zone_id, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    )
    return {"DNS record": f"{place.zone_id}/{name}"}


def of_terraform(aws: Server, platform: str) -> dict[str, str]:
    """What an interrupted apply leaves, and what remains by configuration; type to id."""
    tags = {"kubeflow-platform": platform, "managed-by": "terraform"}
    aws.client("iam").create_role(RoleName=f"{platform}-cluster", AssumeRolePolicyDocument="{}", Tags=listed(tags))
    bucket = f"{platform}-artifacts-123456789012"
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": listed(tags)})
    kms_tags: list[dict[str, str]] = [{"TagKey": key, "TagValue": value} for key, value in tags.items()]
    key = aws.client("kms").create_key(Tags=kms_tags)["KeyMetadata"]["KeyId"]
    aws.client("kms").schedule_key_deletion(KeyId=key, PendingWindowInDays=30)
    secrets = aws.client("secretsmanager")
    for name in ("database", "cookie"):
        secrets.create_secret(Name=f"{platform}/{name}", SecretString="x", Tags=listed(tags))
    secrets.delete_secret(SecretId=f"{platform}/database", RecoveryWindowInDays=7)
    return {
        "IAM role": f"{platform}-cluster",
        "s3": f"arn:aws:s3:::{bucket}",
        "KMS key": key,
        "secret in its recovery window": f"{platform}/database",
        "secret": f"{platform}/cookie",
        "database snapshot": _final_snapshot(aws, platform, tags),
    }


def _final_snapshot(aws: Server, platform: str, tags: Tags) -> str:
    rds = aws.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier=f"{platform}-kubeflow",
        DBInstanceClass="db.t4g.medium",
        Engine="mysql",
        AllocatedStorage=20,
        MasterUsername="kubeflow",
        MasterUserPassword="0123456789",
        Tags=listed(tags),
        CopyTagsToSnapshot=True,
    )
    name = f"{platform}-kubeflow-last"
    rds.delete_db_instance(
        DBInstanceIdentifier=f"{platform}-kubeflow", SkipFinalSnapshot=False, FinalDBSnapshotIdentifier=name
    )
    return name


def _group(aws: Server, place: Place, name: str, tags: Tags) -> str:
    made: dict[str, Any] = aws.client("ec2").create_security_group(
        GroupName=name, Description=name, VpcId=place.vpc_id, TagSpecifications=_tagged("security-group", tags)
    )
    return str(made["GroupId"])


def _tagged(type_: str, tags: Tags) -> list[dict[str, Any]]:
    return [{"ResourceType": type_, "Tags": listed(tags)}]
