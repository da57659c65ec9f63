"""S3 as a team's pods see it: moto behind the team's policy. A request that the policy does not allow is answered as S3 does."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from modules.iam.policy_context import ArtifactBucket
from modules.iam.policy_engine import Request, is_allowed
from modules.settings import Statement
from modules.teams.rights import rights

BUCKET = "prod-artifacts-111122223333"
TEAM = "research"
DENIED = (
    '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code>'
    "<Message>User is not authorized to perform: {action} on resource: {resource}</Message></Error>"
)
OF_OBJECTS = {
    "GET": "s3:GetObject",
    "HEAD": "s3:GetObject",
    "PUT": "s3:PutObject",
    "DELETE": "s3:DeleteObject",
    "POST": "s3:PutObject",
}


def asked(method: str, url: str) -> Request:
    """The action, the resource and the prefix of a request in path style."""
    parts = urlsplit(url)
    bucket, _, key = unquote(parts.path).strip("/").partition("/")
    query = parse_qs(parts.query)
    arn = f"arn:aws:s3:::{bucket}"
    if key:
        return Request(OF_OBJECTS[method], f"{arn}/{key}")
    if method in ("GET", "HEAD"):
        return Request(
            "s3:ListBucket" if "list-type" in query or not query else "s3:GetBucket*",
            arn,
            {"s3:prefix": tuple(query.get("prefix", ()))},
        )
    return Request("s3:CreateBucket" if method == "PUT" else "s3:DeleteBucket", arn)


class Gate(BaseHTTPRequestHandler):
    """One request: refused by the policy, or passed on as it is."""

    protocol_version = "HTTP/1.1"
    behind: ClassVar[str]
    policy: ClassVar[tuple[Statement, ...]]
    refused: ClassVar[list[Request]]

    def handle_one(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        request = asked(self.command, self.path)
        if not is_allowed(self.policy, request):
            self.refused.append(request)
            return self.answer(
                403,
                {"Content-Type": "application/xml"},
                DENIED.format(action=request.action, resource=request.resource).encode(),
            )
        connection = http.client.HTTPConnection(self.behind, timeout=60)
        connection.request(self.command, self.path, body, dict(self.headers.items()))
        answer = connection.getresponse()
        return self.answer(answer.status, dict(answer.getheaders()), answer.read())

    do_GET = do_HEAD = do_PUT = do_DELETE = do_POST = handle_one  # noqa: N815

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        length = headers.get("Content-Length", "0") if self.command == "HEAD" else str(len(body))
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def team_s3(moto: str) -> Iterator[tuple[str, list[Request]]]:
    """Endpoint with the rights of the team, and the requests that were refused."""
    refused: list[Request] = []
    policy = rights(TEAM, ArtifactBucket(f"arn:aws:s3:::{BUCKET}", None, "s3.us-west-2.amazonaws.com"))
    members = {"behind": urlsplit(moto).netloc, "policy": policy, "refused": refused}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("TeamGate", (Gate,), members))
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", refused
    finally:
        server.shutdown()
        server.server_close()
