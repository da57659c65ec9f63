"""Stand-ins for the servers that the notebook calls. Each refuses what the real one refuses: tokens, namespaces, verbs, forms.

Controllers are short: a TrainJob runs its command once, an InferenceService starts the model server with the model that it names.
"""

import json
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from modules.kubeflow.manifest import Object
from tests.object_schemas import CrdSchemas, problems
from tests.tutorial.team_s3 import TEAM

RIGHTS: Mapping[str, Mapping[str, str]] = json.loads(
    (Path(__file__).parents[2] / "modules/checks/team_rights.json").read_text(encoding="utf-8")
)
READABLE_BY_ALL = {("clustertrainingruntimes.trainer.kubeflow.org", ""), ("configmaps", "kubeflow-system")}
"""What the ClusterRoleBinding and the RoleBinding of Trainer let every authenticated user read: resource and namespace."""
PIPELINES, REGISTRY, KUBERNETES = (
    "ml-pipeline.kubeflow.svc.cluster.local",
    "model-registry-service.kubeflow.svc.cluster.local",
    "kubernetes.default.svc",
)
API_TOKEN, PIPELINES_TOKEN = "token-for-kubernetes", "token-for-pipelines.kubeflow.org"
Answer = tuple[int, Any]
Controller = Callable[[Object], Object]


@dataclass
class Cluster:
    """State of the three servers."""

    schemas: CrdSchemas
    runtimes: dict[str, Object]
    controllers: Mapping[str, Controller]
    """Plural to what changes a new object, such as its status."""
    logs: dict[str, str] = field(default_factory=dict)
    """Pod to its log; its labels are in `objects`."""
    objects: dict[tuple[str, str], Object] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    runs: list[Object] = field(default_factory=list)
    registered: dict[str, list[Object]] = field(default_factory=dict)

    def answer(self, host: str, method: str, url: str, token: str, user: str | None, body: Any) -> Answer:
        """Answer of the server that a host is."""
        servers = {PIPELINES: self.pipelines, REGISTRY: self.registry, KUBERNETES: self.kubernetes}
        if host not in servers:
            return 404, {"message": f"no route for {host}"}
        if host == REGISTRY and (not token or user is not None):  # its AuthorizationPolicy
            return 403, {"message": "RBAC: access denied"}
        if token != {PIPELINES: PIPELINES_TOKEN, KUBERNETES: API_TOKEN}.get(host, token):
            return 401, {"message": f"the token is not for {host}"}
        return servers[host](method, urlsplit(url).path, parse_qs(urlsplit(url).query), body)

    def kubernetes(self, method: str, path: str, query: Mapping[str, list[str]], body: Any) -> Answer:
        """The API server, for default-editor of the team."""
        form = r"/(?:api|apis/(?P<group>[^/]+))/(?P<version>[^/]+)(?:/namespaces/(?P<namespace>[^/]+))?/(?P<plural>[^/]+)(?:/(?P<name>[^/]+)(?:/(?P<sub>[^/]+))?)?"
        found = re.fullmatch(form, path)
        if not found:
            return 404, {"message": path}
        group, namespace, plural, name, sub = (
            found[key] or "" for key in ("group", "namespace", "plural", "name", "sub")
        )
        verb = {"GET": "get" if name else "list", "POST": "create", "DELETE": "delete", "PATCH": "patch"}[method]
        resource = "/".join(filter(None, (plural, sub))) + (f".{group}" if group else "")
        allowed = RIGHTS["kubeflow-edit"].get(resource, "").split() if namespace == TEAM else []
        public = verb in ("get", "list") and (resource, namespace) in READABLE_BY_ALL
        if verb not in allowed and "*" not in allowed and not public:
            return 403, {"message": f"default-editor cannot {verb} {resource} in {namespace!r}"}
        if plural == "clustertrainingruntimes":
            return (200, self.runtimes[name]) if name in self.runtimes else (404, {"message": name})
        if sub == "log":
            return (200, self.logs[name]) if name in self.logs else (404, {"message": name})
        if method == "POST":
            return self.created(group, found["version"], plural, body)
        if not name:
            items = [one for (kind, _), one in self.objects.items() if kind == plural and selected(one, query)]
            return 200, {"kind": "List", "apiVersion": "v1", "metadata": {}, "items": items}
        if (plural, name) not in self.objects:
            return 404, {"message": f"{plural} {name} not found"}
        if method == "DELETE":
            self.deleted.append(f"{plural}/{name}")
            del self.objects[plural, name]
            return 200, {"kind": "Status", "status": "Success"}
        return 200, self.objects[plural, name]

    def created(self, group: str, version: str, plural: str, body: Object) -> Answer:
        """A new object, or why its form is not accepted."""
        body = {"apiVersion": f"{group}/{version}" if group else version, **body}
        body.setdefault("kind", {"configmaps": "ConfigMap"}.get(plural, plural))
        mistakes = problems([body], "1.35", self.schemas)
        if mistakes or body["metadata"].get("namespace", TEAM) != TEAM:
            return 422, {"message": str(mistakes or "the namespace is not that of the URL")}
        key = plural, body["metadata"]["name"]
        if key in self.objects:
            return 409, {"message": f"{key} exists"}
        stamp = {"namespace": TEAM, "creationTimestamp": "2026-11-30T12:00:00Z", **body["metadata"]}
        self.objects[key] = self.controllers.get(plural, dict)({**body, "metadata": stamp})
        return 201, self.objects[key]

    def pipelines(self, method: str, path: str, query: Mapping[str, list[str]], body: Any) -> Answer:
        """The API server of Pipelines: a request must be of the team."""
        experiment = {"experiment_id": "e1", "display_name": "digits", "namespace": TEAM}
        if path.endswith("/healthz"):
            return 200, {"multi_user": True}
        if path.endswith("/experiments"):
            namespace = body["namespace"] if method == "POST" else query.get("namespace", [""])[0]
            if namespace != TEAM:
                return 403, {"message": f"default-editor of {TEAM} cannot use experiments of {namespace!r}"}
            return 200, experiment if method == "POST" else {"experiments": [experiment], "total_size": 1}
        if path.endswith("/runs") and method == "POST":
            if body.get("service_account") not in (None, "", "default-editor"):
                return 403, {"message": "the service account is not one of the team"}
            self.runs.append(body)
            return 200, {"run_id": "r1", "experiment_id": body["experiment_id"], "state": "PENDING"}
        if path.endswith("/runs/r1"):
            return 200, {"run_id": "r1", "state": "SUCCEEDED"}
        return (200, experiment) if path.endswith("/experiments/e1") else (404, {"message": path})

    def registry(self, method: str, path: str, query: Mapping[str, list[str]], body: Any) -> Answer:
        """The model registry: collections of its API v1alpha3."""
        prefix = "/api/model_registry/v1alpha3/"
        if not path.startswith(prefix):
            return 404, {"message": path}
        kind = path.removeprefix(prefix).rpartition("/")[2]
        single = kind if kind.endswith("s") else f"{kind}s"
        single = {"versions": "model_versions", "artifacts": "model_artifacts", "artifact": "model_artifacts"}.get(
            single, single
        )
        items = self.registered.setdefault(single, [])
        if method == "POST":
            items.append({"id": str(len(items) + 1), **body})
            return 201, items[-1]
        if kind.endswith("s"):
            return 200, {"items": items, "nextPageToken": "", "pageSize": 1, "size": len(items)}
        return (200, items[-1]) if items else (404, {"message": f"no {kind}", "code": "NOT_FOUND"})


def selected(one: Object, query: Mapping[str, list[str]]) -> bool:
    """Whether the labels of an object match the selector of a list request: `key=value` and `key in (a, b)`."""
    labels = one["metadata"].get("labels", {})
    terms = re.findall(r"([^,=\s]+)(?:=([^,]*)|\s+in\s+\(([^)]*)\))", query.get("labelSelector", [""])[0])
    return all(labels.get(key) in ([value] if value else re.split(r",\s*", several)) for key, value, several in terms)


def serve(cluster: Cluster, certificate: Path | None = None) -> ThreadingHTTPServer:
    """Start serving on a local port, with TLS if there is a certificate (with its key)."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            status, answer = cluster.answer(
                self.headers.get("Host", "").partition(":")[0],
                self.command,
                self.path,
                self.headers.get("Authorization", "").partition(" ")[2],
                self.headers.get("kubeflow-userid"),
                json.loads(content) if content else None,
            )
            if status in (401, 403, 422):
                cluster.refused.append(f"{self.command} {self.path}: {status} {answer}")
            text = answer if isinstance(answer, str) else json.dumps(answer)
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if isinstance(answer, str) else "application/json")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_DELETE = do_PATCH = handle_one  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server
