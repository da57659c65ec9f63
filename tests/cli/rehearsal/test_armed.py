"""Failures on the stand-ins themselves: what is refused or interrupted is not carried out, and the next try is."""

import threading
import time

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from cli.rehearsal.faults import Failure, armed
from cli.rehearsal.world import World
from tests.e2e.stage import small
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.providers import ChartFolders

pytestmark = pytest.mark.aws


@pytest.fixture
def world(aws: Server) -> World:
    """An account with an administrator, and no cluster."""
    made = World(aws, ChartFolders())
    made.reset(small(), {})
    return made


def create_role(aws: Server) -> None:
    aws.client("iam").create_role(RoleName="one", AssumeRolePolicyDocument="{}")


def test_a_refused_request_succeeds_at_the_next_try(world: World) -> None:
    with armed(world, Failure("request refused", "iam CreateRole")), pytest.raises(ClientError, match="injected fault"):
        create_role(world.server)
    create_role(world.server)
    assert world.left(small()) == ["role one"]


def test_a_failure_that_is_not_met_is_over_with_its_step(world: World) -> None:
    with armed(world, Failure("request refused", "iam CreateRole")):
        pass
    create_role(world.server)


def test_an_interrupted_request_is_not_carried_out(world: World) -> None:
    """The interrupt is counted while the request is under way; what Terraform would do with it is in tests/e2e/test_rehearse.py."""
    refused: list[Exception] = []

    def request() -> None:
        try:
            create_role(world.server)
        except ClientError as error:
            refused.append(error)

    with armed(world, Failure("interrupted", "iam CreateRole")) as failure:
        client = threading.Thread(target=request)
        client.start()
        end = time.monotonic() + 60
        assert failure.signals is not None
        while not failure.signals.received:
            assert time.monotonic() < end, "no interrupt"
            time.sleep(0.05)
        assert client.is_alive()
    client.join(60)
    assert len(refused) == 1
    assert world.left(small()) == []
    create_role(world.server)


def test_an_interrupt_whose_request_never_comes_is_over_with_its_step(world: World) -> None:
    with armed(world, Failure("interrupted", "iam CreateRole")) as failure:
        assert failure.signals is not None
    assert failure.signals.received == []
    create_role(world.server)


def test_a_cluster_meets_the_failure_of_a_release(world: World) -> None:
    aws = world.server
    role = aws.client("iam").create_role(RoleName="cluster", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    subnets = [one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"]][:2]
    aws.client("eks").create_cluster(name="one", roleArn=role, resourcesVpcConfig={"subnetIds": subnets})
    with armed(world, Failure("release not ready", "istio")):
        (cluster,) = world.clusters.every()
        met = cluster.fault("istio")
        assert met is not None
        assert met.how == "unready"
    with armed(world, Failure("release refused", "istio")):
        pass
    assert cluster.fault("istio") is None
