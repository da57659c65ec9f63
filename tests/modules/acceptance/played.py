"""A platform as the checks see it: API server, Pipelines, a notebook, a model, Dex and the gateway, in one HTTP server.

It refuses what the real ones refuse: wrong tokens and audiences, paths, bodies, other namespaces. A fault is a name: the server then does
what a platform with that defect does. It does what controllers do: it runs the step of a pipeline and the trial of an experiment as
processes, and keeps the artifact in S3. It cannot show what the real programs do beyond these requests.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.modules.acceptance.team_s3 import Bucket

TEAM, OTHER = "research", "finance"
PROGRAM_TOKEN, ACCOUNT_TOKEN = "token-for-pipelines", "token-for-the-api-server"
EMAIL, PASSWORD = "ada@team.example.net", "a-generated-password"
CREATED = 201
KINDS = {"notebooks", "trainjobs", "experiments", "inferenceservices", "pods", "services"}
"""What `kubeflow-edit` may create."""


class Played:
    """State of the platform."""

    def __init__(self, bucket: Bucket, faults: frozenset[str] = frozenset()) -> None:
        self.bucket, self.faults = bucket, faults
        self.objects: dict[tuple[str, str], Any] = {}
        self.experiments: dict[str, str] = {}
        self.runs: dict[str, Any] = {}
        self.refused: list[str] = []
        """Requests that no real server would have understood."""
        self.address = ""

    # --- API server -----------------------------------------------------------------------------------------------------

    def kubernetes(self, method: str, path: str, query: dict[str, list[str]], token: str, body: Any) -> tuple[int, Any]:
        if token != ACCOUNT_TOKEN:
            return 401, {"message": "Unauthorized"}
        match = re.fullmatch(r"/(?:api/v1|apis/[a-z0-9.]+/v\w+)/namespaces/([a-z-]+)/([a-z]+)(?:/([a-z0-9-]+))?", path)
        if match is None:
            self.refused.append(f"{method} {path}")
            return 404, {"message": "the server could not find the requested resource"}
        namespace, plural, name = match.groups()
        if namespace != TEAM:
            open_ = "open namespaces" in self.faults
            return (200, {"items": []}) if open_ else (403, {"message": f"{plural} is forbidden in {namespace}"})
        if method == "POST":
            return self._create(plural, query, body)
        if (plural, name) not in self.objects:
            return 404, {"message": f"{plural} {name} not found"}
        if method == "DELETE":
            if body != {"propagationPolicy": "Background"}:
                self.refused.append(f"{method} {path} {body}")
            if "deletes nothing" in self.faults:
                return 500, {"message": "etcdserver: request timed out"}
            return 200, self.objects.pop((plural, name))
        return 200, self.objects[plural, name]

    def _create(self, plural: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        if plural == "ingresses" and "ingress allowed" not in self.faults:
            return 403, {"message": 'ingresses.networking.k8s.io is forbidden: cannot create resource "ingresses"'}
        is_public = plural == "services" and body["spec"]["type"] == "LoadBalancer"
        if is_public and "load balancer allowed" not in self.faults:
            return 422, {"message": "spec.type: a team's Service is of type ClusterIP"}
        if plural == "pods" and self._is_privileged(body) and "privileged allowed" not in self.faults:
            return 403, {"message": 'violates PodSecurity "baseline:latest": privileged'}
        if plural not in KINDS | {"ingresses"} or f"{plural} forbidden" in self.faults:
            return 403, {"message": f"{plural} is forbidden"}
        if query.get("dryRun") == ["All"]:
            return CREATED, body
        self.objects[plural, body["metadata"]["name"]] = {**body, "status": self._status(plural, body)}
        return CREATED, body

    @staticmethod
    def _is_privileged(body: Any) -> bool:
        return any(one.get("securityContext", {}).get("privileged") for one in body["spec"]["containers"])

    def _status(self, plural: str, body: Any) -> Any:
        """What the controller of a kind writes, at once."""
        if f"{plural} never ready" in self.faults:
            return {}
        bad = f"{plural} fail" in self.faults
        if plural == "notebooks":
            return {"readyReplicas": 1}
        if plural == "trainjobs":
            assert body["spec"]["runtimeRef"]["name"] == "torch-distributed"
            return {
                "conditions": [{"type": "Failed" if bad else "Complete", "status": "True", "message": "exit code 1"}]
            }
        if plural == "experiments":
            if bad:
                return {"conditions": [{"type": "Failed", "status": "True", "message": "a trial failed"}]}
            metrics = [] if "no metrics" in self.faults else [{"name": "loss", "latest": self._loss(body)}]
            best = {"observation": {"metrics": metrics}}
            return {"conditions": [{"type": "Succeeded", "status": "True"}], "currentOptimalTrial": best}
        if plural == "inferenceservices":
            if bad:
                return {"conditions": [{"type": "Ready", "status": "False", "message": "AccessDenied"}]}
            return {"conditions": [{"type": "Ready", "status": "True"}], "address": {"url": f"{self.address}/model"}}
        pulled = "foreign image pulled" in self.faults
        state = {"running": {}} if pulled else {"waiting": {"reason": "ImagePullBackOff"}}
        return {"containerStatuses": [{"state": state}]}

    @staticmethod
    def _loss(body: Any) -> str:
        """Run the trial as its Job would, with the parameter in its place."""
        (container,) = body["spec"]["trialTemplate"]["trialSpec"]["spec"]["template"]["spec"]["containers"]
        shell = container["args"][0].replace("${trialParameters.x}", "0.5").replace("python ", f"{sys.executable} ", 1)
        printed = subprocess.run([*container["command"], shell], capture_output=True, text=True, check=True).stdout
        return re.fullmatch(r"loss=([0-9.]+)\n", printed)[1]  # type: ignore[index]

    # --- Pipelines ------------------------------------------------------------------------------------------------------

    def pipelines(self, method: str, path: str, query: dict[str, list[str]], token: str, body: Any) -> tuple[int, Any]:
        if token != PROGRAM_TOKEN and not (not token and "no token needed" in self.faults):
            return 401, {"error": "Request header error: there is no user identity header."}
        if "program not known" in self.faults:
            return 403, {"error": "PermissionDenied"}
        if method == "GET" and path == "/apis/v2beta1/experiments":
            mine = query.get("namespace") == [TEAM] or "open pipelines" in self.faults
            return (200, {"experiments": []}) if mine else (403, {"error": "PermissionDenied"})
        if method == "POST" and path == "/apis/v2beta1/experiments" and body["namespace"] == TEAM:
            self.experiments["e-1"] = body["display_name"]
            return 200, {"experiment_id": "e-1", **body}
        if method == "POST" and path == "/apis/v2beta1/runs" and body["experiment_id"] in self.experiments:
            self.runs["r-1"] = {"run_id": "r-1", **self._run(body)}
            return 200, self.runs["r-1"]
        kind, _, name = path.removeprefix("/apis/v2beta1/").partition("/")
        found: dict[str, Any] = {"runs": self.runs, "experiments": self.experiments}.get(kind, {})
        if name not in found:
            self.refused.append(f"{method} {path}")
            return 404, {"error": "NotFound"}
        if method == "DELETE":
            del found[name]
            return 200, {}
        return 200, found[name]

    def _run(self, body: Any) -> Any:
        """Run the only step as the launcher does: the artifact's path is given, its file is put into the bucket."""
        if "pipeline fails" in self.faults:
            return {"state": "FAILED", "error": {"message": "exit code 1"}}
        assert body["service_account"] == "default-editor"
        spec = body["pipeline_spec"]
        assert list(spec["root"]["dag"]["tasks"]) == ["write"]
        container = spec["deploymentSpec"]["executors"]["exec-write"]["container"]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "outputs" / "written"
            argument = container["args"][0].replace("{{$.outputs.artifacts['written'].path}}", str(file))
            subprocess.run([sys.executable, *container["command"][1:], argument], check=True)
            root = urlsplit(body["runtime_config"]["pipeline_root"])
            text = b"other" if "other artifact" in self.faults else file.read_bytes()
        if "artifact not kept" not in self.faults:
            self.bucket.put(root.netloc, f"{root.path[1:]}/accept/r-1/write/written", text)
        return {"state": "SUCCEEDED"}

    # --- notebook, model, metadata, another team -------------------------------------------------------------------------

    def inside(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        name = next((name for kind, name in self.objects if kind == "notebooks"), "")
        if path == f"/notebook/{TEAM}/{name}/api":
            return (403, {}) if "notebook closed" in self.faults else (200, {"version": "2.17.0"})
        if path.startswith("/model/v2/models/") and path.endswith("/infer") and method == "POST":
            return self._infer(body)
        if path == "/metadata/latest/api/token" and method == "PUT":
            return (200, "token") if "metadata open" in self.faults else (403, "")
        if path == "/finance/":
            if "other team stopped" in self.faults:
                return 503, "no healthy upstream"
            if "other team fails" in self.faults:
                return 503, "upstream connect error or disconnect/reset before headers"
            return (200, "model") if "other team open" in self.faults else (403, "RBAC: access denied")
        self.refused.append(f"{method} {path}")
        return 404, {}

    def _infer(self, body: Any) -> tuple[int, Any]:
        if "model refuses" in self.faults:
            return 403, "RBAC: access denied"
        (tensor,) = body["inputs"]
        rows = len(tensor["data"])
        assert tensor["shape"] == [rows, len(tensor["data"][0])]
        (service,) = [one for (kind, _), one in self.objects.items() if kind == "inferenceservices"]
        if service["metadata"]["annotations"]["serving.kserve.io/deploymentMode"] != "Standard":
            return 403, "RBAC: access denied"  # the activator has no identity
        place = urlsplit(service["spec"]["predictor"]["model"]["storageUri"])
        classes = json.loads(self.bucket.get(place.netloc, f"{place.path[1:]}/model.joblib"))
        if "other model" in self.faults:
            classes = [one + 1 for one in classes]
        return 200, {"outputs": [{"data": classes[:rows]}]}

    # --- gateway and Dex ------------------------------------------------------------------------------------------------

    def gateway(self, method: str, path: str, cookie: str, headers: Any, form: str) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers; a page is text."""
        session = SimpleCookie(cookie)
        if path == "/dex/auth/local/login":
            if method == "GET":
                return (
                    200,
                    '<form method="post" action="?s=1"><input name="login" type="text"><input name="password" type="password"></form>',
                    {},
                )
            given = {key: value[0] for key, value in parse_qs(form).items()}
            right = given == {"login": EMAIL, "password": PASSWORD} and "password refused" not in self.faults
            if not right:
                return self.gateway("GET", path, cookie, headers, "")
            return 303, "", {"Location": "/oauth2/callback?code=1"}
        if path == "/dex/auth":
            return 200, '<a href="/dex/auth/github">GitHub</a> <a href="/dex/auth/local?s=1">Log in with e-mail</a>', {}
        if path == "/dex/auth/local":
            return 302, "", {"Location": "/dex/auth/local/login?s=1"}
        if path == "/oauth2/callback":
            return 302, "", {"Location": "/", "Set-Cookie": "session=1; Secure; HttpOnly; Path=/"}
        trusted = headers.get("kubeflow-userid") if "trusts headers" in self.faults else None
        unsigned = "unsigned tokens" in self.faults and headers.get("Authorization")
        if path == "/pipeline/apis/v2beta1/experiments" and headers.get("Authorization") == f"Bearer {PROGRAM_TOKEN}":
            return (200, {"experiments": []}, {}) if "accepts programs" in self.faults else (401, "Jwt issuer", {})
        known = "session" in session or trusted or unsigned or "open gateway" in self.faults
        if not known:
            if headers.get("Authorization"):
                return 401, "Jwt verification fails", {}
            return 302, "", {"Location": "/dex/auth?client_id=kubeflow"}
        if path == "/api/workgroup/env-info":
            namespaces = [] if "no namespace" in self.faults else [{"namespace": TEAM, "role": "owner"}]
            user = "other@team.example.net" if "other user" in self.faults else EMAIL
            return 200, {"user": user, "namespaces": namespaces}, {}
        return 200, "<html>dashboard</html>", {}


@contextmanager
def playing(played: Played) -> Iterator[str]:
    """The address of a running server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            headers: dict[str, str] = {}
            area, _, rest = parts.path[1:].partition("/")
            if area in ("kubernetes", "pipelines"):
                body = json.loads(raw) if raw else None
                status, found = getattr(played, area)(self.command, f"/{rest}", query, token, body)
            elif area == "gateway" or area in ("dex", "oauth2", "api", "pipeline", ""):
                path = f"/{rest}" if area == "gateway" else parts.path
                cookie = self.headers.get("Cookie") or ""
                status, found, headers = played.gateway(self.command, path, cookie, self.headers, raw.decode())
            else:
                is_json = raw and "json" in (self.headers.get("Content-Type") or "")
                status, found = played.inside(self.command, parts.path, json.loads(raw) if is_json else None)
                by_a_service = "other team fails" in played.faults
                headers = {"x-envoy-upstream-service-time": "1"} if by_a_service else {}
            text = (found if isinstance(found, str) else json.dumps(found)).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815  names of the base class

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    played.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield played.address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
