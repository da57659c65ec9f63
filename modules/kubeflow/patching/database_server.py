"""Variants of programs with tables whose database, server or certificates are not the usual ones; see `program_databases.py`.

Upstream has one host for all programs of Pipelines, and no certificates. Here each program has its own tokens.
"""

from collections.abc import Sequence

from modules.kubeflow.manifest import Object
from modules.kubeflow.patching.patch import Objects, set_env
from modules.kubeflow.program_databases import CA_FOLDER

SYSTEM = "/etc/ssl/certs"


def token(program: str, what: str) -> str:
    """Placeholder of a value of one program.

    Args:
        program: name of the program, as in `DatabaseUser.program`.
        what: `database`, `host`, `port`, `tls`, `ca`, `ca_file`, `verify` or `client_options`.
    """
    return f"@@{program}_{what}@@"


def config_map(program: str) -> str:
    """Name of the ConfigMap with the certificates of a program's server."""
    return f"{program.replace('_', '-')}-database-ca"


def mount_certificates(objects: Objects, program: str, deployment: str, containers: Sequence[Object]) -> None:
    """Mount the certificates of a program's server, an empty file without them, into some containers of its pods.

    Args:
        objects: objects of the component, in the namespace `kubeflow`.
        program: name of the program.
        deployment: its Deployment.
        containers: containers that connect.
    """
    name = config_map(program)
    metadata, data = {"name": name, "namespace": "kubeflow"}, {"ca.pem": token(program, "ca")}
    objects.add({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})
    spec = objects.one("Deployment", deployment)["spec"]["template"]["spec"]
    spec.setdefault("volumes", []).append({"name": "database-ca", "configMap": {"name": name}})
    for container in containers:
        mount = {"name": "database-ca", "mountPath": CA_FOLDER, "readOnly": True}
        container.setdefault("volumeMounts", []).append(mount)


def trust_certificates(container: Object) -> None:
    """Let a program in Go trust the mounted certificates in addition to the system's.

    Source: https://pkg.go.dev/crypto/x509#SystemCertPool
    """
    set_env(container, SSL_CERT_DIR=f"{CA_FOLDER}:{SYSTEM}")
