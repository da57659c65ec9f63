"""Runs in the cluster, in the image and at the place of Pipelines' own profile controller: what a team needs for its artifacts.

Metacontroller posts each namespace of a team, and makes there what it gets back: where artifacts are, and a proxy that reads them
with the team's role. It needs no right in AWS, and nothing but Python.

Source: https://metacontroller.github.io/metacontroller/api/decoratorcontroller.html#sync-hook,
    https://metacontroller.github.io/metacontroller/api/customize.html
"""

import json
import os
import re
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LABEL = "pipelines.kubeflow.org/enabled"
LARGEST_REQUEST = 16 * 1024 * 1024
"""Bytes; a namespace with all that is attached to it has some ten thousand."""
NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
PROXY = "ml-pipeline-ui-artifact"
ACCOUNT = "default-editor"
"""Service account of a team; what has its role."""
ROLE = "eks.amazonaws.com/role-arn"


@dataclass(frozen=True)
class Settings:
    """What the Deployment says, under the names of its environment variables."""

    AWS_REGION: str
    S3_ENDPOINT: str
    S3_BUCKET: str
    PIPELINE_ROOT: str
    """With `{namespace}` in it, as the next."""
    KEY_FORMAT: str
    PROXY_IMAGE: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Settings":
        """Those of the environment.

        Raises:
            ValueError: one is missing.
        """
        missing = [name for name in cls.__annotations__ if not environment.get(name)]
        if missing:
            raise ValueError(f"environment: {', '.join(missing)} missing; set it in the Deployment")
        return cls(**{name: environment[name] for name in cls.__annotations__})


def customize(request: Mapping[str, Any]) -> dict[str, Any]:
    """What else metacontroller should show of a namespace: the team's service account.

    Any namespace is asked for, and the answer is kept for a while, so it must not hang on labels.
    """
    name = name_of(request.get("parent"))
    related = {"apiVersion": "v1", "resource": "serviceaccounts", "namespace": name, "names": [ACCOUNT]}
    return {"relatedResources": [related]}


def name_of(namespace: Any) -> str:
    """Name of a namespace.

    Raises:
        ValueError: it is none.
    """
    metadata = namespace.get("metadata") if isinstance(namespace, dict) else None
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError("object: has no name of a namespace")
    return name


def sync(request: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """What a namespace should hold, and whether it does.

    Args:
        request: `object` is the namespace; `attachments` what this program attached before and `related` what it asked for,
            both `<kind>.<apiVersion>` to name to object.
        settings: of the Deployment.

    Raises:
        ValueError: it is no namespace.
    """
    name, attached = name_of(request.get("object")), request.get("attachments") or {}
    if (request["object"]["metadata"].get("labels") or {}).get(LABEL) != "true":
        return {"status": {}, "attachments": []}
    wanted = [*config_maps(name, settings), service(name)]
    accounts = (request.get("related") or {}).get("ServiceAccount.v1") or {}
    for account in accounts.values():
        wanted.append(deployment(name, settings, (account["metadata"].get("annotations") or {}).get(ROLE, "")))
    ready = bool(accounts) and all(is_ready(one, attached) for one in wanted)
    return {"status": {"kubeflow-pipelines-ready": str(ready)}, "attachments": wanted}


def is_ready(wanted: Mapping[str, Any], attached: Mapping[str, Any]) -> bool:
    """Whether an object is there; a Deployment also has to have a pod that answers."""
    of_kind = attached.get(f"{wanted['kind']}.{wanted['apiVersion']}") or {}
    # of a namespace's attachments, which are in it, the keys are `<namespace>/<name>`
    there = {key.rpartition("/")[2]: one for key, one in of_kind.items()}.get(wanted["metadata"]["name"])
    if there is None:
        return False
    return wanted["kind"] != "Deployment" or bool((there.get("status") or {}).get("availableReplicas"))


def config_maps(namespace: str, settings: Settings) -> list[dict[str, Any]]:
    """For the launcher (pipeline root), for ML Metadata's clients, and for Argo (logs and artifacts)."""
    repository = {
        "archiveLogs": True,
        "s3": {
            "endpoint": settings.S3_ENDPOINT,
            "bucket": settings.S3_BUCKET,
            "region": settings.AWS_REGION,
            "useSDKCreds": True,
            "keyFormat": settings.KEY_FORMAT.replace("{namespace}", namespace),
        },
    }
    data = {
        "kfp-launcher": {
            "defaultPipelineRoot": settings.PIPELINE_ROOT.replace("{namespace}", namespace),
            # the role of the pod, found by the SDK; without `fromEnv` the launcher asks for a Secret
            "providers": json.dumps({"s3": {"default": {"credentials": {"fromEnv": True}}}}),
        },
        "metadata-grpc-configmap": {
            "METADATA_GRPC_SERVICE_HOST": "metadata-grpc-service.kubeflow",
            "METADATA_GRPC_SERVICE_PORT": "8080",
        },
        "artifact-repositories": {"default-namespaced": json.dumps(repository)},
    }
    default = {"workflows.argoproj.io/default-artifact-repository": "default-namespaced"}
    return [
        {
            **head(
                "v1",
                "ConfigMap",
                name,
                namespace,
                **({"annotations": default} if name == "artifact-repositories" else {}),
            ),
            "data": data[name],
        }
        for name in data
    ]


def deployment(namespace: str, settings: Settings, role: str) -> dict[str, Any]:
    """The page's own program once more, as the team's service account: what it may read is what the team may read.

    Istio lets in who may use the namespace, by its AuthorizationPolicies, so the sidecar has to be there.

    Args:
        namespace: team namespace.
        settings: of the Deployment.
        role: what the service account is annotated with. A pod gets its role as it is made, and the account may be annotated
            later; then the pods are made anew.
    """
    probe = {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 10, "timeoutSeconds": 5}
    container = {
        "name": PROXY,
        "image": settings.PROXY_IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"containerPort": 3000, "name": "http"}],
        "env": [
            {"name": "AWS_REGION", "value": settings.AWS_REGION},
            {"name": "AWS_S3_ENDPOINT", "value": settings.S3_ENDPOINT},
            {"name": "FRONTEND_SERVER_NAMESPACE", "value": namespace},
            # signs addresses of TensorBoards; the image's default key is public
            {"name": "TENSORBOARD_PROXY_SIGNING_SECRET", "valueFrom": {"fieldRef": {"fieldPath": "metadata.uid"}}},
        ],
        "readinessProbe": probe,
        "livenessProbe": {**probe, "initialDelaySeconds": 10},
        "resources": {"requests": {"cpu": "10m", "memory": "70Mi"}, "limits": {"cpu": "100m", "memory": "500Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "runAsGroup": 0,
            "runAsNonRoot": True,
            "runAsUser": 1000,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    pod = {
        "serviceAccountName": ACCOUNT,
        # the role's token is a volume of its own; the one for Kubernetes would let the proxy edit the namespace
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
    }
    return {
        **head("apps/v1", "Deployment", PROXY, namespace, labels={"app": PROXY}),
        "spec": {
            "selector": {"matchLabels": {"app": PROXY}},
            "template": {
                "metadata": {
                    "labels": {"app": PROXY, "sidecar.istio.io/inject": "true"},
                    "annotations": {"kubeflow-platform/role": role},
                },
                "spec": pod,
            },
        },
    }


def service(namespace: str) -> dict[str, Any]:
    """Where the page looks for a team's proxy."""
    return {
        **head("v1", "Service", PROXY, namespace, labels={"app": PROXY}),
        "spec": {
            "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": "http"}],
            "selector": {"app": PROXY},
        },
    }


def head(api_version: str, kind: str, name: str, namespace: str, **metadata: Any) -> dict[str, Any]:
    """What every object begins with."""
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": namespace, **metadata}}


class Server(ThreadingHTTPServer):
    """Answers metacontroller.

    Args:
        address: host and port.
        settings: of the Deployment.
    """

    daemon_threads = True

    def __init__(self, address: tuple[str, int], settings: Settings) -> None:
        super().__init__(address, Hook)
        self.settings = settings


class Hook(BaseHTTPRequestHandler):
    """`POST /sync` and `POST /customize` of metacontroller; `GET /healthz`."""

    server: Server
    timeout = 30

    def do_GET(self) -> None:
        """Tell the kubelet that it lives."""
        self._answer(200 if self.path == "/healthz" else 404, {})

    def do_POST(self) -> None:
        """Answer metacontroller; a request that is not understood stops nothing."""
        if self.path not in ("/customize", "/sync"):
            return self._answer(404, {"error": f"{self.path}: is not here; post to /sync"})
        try:
            request = self._body()
            answer = sync(request, self.server.settings) if self.path == "/sync" else customize(request)
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            return self._answer(400, {"error": f"{type(error).__name__}: {error}"})
        self._answer(200, answer)

    def _body(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]+", length) or int(length) > LARGEST_REQUEST:
            raise ValueError(f"Content-Length: {length or 'missing'}; give at most {LARGEST_REQUEST}")
        request = json.loads(self.rfile.read(int(length)))
        if not isinstance(request, dict):
            raise ValueError("body: is no object")
        return request

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """One line a request, but for the kubelet's."""
        if self.path != "/healthz":
            super().log_request(code, size)


def main() -> None:
    """Serve until the pod is stopped: as process 1, Python ignores the signal unless told."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    Server(("", int(os.environ.get("CONTROLLER_PORT", "8080"))), Settings.of(os.environ)).serve_forever()


if __name__ == "__main__":
    main()
