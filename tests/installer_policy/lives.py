"""Life cycles of platforms under the real Terraform, with each request to AWS recorded: created, changed, destroyed, each planned first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from stacks.platform import build, write_all_charts
from tests.e2e.example_stage import Staged, make_roles, staged
from tests.e2e.kubeflow_stage import make_cluster
from tests.e2e.stage import place
from tests.e2e.test_database import complete_cluster
from tests.e2e.test_existing import foreign
from tests.e2e.test_kubeflow_catalogue import drain
from tests.installer_policy.provider_log import kinds_by_invocation
from tests.installer_policy.recorded_platforms import (
    AURORA,
    AURORA_LATER,
    RDS,
    RDS_LATER,
    REGION,
    STATE_BUCKET,
    Life,
    database,
    files,
    guest,
    made,
    tagged,
    upgraded,
)
from tests.stand_ins.moto_extension import ACCOUNT, Server
from tests.stand_ins.moto_extension.recording import Recorded
from tests.stand_ins.providers import MADE_BY_CONTROLLERS
from tests.terraform import Terraform

BACKEND = "backend"
"""In place of a Terraform type: requests without an id, which the backend in S3 makes."""


@dataclass(frozen=True)
class Attributed:
    """A recorded request, with the Terraform type that it was made for."""

    kind: str
    request: Recorded


def record_all(aws: Server, folder: Path) -> Iterator[Attributed]:
    """All requests of all life cycles, one platform after the other, each in an empty account."""
    for one in (record_tagged, record_files, record_upgraded, record_databases, record_guest, record_made):
        yield from one(aws, folder / one.__name__)


def record_made(aws: Server, folder: Path) -> Iterator[Attributed]:
    """A platform that makes all it needs; its admins, a zone and the bucket of its states are there."""
    aws.reset()
    make_roles(aws)
    aws.client("iam").create_role(RoleName="ci", AssumeRolePolicyDocument="{}")
    aws.client("iam").create_user(UserName="auditor")
    _bucket(aws, STATE_BUCKET)
    zone = aws.client("route53").create_hosted_zone(Name="example.net", CallerReference="parent")["HostedZone"]["Id"]
    yield from record(aws, folder, made(zone.removeprefix("/hostedzone/")))


def record_guest(aws: Server, folder: Path) -> Iterator[Attributed]:
    """A platform on an existing cluster."""
    aws.reset()
    yield from record(aws, folder, guest(**_of_others(aws)))


def record_files(aws: Server, folder: Path) -> Iterator[Attributed]:
    """The services stack alone, destroyed with an object in its bucket."""
    aws.reset()
    make_cluster(aws)

    def put_object() -> None:
        aws.client("s3").put_object(Bucket=f"files-artifacts-{ACCOUNT}", Key="teams/a/model", Body=b"1")

    yield from record(aws, folder, files(), layers=("services",), before_destroy=put_object)


def record_databases(aws: Server, folder: Path) -> Iterator[Attributed]:
    """RDS and Aurora: upgraded, destroyed with a last snapshot, and created again from it."""
    for name, first, then in (("rds", RDS, RDS_LATER), ("aurora", AURORA, AURORA_LATER)):
        aws.reset()
        _of_others(aws)
        yield from record(aws, folder / name, database(name, first, then), layers=("services",))
        rds = aws.client("rds")
        snapshots = [
            *(one["DBSnapshotIdentifier"] for one in rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]),
            *(
                one["DBClusterSnapshotIdentifier"]
                for one in rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"]
            ),
        ]
        restored = then.with_changes(snapshot_identifier=snapshots[0], kms_key_arn=_key(rds))
        yield from record(aws, folder / f"{name}-restored", database(name, restored, restored), layers=("services",))


def record_upgraded(aws: Server, folder: Path) -> Iterator[Attributed]:
    """Network and cluster, whose node group is updated in place."""
    aws.reset()
    make_roles(aws)
    yield from record(aws, folder, upgraded(), layers=("network", "cluster"))


def record_tagged(aws: Server, folder: Path) -> Iterator[Attributed]:
    """An existing network."""
    aws.reset()
    network = foreign(aws)
    zone_c = {"CidrBlock": "10.9.2.0/24", "AvailabilityZone": f"{REGION}c"}
    third = network.ec2.create_subnet(VpcId=network.vpc_id, **zone_c)["Subnet"]["SubnetId"]
    yield from record(aws, folder, tagged(network.vpc_id, (*network.subnet_ids, third)), layers=("network",))


def record(
    aws: Server,
    folder: Path,
    life: Life,
    layers: tuple[str, ...] | None = None,
    before_destroy: Callable[[], None] = lambda: None,
) -> Iterator[Attributed]:
    """The requests of one life cycle.

    Args:
        aws: an account with what the platform expects to be there.
        folder: does not exist yet.
        life: the settings.
        layers: stacks that are applied; None: all.
        before_destroy: what users do with the platform.
    """
    folder.mkdir(parents=True)
    log = folder / "provider.log"
    with staged(folder, aws, life.first) as stage:
        chosen = {layer: stage.stacks[layer] for layer in layers or stage.stacks}
        aws.gate.record()
        for phase, settings in (("create", life.first), ("change", life.then)):
            synthesized = build(settings)
            place(folder, aws, synthesized.tree)
            assert write_all_charts(synthesized, folder / "generated") == []
            for layer, stack in chosen.items():
                if layer == "services":
                    _controllers_follow(stage)
                _run(stack, phase, log)
        before_destroy()
        for stack in reversed(chosen.values()):
            _run(stack, "destroy", log)
        requests = aws.gate.recorded or []
    kinds = kinds_by_invocation(log)
    for one in requests:
        yield Attributed(kinds.get(one.invocation, BACKEND), one)


def _run(stack: Terraform, phase: str, log: Path) -> None:
    """Plan and apply, as two phases."""
    arguments = ("-destroy",) if phase == "destroy" else ()
    plan = _as(stack, "plan", log).plan(*arguments)
    _as(stack, phase, log).apply(plan=plan)


def _as(stack: Terraform, phase: str, log: Path) -> Terraform:
    """The same stack, whose requests say the phase, and whose provider logs them."""
    more = {
        "TF_APPEND_USER_AGENT": f"stack/{stack.folder.name} phase/{phase}",
        "TF_LOG_PROVIDER": "DEBUG",
        "TF_LOG_PATH": str(log),
    }
    return replace(stack, environment={**stack.environment, **more}, starts_provider=True)


def _controllers_follow(stage: Staged) -> None:
    """What controllers do in a cluster that the stand-in does not run: they make what pods wait for, and drain."""
    stage.cluster.appears |= MADE_BY_CONTROLLERS
    for name in ("kubeflow-drain", "addons-drain"):
        stage.cluster.hook_effects[name] = partial(drain, release=name)


def _key(rds: Any) -> str | None:
    """Key of the last snapshot; a restored cluster of Aurora keeps its own."""
    found = rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    return str(found[0]["KmsKeyId"]) if found else None


def _bucket(aws: Server, name: str) -> None:
    aws.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})


def _of_others(aws: Server) -> dict[str, Any]:
    """A cluster, a bucket, a zone and a load balancer that others made; arguments of `guest`."""
    make_cluster(aws)
    complete_cluster(aws)
    aws.client("eks").create_addon(
        clusterName="theirs", addonName="vpc-cni", configurationValues='{"enableNetworkPolicy": "true"}'
    )
    _bucket(aws, "theirs")
    zone = aws.client("route53").create_hosted_zone(Name="team.example.net", CallerReference="theirs")["HostedZone"]
    subnets = aws.client("ec2").describe_subnets()["Subnets"][:2]
    ids = tuple(one["SubnetId"] for one in subnets)
    group = aws.client("ec2").create_security_group(GroupName="edge", Description="edge", VpcId=subnets[0]["VpcId"])
    elb = aws.client("elbv2")
    balancer = elb.create_load_balancer(Name="edge", Subnets=list(ids), SecurityGroups=[group["GroupId"]])
    certificate = aws.client("acm").request_certificate(DomainName="*.team.example.net")["CertificateArn"]
    listener = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate}],
    )["Listeners"][0]
    return {
        "subnet_ids": ids,
        "listener_arn": listener["ListenerArn"],
        "security_group_id": group["GroupId"],
        "zone_id": zone["Id"].removeprefix("/hostedzone/"),
    }
