"""The registry: manifests by tag and digest, blobs, immutable tags, and faults on request.

Source: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
"""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
PATH = re.compile(r"/v2/(?P<name>.+)/(?P<kind>manifests|blobs)/(?P<reference>[^/]+)")


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass
class Registry:
    """What is stored, and what goes wrong."""

    tags: dict[tuple[str, str], str] = field(default_factory=dict)
    """`(repository, tag)` to digest."""
    manifests: dict[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)
    """`(repository, digest)` to media type and content."""
    blobs: dict[tuple[str, str], bytes] = field(default_factory=dict)
    repositories: set[str] | None = None
    """Repositories that take a push; None: any."""
    failures: int = 0
    """Requests that fail with 503 before one succeeds."""
    corrupt: bool = False
    """Whether what is pushed is stored as something else."""
    pushed: list[str] = field(default_factory=list)
    """Tags that were pushed, `repository:tag`."""
    address: str = ""

    def image(self, name: str, tag: str, *platforms: str) -> str:
        """Put an image in: an index of several platforms, or one manifest; its digest."""
        found = [self._manifest(name, platform) for platform in platforms or ("amd64",)]
        if not platforms:
            digest = str(found[0]["digest"])
        else:
            index = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": found}).encode()
            digest = digest_of(index)
            self.manifests[name, digest] = (INDEX, index)
        self.tags[name, tag] = digest
        return digest

    def _manifest(self, name: str, platform: str) -> dict[str, object]:
        layer, config = f"layer of {name} for {platform}".encode(), json.dumps({"architecture": platform}).encode()
        for blob in (layer, config):
            self.blobs[name, digest_of(blob)] = blob
        content = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": {"digest": digest_of(config), "size": len(config), "mediaType": "application/json"},
                "layers": [{"digest": digest_of(layer), "size": len(layer), "mediaType": "application/octet-stream"}],
            }
        ).encode()
        self.manifests[name, digest_of(content)] = (MANIFEST, content)
        platform_of = {"architecture": platform, "os": "linux"}
        return {"mediaType": MANIFEST, "digest": digest_of(content), "size": len(content), "platform": platform_of}


class _Handler(BaseHTTPRequestHandler):
    registry: Registry

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _fails(self) -> bool:
        if self.registry.failures:
            self.registry.failures -= 1
            self._answer(503)
            return True
        return False

    def do_GET(self) -> None:
        found = PATH.fullmatch(self.path)
        if self._fails():
            return
        if found is None:
            self._answer(200 if self.path == "/v2/" else 404)
            return
        name, reference = found["name"], found["reference"]
        if found["kind"] == "blobs":
            blob = self.registry.blobs.get((name, reference))
            self._answer(404) if blob is None else self._answer(200, blob)
            return
        digest = self.registry.tags.get((name, reference), reference)
        manifest = self.registry.manifests.get((name, digest))
        if manifest is None:
            self._answer(404)
        else:
            self._answer(200, manifest[1], Content_Type=manifest[0], Docker_Content_Digest=digest)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        found, body = PATH.fullmatch(self.path), self.rfile.read(int(self.headers["Content-Length"]))
        if self._fails():
            return
        assert found is not None
        name, reference = found["name"], found["reference"]
        if self.registry.repositories is not None and name not in self.registry.repositories:
            self._answer(404, b"no such repository")
        elif found["kind"] == "blobs":
            self.registry.blobs[name, reference] = body
            self._answer(201)
        elif (name, reference) in self.registry.tags:
            self._answer(400, b"tag is immutable")
        else:
            stored = body + b" " * self.registry.corrupt
            self.registry.manifests[name, digest_of(stored)] = (self.headers["Content-Type"], stored)
            if not reference.startswith("sha256:"):
                self.registry.tags[name, reference] = digest_of(stored)
                self.registry.pushed.append(f"{name}:{reference}")
            self._answer(201)


@contextmanager
def running(registry: Registry) -> Iterator[Registry]:
    """The registry on a port of this machine, until the block ends."""
    handler = type("Handler", (_Handler,), {"registry": registry})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    registry.address = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
