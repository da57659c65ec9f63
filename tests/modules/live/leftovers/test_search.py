"""The search finds each kind of leftover of a platform, and nothing of a neighbour or of the account."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest

from modules.checks.teardown import kinds
from modules.live.aws import Aws, DeniedError
from modules.live.leftovers.found import Leftover
from modules.live.leftovers.identity import Identity
from modules.live.leftovers.removal import REMOVALS, chosen, remove
from modules.live.leftovers.search import Found, search
from tests.stand_ins.controllers import Place, leave_behind, of_terraform
from tests.stand_ins.moto_extension import CREDENTIALS, Server

pytestmark = pytest.mark.aws
KINDS = {
    "load balancer": "END201",
    "target group": "END201",
    "security group": "END201",
    "classic load balancer": "END201",
    "security group of a classic load balancer": "END201",
    "volume": "END202",
    "snapshot": "END202",
    "network interface": "END203",
    "instance": "END204",
    "launch template": "END204",
    "instance profile": "END204",
    "log group": "END205",
    "VPC endpoint": "END206",
    "security group of GuardDuty": "END206",
    "access point": "END207",
    "DNS record": "END208",
    "repository": "END209",
    "IAM role": "END301",
    "s3": "END301",
    "secret": "END301",
    "KMS key": "END101",
    "secret in its recovery window": "END102",
    "database snapshot": "END103",
}
"""What stand-ins leave, and under which finding it is listed."""
STAYS = ("KMS key", "secret in its recovery window", "database snapshot")


def place(aws: Server, platform: str, cidr: str, **more: str) -> Place:
    """A VPC with a subnet, tagged as Terraform does."""
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone="us-west-2a")["Subnet"]["SubnetId"]
    return Place(platform, platform, vpc, subnet, **more)


def identity(where: Place, handles: frozenset[str] = frozenset()) -> Identity:
    return Identity(
        platform=where.platform,
        cluster=where.cluster,
        owns_cluster=True,
        vpc_ids=frozenset({where.vpc_id}),
        log_groups=(f"/aws/eks/{where.cluster}/cluster",),
        zone_ids=(where.zone_id,) if where.zone_id else (),
        pull_prefixes=(f"{where.platform}/docker/",),
        handles=handles,
        file_systems=(where.file_system_id,) if where.file_system_id else (),
        recorded=frozenset({where.vpc_id, where.subnet_id}),
    )


@functools.cache
def session() -> Any:
    """One for all tests: each reads the models of its services."""
    return boto3.Session(
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name="us-west-2",
    )


def found(who: Identity) -> Found:
    return search(Aws(session(), "us-west-2"), who)


@dataclass(frozen=True)
class Account:
    """An account in which two platforms left one of each kind, and which has things of no platform."""

    own: Place
    left: dict[str, str]
    others: dict[str, str]

    @property
    def identity(self) -> Identity:
        return identity(self.own, frozenset({self.left["access point"]}))


def shared(aws: Server, name: str) -> dict[str, str]:
    """A file system and a zone that the platform does not create."""
    file_system = aws.client("efs").create_file_system(CreationToken=name)["FileSystemId"]
    zone = aws.client("route53").create_hosted_zone(Name="team.example.net", CallerReference=name)["HostedZone"]["Id"]
    return {"file_system_id": file_system, "zone_id": zone.rpartition("/")[2]}


def strangers(aws: Server) -> None:
    """What belongs to no platform."""
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24", AvailabilityZone="us-west-2a")["Subnet"]["SubnetId"]
    ec2.create_volume(AvailabilityZone="us-west-2a", Size=1)
    ec2.create_network_interface(SubnetId=subnet)
    ec2.create_security_group(GroupName="any", Description="any", VpcId=vpc)
    aws.client("elbv2").create_load_balancer(Name="any", Subnets=[subnet], Type="network")
    aws.client("logs").create_log_group(logGroupName="/aws/eks/prod/cluster-of-another-team")
    aws.client("iam").create_role(RoleName="prod-of-another-team", AssumeRolePolicyDocument="{}")
    aws.client("ecr").create_repository(repositoryName="prod/other")


@pytest.fixture(scope="module")
def account(moto: Server) -> Iterator[Account]:
    moto.reset()
    more = shared(moto, "shared")
    own, neighbour = place(moto, "prod", "10.0.0.0/16", **more), place(moto, "prod-eu", "10.1.0.0/16", **more)
    left, others = ({**leave_behind(moto, where), **of_terraform(moto, where.platform)} for where in (own, neighbour))
    strangers(moto)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", moto.endpoint)
        yield Account(own, left, others)


def test_each_kind_is_listed_and_nothing_of_a_neighbour_or_of_the_account(account: Account) -> None:
    result = found(account.identity)
    assert result.not_checked == ()
    by_id = {one.id: one for one in (*result.left, *result.stays)}
    assert {type_: by_id[id_].kind.id for type_, id_ in account.left.items() if id_ in by_id} == KINDS
    assert {one.id for one in result.stays} == {account.left[type_] for type_ in STAYS}
    assert [str(one) for one in by_id.values() if one.id not in account.left.values()] == []
    assert by_id.keys() & set(account.others.values()) == set()


def test_what_is_not_listed_is_not_deleted(account: Account) -> None:
    listed, left, others = found(account.identity).left, account.left, account.others
    assert [one.id for one in chosen(listed, [left["volume"], left["volume"]])] == [left["volume"]]
    with pytest.raises(ValueError, match=f"{others['volume']}: not among the leftovers") as error:
        chosen(listed, [left["volume"], others["volume"], others["instance"]])
    assert len(str(error.value).splitlines()) == 2
    with pytest.raises(ValueError, match="this program does not delete it"):
        chosen(listed, [left["s3"]])


def test_what_is_named_alone_is_deleted_until_nothing_is_left(account: Account, moto: Server) -> None:
    own = place(moto, "last", "10.2.0.0/16", **shared(moto, "last"))
    left = {**leave_behind(moto, own), **of_terraform(moto, "last")}
    who = identity(own, frozenset({left["access point"]}))
    before = found(who)
    (volume,) = chosen(before.left, [left["volume"]])
    remove(moto.client, volume)
    after = found(who)
    assert {one.id for one in before.left} - {one.id for one in after.left} == {left["volume"]}

    first = ["classic load balancer", "load balancer", "VPC endpoint", "network interface", "instance"]
    named = [one for one in (*after.left, *after.stays) if one.removable and one.type in REMOVALS]
    assert {one.type for one in named} >= {*KINDS} & {*REMOVALS} - {"volume"}
    for one in sorted(named, key=lambda one: one.type not in first):
        remove(moto.client, one)
    result = found(who)
    assert {one.type for one in result.left} == {"DNS record", "access point", "s3"}
    assert not result.is_clean
    moto.client("s3").delete_bucket(Bucket=left["s3"].rpartition(":")[2])
    clean = found(replace(who, zone_ids=(), file_systems=()))
    assert clean.is_clean, clean
    assert [one.type for one in clean.stays] == ["KMS key"], "AWS deletes no key at once"
    assert not found(account.identity).is_clean


def test_what_only_is_in_the_vpc_is_listed_and_not_deleted(account: Account, moto: Server) -> None:
    """Another team's instance, and a neighbour's cluster in the same network."""
    own = place(moto, "crowded", "10.3.0.0/16")
    ec2 = moto.client("ec2")
    image = ec2.register_image(Name="any", RootDeviceName="/dev/xvda")["ImageId"]
    instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=own.subnet_id)
    id_ = instance["Instances"][0]["InstanceId"]
    others = leave_behind(moto, Place("crowded-eu", "crowded-eu", own.vpc_id, own.subnet_id))
    listed = {one.id: one for one in found(identity(own)).left}
    assert (listed[id_].kind.id, listed[id_].mark) == ("END302", f"in {own.vpc_id}")
    for named in (id_, others["network interface"], others["load balancer"], others["security group"]):
        assert listed[named].kind.id == "END302"
        with pytest.raises(ValueError, match="this program does not delete it"):
            chosen(listed.values(), [named])


def test_an_existing_cluster_has_only_what_is_for_the_platforms_namespaces(account: Account) -> None:
    guest = Identity("guest", "prod", owns_cluster=False, namespaces=frozenset({"shop"}))
    assert {one.id for one in found(guest).left} == {
        account.left[type_] for type_ in ("load balancer", "target group", "classic load balancer", "volume")
    }
    assert found(replace(guest, namespaces=frozenset({"other"}))).is_clean


def test_what_terraform_has_in_its_states_is_not_a_leftover(account: Account) -> None:
    recorded = account.identity.recorded | {account.left["IAM role"], account.left["s3"], account.left["volume"]}
    ids = {one.id for one in found(replace(account.identity, recorded=recorded)).left}
    assert ids & recorded == set()
    assert account.left["secret"] in ids


def test_a_missing_permission_is_named_and_not_clean(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    request = Aws._request

    def refused(self: Aws, service: str, operation: str, region: str, parameters: Any) -> Any:
        if operation == "describe_volumes":
            raise DeniedError("ec2:DescribeVolumes")
        return request(self, service, operation, region, parameters)

    monkeypatch.setattr(Aws, "_request", refused)
    result = found(Identity("any", "any", owns_cluster=True))
    assert (result.left, result.not_checked) == ((), ("EC2: needs ec2:DescribeVolumes",))
    assert not result.is_clean


def test_what_terraform_did_not_destroy_is_listed_by_its_tag(account: Account, moto: Server) -> None:
    own = place(moto, "half", "10.5.0.0/16")
    ec2 = moto.client("ec2")
    second = ec2.create_subnet(
        VpcId=ec2.create_vpc(CidrBlock="10.6.0.0/16")["Vpc"]["VpcId"],
        CidrBlock="10.6.0.0/24",
        AvailabilityZone="us-west-2b",
    )["Subnet"]["SubnetId"]
    role = moto.client("iam").create_role(RoleName="half-cluster", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    tags = {"kubeflow-platform": "half"}
    for name, tagged in (("half", tags), ("half-too", {"kubeflow-platform": "half-too"})):
        moto.client("eks").create_cluster(
            name=name,
            roleArn=role,
            resourcesVpcConfig={"subnetIds": [own.subnet_id, second]},
            accessConfig={"authenticationMode": "API"},
            tags=tagged,
        )
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": listed}])[
        "AllocationId"
    ]
    by_type = {one.type: (one.kind.id, one.id) for one in found(identity(own)).left}
    assert by_type["EKS cluster"] == ("END301", "half")
    assert by_type["elastic IP"] == ("END301", address)
    another = replace(identity(own), platform="other", cluster="half-too")
    assert "EKS cluster" not in {one.type for one in found(another).left}, (
        "another platform has the cluster of this name"
    )


def test_a_security_group_is_deleted_with_the_rules_that_refer_to_it(account: Account, moto: Server) -> None:
    own = place(moto, "ruled", "10.4.0.0/16")
    ec2 = moto.client("ec2")
    group, nodes = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=own.vpc_id)["GroupId"]
        for name in ("k8s-elb-a0", "nodes")
    )
    rule = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "UserIdGroupPairs": [{"GroupId": group}]}
    other = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    ec2.authorize_security_group_ingress(GroupId=nodes, IpPermissions=[rule, other])
    ec2.authorize_security_group_egress(GroupId=nodes, IpPermissions=[rule])
    (listed,) = chosen(found(identity(own)).left, [group])
    remove(moto.client, listed)
    (left,) = ec2.describe_security_groups(GroupIds=[nodes])["SecurityGroups"]
    assert [one["FromPort"] for one in left["IpPermissions"]] == [443]
    assert [one for one in left["IpPermissionsEgress"] if one["UserIdGroupPairs"]] == []


def test_a_refusal_of_aws_says_what_to_do(account: Account, moto: Server) -> None:
    lost = Leftover(kinds.VOLUMES, "volume", "vol-0123456789abcdef0", "", "")
    with pytest.raises(ValueError, match=r"vol-0123456789abcdef0: AWS refuses to delete it \(InvalidVolume.NotFound"):
        remove(moto.client, lost)
