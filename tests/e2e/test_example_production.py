"""examples/production: applied, its state in the bucket that `make deploy` makes, and nothing left to do."""

from pathlib import Path

import pytest

from cli.state_bucket import ensure
from modules.settings import ExistingZone, Kubeflow, LoadBalancer, Platform, State
from tests.e2e.example_stage import example, make_roles, staged
from tests.stand_ins.moto_extension import Server

pytestmark = pytest.mark.terraform


def in_zone(platform: Platform, zone_id: str) -> Platform:
    """The example with the id of a zone that moto has made; all else is as in its file."""
    kubeflow = platform.kubeflow
    assert isinstance(kubeflow, Kubeflow)
    assert isinstance(kubeflow.exposure, LoadBalancer)
    zone = ExistingZone(zone_id=zone_id)
    return platform.with_changes(kubeflow=kubeflow.with_changes(exposure=kubeflow.exposure.with_changes(zone=zone)))


def test_production_is_applied_and_a_second_plan_is_empty(aws: Server, tmp_path: Path) -> None:
    make_roles(aws)
    zone = aws.client("route53").create_hosted_zone(Name="ml.example.com", CallerReference="company")
    platform = in_zone(example("production"), zone["HostedZone"]["Id"].removeprefix("/hostedzone/"))
    assert isinstance(platform.state, State.s3)
    ensure(platform.state, aws.client("s3"))
    with staged(tmp_path, aws, platform) as stage:
        stage.apply()
        stage.check_settled()
        stage.check_releases()
        check_promises(aws)
        assert stage.stacks["services"].output()["dashboard_url"] == "https://kubeflow.ml.example.com"
        assert {name for _, name in stage.cluster.releases} >= {"karpenter", "team-vision", "team-language"}
    kept = {one["Key"] for one in aws.client("s3").list_objects_v2(Bucket=platform.state.bucket)["Contents"]}
    assert kept == {f"kubeflow/production/{layer}.tfstate" for layer in stage.stacks}
    assert [file for file in tmp_path.rglob("*.tfstate") if ".terraform" not in file.parts] == []


def check_promises(aws: Server) -> None:
    """What the example says of itself, read from AWS."""
    config = aws.client("eks").describe_cluster(name="production")["cluster"]["resourcesVpcConfig"]
    assert (config["endpointPublicAccess"], config["endpointPrivateAccess"]) == (False, True)
    assert len(aws.client("ec2").describe_nat_gateways()["NatGateways"]) == 3
    (database,) = aws.client("rds").describe_db_instances()["DBInstances"]
    assert (database["MultiAZ"], database["BackupRetentionPeriod"], database["DeletionProtection"]) == (True, 14, True)
    (balancer,) = aws.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert balancer["Scheme"] == "internal"
    (pool,) = aws.client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"]
    assert aws.client("cognito-idp").get_user_pool_mfa_config(UserPoolId=pool["Id"])["MfaConfiguration"] == "ON"
