"""Pipelines, Katib and the model registry on S3 and RDS, in all four combinations, as Helm renders them for a platform."""

import functools
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from modules.aws_data.kubernetes_versions import KUBERNETES_VERSIONS
from modules.kubeflow.components.pipelines.patches import KEY_FORMAT
from modules.kubeflow.manifest import Object, strings
from modules.settings import (
    ArtifactBucket,
    Dex,
    ExistingBucket,
    ExistingDatabase,
    InClusterDatabase,
    InClusterStore,
    Kubeflow,
    Platform,
    RdsMysql,
    Services,
)
from stacks.platform import Synthesized
from tests.built_once import build
from tests.documents import at
from tests.modules.kubeflow.test_references import MADE_BY_OTHERS, dangling
from tests.object_schemas import problems, schemas_of
from tests.platform_objects import Release, described, made, needs_everything, releases, terraform_secrets
from tests.platforms import ACCOUNT, platform
from tests.release_values import release_values

BACKINGS = {
    "in-cluster": Services(artifacts=InClusterStore(), database=InClusterDatabase()),
    "s3": Services(artifacts=ArtifactBucket(), database=InClusterDatabase()),
    "rds": Services(artifacts=InClusterStore(), database=RdsMysql()),
    "s3-rds": Services(artifacts=ArtifactBucket(), database=RdsMysql()),
}
ON_S3, ON_RDS = ("s3", "s3-rds"), ("rds", "s3-rds")
CHANGED = ("katib", "model-registry", "pipelines")
EVERYWHERE = pytest.mark.parametrize("name", BACKINGS)
KIND_OF_DATABASE = re.compile(r"(dbType|DBCONFIG_DRIVER|DB_NAME|initContainers\[0\]\.(command\[0\]|image))$")
"""Places that say `mysql` and mean the kind of database, or its client."""

pytestmark = [needs_everything, pytest.mark.upstream]


def backed(name: str, services: Services, **settings: Any) -> Platform:
    kubeflow = Kubeflow(
        auth=Dex(users=("ada@team.example.net",)), enable=("model-registry",), services=services, **settings
    )
    return platform(name, kubeflow=kubeflow)


@functools.cache
def built(name: str) -> Synthesized:
    return build(backed(name, BACKINGS[name]))


@functools.cache
def rendered(name: str) -> tuple[Release, ...]:
    one = built(name)
    return tuple(releases(one.documents, one.charts))


def objects(name: str) -> list[Object]:
    return [one for release in rendered(name) for one in release.objects]


def of_changed(name: str) -> list[Object]:
    """Objects of the components that need a bucket or a database."""
    found = [
        release for release in rendered(name) if re.fullmatch(rf"({'|'.join(CHANGED)})(-crds|-crs)?", release.name)
    ]
    return [one for release in found for one in release.objects]


def one(name: str, kind: str, object_name: str) -> Object:
    (found,) = [
        item for item in of_changed(name) if (item["kind"], unhashed(item["metadata"]["name"])) == (kind, object_name)
    ]
    return found


def unhashed(name: str) -> str:
    return re.sub(r"-[2456789bcdfghkmt]{10}$", "", name)


def container(name: str, deployment: str, position: int = 0, kind: str = "containers") -> Object:
    found: Object = one(name, "Deployment", deployment)["spec"]["template"]["spec"][kind][position]
    return found


def env(name: str, deployment: str) -> dict[str, Any]:
    return {item["name"]: item.get("value", item.get("valueFrom")) for item in container(name, deployment)["env"]}


@EVERYWHERE
def test_everything_that_is_named_exists(name: str) -> None:
    have = made(objects(name)) | terraform_secrets(built(name).documents)
    places = {place for kind, _, place in have if kind == "Namespace"} | {"kube-system"}
    have |= {("ServiceAccount", place, "default") for place in places}
    left = dangling(objects(name), have)
    assert {reference: by for reference, by in left.items() if reference not in MADE_BY_OTHERS} == {}


def gone(name: str) -> set[str]:
    """Names of Services and Secrets that the platform without any of it in AWS has, and this one does not."""

    def there(one_: str) -> set[tuple[str, str, str]]:
        return made(objects(one_)) | terraform_secrets(built(one_).documents)

    return {other for kind, _, other in there("in-cluster") - there(name) if kind in ("Service", "Secret")}


def left_over(items: list[Object], names: set[str]) -> list[str]:
    """Texts that name one of some Services or Secrets where no field says that it is a reference."""
    if not names:
        return []
    host = re.compile(rf"(?<![\w.-])({'|'.join(sorted(names))})(?![\w-])")
    return [
        f"{described(item)}: {path}: {text}"
        for item in items
        if item["kind"] != "CustomResourceDefinition"
        for path, text in strings(item)
        if host.search(text) and not KIND_OF_DATABASE.search(named_at(item, path))
    ]


@EVERYWHERE
def test_no_text_names_a_removed_host_or_secret(name: str) -> None:
    """In ConfigMaps, arguments and variables."""
    assert bool(gone(name)) == (name != "in-cluster")
    assert left_over(of_changed(name), gone(name)) == []


def test_the_check_sees_what_is_left_over() -> None:
    """What names the stores in the cluster, in the platform that has them."""
    found = "\n".join(left_over(of_changed("in-cluster"), gone("s3-rds")))
    for text in (
        "workflow-controller-configmap: data.artifactRepository",
        "pipeline-install-config: data.mysqlHost: mysql",
        ": seaweedfs.kubeflow",
        "tcp(model-registry-db:",
        "mlpipeline-minio-artifact",
    ):
        assert text in found, text


def named_at(item: Object, path: str) -> str:
    """The path of a text: the variable's name instead of its place in the list."""
    found = re.match(r"(.*env\[\d+\])\.value$", path)
    value: Any = item
    for key in re.findall(r"\w+", found[1]) if found else ():
        value = value[int(key)] if key.isdecimal() else value[key]
    return str(value["name"]) if found else path


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
@EVERYWHERE
def test_objects_are_valid(name: str, version: str) -> None:
    assert problems(of_changed(name), version, schemas_of(objects(name))) == []


@EVERYWHERE
def test_what_is_elsewhere_is_not_here(name: str) -> None:
    here = {(item["kind"], item["metadata"]["name"]) for item in of_changed(name)}
    stores = {("Deployment", "seaweedfs"), ("Service", "seaweedfs"), ("PersistentVolumeClaim", "seaweedfs-pvc")}
    servers = {("Deployment", one) for one in ("mysql", "katib-mysql", "model-registry-db")}
    claims = {("PersistentVolumeClaim", one) for one in ("mysql-pv-claim", "katib-mysql", "metadata-mysql")}
    assert stores & here == (set() if name in ON_S3 else stores)
    assert (servers | claims) & here == (set() if name in ON_RDS else servers | claims)


@pytest.mark.parametrize("name", ON_S3)
def test_the_api_server_has_no_key_and_says_so(name: str) -> None:
    """Without the empty values, those of the image would count: `minio`, `minio123`."""
    found = env(name, "ml-pipeline")
    store = {key.removeprefix("OBJECTSTORECONFIG_"): value for key, value in found.items() if "OBJECTSTORE" in key}
    assert store == {
        "ACCESSKEY": "",
        "SECRETACCESSKEY": "",
        "BUCKETNAME": {"configMapKeyRef": {"name": "pipeline-install-config", "key": "bucketName"}},
        "HOST": "s3.us-west-2.amazonaws.com",
        "PORT": "",
        "REGION": "us-west-2",
        "SECURE": "true",
    }


@pytest.mark.parametrize("name", ON_S3)
def test_the_page_reads_logs_where_argo_writes_them(name: str) -> None:
    found = env(name, "ml-pipeline-ui")
    assert not {"MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"} & set(found)
    # the page takes the SDK's credentials for such hosts only
    assert re.search(r"s3.{0,}\.amazonaws\.com\.?.{0,}", found["AWS_S3_ENDPOINT"])
    assert (found["ARGO_ARCHIVE_LOGS"], found["ARGO_ARCHIVE_ARTIFACTORY"]) == ("true", "s3")
    repository = json.loads(one(name, "ConfigMap", "workflow-controller-configmap")["data"]["artifactRepository"])
    assert repository["s3"]["keyFormat"] == found["ARGO_KEYFORMAT"] == KEY_FORMAT
    assert repository["s3"]["bucket"] == found["ARGO_ARCHIVE_BUCKETNAME"]
    assert (repository["s3"]["useSDKCreds"], repository["archiveLogs"]) == (True, True)


@pytest.mark.parametrize("name", ON_S3)
def test_no_public_key_signs_what_the_page_hands_out(name: str) -> None:
    """Without a key of its own the page takes MINIO_SECRET_KEY, and without that one a published word."""
    key = {"fieldRef": {"fieldPath": "metadata.uid"}}
    assert env(name, "ml-pipeline-ui")["TENSORBOARD_PROXY_SIGNING_SECRET"] == key
    code = one(name, "ConfigMap", "kubeflow-pipelines-profile-controller-code")["data"]["sync.py"]
    assert '"TENSORBOARD_PROXY_SIGNING_SECRET"' in code


@pytest.mark.parametrize("name", ON_S3)
def test_artifacts_are_read_by_the_proxy_of_their_team(name: str) -> None:
    found = env(name, "ml-pipeline-ui")
    config = one(name, "ConfigMap", "pipeline-install-config")["data"]
    switch = found["ARTIFACTS_SERVICE_PROXY_ENABLED"]["configMapKeyRef"]
    assert config[switch["key"]] == "true"
    assert (found["ARTIFACTS_SERVICE_PROXY_NAME"], found["ARTIFACTS_SERVICE_PROXY_PORT"]) == (
        "ml-pipeline-ui-artifact",
        "80",
    )
    controller = env(name, "kubeflow-pipelines-profile-controller")
    assert controller["PROXY_IMAGE"] == container(name, "ml-pipeline-ui")["image"]


@pytest.mark.parametrize("name", ["in-cluster", "rds"])
@pytest.mark.parametrize("image", ["ghcr.io/kubeflow/kfp-frontend:9.9.9", f"quay.io/own/page@sha256:{'a' * 64}"])
def test_the_proxy_of_a_team_runs_the_image_that_the_user_chose(
    name: str, image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Upstream's own program answers for a team, with the environment that its Deployment gives it."""
    chosen = build(backed(name, BACKINGS[name], images={"ghcr.io/kubeflow/kfp-frontend": image}))
    items = {
        (one["kind"], one["metadata"]["name"]): one
        for release in releases(chosen.documents, chosen.charts)
        for one in release.objects
    }
    controller = "kubeflow-pipelines-profile-controller"
    code = next(
        item["data"]["sync.py"]
        for (kind, found), item in items.items()
        if (kind, found[: len(controller) + 5]) == ("ConfigMap", f"{controller}-code")
    )
    (program,) = items["Deployment", controller]["spec"]["template"]["spec"]["containers"]
    given = {one["name"]: one.get("value", "x") for one in program["env"]}
    for variable, value in (given | {"ARTIFACTS_PROXY_ENABLED": "true", "CONTROLLER_PORT": "0"}).items():
        monkeypatch.setenv(variable, value)
    namespace: dict[str, Any] = {"__name__": "sync"}
    exec(compile(code, "sync.py", "exec"), namespace)  # upstream's program, at a pinned commit
    server = namespace["server_factory"](**namespace["get_settings_from_env"]())
    server.server_close()
    team = {"metadata": {"name": "team-a", "labels": {"pipelines.kubeflow.org/enabled": "true"}}}
    there = {
        "Secret.v1": {"team-a/mlpipeline-minio-artifact": {"kind": "Secret"}},
        "ConfigMap.v1": {},
        "Deployment.apps/v1": {},
        "Service.v1": {},
    }
    answer = server.RequestHandlerClass.sync(object(), team, there)
    (proxy,) = [one for one in answer["attachments"] if one["kind"] == "Deployment"]
    assert [one["image"] for one in proxy["spec"]["template"]["spec"]["containers"]] == [image]


@pytest.mark.parametrize("name", ON_S3)
def test_the_page_reads_no_secret_of_any_namespace(name: str) -> None:
    rules = one(name, "ClusterRole", "ml-pipeline-ui")["rules"]
    assert {resource for rule in rules for resource in rule["resources"]} == {
        *("events", "pods", "pods/log", "viewers", "workflows")
    }


@pytest.mark.parametrize("name", ON_S3)
def test_the_profile_controller_runs_our_program_and_makes_no_secret(name: str) -> None:
    code = one(name, "ConfigMap", "kubeflow-pipelines-profile-controller-code")["data"]["sync.py"]
    settings = re.search(r"class Settings:.*?@classmethod", code, re.DOTALL)
    assert settings is not None
    wanted = set(re.findall(r"^    ([A-Z0-9_]+): str$", settings[0], re.MULTILINE))
    assert set(env(name, "kubeflow-pipelines-profile-controller")) == wanted
    spec = one(name, "DecoratorController", "kubeflow-pipelines-profile-controller")["spec"]
    assert {rule["resource"]: rule["updateStrategy"]["method"] for rule in spec["attachments"]} == {
        "configmaps": "InPlace",
        "deployments": "InPlace",
        "services": "InPlace",
    }
    assert {hook: at(body, "webhook url").rpartition("/")[2] for hook, body in spec["hooks"].items()} == {
        "customize": "customize",
        "sync": "sync",
    }
    allowed = {
        resource: set(rule["verbs"])
        for rule in one(name, "ClusterRole", "kubeflow-metacontroller")["rules"]
        for resource in rule["resources"]
    }
    assert "secrets" not in allowed
    assert allowed["serviceaccounts"] == {"get", "list", "watch"}
    assert all("create" in allowed[resource] for resource in ("configmaps", "deployments", "services"))


@pytest.mark.parametrize("name", ON_RDS)
def test_every_program_with_tables_gets_to_the_server_by_its_own_user(name: str) -> None:
    config = one(name, "ConfigMap", "pipeline-install-config")["data"]
    assert {config[key] for key in ("mysqlHost", "mysqlPort")} == {"known-at-apply"}
    assert json.loads(env(name, "ml-pipeline")["DBCONFIG_MYSQLCONFIG_EXTRAPARAMS"]) == {"tls": "preferred"}
    assert '--db_extra_params={"tls": "preferred"}' in container(name, "cache-server")["args"]
    assert not [argument for argument in container(name, "metadata-grpc-deployment")["args"] if "ssl" in argument]
    server = container(name, "model-registry-deployment")
    (dsn,) = [argument for argument in server["args"] if "dsn" in argument]
    assert dsn.endswith("@tcp(known-at-apply:$(MYSQL_PORT))/$(MYSQL_DATABASE)?charset=utf8mb4&tls=preferred")
    secrets = built(name).documents[f"{name}-kubeflow"]["resource"]["kubernetes_secret_v1"]
    users = {
        "pipelines_mysql_secret": ("username", "password", "pipelines"),
        "katib_katib_mysql_secrets": ("DB_USER", "DB_PASSWORD", "katib"),
        "model_registry_model_registry_db_secrets": ("MYSQL_USER_NAME", "MYSQL_ROOT_PASSWORD", "model_registry"),
    }
    for address, (user, password, program) in users.items():
        data = secrets[address]["data_wo"]
        assert data[user] == f'${{"{program}_1"}}'
        assert data[password] == f"${{ephemeral.aws_secretsmanager_secret_version.{program}_database.secret_string}}"


@pytest.mark.parametrize("name", ON_RDS)
def test_no_two_programs_share_a_database_and_each_is_made(name: str) -> None:
    config = one(name, "ConfigMap", "pipeline-install-config")["data"]
    registry = one(name, "ConfigMap", "model-registry-db-parameters")["data"]["MYSQL_DATABASE"]
    secrets = built(name).documents[f"{name}-kubeflow"]["resource"]["kubernetes_secret_v1"]
    katib = secrets["katib_katib_mysql_secrets"]["data_wo"]["KATIB_MYSQL_DB_DATABASE"]
    own = [config["pipelineDb"], config["cacheDb"], config["mlmdDb"]]
    assert [*own, registry, katib] == ["mlpipeline", "cachedb", "metadb", "model_registry", '${"katib"}']
    for deployment, database in (
        ("katib-db-manager", "$(KATIB_MYSQL_DB_DATABASE)"),
        ("model-registry-deployment", registry),
    ):
        first = container(name, deployment, kind="initContainers")
        assert first["command"] == ["mysql"]
        assert f"--execute=CREATE DATABASE IF NOT EXISTS {database}" in first["args"]
        assert not [argument for argument in first["args"] if "password" in argument.lower()]
        password = {item["name"]: item["valueFrom"] for item in first["env"]}["MYSQL_PWD"]
        assert password["secretKeyRef"]["key"] in ("DB_PASSWORD", "MYSQL_ROOT_PASSWORD")
        used = {word for argument in first["args"] for word in re.findall(r"\$\((\w+)\)", argument)}
        assert used <= {item["name"] for item in first["env"]}
    # past Envoy, which starts after an init container
    template = one(name, "Deployment", "model-registry-deployment")["spec"]["template"]["metadata"]
    assert template["annotations"]["traffic.sidecar.istio.io/excludeOutboundPorts"] == "known-at-apply"


def roles(document: Mapping[str, Any]) -> set[str]:
    return {
        statement["condition"][1]["values"][0]
        for address, body in (at(document, "data aws_iam_policy_document") or {}).items()
        if address.endswith("_trust")
        for statement in body["statement"]
    }


@EVERYWHERE
def test_roles_are_there_only_with_a_bucket_and_argo_needs_none(name: str) -> None:
    document = built(name).documents[f"{name}-kubeflow"]
    wanted = {f"system:serviceaccount:kubeflow:{account}" for account in ("ml-pipeline", "ml-pipeline-ui")}
    found = roles(document) if "aws_iam_role" in document["resource"] else set()
    assert found == (wanted if name in ON_S3 else set())
    for account in ("ml-pipeline", "ml-pipeline-ui"):
        annotations = one(name, "ServiceAccount", account)["metadata"].get("annotations") or {}
        assert ("eks.amazonaws.com/role-arn" in annotations) == (name in ON_S3)
    rights = {f"aws_iam_role_policy.{address}" for address in document["resource"].get("aws_iam_role_policy", {})}
    assert rights <= set(document["resource"]["helm_release"]["pipelines_crds"]["depends_on"])
    assert bool(rights) == (name in ON_S3)


def test_pod_identity_gives_associations_and_no_annotation() -> None:
    one_ = build(backed("pods", BACKINGS["s3-rds"], service_account_auth="pod_identity"))
    document = one_.documents["pods-kubeflow"]
    assert set(document["resource"]["aws_eks_pod_identity_association"]) == {"ml_pipeline", "ml_pipeline_ui"}
    values = release_values(document, "pipelines")["tokens"]
    assert values["annotations_ml_pipeline"] == values["annotations_ml_pipeline_ui"] == {}


def test_what_is_the_user_s_is_used_as_it_is() -> None:
    secret = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:mysql-a1B2c3"
    services = Services(
        artifacts=ExistingBucket(name="theirs"),
        database=ExistingDatabase(host="mysql.example.net", username="kf", password_secret_arn=secret),
    )
    document = build(backed("theirs", services)).documents["theirs-kubeflow"]
    for policy in at(document, "data aws_iam_policy_document").values():
        assert not [action for one_ in policy["statement"] for action in one_["actions"] if action.startswith("kms:")]
    password = document["resource"]["kubernetes_secret_v1"]["pipelines_mysql_secret"]["data_wo"]["password"]
    address = password.removeprefix("${ephemeral.aws_secretsmanager_secret_version.").removesuffix(".secret_string}")
    assert document["ephemeral"]["aws_secretsmanager_secret_version"][address]["secret_id"] == secret
