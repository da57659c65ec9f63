"""RDS and Aurora from the first apply to a second life, with the real provider: both at once, since most of it is waiting."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from moto.rds.models import rds_backends

from modules.settings import (
    AuroraMysql,
    Dex,
    ExistingBucket,
    ExistingCluster,
    ExistingDatabase,
    Kubeflow,
    Platform,
    ProgramDatabase,
    ProgramDatabases,
    RdsMysql,
    Services,
)
from tests.e2e.kubeflow_stage import CLUSTER, fill_cache, make_cluster
from tests.e2e.stage import stage
from tests.stand_ins.moto_extension import ACCOUNT, Server, leftovers
from tests.terraform import Plan, Terraform, TerraformError

pytestmark = pytest.mark.terraform
REGION = "us-west-2"
QUIET: dict[str, Any] = {"log_exports": ("error",)}
"""Fewer keys to wait for; what is left out is in tests/modules/database."""
RDS = RdsMysql(engine_version="8.0", **QUIET)
AURORA = AuroraMysql(**QUIET)
UPGRADED = (RDS.with_changes(engine_version="8.4"), AURORA.with_changes(engine_version="8.4.mysql_aurora.8.4.7"))
UNPROTECTED: dict[str, Any] = {"protect": False, "version": 2}
NAMES = ("rds", "aurora")
MORE = {"innodb_log_file_size": "268435456", "max_connections": "500"}
"""One that waits for a reboot, and one that does not."""


def platform(
    name: str,
    database: RdsMysql | AuroraMysql,
    *,
    protect: bool,
    version: int = 1,
    programs: ProgramDatabases | None = None,
) -> Platform:
    """A database for Kubeflow on an existing cluster."""
    services = Services(
        artifacts=ExistingBucket(name="theirs"),
        database=database,
        program_databases=programs or ProgramDatabases(),
        credential_recovery_days=0,
        credentials_version=version,
    )
    return Platform(
        name=name,
        region=REGION,
        cluster=ExistingCluster(name=CLUSTER),
        kubeflow=Kubeflow(auth=Dex(users=("me@example.com",)), services=services),
        deletion_protection=protect,
    )


@dataclass
class Databases:
    """Both platforms, each in its services stack."""

    folder: Path
    aws: Server
    stacks: dict[str, Terraform] = field(default_factory=dict)
    passwords: set[str] = field(default_factory=set)
    last: dict[str, Plan] = field(default_factory=dict)
    """What was planned after the last apply: nothing."""

    def synth(
        self, rds: RdsMysql, aurora: AuroraMysql, programs: ProgramDatabases | None = None, **settings: Any
    ) -> None:
        """New settings, same states; the databases of programs are those of the platform with RDS."""
        for one in (platform("rds", rds, programs=programs, **settings), platform("aurora", aurora, **settings)):
            found = stage(self.folder / one.name, self.aws, one)  # each by itself: a cluster has one Kubeflow
            self.stacks[one.name] = found[f"{one.name}-services"]

    def each(self, do: Callable[[Terraform], Any]) -> dict[str, Any]:
        """Something with both stacks, at the same time."""
        with ThreadPoolExecutor(len(NAMES)) as pool:
            return dict(zip(NAMES, pool.map(do, self.stacks.values()), strict=True))

    def apply(self) -> None:
        """Apply both, remember their passwords, and see that nothing is left to do."""
        self.each(Terraform.apply)
        for name in NAMES:
            self.passwords.add(self.password(name))
        self.last = self.each(Terraform.plan)
        for plan in self.last.values():
            assert plan.is_empty, plan.explain()

    def refused(self, *operations: str) -> None:
        """Apply both while RDS refuses the first call of each operation."""
        for operation in operations:
            self.aws.gate.fail_once("rds", operation)
        for name, stack in self.stacks.items():
            with pytest.raises(TerraformError, match=rf"{'|'.join(operations)}"):
                stack.apply()
            self.passwords.add(self.password(name))

    def password(self, name: str) -> str:
        """What Secrets Manager has."""
        store = self.aws.client("secretsmanager")
        return str(store.get_secret_value(SecretId=f"{name}/database")["SecretString"])

    def password_in_database(self, name: str) -> str:
        """The last password that RDS received; no API returns it."""
        backend = rds_backends[ACCOUNT][REGION]
        database: Any = backend.databases["rds-kubeflow"] if name == "rds" else backend.clusters["aurora-kubeflow"]
        return str(database._master_user_password)

    def instance(self) -> dict[str, Any]:
        """The RDS instance."""
        (found,) = self.aws.client("rds").describe_db_instances(DBInstanceIdentifier="rds-kubeflow")["DBInstances"]
        return dict(found)

    def cluster(self) -> dict[str, Any]:
        """The Aurora cluster."""
        (found,) = self.aws.client("rds").describe_db_clusters(DBClusterIdentifier="aurora-kubeflow")["DBClusters"]
        return dict(found)

    def snapshots(self) -> dict[str, list[str]]:
        """Names of the final snapshots, by platform."""
        client = self.aws.client("rds")
        rds = client.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
        aurora = client.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"]
        return {
            "rds": sorted(one["DBSnapshotIdentifier"] for one in rds),
            "aurora": sorted(one["DBClusterSnapshotIdentifier"] for one in aurora),
        }

    def files(self) -> Iterator[tuple[Path, str]]:
        """All that Terraform and synthesis wrote, plans as they are shown."""
        for file in sorted(self.folder.rglob("*")):
            if file.is_file() and ".terraform" not in file.parts and file.suffix != ".tfplan":
                yield file, file.read_text(errors="replace")


def complete_cluster(aws: Server) -> None:
    """A cluster's own group lets all in that carries it, and IAM knows its issuer."""
    cluster = aws.client("eks").describe_cluster(name=CLUSTER)["cluster"]
    issuer = cluster["identity"]["oidc"]["issuer"]
    aws.client("iam").create_open_id_connect_provider(Url=issuer, ClientIDList=["sts.amazonaws.com"])
    group = cluster["resourcesVpcConfig"]["clusterSecurityGroupId"]
    everything = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}]
    aws.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=everything)


@pytest.fixture(scope="module")
def databases(moto: Server, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    fill_cache()
    moto.reset()
    make_cluster(moto)
    complete_cluster(moto)
    moto.client("s3").create_bucket(Bucket="theirs", CreateBucketConfiguration={"LocationConstraint": REGION})
    made = Databases(tmp_path_factory.mktemp("databases"), moto)
    made.synth(RDS, AURORA, protect=True)
    # The secrets and their versions are there when the databases are refused: the next apply must go on with these.
    made.refused("CreateDBInstance", "CreateDBCluster")
    made.apply()
    return made


def other_databases(group: str) -> ProgramDatabases:
    """Names in a snapshot, and a server that Katib alone uses."""
    server = ExistingDatabase(
        host="legacy.team.example.net",
        port=3307,
        username="katib",
        password_secret_arn=f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:katib-a1B2c3",
        security_group_id=group,
    )
    return ProgramDatabases(
        pipelines=ProgramDatabase(database="kfp_pipelines"), katib=ProgramDatabase(database="kubeflow", server=server)
    )


def rules_of(aws: Server, group: str) -> list[dict[str, Any]]:
    """Rules of a security group for what comes in."""
    (found,) = aws.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
    return list(found["IpPermissions"])


def plans(databases: Databases) -> dict[str, Plan]:
    return databases.each(Terraform.plan)


def test_both_are_as_the_settings_say(databases: Databases) -> None:
    rds, aurora = databases.instance(), databases.cluster()
    assert (rds["Engine"], rds["EngineVersion"], rds["MultiAZ"]) == ("mysql", "8.0.43", True)
    assert (rds["StorageEncrypted"], rds["PubliclyAccessible"], rds["MaxAllocatedStorage"]) == (True, False, 200)
    assert (aurora["Engine"], aurora["EngineVersion"]) == ("aurora-mysql", "8.0.mysql_aurora.3.10.3")
    assert sorted(one["DBInstanceIdentifier"] for one in aurora["DBClusterMembers"]) == [
        "aurora-kubeflow-a",
        "aurora-kubeflow-b",
    ]
    outputs = databases.stacks["rds"].output()
    assert outputs["database_host"] == rds["Endpoint"]["Address"]
    assert (outputs["database_port"], outputs["database_username"]) == ("3306", "kubeflow")
    assert databases.stacks["aurora"].output()["database_host"] == aurora["Endpoint"]


def test_what_they_need_is_there_before_them(databases: Databases) -> None:
    order = [call.operation for call in databases.aws.gate.calls if call.service in ("rds", "logs")]
    first = min(order.index("CreateDBInstance"), order.index("CreateDBCluster"))
    for before in ("CreateDBParameterGroup", "CreateDBClusterParameterGroup", "CreateLogGroup"):
        assert order.index(before) < first


def test_the_password_is_the_same_in_both_places_and_nowhere_else(databases: Databases) -> None:
    for name in NAMES:
        assert databases.password_in_database(name) == databases.password(name)
    shown = [json.dumps(plan.document) for plan in databases.last.values()]
    assert len(databases.passwords) == 2
    for password in databases.passwords:
        assert len(password) == 32
        assert [path for path, text in databases.files() if password in text] == []
        assert not any(password in text for text in shown)


def test_everyday_changes_are_made_in_place(databases: Databases) -> None:
    changes: dict[str, Any] = {"instance_class": "db.r7g.large", "backup_days": 7, "parameters": MORE}
    databases.synth(RDS.with_changes(**changes), AURORA.with_changes(**changes), protect=True)
    for name, plan in plans(databases).items():
        assert plan.of("create", "replace", "delete") == [], f"{name}: {plan.explain()}"
    databases.apply()
    rds, aurora = databases.instance(), databases.cluster()
    assert (rds["DBInstanceClass"], rds["BackupRetentionPeriod"]) == ("db.r7g.large", 7)
    assert aurora["BackupRetentionPeriod"] == 7
    client = databases.aws.client("rds")
    group = rds["DBParameterGroups"][0]["DBParameterGroupName"]
    found = client.describe_db_parameters(DBParameterGroupName=group)["Parameters"]
    methods = {one["ParameterName"]: one["ApplyMethod"] for one in found if one["ParameterName"] in MORE}
    assert methods == {"innodb_log_file_size": "pending-reboot", "max_connections": "immediate"}


def test_destroy_is_refused_while_deletion_protection_is_on(databases: Databases) -> None:
    for stack in databases.stacks.values():
        with pytest.raises(TerraformError, match="Instance cannot be destroyed"):
            stack.plan("-destroy")
    client = databases.aws.client("rds")
    with pytest.raises(client.exceptions.ClientError, match="Cannot delete protected"):
        client.delete_db_instance(DBInstanceIdentifier="rds-kubeflow", SkipFinalSnapshot=True)
    with pytest.raises(client.exceptions.ClientError, match="Cannot delete protected"):
        client.delete_db_cluster(DBClusterIdentifier="aurora-kubeflow", SkipFinalSnapshot=True)


def test_another_family_comes_before_the_old_one_goes_and_a_new_password_reaches_the_database(
    databases: Databases,
) -> None:
    old = {name: databases.password(name) for name in NAMES}
    databases.synth(*UPGRADED, **UNPROTECTED)
    replaced = {name: plan.of("replace", "delete", "create") for name, plan in plans(databases).items()}
    assert [one for one in replaced["rds"] if "secret" not in one] == ["aws_db_parameter_group.database"]
    assert [one for one in replaced["aurora"] if "secret" not in one] == ["aws_rds_cluster_parameter_group.database"]
    databases.aws.gate.reset()
    databases.refused("ModifyDBInstance", "ModifyDBCluster")
    # The provider keeps the number of the password that it could not set, so only a higher one reaches the database.
    databases.synth(*UPGRADED, **UNPROTECTED | {"version": 3})
    databases.apply()
    calls = [call.operation for call in databases.aws.gate.calls if call.service == "rds"]
    for kind, of in (("DBInstance", "DBParameterGroup"), ("DBCluster", "DBClusterParameterGroup")):
        steps = [calls.index(step) for step in (f"Create{of}", f"Modify{kind}", f"Delete{of}")]
        assert steps == sorted(steps)
    assert databases.instance()["EngineVersion"] == "8.4.7"
    assert databases.cluster()["EngineVersion"] == "8.4.mysql_aurora.8.4.7"
    for name in NAMES:
        assert databases.password(name) != old[name]
        assert databases.password_in_database(name) == databases.password(name)


def test_destroyed_it_leaves_one_snapshot_and_comes_back_of_it(databases: Databases) -> None:
    key = databases.instance()["KmsKeyId"]
    databases.each(Terraform.destroy)
    first = databases.snapshots()
    assert {name: len(names) for name, names in first.items()} == {"rds": 1, "aurora": 1}
    assert [one for one in leftovers(REGION) if one.startswith(("database", "secret", "log group"))] == []
    group = databases.aws.client("ec2").create_security_group(
        GroupName="legacy", Description="MySQL of the old platform"
    )
    databases.synth(
        UPGRADED[0].with_changes(snapshot_identifier=first["rds"][0], kms_key_arn=key),
        UPGRADED[1].with_changes(snapshot_identifier=first["aurora"][0]),
        other_databases(group["GroupId"]),
        **UNPROTECTED | {"version": 3},
    )
    databases.apply()
    for name in NAMES:
        assert databases.password_in_database(name) == databases.password(name)
    (rule,) = rules_of(databases.aws, group["GroupId"])
    assert (rule["FromPort"], rule["ToPort"], len(rule["UserIdGroupPairs"])) == (3307, 3307, 1)
    databases.each(Terraform.destroy)
    assert rules_of(databases.aws, group["GroupId"]) == []
    assert {name: len(names) for name, names in databases.snapshots().items()} == {"rds": 2, "aurora": 2}
