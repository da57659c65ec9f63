"""Patches of Pipelines: database in the cluster or on RDS, object store in the cluster or on S3 (without access keys).

Facts about 2.17.0: https://github.com/kubeflow/pipelines/tree/2.17.0/backend/src/apiserver (config and client manager).
"""

import json
from pathlib import Path
from typing import Any

from modules.iam.artifact_prefixes import key_format, pipeline_root
from modules.kubeflow.components.pipelines.behaviour import SECRETS
from modules.kubeflow.components.pipelines.closed import CLOSED
from modules.kubeflow.manifest import Object
from modules.kubeflow.patching.database_server import mount_certificates, token, trust_certificates
from modules.kubeflow.patching.patch import Objects, Variant, replace_argument, replace_text, set_env

PROFILE_CONTROLLER = Path(__file__).with_name("profile_controller.py")
CONTROLLER = "kubeflow-pipelines-profile-controller"
ENDPOINT = "s3.@@region@@.@@dns_suffix@@"
BUCKET = "@@artifact_bucket@@"
KEY_FORMAT = key_format("{{workflow.namespace}}")
PREFERRED = json.dumps({"tls": "preferred"})
"""Encrypts without certificate verification; the RDS CA is not in system trust stores."""
NAMESPACE = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
PROXY = "ml-pipeline-ui-artifact"
"""Deployment and Service that read a team's artifacts in its namespace with its role."""


def password_of_mysql(objects: Objects) -> None:
    """Upstream's MySQL has no root password; set the password used by its clients."""
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
    set_env(objects.container("Deployment", "ml-pipeline"), DBCONFIG_MYSQLCONFIG_EXTRAPARAMS=PREFERRED)
    cache = objects.container("Deployment", "cache-server")
    replace_argument(
        cache, "--db_port=$(DBCONFIG_PORT)", "--db_port=$(DBCONFIG_PORT)", f"--db_extra_params={PREFERRED}"
    )


def secret_per_program(objects: Objects) -> None:
    """Upstream's three programs with tables share one user; here each has a separate Secret (`database_users.py`)."""
    readers = {"ml_metadata": "metadata-grpc-deployment", "pipelines_cache": "cache-server"}
    for program, deployment in readers.items():
        name = SECRETS[program]
        objects.add({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "kubeflow"}})
        own = {
            variable: {"secretKeyRef": {"name": name, "key": key}}
            for variable, key in (("DBCONFIG_USER", "username"), ("DBCONFIG_PASSWORD", "password"))
        }
        set_env(objects.container("Deployment", deployment), **own)


def database_per_program(objects: Objects) -> None:
    """Each program's own database, server and certificates, by tokens of its own; upstream has one server for all three."""
    config = {
        "pipelineDb": token("pipelines", "database"),
        "mysqlHost": token("pipelines", "host"),
        "mysqlPort": token("pipelines", "port"),
        "cacheDb": token("pipelines_cache", "database"),
        "cacheHost": token("pipelines_cache", "host"),
        "cachePort": token("pipelines_cache", "port"),
        "mlmdDb": token("ml_metadata", "database"),
        "mlmdHost": token("ml_metadata", "host"),
        "mlmdPort": token("ml_metadata", "port"),
    }
    objects.merge("ConfigMap", "pipeline-install-config", {"data": config})

    def of_config(key: str) -> Object:
        return {"configMapKeyRef": {"name": "pipeline-install-config", "key": key}}

    server = objects.container("Deployment", "ml-pipeline")
    set_env(server, DBCONFIG_MYSQLCONFIG_EXTRAPARAMS=json.dumps({"tls": token("pipelines", "tls")}))
    cache = objects.container("Deployment", "cache-server")
    set_env(cache, DBCONFIG_HOST_NAME=of_config("cacheHost"), DBCONFIG_PORT=of_config("cachePort"))
    tls = json.dumps({"tls": token("pipelines_cache", "tls")})
    replace_argument(cache, f"--db_extra_params={PREFERRED}", f"--db_extra_params={tls}")
    metadata = objects.container("Deployment", "metadata-grpc-deployment")
    set_env(metadata, MYSQL_HOST=of_config("mlmdHost"), MYSQL_PORT=of_config("mlmdPort"))
    replace_argument(
        metadata,
        "--mysql_config_port=$(MYSQL_PORT)",
        "--mysql_config_port=$(MYSQL_PORT)",
        f"--mysql_config_sslrootcert={token('ml_metadata', 'ca_file')}",
        f"--mysql_config_verify_server_cert={token('ml_metadata', 'verify')}",
    )
    waits = objects.container("Deployment", "metadata-grpc-deployment", "wait-for-database")
    set_env(waits, WAIT_HOST=of_config("mlmdHost"), WAIT_PORT=of_config("mlmdPort"))
    mount_certificates(objects, "pipelines", "ml-pipeline", [server])
    mount_certificates(objects, "pipelines_cache", "cache-server", [cache])
    mount_certificates(objects, "ml_metadata", "metadata-grpc-deployment", [metadata])
    trust_certificates(server)
    trust_certificates(cache)


def no_object_store(objects: Objects) -> None:
    """Remove SeaweedFS and its key."""
    for kind in ("Deployment", "Service", "ServiceAccount", "NetworkPolicy"):
        objects.remove(kind, "seaweedfs")
    objects.remove("PersistentVolumeClaim", "seaweedfs-pvc")
    objects.remove("AuthorizationPolicy", "seaweedfs-service")
    objects.remove("DestinationRule", "ml-pipeline-seaweedfs")
    objects.remove("Secret", "mlpipeline-minio-artifact")


def artifacts_on_s3(objects: Objects) -> None:
    """Tokens `artifact_bucket`, `region` and `dns_suffix`; the AWS SDK's default chain finds the role of each service account."""
    # teams have separate roots (profile controller); a run in `kubeflow` would be stored like a team's
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
    # Empty, not removed: the image's configuration has minio's keys, and an empty value overrides it.
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
    """The web UI forwards artifact requests to the team's proxy; with its own role it reads only archived logs."""
    set_env(
        objects.container("Deployment", "ml-pipeline-ui"),
        MINIO_ACCESS_KEY=None,
        MINIO_SECRET_KEY=None,
        AWS_REGION="@@region@@",
        AWS_S3_ENDPOINT=ENDPOINT,
        ARGO_ARCHIVE_ARTIFACTORY="s3",
        ARGO_ARCHIVE_BUCKETNAME=BUCKET,
        ARGO_KEYFORMAT=KEY_FORMAT,
        # Signs TensorBoard URLs. Without it the key is MINIO_SECRET_KEY, whose default is public; a pod's UID is not guessable.
        # Source: https://github.com/kubeflow/pipelines/blob/2.17.0/frontend/server/configs.ts
        TENSORBOARD_PROXY_SIGNING_SECRET={"fieldRef": {"fieldPath": "metadata.uid"}},
        # the namespace becomes part of a host name, which must only match proxies
        ALLOWED_ARTIFACT_DOMAIN_REGEX=f"^http://{PROXY}\\.{NAMESPACE}$",
    )


def page_without_secrets(objects: Objects) -> None:
    """Upstream allows the web UI to read every Secret of its namespace, for object store keys.

    There are no such keys here, and the Secrets of `kubeflow` are database passwords.

    Source: https://github.com/kubeflow/pipelines/blob/2.17.0/frontend/server/minio-helper.ts (parseS3ProviderInfo)
    """
    (mixed,) = [rule for rule in objects.one("Role", "ml-pipeline-ui")["rules"] if "secrets" in rule["resources"]]
    mixed["resources"].remove("secrets")


def artifacts_only_by_proxy(objects: Objects) -> None:
    """Block requests without a namespace, which the web UI would answer with its own role.

    They are blocked at the gateway (the web UI's routes are case-insensitive, and so is this) and from pods, which upstream
    allows with any token, for the API.
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
    """Replace upstream's controller, which creates SeaweedFS keys per team, by one that configures artifacts and proxy of teams."""
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
    """Set the full image name of the teams' artifact proxy in one variable, so that image replacements apply.

    Upstream's script combines a fixed name with the tag in `KFP_VERSION`, so another tag or digest would be ignored.
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
    """No Secret is created, and the team's service account is read, so metacontroller's permissions change accordingly.

    ConfigMaps are updated: with upstream's OnDelete a team would keep its initial object store.
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
ON_RDS = (database_elsewhere, secret_per_program)
IN_CLUSTER_DATABASE = {"mysql-secret": {"username": "root"}}
DATABASE_ELSEWHERE: dict[str, dict[str, str]] = {name: {} for name in SECRETS.values()}
IN_CLUSTER_STORE: dict[str, dict[str, str]] = {"mlpipeline-minio-artifact": {}}

VARIANTS = {
    "in-cluster": Variant(
        (*CLOSED, password_of_mysql, whole_image_of_the_proxy), secrets={**IN_CLUSTER_DATABASE, **IN_CLUSTER_STORE}
    ),
    "s3": Variant((*CLOSED, password_of_mysql, *ON_S3), secrets=IN_CLUSTER_DATABASE),
    "rds": Variant((*CLOSED, *ON_RDS, whole_image_of_the_proxy), secrets={**DATABASE_ELSEWHERE, **IN_CLUSTER_STORE}),
    "rds-databases": Variant(
        (*CLOSED, *ON_RDS, database_per_program, whole_image_of_the_proxy),
        secrets={**DATABASE_ELSEWHERE, **IN_CLUSTER_STORE},
    ),
    "s3-rds": Variant((*CLOSED, *ON_RDS, *ON_S3), secrets=DATABASE_ELSEWHERE),
    "s3-rds-databases": Variant((*CLOSED, *ON_RDS, database_per_program, *ON_S3), secrets=DATABASE_ELSEWHERE),
}
