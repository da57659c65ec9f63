"""What the settings of artifacts, files, images and metrics do."""

import json
from collections.abc import Mapping
from typing import Any

from modules.kubeflow.catalogue import CATALOGUE
from modules.settings import (
    Addon,
    AddonRole,
    ArtifactBucket,
    BucketLink,
    BucketVolumes,
    Dex,
    Efs,
    ExistingBucket,
    ExistingEfs,
    ExistingFsxLustre,
    ExistingPrometheus,
    FsxLustre,
    InClusterDatabase,
    InClusterStore,
    Kubeflow,
    ManagedPrometheus,
    OtherAddon,
    Platform,
    PullThrough,
    Repositories,
    Services,
    Team,
)
from tests.documents import GONE
from tests.effects import ACCOUNT, BASE, CLUSTER, READY_CLUSTER, Effect, Expected

KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1234abcd-12ab-34cd-86ef-1234567890ab"
LOGIN = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:ecr-pullthroughcache/hub-a1B2c3"
WORKSPACE = "ws-0a1b2c3d-1111-2222-3333-0123456789ab"
READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
DRIVERS = READY_CLUSTER.addons.with_changes(
    aws_efs_csi_driver=Addon(),
    aws_fsx_csi_driver=Addon(),
    others=(OtherAddon(name="aws-mountpoint-s3-csi-driver", role=AddonRole(policy_arns=(READ,))),),
)
NONE = Services(artifacts=InClusterStore(), database=InClusterDatabase())
RESOURCE = "services resource"
BUCKET = f"{RESOURCE} aws_s3_bucket artifacts"
LIFECYCLE = f"{RESOURCE} aws_s3_bucket_lifecycle_configuration artifacts rule 0"
EFS = f"{RESOURCE} aws_efs_file_system efs"
FSX = f"{RESOURCE} aws_fsx_lustre_file_system fsx"
LINK = f"{RESOURCE} aws_fsx_data_repository_association fsx"
REPOSITORY = f"{RESOURCE} aws_ecr_repository trainer"
BUCKET_VOLUME = "teams chart team_team_a PersistentVolume/artifacts-team-a spec"
CLAIM = "teams chart team_team_a PersistentVolumeClaim/artifacts"
VOLUME = "addons chart fsx_storage_class PersistentVolume/fsx-team-a spec"
SUBNETS = "data.terraform_remote_state.network.outputs.private_subnet_ids_by_zone"
ALL_EVENTS = ["NEW", "CHANGED", "DELETED"]
ALL_BUT_A_CLASS = tuple(one.name for one in CATALOGUE if one.default and one.name != "default-storage-class")
WITH_A_TEAM = ("a team",)


def on(services: Services, *enable: str) -> Platform:
    """Little of Kubeflow, since each case builds it; all of it where a team is needed to see what it gets."""
    kubeflow = Kubeflow(services=services, enable=enable, disable=ALL_BUT_A_CLASS)
    if services.fsx is not None or enable == WITH_A_TEAM:
        team = Team(name="team-a", owner="ada@example.com")
        kubeflow = Kubeflow(auth=Dex(users=("ada@example.com",)), services=services, teams=(team,))
    return BASE.with_changes(cluster=CLUSTER.with_changes(addons=DRIVERS), kubeflow=kubeflow)


def services(does: Mapping[str, Expected], before: Mapping[str, Any], after: Mapping[str, Any], *enable: str) -> Effect:
    """Nothing but some services, before and after."""
    return Effect(on(NONE.with_changes(**after), *enable), does, on(NONE.with_changes(**before), *enable))


def images(**settings: Any) -> dict[str, Repositories]:
    return {"repositories": Repositories(**{"names": ("trainer",), **settings})}


def lifecycle(untagged_days: int, keep_images: int) -> str:
    untagged = {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": untagged_days,
    }
    newest = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": keep_images}
    texts = ("Untagged images go by age", "The newest images stay")
    rules = [
        {"rulePriority": at, "description": text, "selection": selection, "action": {"type": "expire"}}
        for at, text, selection in zip((1, 2), texts, (untagged, newest), strict=True)
    ]
    return json.dumps({"rules": rules})


EFFECTS = (
    services(
        {
            "Services.artifacts": {f"{RESOURCE} aws_kms_key artifacts enable_key_rotation": True},
            "ArtifactBucket.name": {f"{BUCKET} bucket": "mine"},
            "ArtifactBucket.noncurrent_version_days": {
                f"{LIFECYCLE} noncurrent_version_expiration": [{"noncurrent_days": 30}]
            },
            "ArtifactBucket.abort_upload_days": {
                f"{LIFECYCLE} abort_incomplete_multipart_upload": [{"days_after_initiation": 1}]
            },
            "ArtifactBucket.access_log_bucket": {f"{RESOURCE} aws_s3_bucket_logging artifacts target_bucket": "logs"},
            "ArtifactBucket.empty_on_destroy": {f"{BUCKET} force_destroy": True},
        },
        {},
        {
            "artifacts": ArtifactBucket(
                name="mine",
                noncurrent_version_days=30,
                abort_upload_days=1,
                access_log_bucket="logs",
                empty_on_destroy=True,
            )
        },
    ),
    services(
        {
            "ExistingBucket.name": {"services data aws_s3_bucket artifacts bucket": "theirs", BUCKET: GONE},
            "ExistingBucket.kms_key_arn": {"services output artifact_kms_key_arn value": KEY},
        },
        {"artifacts": ArtifactBucket()},
        {"artifacts": ExistingBucket(name="theirs", kms_key_arn=KEY)},
    ),
    services(
        {
            "Services.efs": {
                "addons values efs_storage_class tokens efs_file_system_id": (
                    "${data.terraform_remote_state.services.outputs.efs_file_system_id}"
                ),
                "addons chart efs_storage_class StorageClass/efs provisioner": "efs.csi.aws.com",
            },
            "Efs.throughput_mode": {f"{EFS} throughput_mode": "provisioned"},
            "Efs.provisioned_mibps": {f"{EFS} provisioned_throughput_in_mibps": 64},
            "Efs.infrequent_access_days": {f"{EFS} lifecycle_policy 0 transition_to_ia": "AFTER_7_DAYS"},
            "Efs.backup": {f"{RESOURCE} aws_efs_backup_policy efs backup_policy status": "DISABLED"},
        },
        {},
        {"efs": Efs(throughput_mode="provisioned", provisioned_mibps=64, infrequent_access_days=7, backup=False)},
    ),
    services(
        {
            "ExistingEfs.file_system_id": {
                "services data aws_efs_file_system efs file_system_id": "fs-0123456789abcdef0",
                EFS: GONE,
            }
        },
        {"efs": Efs()},
        {"efs": ExistingEfs(file_system_id="fs-0123456789abcdef0")},
    ),
    services(
        {
            "Services.fsx": {
                f"{VOLUME} claimRef": {"namespace": "team-a", "name": "fsx"},
                f"{VOLUME} csi volumeAttributes": {"dnsname": "@@fsx_dns_name@@", "mountname": "@@fsx_mount_name@@"},
            },
            "FsxLustre.storage_gib": {f"{FSX} storage_capacity": 2400, f"{VOLUME} capacity storage": "2400Gi"},
            "FsxLustre.throughput_mibps_per_tib": {f"{FSX} per_unit_storage_throughput": 250},
            "FsxLustre.zone": {f"{FSX} subnet_ids": [f'${{{SUBNETS}["us-west-2b"][0]}}']},
            "FsxLustre.backup_days": {f"{FSX} automatic_backup_retention_days": 30},
        },
        {},
        {"fsx": FsxLustre(storage_gib=2400, throughput_mibps_per_tib=250, zone="us-west-2b", backup_days=30)},
        *WITH_A_TEAM,
    ),
    services(
        {
            "FsxLustre.deployment_type": {f"{FSX} deployment_type": "SCRATCH_2", f"{FSX} kms_key_id": GONE},
            "FsxLustre.linked_bucket": {f"{LINK} s3 auto_import_policy events": ALL_EVENTS},
            "BucketLink.bucket": {f"{LINK} data_repository_path": "s3://data/raw"},
            "BucketLink.prefix": {f"{LINK} data_repository_path": "s3://data/raw"},
            "BucketLink.path": {f"{LINK} file_system_path": "/data"},
            "BucketLink.export": {f"{LINK} s3 auto_export_policy events": ALL_EVENTS},
        },
        {"fsx": FsxLustre()},
        {
            "fsx": FsxLustre(
                deployment_type="SCRATCH_2",
                linked_bucket=BucketLink(bucket="data", prefix="raw", path="/data", export=True),
            )
        },
    ),
    services(
        {
            "ExistingFsxLustre.file_system_id": {
                "services output fsx_dns_name value": "fs-0123456789abcdef0.fsx.us-west-2.amazonaws.com",
                FSX: GONE,
            },
            "ExistingFsxLustre.mount_name": {"services output fsx_mount_name value": "abcd1234"},
            "ExistingFsxLustre.storage_gib": {f"{VOLUME} capacity storage": "4800Gi"},
        },
        {"fsx": FsxLustre()},
        {"fsx": ExistingFsxLustre(file_system_id="fs-0123456789abcdef0", mount_name="abcd1234", storage_gib=4800)},
    ),
    services(
        {
            "Services.repositories": {f"{REPOSITORY} image_scanning_configuration": {"scan_on_push": True}},
            "Repositories.names": {f"{REPOSITORY} name": "base/trainer"},
        },
        {},
        images(),
    ),
    services(
        {
            "Services.repositories": {
                "kubeflow resource aws_iam_role knative_controller name": "base-knative-controller",
                "kubeflow values knative_serving tokens annotations_controller": {
                    "eks.amazonaws.com/role-arn": "${aws_iam_role.knative_controller.arn}"
                },
            }
        },
        {},
        images(),
        *WITH_A_TEAM,
    ),
    services(
        {
            "Services.bucket_volumes": {
                f"{CLAIM} spec": {
                    "accessModes": ["ReadOnlyMany"],
                    "storageClassName": "",
                    "volumeName": "artifacts-team-a",
                    "resources": {"requests": {"storage": "1Gi"}},
                }
            },
            "BucketVolumes.cache_gib": {f"{BUCKET_VOLUME} csi volumeAttributes cacheEmptyDirSizeLimit": "50Gi"},
        },
        {"artifacts": ArtifactBucket()},
        {"artifacts": ArtifactBucket(), "bucket_volumes": BucketVolumes(cache_gib=50)},
        *WITH_A_TEAM,
    ),
    services(
        {
            "Repositories.immutable_tags": {f"{REPOSITORY} image_tag_mutability": "MUTABLE"},
            "Repositories.encryption": {f"{REPOSITORY} encryption_configuration": [{"encryption_type": "AES256"}]},
            "Repositories.keep_images": {f"{RESOURCE} aws_ecr_lifecycle_policy trainer policy": lifecycle(3, 9)},
            "Repositories.untagged_days": {f"{RESOURCE} aws_ecr_lifecycle_policy trainer policy": lifecycle(3, 9)},
            "Repositories.empty_on_destroy": {f"{REPOSITORY} force_delete": True},
            "Repositories.pull_through": {
                f"{RESOURCE} aws_iam_role_policy_attachment nodes_pull_through role": (
                    '${basename(data.terraform_remote_state.cluster.outputs.node_role_arns["nodes"])}'
                )
            },
            "PullThrough.registry": {
                f"{RESOURCE} aws_ecr_pull_through_cache_rule docker_io upstream_registry_url": "registry-1.docker.io"
            },
            "PullThrough.credential_arn": {
                f"{RESOURCE} aws_ecr_pull_through_cache_rule docker_io credential_arn": LOGIN
            },
        },
        images(),
        images(
            immutable_tags=False,
            encryption="AES256",
            keep_images=9,
            untagged_days=3,
            empty_on_destroy=True,
            pull_through=(PullThrough(registry="docker.io", credential_arn=LOGIN),),
        ),
    ),
    services(
        {
            "Repositories.mirror": {
                "kubeflow values kube_prometheus_stack prometheus prometheusSpec image": {
                    "registry": "${data.aws_caller_identity.current.account_id}.dkr.ecr.us-west-2.amazonaws.com",
                    "repository": "base/copies/quay.io/prometheus/prometheus",
                }
            }
        },
        images(),
        images(mirror="copies"),
        "kube-prometheus-stack",
    ),
    services(
        {
            "Services.metrics": {
                "kubeflow values kube_prometheus_stack prometheus prometheusSpec remoteWrite 0 url": (
                    "${data.terraform_remote_state.services.outputs.metrics_remote_write_url}"
                )
            },
            "ManagedPrometheus.log_retention_days": {
                f"{RESOURCE} aws_cloudwatch_log_group metrics_log retention_in_days": 30
            },
        },
        {},
        {"metrics": ManagedPrometheus(log_retention_days=30)},
        "kube-prometheus-stack",
    ),
    services(
        {
            "ExistingPrometheus.workspace_id": {
                "services data aws_prometheus_workspace metrics workspace_id": WORKSPACE,
                f"{RESOURCE} aws_prometheus_workspace": GONE,
            }
        },
        {"metrics": ManagedPrometheus()},
        {"metrics": ExistingPrometheus(workspace_id=WORKSPACE)},
        "kube-prometheus-stack",
    ),
)
