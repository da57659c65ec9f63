"""Files, artifacts, images and metrics on a cluster that is there already, with the real provider."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from modules.cluster.webhook_ports import WEBHOOK_PORTS
from modules.kubeflow.catalogue import CATALOGUE
from modules.settings import (
    Addon,
    Addons,
    ArtifactBucket,
    Backup,
    BackupLock,
    BucketLink,
    Cluster,
    Efs,
    ExistingCluster,
    FsxLustre,
    InClusterDatabase,
    Kubeflow,
    ManagedPrometheus,
    NodeGroup,
    Platform,
    PullThrough,
    Repositories,
    Services,
    State,
)
from tests.e2e.kubeflow_stage import make_cluster
from tests.e2e.stage import CIDRS, small, stage
from tests.e2e.test_mocked import MOCKS
from tests.installer_policy.live import Judge
from tests.stand_ins.moto_extension import Server, leftovers
from tests.terraform import Terraform, TerraformError

pytestmark = pytest.mark.terraform
REGION = "us-west-2"
FSX_ID = "fs-0123456789abcdef0"
OF_NO_MATTER = tuple(one.name for one in CATALOGUE if one.default and one.name != "default-storage-class")
"""What this is not about: only the services stack is applied."""
SERVICES = Services(
    artifacts=ArtifactBucket(empty_on_destroy=True),
    efs=Efs(),
    repositories=Repositories(names=("trainer", "notebooks/gpu")),
    metrics=ManagedPrometheus(),
    database=InClusterDatabase(),
    credential_recovery_days=0,
)


def platform(protect: bool, services: Services) -> Platform:
    return Platform(
        name="files",
        region=REGION,
        cluster=ExistingCluster(name="theirs", oidc_provider="made", open_webhook_ports=WEBHOOK_PORTS),
        backup=Backup(lock=BackupLock(max_retention_days=365)),
        kubeflow=Kubeflow(enable=("kube-prometheus-stack",), disable=OF_NO_MATTER, services=services),
        deletion_protection=protect,
    )


@dataclass
class Storage:
    """The services stack of a platform with storage, on an existing cluster."""

    folder: Path
    aws: Server
    before: list[str]
    """What the account held already: the cluster's."""
    judge: Judge = field(default_factory=Judge)

    def terraform(self, *, protect: bool = True, services: Services = SERVICES) -> Terraform:
        stack = replace(stage(self.folder, self.aws, platform(protect, services))["files-services"], names_sender=True)
        self.judge.saw([stack])
        return stack


@pytest.fixture(scope="module")
def storage(moto: Server, tmp_path_factory: pytest.TempPathFactory) -> Storage:
    moto.reset()
    make_cluster(moto)
    moto.gate.record()
    made = Storage(tmp_path_factory.mktemp("storage"), moto, leftovers(REGION))
    made.terraform().apply()
    return made


def test_the_second_plan_is_empty(storage: Storage) -> None:
    plan = storage.terraform().plan()
    assert plan.is_empty, plan.explain()


def test_aws_has_what_settings_say(storage: Storage) -> None:
    output, aws = storage.terraform().output(), storage.aws
    s3, bucket = aws.client("s3"), output["artifact_bucket"]
    assert bucket == "files-artifacts-123456789012"
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["BucketKeyEnabled"]
    assert rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == output["artifact_kms_key_arn"]
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert set(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()) == {True}
    efs = aws.client("efs")
    (file_system,) = efs.describe_file_systems()["FileSystems"]
    assert (file_system["FileSystemId"], file_system["Encrypted"]) == (output["efs_file_system_id"], True)
    targets = efs.describe_mount_targets(FileSystemId=file_system["FileSystemId"])["MountTargets"]
    zones = [target["AvailabilityZoneName"] for target in targets]
    assert len(zones) == len(set(zones)) == 2
    assert set(output["repository_urls"]) == {"trainer", "notebooks/gpu"}
    assert output["metrics_remote_write_url"].endswith("/api/v1/remote_write")
    (log,) = aws.client("logs").describe_log_groups(logGroupNamePrefix="/aws/vendedlogs/prometheus/")["logGroups"]
    assert (log["retentionInDays"], bool(log["kmsKeyId"])) == (365, True)


def test_only_nodes_reach_the_file_system(storage: Storage) -> None:
    ec2 = storage.aws.client("ec2")
    (group,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["files-efs"]}])["SecurityGroups"]
    (rule,) = group["IpPermissions"]
    cluster = storage.aws.client("eks").describe_cluster(name="theirs")["cluster"]
    (source,) = rule["UserIdGroupPairs"]
    assert source["GroupId"] == cluster["resourcesVpcConfig"]["clusterSecurityGroupId"]
    assert (rule["FromPort"], rule["ToPort"], rule["IpRanges"]) == (2049, 2049, [])
    assert group["IpPermissionsEgress"] == []


def test_the_plan_selects_what_has_the_tag_of_the_platform(storage: Storage) -> None:
    backup = storage.aws.client("backup")
    (vault,) = backup.list_backup_vaults()["BackupVaultList"]
    assert (vault["BackupVaultName"], vault["Locked"], vault["MaxRetentionDays"]) == ("files-backup", True, 365)
    shown = storage.terraform().run("show", "-json")
    values = json.loads(shown)["values"]["root_module"]["resources"]
    (selection,) = (one["values"] for one in values if one["type"] == "aws_backup_selection")
    found = backup.get_backup_selection(BackupPlanId=selection["plan_id"], SelectionId=selection["id"])
    wanted = found["BackupSelection"]
    assert wanted["IamRoleArn"] == "arn:aws:iam::123456789012:role/files-backup"
    tag = {"ConditionKey": "aws:ResourceTag/kubeflow-platform", "ConditionValue": "files"}
    assert wanted["Conditions"]["StringEquals"] == [tag]
    kinds = {"arn:aws:ec2:*:*:volume/*", "arn:aws:elasticfilesystem:*:*:file-system/*"}
    assert set(wanted["Resources"]) == {*kinds, "arn:aws:s3:::files-artifacts-123456789012"}
    (file_system,) = storage.aws.client("efs").describe_file_systems()["FileSystems"]
    assert {"Key": "kubeflow-platform", "Value": "files"} in file_system["Tags"]


def test_what_changes_changes_in_place(storage: Storage) -> None:
    changed = SERVICES.with_changes(
        efs=Efs(throughput_mode="provisioned", provisioned_mibps=128, backup=False, infrequent_access_days=7),
        repositories=Repositories(names=("trainer", "notebooks/gpu"), immutable_tags=False, keep_images=10),
        metrics=ManagedPrometheus(log_retention_days=30),
    )
    stack = storage.terraform(services=changed)
    plan = stack.plan()
    assert plan.of("delete", "create") == []
    # The provider replaces a lifecycle policy for each change; it holds no data.
    assert plan.of("replace") == ["aws_ecr_lifecycle_policy.notebooks_gpu", "aws_ecr_lifecycle_policy.trainer"]
    assert plan.of("update") == [
        "aws_cloudwatch_log_group.metrics_log",
        "aws_ecr_repository.notebooks_gpu",
        "aws_ecr_repository.trainer",
        "aws_efs_backup_policy.efs",
        "aws_efs_file_system.efs",
        "aws_efs_file_system_policy.efs",  # to the same: Terraform reads its document again when the file system changes
    ]
    stack.apply(plan=plan)
    again = stack.plan()
    assert again.is_empty, again.explain()


def test_a_destroy_is_refused_until_protection_is_off_and_leaves_nothing(storage: Storage) -> None:
    with pytest.raises(TerraformError, match="Instance cannot be destroyed"):
        storage.terraform().destroy()
    bucket = storage.terraform().output()["artifact_bucket"]
    storage.aws.client("s3").put_object(Bucket=bucket, Key="teams/a/model", Body=b"1")
    stack = storage.terraform(protect=False)
    stack.destroy()
    assert stack.state() == []
    assert leftovers(REGION) == storage.before
    stack.apply()
    assert stack.plan().is_empty


def test_the_measured_policies_allow_each_request(storage: Storage) -> None:
    """All that the tests above sent, and nothing that the recording lacks."""
    requests = storage.aws.gate.recorded or []
    assert {one.phase for one in requests} >= {"plan", "apply", "destroy"}
    assert storage.judge.refusals(platform(False, SERVICES), requests) == []


def test_lustre_with_its_bucket_and_copies_of_images_are_what_aws_takes(aws: Server, tmp_path: Path) -> None:
    """Of these moto has no API, and a destroy of FSx waits ten minutes in the provider; so its calls are mocked."""
    services = Services(
        fsx=FsxLustre(storage_gib=2400, zone="us-west-2b", linked_bucket=BucketLink(prefix="shared", export=True)),
        repositories=Repositories(pull_through=(PullThrough(registry="registry.k8s.io"),)),
        database=InClusterDatabase(),
    )
    cluster = Cluster(
        admins=("role/admins",),
        public_access_cidrs=CIDRS,
        node_groups=(NodeGroup(name="nodes"),),
        addons=Addons(aws_fsx_csi_driver=Addon()),
    )
    made = small(cluster=cluster, state=State.none(), kubeflow=Kubeflow(services=services, disable=OF_NO_MATTER))
    stack = stage(tmp_path, aws, made)["small-services"]
    file_system = "aws_fsx_lustre_file_system.fsx"
    link = "aws_fsx_data_repository_association.fsx"
    conditions = {
        f'{file_system}.subnet_ids == tolist(["subnet-b"])': "the file system is in its zone",
        f'{link}.data_repository_path == "s3://small-artifacts-123456789012/shared"': "the folder is the bucket's prefix",
        "length(aws_vpc_security_group_ingress_rule.nodes_to_fsx_988.id) > 0": "nodes reach its servers",
        'aws_iam_role_policy_attachment.nodes_pull_through.role == "small-node-nodes"': "nodes may make copies",
        'output.pull_through_prefixes["registry.k8s.io"] == "123456789012.dkr.ecr.us-west-2.amazonaws.com/small/k8s"': (
            "an image's name begins with the copy's place"
        ),
        f'output.fsx_file_system_id == "{FSX_ID}"': "the volumes of teams name it",
    }
    run = {
        "command": "apply",
        "variables": {
            "vpc_id": "vpc-0123456789abcdef0",
            "private_subnet_ids_by_zone": {"us-west-2a": ["subnet-a"], "us-west-2b": ["subnet-b", "subnet-c"]},
            "cluster_name": "small",
            "node_security_group_id": "sg-0123456789abcdef0",
            "node_role_arns": {"nodes": "arn:aws:iam::123456789012:role/path/small-node-nodes"},
            "oidc_provider_arn": "arn:aws:iam::123456789012:oidc-provider/made.up/id/0",
            "oidc_issuer_host": "made.up/id/0",
        },
        "assert": [
            {"condition": f"${{{condition}}}", "error_message": message} for condition, message in conditions.items()
        ],
    }
    mocks = {
        **MOCKS,
        "mock_resource": {
            **MOCKS["mock_resource"],
            "aws_fsx_lustre_file_system": {"defaults": {"id": FSX_ID}},
            "aws_iam_policy": {"defaults": {"arn": "arn:aws:iam::123456789012:policy/made-up"}},
            "aws_s3_bucket": {"defaults": {"arn": "arn:aws:s3:::made-up"}},
        },
    }
    (stack.folder / "tests").mkdir()
    (stack.folder / "tests" / "files.tftest.json").write_text(
        json.dumps({"mock_provider": {"aws": mocks}, "run": {"files": run}})
    )
    assert "1 passed, 0 failed" in stack.test()
