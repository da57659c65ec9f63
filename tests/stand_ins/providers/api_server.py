"""The stand-in cluster as an API server over HTTP, as far as commands use it: objects, types, and Helm's records as Secrets.

An object with finalizers that is deleted waits for its controller, which `ApiServer.controllers` has by kind.

with serving(cluster) as server:
    api = server.api()
"""

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread, Timer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from .cluster import Cluster, Release
from .kinds import CLUSTER_WIDE, NAMESPACED, Object, group
from .webhooks import plural

VERSION = "v1.35.2-eks-0123456"
PREFIX = "sh.helm.release.v1."
CONTROLLER_SECONDS = 0.3
"""Until a controller is done with a deleted object."""


@dataclass
class ApiServer:
    """One cluster, served.

    Args:
        cluster: what is served.
        address: where.
        requests: method and path of all requests.
    """

    cluster: Cluster
    address: str
    requests: list[tuple[str, str]] = field(default_factory=list)
    denied: set[str] = field(default_factory=set)
    """Resources, such as `secrets`, that RBAC refuses to the caller."""
    controllers: dict[str, Callable[[Object], None]] = field(default_factory=dict)
    """Kind to what its controller does before a deleted object ends; without one, the object waits for its finalizers."""

    def kubeconfig(self, file: Path, context: str = "stand-in") -> Path:
        """Write a kubeconfig with one context."""
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": context, "cluster": {"server": self.address}}],
            "users": [{"name": context, "user": {"token": "anybody"}}],
            "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
            "current-context": context,
        }
        file.write_text(yaml.safe_dump(content), encoding="utf-8")
        return file

    # --- what requests do ---------------------------------------------------------------------------------------------

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        """Status and JSON of one request."""
        if path == "/version":
            return 200, {"gitVersion": VERSION}
        parts = path.strip("/").split("/")
        version, rest = (parts[1], parts[2:]) if parts[0] == "api" else ("/".join(parts[1:3]), parts[3:])
        if not rest:
            resources = self._resources(version)
            return (200, {"resources": resources}) if resources else _not_found(path)
        namespace = ""
        if rest[0] == "namespaces" and len(rest) > 2:
            namespace, rest = rest[1], rest[2:]
        if rest[0] in self.denied:
            return 403, {"kind": "Status", "reason": "Forbidden", "message": f"{rest[0]} is forbidden"}
        named = {one["name"]: one["kind"] for one in self._resources(version)}
        if rest[0] not in named:
            return _not_found(path)
        with self.cluster.lock:
            if version == "v1" and rest[0] == "secrets":
                return self._secrets(method, namespace, rest[1:], query, body)
            if len(rest) == 1 and method == "GET":
                every = [one for one in self.cluster.of_kind(named[rest[0]]) if one["apiVersion"] == version]
                return 200, {"items": [one for one in every if _in(one, namespace)]}
            found = self.cluster.get(named[rest[0]], rest[1], namespace, group(version)) if len(rest) == 2 else None
            if found is None:
                return _not_found(path)
            if method == "DELETE":
                return self._delete(found, body)
            if method == "PATCH":
                _merge(found, body)
            return 200, found

    def _delete(self, found: Object, body: Any) -> tuple[int, Any]:
        meta = found["metadata"]
        wanted = (body or {}).get("preconditions", {})
        if any(meta.get(key) != value for key, value in wanted.items()):
            return 409, {"message": f"Precondition failed: {wanted}"}
        if not meta.get("finalizers"):
            self.cluster.delete(self.cluster.key(found))
        elif "deletionTimestamp" not in meta:
            meta["deletionTimestamp"] = "2026-01-01T00:00:00Z"
            if found["kind"] in self.controllers:
                Timer(CONTROLLER_SECONDS, self._finalize, [found]).start()
        return 200, {"kind": "Status", "status": "Success"}

    def _finalize(self, found: Object) -> None:
        """What a controller does: it removes what it made elsewhere, then its finalizer."""
        self.controllers[found["kind"]](found)
        with self.cluster.lock:
            self.cluster.delete(self.cluster.key(found))

    def _resources(self, version: str) -> list[dict[str, Any]]:
        kinds = [(kind, True) for one, kind in NAMESPACED if one == version]
        kinds += [(kind, False) for one, kind in CLUSTER_WIDE if one == version]
        for crd in self.cluster.of_kind("CustomResourceDefinition"):
            spec = crd["spec"]
            if version in [f"{spec['group']}/{one['name']}" for one in spec["versions"] if one["served"]]:
                kinds.append((spec["names"]["kind"], spec["scope"] == "Namespaced"))
        return [
            {
                "name": plural(self.cluster, {"apiVersion": version, "kind": kind}),
                "kind": kind,
                "namespaced": namespaced,
            }
            for kind, namespaced in kinds
        ]

    def _secrets(
        self, method: str, namespace: str, name: list[str], query: dict[str, list[str]], body: Any
    ) -> tuple[int, Any]:
        found = {(one["metadata"]["namespace"], one["metadata"]["name"]): one for one in self._all_secrets()}
        if not name:
            owner = query.get("labelSelector") == ["owner=helm"]
            items = [
                one
                for one in found.values()
                if not owner or (one["metadata"].get("labels") or {}).get("owner") == "helm"
            ]
            return 200, {"items": items}
        secret = found.get((namespace, name[0]))
        if secret is None:
            return _not_found(name[0])
        if method == "GET":
            return 200, secret
        wanted = body["preconditions"]
        if any(secret["metadata"][key] != value for key, value in wanted.items()):
            return 409, {"message": f"Precondition failed: {wanted}"}
        self._forget(namespace, name[0])
        return 200, {"kind": "Status", "status": "Success"}

    def _all_secrets(self) -> Iterator[Object]:
        yield from self.cluster.of_kind("Secret")
        for release in self.cluster.releases.values():
            for one in release.revisions():
                yield record(one)

    def _forget(self, namespace: str, secret: str) -> None:
        """Delete the Secret of a revision."""
        name, _, revision = secret.removeprefix(PREFIX).rpartition(".v")
        newest = self.cluster.releases[namespace, name]
        before: Release | None = None
        for one in newest.revisions():
            if one.revision != int(revision):
                before = one
            elif before is not None:
                before.previous = one.previous
            elif one.previous is not None:
                self.cluster.releases[namespace, name] = one.previous
            else:
                del self.cluster.releases[namespace, name]


def record(release: Release) -> Object:
    """The Secret of one revision.

    Source: https://github.com/helm/helm/blob/v3.18.6/pkg/storage/driver/secrets.go
    """
    content = {
        "name": release.name,
        "namespace": release.namespace,
        "version": release.revision,
        "info": {"status": release.status},
        "chart": {"metadata": release.chart},
        "manifest": "".join(f"---\n# Source: {release.name}\n{json.dumps(one)}\n" for one in release.objects),
    }
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "helm.sh/release.v1",
        "metadata": {
            "name": f"{PREFIX}{release.name}.v{release.revision}",
            "namespace": release.namespace,
            "uid": f"{release.namespace}-{release.name}-{release.revision}",
            "resourceVersion": f"{release.revision}-{release.status}",
            "labels": {
                "owner": "helm",
                "name": release.name,
                "version": str(release.revision),
                "status": release.status,
                "createdAt": str(release.last_deployed),
            },
        },
        "data": {"release": _packed(json.dumps(content))},
    }


@lru_cache(maxsize=128)
def _packed(content: str) -> str:
    """As Helm keeps a release. All releases are packed at each request, and few have changed since the one before."""
    return base64.b64encode(base64.b64encode(gzip.compress(content.encode()))).decode()


def _merge(old: Any, changes: Any) -> None:
    """A merge patch of RFC 7386, without the removal of fields."""
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(old.get(key), dict):
            _merge(old[key], value)
        else:
            old[key] = value


def _in(one: Object, namespace: str) -> bool:
    """Whether an object is in a namespace; empty: in any."""
    return namespace in ("", one["metadata"].get("namespace"))


def _not_found(what: str) -> tuple[int, Any]:
    return 404, {"kind": "Status", "reason": "NotFound", "message": f"{what} not found"}


@contextmanager
def serving(cluster: Cluster) -> Iterator[ApiServer]:
    """Serve a cluster on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_DELETE(self) -> None:
            self._answer()

        def do_PATCH(self) -> None:
            self._answer()

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            url = urlsplit(self.path)
            server.requests.append((self.command, url.path))
            status, content = server.answer(self.command, url.path, parse_qs(url.query), body)
            text = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is printed."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = ApiServer(cluster, f"http://127.0.0.1:{listening.server_port}")
    Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
