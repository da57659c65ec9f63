"""Pipelines with its database and object store in the cluster, or on RDS and S3 (`aws`), without any key.

Facts about 2.16.0: https://github.com/kubeflow/pipelines/tree/2.16.0/backend/src/apiserver (config and client manager).
"""

import json
from pathlib import Path
from typing import Any

from modules.kubeflow.patch import Objects, Variant, replace_argument, set_env

KEY_FORMAT = (
    "private-artifacts/{{workflow.namespace}}/{{workflow.name}}/{{workflow.creationTimestamp.Y}}/"
    "{{workflow.creationTimestamp.m}}/{{workflow.creationTimestamp.d}}/{{pod.name}}"
)
PROFILE_CONTROLLER = Path(__file__).with_name("pipelines_profile_controller.py")


def password_of_mysql(objects: Objects) -> None:
    """Upstream's MySQL has no password for root; it gets the one that its clients read."""
    set_env(
        objects.container("Deployment", "mysql"),
        MYSQL_ALLOW_EMPTY_PASSWORD=None,
        MYSQL_ROOT_PASSWORD={"secretKeyRef": {"name": "mysql-secret", "key": "password"}},
    )


def database_elsewhere(objects: Objects) -> None:
    """Tokens `database_host` and `database_port`; user and password in the Secret mysql-secret."""
    for kind in ("Deployment", "Service", "ServiceAccount", "AuthorizationPolicy"):
        objects.remove(kind, "mysql")
    objects.remove("PersistentVolumeClaim", "mysql-pv-claim")
    objects.remove("DestinationRule", "ml-pipeline-mysql")
    address = {
        "dbHost": "@@database_host@@",
        "mysqlHost": "@@database_host@@",
        "dbPort": "@@database_port@@",
        "mysqlPort": "@@database_port@@",
    }
    objects.merge("ConfigMap", "pipeline-install-config", {"data": address})
    # `preferred` encrypts without asking whose certificate it is; that of RDS is in no system's store.
    tls = json.dumps({"tls": "preferred"})
    set_env(objects.container("Deployment", "ml-pipeline"), DBCONFIG_MYSQLCONFIG_EXTRAPARAMS=tls)
    cache = objects.container("Deployment", "cache-server")
    replace_argument(cache, "--db_port=$(DBCONFIG_PORT)", "--db_port=$(DBCONFIG_PORT)", f"--db_extra_params={tls}")


def artifacts_on_s3(objects: Objects) -> None:
    """Tokens `bucket` and `region`; the AWS SDK's default chain finds the role of each service account."""
    for kind in ("Deployment", "Service", "ServiceAccount", "NetworkPolicy"):
        objects.remove(kind, "seaweedfs")
    objects.remove("PersistentVolumeClaim", "seaweedfs-pvc")
    objects.remove("AuthorizationPolicy", "seaweedfs-service")
    objects.remove("DestinationRule", "ml-pipeline-seaweedfs")
    objects.remove("Secret", "mlpipeline-minio-artifact")
    root = {"bucketName": "@@bucket@@", "defaultPipelineRoot": "s3://@@bucket@@/v2/artifacts"}
    objects.merge("ConfigMap", "pipeline-install-config", {"data": root})
    objects.merge("ConfigMap", "kfp-launcher", {"data": {"defaultPipelineRoot": root["defaultPipelineRoot"]}})
    # JSON is YAML: the workflow controller reads either
    repository = {
        "archiveLogs": True,
        "s3": {
            "endpoint": "s3.@@region@@.@@dns_suffix@@",
            "bucket": "@@bucket@@",
            "region": "@@region@@",
            "useSDKCreds": True,
            "keyFormat": KEY_FORMAT,
        },
    }
    objects.merge(
        "ConfigMap", "workflow-controller-configmap", {"data": {"artifactRepository": json.dumps(repository, indent=1)}}
    )
    # Empty, not taken out: the image's own configuration has minio's keys, and an empty value wins over it.
    set_env(
        objects.container("Deployment", "ml-pipeline"),
        OBJECTSTORECONFIG_HOST="s3.@@region@@.@@dns_suffix@@",
        OBJECTSTORECONFIG_PORT="",
        OBJECTSTORECONFIG_SECURE="true",
        OBJECTSTORECONFIG_REGION="@@region@@",
        OBJECTSTORECONFIG_ACCESSKEY="",
        OBJECTSTORECONFIG_SECRETACCESSKEY="",
    )
    set_env(
        objects.container("Deployment", "ml-pipeline-ui"),
        MINIO_ACCESS_KEY=None,
        MINIO_SECRET_KEY=None,
        AWS_REGION="@@region@@",
        AWS_S3_ENDPOINT="s3.@@region@@.@@dns_suffix@@",
        ARGO_ARCHIVE_ARTIFACTORY="s3",
        ARGO_ARCHIVE_BUCKETNAME="@@bucket@@",
        ARGO_KEYFORMAT=KEY_FORMAT,
    )


def profiles_on_s3(objects: Objects) -> None:
    """Upstream makes keys of SeaweedFS for each team; ours only says where the team's artifacts are."""
    code: dict[str, Any] = objects.one("ConfigMap", "kubeflow-pipelines-profile-controller-code")
    code["data"] = {"sync.py": PROFILE_CONTROLLER.read_text(encoding="utf-8")}
    container = objects.container("Deployment", "kubeflow-pipelines-profile-controller")
    set_env(
        container,
        AWS_ENDPOINT_URL=None,
        S3_ENDPOINT_URL=None,
        AWS_ACCESS_KEY_ID=None,
        AWS_SECRET_ACCESS_KEY=None,
        OBJECT_STORE_HOST=None,
        ARTIFACT_RETENTION_DAYS=None,
        ARTIFACTS_PROXY_ENABLED=None,
        KFP_DEFAULT_PIPELINE_ROOT=None,
        KFP_VERSION=None,
        AWS_REGION="@@region@@",
        S3_ENDPOINT="s3.@@region@@.@@dns_suffix@@",
        S3_BUCKET="@@bucket@@",
    )


VARIANTS = {
    "in-cluster": Variant(
        (password_of_mysql,), secrets={"mysql-secret": {"username": "root"}, "mlpipeline-minio-artifact": {}}
    ),
    "aws": Variant((database_elsewhere, artifacts_on_s3, profiles_on_s3), secrets={"mysql-secret": {}}),
}
