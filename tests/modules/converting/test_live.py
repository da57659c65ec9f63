"""A conversion for a cluster that runs, read from AWS."""

from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from typer.testing import CliRunner

import cli.app
from cli.main_file import platforms
from modules.converting.combine import Conversion, convert
from modules.converting.live import KEPT, Live
from modules.rules import problems_of_all
from modules.settings import ExistingCluster
from tests.built_once import build
from tests.stand_ins.moto_extension import CREDENTIALS, Server

CLUSTER = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: Legacy_One, region: us-west-2, version: "1.33", tags: {team: ml}}
iam:
  serviceAccounts:
    - metadata: {name: reader, namespace: kube-system}
      attachPolicyARNs: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
vpc: {cidr: 10.8.0.0/16, nat: {gateway: Single}}
unheard_of: 1
managedNodeGroups:
  - {name: general, instanceType: m6i.large, desiredCapacity: 3, maxSize: 6, labels: {role: a}, privateNetworking: true}
  - {name: gone, instanceType: m6i.large}
cloudWatch: {clusterLogging: {enableTypes: [api, audit]}}
"""
RESOURCES: list[dict[str, Any]] = [
    {
        "type": "aws_eks_cluster",
        "name": "this",
        "id": "Legacy_One",
        "arguments": {
            "name": "Legacy_One",
            "version": "1.34",
            "enabled_cluster_log_types": ["audit", "api"],
            "vpc_config": {"endpoint_public_access": True, "public_access_cidrs": ["0.0.0.0/0"]},
        },
    },
    {"type": "aws_vpc", "name": "this", "id": "vpc-0a1b2c3d4e5f60718", "arguments": {"cidr_block": "10.8.0.0/16"}},
    {
        "type": "aws_eks_node_group",
        "name": "general",
        "id": "Legacy_One:general",
        "arguments": {
            "node_group_name": "general",
            "scaling_config": {"min_size": 3, "desired_size": 5, "max_size": 6},
            "instance_types": ["m6i.large"],
            "labels": {"role": "a", "alpha.eksctl.io/nodegroup-name": "general"},
        },
    },
    {"type": "aws_eks_node_group", "name": "new", "id": "Legacy_One:new", "arguments": {"node_group_name": "new"}},
    {"type": "aws_nat_gateway", "name": "a", "id": "nat-0a", "arguments": {"subnet_id": "subnet-0a"}},
]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    found = Path("cluster.yaml")
    found.write_text(CLUSTER, encoding="utf-8")
    return found


@pytest.fixture
def made(file: Path) -> Conversion:
    def read(region: str) -> list[dict[str, Any]]:
        assert region == "us-west-2"
        return RESOURCES

    return convert([file], Live("Legacy_One", read))


def test_the_cluster_is_imported_as_it_is(made: Conversion) -> None:
    assert made.platform.name == "legacy-one"
    cluster = made.platform.cluster
    assert isinstance(cluster, ExistingCluster)
    assert (cluster.name, cluster.oidc_provider) == ("Legacy_One", "made")
    assert made.platform.network is None
    assert made.platform.imported is not None
    assert [one.id for one in made.platform.imported.resources] == [one["id"] for one in RESOURCES]


def test_settings_next_to_the_cluster_are_those_of_the_file(made: Conversion) -> None:
    assert made.platform.tags == {"team": "ml"}
    (role,) = made.platform.service_account_roles
    assert (role.service_account, role.create_service_account) == ("reader", False)


def test_differences_are_named(made: Conversion) -> None:
    rows = {row.key: row for row in made.rows}
    assert rows["metadata.version"].note == "AWS says 1.34, which is kept; decide which is right"
    assert rows["managedNodeGroups[0].desiredCapacity"].note == "AWS says 5, which is kept; decide which is right"
    assert rows["managedNodeGroups[0].desiredCapacity"].matters
    assert "no managed node group gone" in rows["managedNodeGroups[1].name"].note
    assert [row.value for row in made.rows if row.key == "cluster.node_groups"] == ["new"]
    assert len([row for row in made.rows if "which is kept" in row.note]) == 2


def test_what_is_the_same_is_kept(made: Conversion) -> None:
    rows = {row.key: row for row in made.rows}
    for key in (
        *("vpc.cidr", "vpc.nat.gateway", "cloudWatch.clusterLogging.enableTypes"),
        *("managedNodeGroups[0].instanceType", "managedNodeGroups[0].labels", "managedNodeGroups[0].maxSize"),
    ):
        assert (rows[key].verdict, rows[key].note) == ("maps", "kept: the import takes it from AWS"), key
    assert "unknown key" in rows["unheard_of"].note


GATEWAYS = [
    {
        "type": "aws_subnet",
        "name": zone,
        "id": f"subnet-{zone}",
        "arguments": {"availability_zone": f"us-west-2{zone}"},
    }
    for zone in "ab"
]


def nat(zone: str, **arguments: Any) -> dict[str, Any]:
    return {
        "type": "aws_nat_gateway",
        "name": zone,
        "id": f"nat-{zone}",
        "arguments": {"subnet_id": f"subnet-{zone}", **arguments},
    }


@pytest.mark.parametrize(
    ("gateways", "says"),
    [
        ([nat("a")], None),
        ([], "none"),
        ([nat("a"), nat("b", connectivity_type="private")], None),
        ([nat("a"), nat("b")], "one_per_zone"),
        ([nat("a"), nat("a")], "2 gateways"),
    ],
)
def test_the_kind_of_nat_is_compared(file: Path, gateways: list[dict[str, Any]], says: str | None) -> None:
    made = convert([file], Live("Legacy_One", lambda _: [*RESOURCES[:-1], *GATEWAYS, *gateways]))
    (row,) = (row for row in made.rows if row.key == "vpc.nat.gateway")
    assert row.note == (f"AWS says {says}, which is kept; decide which is right" if says else KEPT)
    file.write_text(CLUSTER.replace(", nat: {gateway: Single}", ""), encoding="utf-8")
    default = convert([file], Live("Legacy_One", lambda _: [*RESOURCES[:-1], *GATEWAYS, *gateways]))
    notes = [row.note for row in default.rows if row.key == "network.nat"]
    assert notes == ([f"AWS says {says}; the files say single"] if says else [])


def test_taints_and_labels_are_compared_also_where_the_file_has_none(file: Path) -> None:
    file.write_text(
        """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: Legacy_One, region: us-west-2}
managedNodeGroups:
  - {name: a, taints: [{key: gpu, value: "true", effect: NoSchedule}], labels: {x: y}}
  - {name: b}
  - {name: c, taints: [{key: gpu, effect: NoExecute}]}
""",
        encoding="utf-8",
    )

    def group(name: str, **arguments: Any) -> dict[str, Any]:
        return {
            "type": "aws_eks_node_group",
            "name": name,
            "id": f"Legacy_One:{name}",
            "arguments": {"node_group_name": name, **arguments},
        }

    gpu = {"key": "gpu", "value": "true", "effect": "NO_SCHEDULE"}
    groups = [
        group("a", taint=[gpu], labels={"x": "y", "alpha.eksctl.io/cluster-name": "Legacy_One"}),
        group("b", taint=[gpu], labels={"team": "ml"}),
        group("c", taint=[{"key": "gpu", "effect": "NO_SCHEDULE"}]),
    ]
    made = convert([file], Live("Legacy_One", lambda _: [RESOURCES[0], *groups]))
    notes = {row.key: row.note for row in made.rows}
    assert notes["managedNodeGroups[0].taints"] == notes["managedNodeGroups[0].labels"] == KEPT
    assert notes["cluster.node_groups[1].taints"] == "AWS says gpu=true:NO_SCHEDULE; the files say none"
    assert notes["cluster.node_groups[1].labels"] == "AWS says team=ml; the files say none"
    assert notes["managedNodeGroups[2].taints"] == "AWS says gpu=:NO_SCHEDULE, which is kept; decide which is right"


ARN = "arn:aws:iam::111122223333:role"
ACCESS = f"""\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {{name: Legacy_One, region: us-west-2}}
iamIdentityMappings:
  - {{arn: {ARN}/admins, groups: ["system:masters"]}}
  - {{arn: {ARN}/readers, groups: [readers]}}
accessConfig:
  accessEntries:
    - principalARN: {ARN}/ci
      accessPolicies:
        - policyARN: arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy
          accessScope: {{type: namespace, namespaces: [b, a]}}
    - {{principalARN: {ARN}/gone, kubernetesGroups: [old]}}
"""


def entry(name: str, policies: dict[str, list[str]], groups: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    principal = {"principal_arn": f"{ARN}/{name}"}
    more = {"kubernetes_groups": list(groups)} if groups else {}
    return [
        {"type": "aws_eks_access_entry", "name": name, "id": name, "arguments": {**principal, **more}},
        *(
            {
                "type": "aws_eks_access_policy_association",
                "name": f"{name}-{policy}",
                "id": f"{name}#{policy}",
                "arguments": {
                    **principal,
                    "policy_arn": f"arn:aws:eks::aws:cluster-access-policy/{policy}",
                    "access_scope": {"type": "namespace", "namespaces": of} if of else {"type": "cluster"},
                },
            }
            for policy, of in policies.items()
        ),
    ]


def test_access_entries_are_compared(file: Path) -> None:
    file.write_text(ACCESS, encoding="utf-8")
    entries = [
        *entry("admins", {"AmazonEKSClusterAdminPolicy": []}),
        *entry("readers", {}, ("readers", "auditors")),
        *entry("ci", {"AmazonEKSEditPolicy": ["a", "b"]}),
        *entry("creator", {"AmazonEKSClusterAdminPolicy": []}),
    ]
    made = convert([file], Live("Legacy_One", lambda _: [RESOURCES[0], *entries]))
    notes = {row.key: row.note for row in made.rows}
    assert notes["iamIdentityMappings[0].arn"] == notes["accessConfig.accessEntries[0].principalARN"] == KEPT
    assert notes["iamIdentityMappings[1].arn"] == (
        "AWS says group auditors; group readers, which is kept; decide which is right"
    )
    assert f"AWS has no access entry of {ARN}/gone" in notes["accessConfig.accessEntries[1].principalARN"]
    assert notes["cluster.access"] == (
        f"AWS has an access entry of {ARN}/creator (AmazonEKSClusterAdminPolicy), and no file: it is imported"
    )


def test_the_config_map_of_access_is_not_compared_silently(file: Path) -> None:
    file.write_text(ACCESS, encoding="utf-8")
    arguments = {**RESOURCES[0]["arguments"], "access_config": {"authentication_mode": "CONFIG_MAP"}}
    made = convert([file], Live("Legacy_One", lambda _: [{**RESOURCES[0], "arguments": arguments}]))
    (row,) = (row for row in made.rows if row.key == "cluster.access")
    assert (row.verdict, "aws-auth is not read; compare it by hand" in row.note) == ("by_hand", True)


def test_a_region_is_required(tmp_path: Path) -> None:
    file = tmp_path / "cluster.yaml"
    file.write_text("apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: a}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"no file has the region of a; add the file of its cluster"):
        convert([file], Live("a", lambda _: RESOURCES))


@pytest.mark.aws
def test_the_command_reads_aws_and_writes_main_py_and_the_import(
    aws: Server, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": aws.endpoint}.items():
        monkeypatch.setenv(name, value)
    ec2, eks, iam = (boto3.client(service, region_name="us-west-2") for service in ("ec2", "eks", "iam"))
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"us-west-2{'ab'[n]}")["Subnet"][
            "SubnetId"
        ]
        for n in range(2)
    ]
    role = iam.create_role(RoleName="eks", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}')[
        "Role"
    ]
    eks.create_cluster(
        name="Legacy_One",
        version="1.34",
        roleArn=role["Arn"],
        resourcesVpcConfig={"subnetIds": subnets},
        accessConfig={"authenticationMode": "API"},
    )
    eks.create_nodegroup(
        clusterName="Legacy_One",
        nodegroupName="general",
        subnets=subnets,
        nodeRole=role["Arn"],
        instanceTypes=["m6i.large"],
        scalingConfig={"minSize": 1, "desiredSize": 5, "maxSize": 6},
    )
    done = CliRunner().invoke(cli.app.app, ["convert", "cluster.yaml", "--live", "Legacy_One", "--report", "report.md"])
    assert done.exit_code == 0, done.output + str(done.exception)
    assert "written: adopted/Legacy_One.json" in done.output
    (platform,) = platforms(Path("main.py"))
    assert problems_of_all([platform]) == []
    assert "legacy-one-adopted" in build(platform).documents
    assert platform.imported is not None
    assert {"aws_eks_cluster", "aws_eks_node_group", "aws_vpc"} <= {one.type for one in platform.imported.resources}
    report = Path("report.md").read_text(encoding="utf-8")
    assert "AWS says 10.9.0.0/16, which is kept" in report
    assert "AWS says 5, which is kept" in report
    unknown = CliRunner().invoke(cli.app.app, ["convert", "cluster.yaml", "--live", "other", "--force"])
    assert (unknown.exit_code, "other: cluster not found" in unknown.output) == (1, True)
