"""Patches of Model Registry: web UI and gateway route, which are optional upstream; in-cluster database or RDS."""

from modules.kubeflow.patching.database_creation import CREATE, create_database
from modules.kubeflow.patching.database_server import config_map, mount_certificates, token, trust_certificates
from modules.kubeflow.patching.patch import Objects, Variant, replace_argument
from modules.kubeflow.program_databases import CA_FOLDER

UPSTREAM = "applications/hub/upstream"
ALSO = (f"{UPSTREAM}/options/istio", f"{UPSTREAM}/options/ui/overlays/istio")
PARAMETERS = "model-registry-db-parameters"
SECRET = "model-registry-db-secrets"
DATABASE = "model_registry"
"""Upstream's name `metadb` is used by ML Metadata on the same server, with the same table names."""
PROGRAM = "model_registry"
DSN = "--embedmd-database-dsn=$(MYSQL_USER_NAME):$(MYSQL_ROOT_PASSWORD)@tcp(%s:$(MYSQL_PORT))/$(MYSQL_DATABASE)?charset=utf8mb4"
PREFERRED = f"{DSN % '@@database_host@@'}&tls=preferred"
"""`preferred` encrypts without certificate verification; the RDS CA is not in system trust stores."""
OPTIONS = "client.cnf"
"""Options of MySQL's client, which are none without certificates."""
PAGE = "cluster.local/ns/kubeflow/sa/model-registry-ui"
EXCLUDED_PORTS = "traffic.sidecar.istio.io/excludeOutboundPorts"


def no_empty_password(objects: Objects) -> None:
    """MySQL does not start without a password."""
    objects.merge("ConfigMap", PARAMETERS, {"data": {"MYSQL_ALLOW_EMPTY_PASSWORD": None}})


def page_reaches_server(objects: Objects) -> None:
    """Allow the web UI, which calls the server with its own identity after authorizing the user; upstream allows only the gateway and tokens.

    Source: https://github.com/kubeflow/hub/blob/v0.3.8/clients/ui/bff/internal/api/middleware.go (AttachModelRegistryRESTClient)
    """
    rules = objects.one("AuthorizationPolicy", "model-registry-service")["spec"]["rules"]
    if {} in rules or any(PAGE in str(rule) for rule in rules):
        raise ValueError(
            "patch: AuthorizationPolicy model-registry-service: already allows the web UI; remove the patch"
        )
    rules.append({"from": [{"source": {"principals": [PAGE]}}]})


def database_elsewhere(objects: Objects) -> None:
    """Tokens `database_host` and `database_port`; user and password in the Secret with upstream's key names."""
    image = objects.container("Deployment", "model-registry-db")["image"]
    objects.remove("Deployment", "model-registry-db")
    objects.remove("Service", "model-registry-db")
    objects.remove("PersistentVolumeClaim", "metadata-mysql")
    address = {"MYSQL_DATABASE": DATABASE, "MYSQL_PORT": "@@database_port@@"}
    objects.merge("ConfigMap", PARAMETERS, {"data": address})
    server = objects.container("Deployment", "model-registry-deployment", "rest-container")
    replace_argument(server, DSN % "model-registry-db", PREFERRED)
    template = objects.one("Deployment", "model-registry-deployment")["spec"]["template"]
    template["metadata"]["annotations"][EXCLUDED_PORTS] = "@@database_port@@"
    template["spec"]["initContainers"] = [
        create_database(
            image,
            {
                "MYSQL_USER_NAME": {"secretKeyRef": {"name": SECRET, "key": "MYSQL_USER_NAME"}},
                "MYSQL_PWD": {"secretKeyRef": {"name": SECRET, "key": "MYSQL_ROOT_PASSWORD"}},
            },
            host="@@database_host@@",
            port="@@database_port@@",
            user="$(MYSQL_USER_NAME)",
            database=DATABASE,
        )
    ]


def own_database(objects: Objects) -> None:
    """Its own database, server and certificates, by tokens of its own."""
    name, host, port = (token(PROGRAM, what) for what in ("database", "host", "port"))
    objects.merge("ConfigMap", PARAMETERS, {"data": {"MYSQL_DATABASE": name, "MYSQL_PORT": port}})
    server = objects.container("Deployment", "model-registry-deployment", "rest-container")
    replace_argument(server, PREFERRED, f"{DSN % host}&tls={token(PROGRAM, 'tls')}")
    template = objects.one("Deployment", "model-registry-deployment")["spec"]["template"]
    template["metadata"]["annotations"][EXCLUDED_PORTS] = port
    first = objects.container("Deployment", "model-registry-deployment", "create-database")
    replace_argument(
        first, "--host=@@database_host@@", f"--defaults-extra-file={CA_FOLDER}/{OPTIONS}", f"--host={host}"
    )
    replace_argument(first, "--port=@@database_port@@", f"--port={port}")
    replace_argument(first, CREATE % DATABASE, CREATE % name)
    mount_certificates(objects, PROGRAM, "model-registry-deployment", [server, first])
    objects.merge("ConfigMap", config_map(PROGRAM), {"data": {OPTIONS: token(PROGRAM, "client_options")}})
    trust_certificates(server)


VARIANTS = {
    "in-cluster": Variant(
        (no_empty_password, page_reaches_server), secrets={SECRET: {"MYSQL_USER_NAME": "root"}}, also=ALSO
    ),
    "rds": Variant((no_empty_password, page_reaches_server, database_elsewhere), secrets={SECRET: {}}, also=ALSO),
    "rds-databases": Variant(
        (no_empty_password, page_reaches_server, database_elsewhere, own_database), secrets={SECRET: {}}, also=ALSO
    ),
}
