"""What would lose or rebuild data at the next apply is refused at synthesis, with the way out."""

from pathlib import Path
from typing import Any

import pytest

from modules.errors import ProblemsError
from modules.settings import (
    Addon,
    Addons,
    ArtifactBucket,
    AuroraMysql,
    Cluster,
    Dex,
    Efs,
    Kubeflow,
    Network,
    NodeGroup,
    Platform,
    RdsMysql,
    Services,
    State,
)
from stacks.document import Document
from stacks.fixed_values import FIXED, GROUND, VERSIONS, changed, fixed_of, used
from stacks.protected_resources import Recorded, check, recorded
from tests.built_once import build

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-86ef-1234567890ab"
BUCKET = State.s3(bucket="states", region="us-west-2")


def platform(
    network: dict[str, Any] | None = None,
    cluster: dict[str, Any] | None = None,
    services: dict[str, Any] | None = None,
    **changes: Any,
) -> Platform:
    """A platform with a database and files, whose state cannot be seen."""
    inside = {
        "admins": ("role/admins",),
        "private_access_cidrs": ("10.0.0.0/8",),
        "node_groups": (NodeGroup(name="n"),),
    }
    made = {"artifacts": ArtifactBucket(), "database": RdsMysql(), "efs": Efs()}
    settings = {
        "name": "lost",
        "region": "us-west-2",
        "network": Network(**{"zones": 3, **(network or {})}),
        "cluster": Cluster(**{**inside, "addons": Addons(aws_efs_csi_driver=Addon()), **(cluster or {})}),
        "kubeflow": Kubeflow(auth=Dex(users=("a@example.com",)), services=Services(**{**made, **(services or {})})),
        "state": BUCKET,
    }
    return Platform(**{**settings, **changes})


def documents(one: Platform) -> dict[str, Document]:
    return dict(build(one).documents)


@pytest.fixture(scope="module")
def before() -> Recorded:
    return recorded(documents(platform(allowed_account_ids=("111122223333",))))


ALL = "lost-addons, lost-cluster, lost-kubeflow, lost-network, lost-services"
CHANGES: dict[str, tuple[Platform, list[str]]] = {
    "region": (platform(region="eu-central-1", state=State.s3(bucket="states", region="us-west-2")), [f"{ALL}: the region changes from us-west-2 to eu-central-1."]),
    "partition": (platform(cluster={"addons": Addons(aws_efs_csi_driver=Addon(), metrics_server=None)}, region="us-gov-west-1", state=State.local()), [f"{ALL}: the partition changes from aws to aws-us-gov."]),
    "account": (platform(allowed_account_ids=("444455556666",)), [f"{ALL}: allowed_account_ids changes from 111122223333 to 444455556666."]),
    "account left out": (platform(), []),
    "state in another bucket": (platform(state=State.s3(bucket="others", region="us-west-2")), [f"{ALL}: the state moves from s3://states/kubeflow/lost to s3://others/kubeflow/lost."]),
    "state under another key": (platform(state=BUCKET.with_changes(key_prefix="")), [f"{ALL}: the state moves from s3://states/kubeflow/lost to s3://states/lost."]),
    "local state": (platform(state=State.local()), [f"{ALL}: the state moves from s3://states/kubeflow/lost to state."]),
    "CIDR of the VPC": (platform({"cidr": "10.4.0.0/16"}), ["lost-network/aws_vpc.this: cidr_block changes from 10.0.0.0/16 to 10.4.0.0/16", *["aws_subnet"] * 6]),
    "a zone less": (platform({"zones": 2}), ["lost-network/aws_subnet.private_us_west_2c: no longer generated", "lost-network/aws_subnet.public_us_west_2c: no longer generated"]),
    "a zone more": (platform({"zones": 4}), ["lost-network: subnets in us-west-2d are added, while EKS accepts"]),
    "a second CIDR": (platform({"cidr": "10.0.0.0/16", "secondary_cidr": "100.64.0.0/16"}), []),
    "service CIDR": (platform(cluster={"service_cidr": "172.21.0.0/16"}), ["lost-cluster/aws_eks_cluster.this: kubernetes_network_config changes from None to {'service_ipv4_cidr': '172.21.0.0/16'}"]),
    "an older Kubernetes": (platform(cluster={"kubernetes_version": "1.34"}), ["lost-cluster/aws_eks_cluster.this: version goes back from 1.35 to 1.34, which AWS refuses"]),
    "a newer Kubernetes": (platform(cluster={"kubernetes_version": "1.36"}), []),
    "user of the database": (platform(services={"database": RdsMysql(username="other")}), ["lost-services/aws_db_instance.database: username changes from kubeflow to other"]),
    "key of the database": (platform(services={"database": RdsMysql(kms_key_arn=KEY)}), ["lost-services/aws_db_instance.database: kms_key_id changes", "lost-services/aws_kms_key.database: no longer generated"]),
    "an older MySQL": (platform(services={"database": RdsMysql(engine_version="8.0")}), ["lost-services/aws_db_instance.database: engine_version goes back from 8.4 to 8.0"]),
    "a patch version of MySQL": (platform(services={"database": RdsMysql(engine_version="8.4.7", auto_minor_upgrade=False)}), []),
    "Aurora": (platform(services={"database": AuroraMysql()}), ["lost-services/aws_db_instance.database: no longer generated", "lost-services/aws_cloudwatch_log_group.database_error_log: name changes", "lost-services/aws_cloudwatch_log_group.database_slowquery_log: name changes"]),
    "bucket": (platform(services={"artifacts": ArtifactBucket(name="another-bucket")}), ["lost-services/aws_s3_bucket.artifacts: bucket changes from lost-artifacts-${data.aws_caller_identity.current.account_id} to another-bucket"]),
    "throughput of the files": (platform(services={"efs": Efs(throughput_mode="bursting")}), []),
    "another name": (platform(name="found"), [f"{stack}: the whole stack was removed" for stack in ALL.split(", ")]),
}  # fmt: skip


def refused(previous: Recorded, new: dict[str, Document], folder: Path, *forget: str) -> list[str]:
    try:
        check(previous, new, folder, forget)
    except ProblemsError as error:
        return list(error.lines)
    return []


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_refused_or_free(change: str, before: Recorded, tmp_path: Path) -> None:
    one, expected = CHANGES[change]
    lines = refused(before, documents(one), tmp_path)
    left = [
        line for line in lines if not any(line.startswith(said) or said in line.partition(".")[0] for said in expected)
    ]
    assert left == []
    assert len(lines) >= len(expected)
    assert [said for said in expected if not any(said in line for line in lines)] == []
    assert all("main.py" in line or "restore it" in line for line in lines)


def test_what_is_meant_goes_through_and_is_used(before: Recorded, tmp_path: Path) -> None:
    new = documents(platform({"zones": 2}))
    subnets = tuple(f"lost-network/aws_subnet.{kind}_us_west_2c" for kind in ("private", "public"))
    assert refused(before, new, tmp_path, *subnets) == []
    assert used(before.fixed, new, (*subnets, "lost-cluster", "lost-network/state")) == list(subnets)
    states = tuple(f"{stack}/state" for stack in ALL.split(", "))
    moved = documents(platform(state=State.local()))
    assert refused(before, moved, tmp_path, *states) == []
    assert (
        f'set forget=({" ".join(f""""{one}",""" for one in states)}) in main.py' in refused(before, moved, tmp_path)[0]
    )
    assert refused(before, documents(platform(region="us-east-1")), tmp_path, *ALL.split(", ")) == []


def test_a_list_without_these_values_refuses_nothing_and_remembers_from_then_on(
    before: Recorded, tmp_path: Path
) -> None:
    old = Recorded(before.addresses, {})
    new = documents(platform({"cidr": "10.4.0.0/16"}, allowed_account_ids=("111122223333",)))
    now = check(old, new, tmp_path)
    assert now.fixed["lost-network"]["values"]["aws_vpc.this"] == {"cidr_block": "10.4.0.0/16"}
    assert now.fixed["lost-network"]["accounts"] == ["111122223333"]
    assert check(now, documents(platform({"cidr": "10.4.0.0/16"})), tmp_path).fixed["lost-network"]["accounts"] == [
        "111122223333"
    ]


def test_a_zone_is_free_until_the_cluster_is_applied(before: Recorded, tmp_path: Path) -> None:
    new = documents(platform({"zones": 4}))
    network = Recorded(before.addresses, {"lost-network": before.fixed["lost-network"]})
    assert refused(network, new, tmp_path) == []
    assert refused(before, new, tmp_path, "lost-network/aws_subnet.private_us_west_2d") == []


def test_moved_and_removed_resources_are_left_to_their_blocks() -> None:
    vpc = {"resource": {"aws_vpc": {"this": {"cidr_block": "10.0.0.0/16"}}}}
    previous = {"a": fixed_of(vpc)}
    assert len(changed(previous, {"a": {}}, ())) == 1
    assert changed(previous, {"a": {"removed": [{"from": "aws_vpc.this"}]}}, ()) == []
    assert changed(previous, {"a": {"moved": {"from": "aws_vpc.this", "to": "aws_vpc.main"}}}, ()) == []


def test_every_type_of_the_tables_has_its_attributes_recorded() -> None:
    assert {*VERSIONS, *GROUND} <= FIXED.keys()
    assert list(FIXED) == sorted(FIXED)
