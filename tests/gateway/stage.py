"""One Envoy process, a backend that answers with what it received, and a stand-in for oauth2-proxy."""

import http.client
import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import envoy  # type: ignore[import-untyped]

from modules.kubeflow.manifest import Object
from tests.gateway.translation import BACKEND, Ports, configuration

BINARY = Path(envoy.__file__).with_name("_bin") / "envoy"
COOKIE = "oauth2_proxy_kubeflow"


@dataclass(frozen=True)
class Answer:
    """What a client got."""

    status: int
    seen: Mapping[str, Any]
    """What the backend received: `backend`, `path` and `headers`, a list of pairs; empty if it received nothing."""
    headers: Mapping[str, str]

    def received(self, name: str) -> list[str]:
        """Values of a header at the backend."""
        return [value for key, value in self.seen.get("headers", ()) if key.lower() == name]


@dataclass(frozen=True)
class Gateway:
    """The gateway while it runs."""

    port: int

    def ask(self, path: str, headers: Sequence[tuple[str, str]] = (), host: str = "localhost:8080") -> Answer:
        """One GET with exactly these bytes in its path and these headers, in this order."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest("GET", "/", skip_host=True, skip_accept_encoding=True)
        connection._buffer[0] = f"GET {path} HTTP/1.1".encode()  # type: ignore[attr-defined]  # http.client refuses odd paths
        connection.putheader("Host", host)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        seen = json.loads(body) if answer.getheader("x-test-echo") else {}
        return Answer(answer.status, seen, {name.lower(): value for name, value in answer.getheaders()})


class Backend(BaseHTTPRequestHandler):
    """Every Service: says what it received."""

    def do_GET(self) -> None:
        seen = {"backend": self.headers.get(BACKEND), "path": self.path, "headers": list(self.headers.items())}
        body = json.dumps(seen).encode()
        self.send_response(200)
        self.send_header("x-test-echo", "yes")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def check_of(sessions: Mapping[str, str]) -> type[BaseHTTPRequestHandler]:
    """oauth2-proxy as ext_authz: a known session becomes its ID token, any other request is led to sign in."""

    class Check(Backend):
        def do_GET(self) -> None:
            cookies = dict(one.strip().partition("=")[::2] for one in (self.headers.get("cookie") or "").split(";"))
            token = sessions.get(cookies.get(COOKIE, ""))
            self.send_response(200 if token else 302)
            if token:
                self.send_header("authorization", f"Bearer {token}")
            else:
                self.send_header("location", "/dex/auth")
            self.send_header("content-length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815

    return Check


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """A server on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def gateway(
    objects: Sequence[Object],
    folder: Path,
    keys: Mapping[str, str],
    sessions: Mapping[str, str],
    behind: type[BaseHTTPRequestHandler] = Backend,
) -> Iterator[Gateway]:
    """A gateway with the policies and routes of some objects.

    Args:
        objects: of a platform.
        folder: for its configuration and log.
        keys: issuer to the key set that the gateway has.
        sessions: cookie to ID token, at oauth2-proxy.
        behind: answers for every Service.
    """
    with served(behind) as backend, served(check_of(sessions)) as check:
        ports = Ports(free_port(), free_port(), backend, check)
        config = folder / "envoy.json"
        config.write_text(json.dumps(configuration(objects, ports, keys)), encoding="utf-8")
        with (folder / "envoy.log").open("wb") as log:
            process = subprocess.Popen(
                [str(BINARY), "--config-path", str(config), "--concurrency", "1", "--disable-hot-restart"],
                stdout=log,
                stderr=log,
            )
            try:
                _wait(process, ports.gateway, folder / "envoy.log")
                yield Gateway(ports.gateway)
            finally:
                process.terminate()
                process.wait(timeout=30)


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise RuntimeError(f"Envoy ended with {process.returncode}: {log.read_text(encoding='utf-8')[-3000:]}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"Envoy does not listen after 60 s: {log.read_text(encoding='utf-8')[-3000:]}")
