"""Pipelines with its database and its object store in the cluster, on RDS and on S3, or one of them; on S3 without any key.

Facts about 2.17.0: https://github.com/kubeflow/pipelines/tree/2.17.0/backend/src/apiserver (config and client manager).
"""

import json
from pathlib import Path
from typing import Any

from modules.iam.artifact_prefixes import key_format, pipeline_root
from modules.kubeflow.components.pipelines.behaviour import SECRETS
from modules.kubeflow.components.pipelines.closed import CLOSED
from modules.kubeflow.manifest import Object
from modules.kubeflow.patching.patch import Objects, Variant, replace_argument, replace_text, set_env

PROFILE_CONTROLLER = Path(__file__).with_name("profile_controller.py")
CONTROLLER = "kubeflow-pipelines-profile-controller"
ENDPOINT = "s3.@@region@@.@@dns_suffix@@"
BUCKET = "@@artifact_bucket@@"
KEY_FORMAT = key_format("{{workflow.namespace}}")
NAMESPACE = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
PROXY = "ml-pipeline-ui-artifact"
"""The Deployment and Service that reads a team's artifacts, in the team's namespace and with its role."""


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
        "mysqlHost": "@@database_host@@",
        "mysqlPort": "@@database_port@@",
    }
    objects.merge("ConfigMap", "pipeline-install-config", {"data": address})
    # `preferred` encrypts without asking whose certificate it is; that of RDS is in no system's store.
    tls = json.dumps({"tls": "preferred"})
    set_env(objects.container("Deployment", "ml-pipeline"), DBCONFIG_MYSQLCONFIG_EXTRAPARAMS=tls)
    cache = objects.container("Deployment", "cache-server")
    replace_argument(cache, "--db_port=$(DBCONFIG_PORT)", "--db_port=$(DBCONFIG_PORT)", f"--db_extra_params={tls}")


def secret_per_program(objects: Objects) -> None:
    """Upstream's three programs with tables share one user; here each reads a Secret of its own (`database_users.py`)."""
    readers = {"ml_metadata": "metadata-grpc-deployment", "pipelines_cache": "cache-server"}
    for program, deployment in readers.items():
        name = SECRETS[program]
        objects.add({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "kubeflow"}})
        own = {
            variable: {"secretKeyRef": {"name": name, "key": key}}
            for variable, key in (("DBCONFIG_USER", "username"), ("DBCONFIG_PASSWORD", "password"))
        }
        set_env(objects.container("Deployment", deployment), **own)


def no_object_store(objects: Objects) -> None:
    """Leave SeaweedFS out, and its key."""
    for kind in ("Deployment", "Service", "ServiceAccount", "NetworkPolicy"):
        objects.remove(kind, "seaweedfs")
    objects.remove("PersistentVolumeClaim", "seaweedfs-pvc")
    objects.remove("AuthorizationPolicy", "seaweedfs-service")
    objects.remove("DestinationRule", "ml-pipeline-seaweedfs")
    objects.remove("Secret", "mlpipeline-minio-artifact")


def artifacts_on_s3(objects: Objects) -> None:
    """Tokens `artifact_bucket`, `region` and `dns_suffix`; the AWS SDK's default chain finds the role of each service account."""
    # teams have roots of their own (profile controller); a run in `kubeflow` itself would be kept as a team's
    root = pipeline_root(BUCKET, "kubeflow")
    config = {"bucketName": BUCKET, "defaultPipelineRoot": root, "ARTIFACTS_PROXY_ENABLED": "true"}
    objects.merge("ConfigMap", "pipeline-install-config", {"data": config})
    objects.merge("ConfigMap", "kfp-launcher", {"data": {"defaultPipelineRoot": root}})
    # JSON is YAML: the workflow controller reads either
    repository = {
        "archiveLogs": True,
        "s3": {
            "endpoint": ENDPOINT,
            "bucket": BUCKET,
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
        OBJECTSTORECONFIG_HOST=ENDPOINT,
        OBJECTSTORECONFIG_PORT="",
        OBJECTSTORECONFIG_SECURE="true",
        OBJECTSTORECONFIG_REGION="@@region@@",
        OBJECTSTORECONFIG_ACCESSKEY="",
        OBJECTSTORECONFIG_SECRETACCESSKEY="",
    )


def page_on_s3(objects: Objects) -> None:
    """The page hands each request for an artifact to the proxy of its team; with its own role it reads archived logs only."""
    set_env(
        objects.container("Deployment", "ml-pipeline-ui"),
        MINIO_ACCESS_KEY=None,
        MINIO_SECRET_KEY=None,
        AWS_REGION="@@region@@",
        AWS_S3_ENDPOINT=ENDPOINT,
        ARGO_ARCHIVE_ARTIFACTORY="s3",
        ARGO_ARCHIVE_BUCKETNAME=BUCKET,
        ARGO_KEYFORMAT=KEY_FORMAT,
        # Signs addresses of TensorBoards. Without it the key is MINIO_SECRET_KEY, whose default is public; a Pod's id is not guessed.
        # Source: https://github.com/kubeflow/pipelines/blob/2.17.0/frontend/server/configs.ts
        TENSORBOARD_PROXY_SIGNING_SECRET={"fieldRef": {"fieldPath": "metadata.uid"}},
        # a namespace is made a host name: nothing but a proxy may come of it
        ALLOWED_ARTIFACT_DOMAIN_REGEX=f"^http://{PROXY}\\.{NAMESPACE}$",
    )


def page_without_secrets(objects: Objects) -> None:
    """Upstream lets the page read every Secret of its namespace, for keys of stores.

    There are none here, and the Secrets of `kubeflow` are passwords of databases.

    Source: https://github.com/kubeflow/pipelines/blob/2.17.0/frontend/server/minio-helper.ts (parseS3ProviderInfo)
    """
    (mixed,) = [rule for rule in objects.one("Role", "ml-pipeline-ui")["rules"] if "secrets" in rule["resources"]]
    mixed["resources"].remove("secrets")


def artifacts_only_by_proxy(objects: Objects) -> None:
    """What names no team would be read with the page's own role, for everybody: it does not get there.

    Neither through the gateway (the page's routes are case-insensitive, and so is this), nor from pods, which upstream lets
    in with any token, for the API.
    Source: https://github.com/kubeflow/pipelines/blob/2.17.0/frontend/server/handlers/artifacts.ts (getArtifactsProxyHandler)
    """
    http = objects.one("VirtualService", "ml-pipeline-ui")["spec"]["http"]
    (page,) = http
    artifacts = {"uri": {"prefix": "/pipeline/artifacts/"}, "ignoreUriCase": True}
    team = {"queryParams": {"namespace": {"regex": NAMESPACE}}}
    to_page = {key: value for key, value in page.items() if key not in ("match", "rewrite")}
    http[:0] = [
        {"match": [{**artifacts, **team}], **to_page},
        {"match": [artifacts], "directResponse": {"status": 403, "body": {"string": "name the namespace"}}},
    ]
    with_token: list[Object] = [
        rule for rule in objects.one("AuthorizationPolicy", "ml-pipeline-ui")["spec"]["rules"] if "when" in rule
    ]
    for rule in with_token:
        rule["to"] = [{"operation": {"paths": ["/apis/*", "/pipeline/apis/*"]}}]


def profiles_on_s3(objects: Objects) -> None:
    """Upstream makes keys of SeaweedFS for each team; ours says where the team's artifacts are, and runs the team's proxy."""
    code: dict[str, Any] = objects.one("ConfigMap", f"{CONTROLLER}-code")
    code["data"] = {"sync.py": PROFILE_CONTROLLER.read_text(encoding="utf-8")}
    objects.remove("ConfigMap", f"{CONTROLLER}-env")
    container = objects.container("Deployment", CONTROLLER)
    del container["envFrom"]
    container["env"] = []
    set_env(
        container,
        AWS_REGION="@@region@@",
        S3_ENDPOINT=ENDPOINT,
        S3_BUCKET=BUCKET,
        PIPELINE_ROOT=pipeline_root(BUCKET, "{namespace}"),
        KEY_FORMAT=key_format("{namespace}"),
        PROXY_IMAGE=objects.container("Deployment", "ml-pipeline-ui")["image"],
    )
    probe = {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 10, "timeoutSeconds": 5}
    container |= {"readinessProbe": probe, "livenessProbe": probe}


def whole_image_of_the_proxy(objects: Objects) -> None:
    """Name the image of the teams' artifact proxy whole, in one variable, where a replaced or mirrored image takes effect.

    Upstream's script joins a name of its own with the tag in `KFP_VERSION`, so another tag or a digest never reaches the proxy.
    """
    replace_text(
        objects.one("ConfigMap", f"{CONTROLLER}-code")["data"],
        "sync.py",
        ('os.environ.get("FRONTEND_IMAGE", "ghcr.io/kubeflow/kfp-frontend")', 'os.environ["FRONTEND_IMAGE"]'),
        ('f"{frontend_image}:{frontend_tag}"', "frontend_image"),
    )
    page = objects.container("Deployment", "ml-pipeline-ui")
    set_env(objects.container("Deployment", CONTROLLER), FRONTEND_IMAGE=page["image"])


def metacontroller_on_s3(objects: Objects) -> None:
    """No Secret is made, and the team's service account is looked at, so metacontroller's rights change with that.

    ConfigMaps follow: with upstream's OnDelete a team would keep the store that it began with.
    """
    spec = objects.one("DecoratorController", CONTROLLER)["spec"]
    spec["hooks"]["customize"] = {"webhook": {"url": f"http://{CONTROLLER}/customize"}}
    kept = ("configmaps", "deployments", "services")
    spec["attachments"] = [
        {**one, "updateStrategy": {"method": "InPlace"}} for one in spec["attachments"] if one["resource"] in kept
    ]
    rules = objects.one("ClusterRole", "kubeflow-metacontroller")["rules"]
    for rule in rules:
        rule["resources"] = [
            one for one in rule["resources"] if one not in ("secrets", "destinationrules", "authorizationpolicies")
        ]
    rules[:] = [rule for rule in rules if rule["resources"]]
    rules.append({"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["get", "list", "watch"]})


ON_S3 = (
    no_object_store,
    artifacts_on_s3,
    page_on_s3,
    page_without_secrets,
    artifacts_only_by_proxy,
    profiles_on_s3,
    metacontroller_on_s3,
)
IN_CLUSTER_DATABASE = {"mysql-secret": {"username": "root"}}
DATABASE_ELSEWHERE: dict[str, dict[str, str]] = {name: {} for name in SECRETS.values()}
IN_CLUSTER_STORE: dict[str, dict[str, str]] = {"mlpipeline-minio-artifact": {}}

VARIANTS = {
    "in-cluster": Variant(
        (*CLOSED, password_of_mysql, whole_image_of_the_proxy), secrets={**IN_CLUSTER_DATABASE, **IN_CLUSTER_STORE}
    ),
    "s3": Variant((*CLOSED, password_of_mysql, *ON_S3), secrets=IN_CLUSTER_DATABASE),
    "rds": Variant(
        (*CLOSED, database_elsewhere, secret_per_program, whole_image_of_the_proxy),
        secrets={**DATABASE_ELSEWHERE, **IN_CLUSTER_STORE},
    ),
    "s3-rds": Variant((*CLOSED, database_elsewhere, secret_per_program, *ON_S3), secrets=DATABASE_ELSEWHERE),
}
