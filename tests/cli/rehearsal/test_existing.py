"""What settings name as existing is on the stand-in for AWS, with the names and ids of the settings."""

import pytest

from cli.rehearsal.existing import create_existing
from cli.rehearsal.world import World
from modules.errors import ProblemsError
from modules.settings import ExistingNetwork, Platform
from stacks.platform import build
from tests.e2e.stage import small
from tests.platforms import EXAMPLES
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.providers import ChartFolders

pytestmark = pytest.mark.aws
VPC, FIRST, SECOND = "vpc-0123456789abcdef0", "subnet-0123456789abcdef0", "subnet-0123456789abcdef1"


def test_an_existing_cluster_with_its_nodes_bucket_and_provider(aws: Server) -> None:
    (platform,) = EXAMPLES["existing_cluster"]
    endpoint = create_existing(aws, platform, build(platform).documents)
    cluster = aws.client("eks").describe_cluster(name="legacy")["cluster"]
    assert cluster["endpoint"] == endpoint
    assert cluster["resourcesVpcConfig"]["subnetIds"] == [FIRST, SECOND]
    (group,) = aws.client("ec2").describe_security_groups(GroupIds=["sg-0123456789abcdef0"])["SecurityGroups"]
    assert {one["FromPort"] for one in group["IpPermissions"]} >= {8443, 9443, 15017}
    assert [one["Name"] for one in aws.client("s3").list_buckets()["Buckets"]] == ["example-ml-data"]
    (provider,) = aws.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert provider["Arn"].endswith(cluster["identity"]["oidc"]["issuer"].removeprefix("https://"))


def test_an_existing_network_and_an_administrator(aws: Server) -> None:
    platform = small(network=ExistingNetwork(vpc_id=VPC, private_subnet_ids=(FIRST, SECOND)))
    assert create_existing(aws, platform, build(platform).documents) is None
    subnets = aws.client("ec2").describe_subnets(SubnetIds=[FIRST, SECOND])["Subnets"]
    assert [one["VpcId"] for one in subnets] == [VPC, VPC]
    assert len({one["AvailabilityZone"] for one in subnets}) == 2
    assert aws.client("iam").get_role(RoleName="platform-admins")


def test_a_hosted_zone_has_the_id_of_the_settings(aws: Server) -> None:
    (platform,) = EXAMPLES["production"]
    create_existing(aws, platform, build(platform).documents)
    (zone,) = aws.client("route53").list_hosted_zones()["HostedZones"]
    assert zone["Id"] == "/hostedzone/Z0123456789ABCDEFGHIJ"


def test_what_cannot_be_created_is_refused_with_its_place(aws: Server) -> None:
    documents = {
        "prod-services": {"data": {"aws_lb": {"company": {"arn": "arn:aws:…"}, "own": {"arn": "${aws_lb.x.arn}"}}}}
    }
    with pytest.raises(ProblemsError) as error:
        create_existing(aws, small(), documents)
    (line,) = error.value.lines
    assert line.startswith("data.aws_lb.company in prod-services: an existing resource that the stand-in")


def test_what_existed_before_is_not_left_and_what_is_new_is(aws: Server) -> None:
    platform: Platform = small()
    world = World(aws, ChartFolders())
    world.reset(platform, build(platform).documents)
    assert world.left(platform) == []
    aws.client("iam").create_role(RoleName="forgotten", AssumeRolePolicyDocument="{}")
    assert world.left(platform) == ["role forgotten"]


def test_a_secret_in_its_recovery_window_is_not_left(aws: Server) -> None:
    platform = small()
    world = World(aws, ChartFolders())
    world.reset(platform, {})
    secrets = aws.client("secretsmanager")
    for name in ("kept", "deleted"):
        secrets.create_secret(Name=name, SecretString="1")
    secrets.delete_secret(SecretId="deleted", RecoveryWindowInDays=7)
    assert world.left(platform) == ["secret kept"]


def test_a_chart_that_is_not_here_is_refused_with_its_download() -> None:
    release = {"chart": "cluster-autoscaler", "repository": "https://example.com/charts", "version": "9.0"}
    with pytest.raises(ProblemsError) as error:
        World.of([{"resource": {"helm_release": {"one": release}}}], [])
    first, command = error.value.lines
    assert first.startswith("charts are missing: 1, and a rehearsal downloads nothing")
    assert command.strip().startswith("helm pull cluster-autoscaler --repo https://example.com/charts --version 9.0")
