"""The API of HCP Terraform, as far as terraform 1.11 calls it, over plain HTTP."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from . import executions, management, organization, states  # noqa: F401  they register their paths
from .protocol import NOT_FOUND, ROUTES, USER_TOKEN, Answer, Question
from .records import AgentPool, Run, Upload, VariableSet, Workspace


class Api:
    """The organization and all that is in it.

    Args:
        start: called with each new run; returns at once.
    """

    def __init__(self, start: Callable[[Run], None]) -> None:
        self._start = start
        self.workspaces: dict[str, Workspace] = {}
        self.projects: list[str] = ["Default Project"]
        self.variable_sets: list[VariableSet] = []
        self.agent_pools: list[AgentPool] = []
        self.uploads: dict[str, Upload] = {}
        self.runs: list[Run] = []
        self.unknown: list[str] = []
        """Requests that nothing here answers; a test wants none."""
        handler = type("Handler", (Handler,), {"api": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def services(self) -> str:
        """The block of Terraform's own configuration that leads it here instead of to app.terraform.io."""
        names = ("tfe.v2", "tfe.v2.1", "tfe.v2.2", "state.v2")
        found = ", ".join(f'"{name}" = "{self.address}/api/v2/"' for name in names)
        return f'host "app.terraform.io" {{\n  services = {{ {found} }}\n}}\n'

    def answer(self, method: str, target: str, body: bytes, token: str) -> Answer:
        """Answer one request."""
        url = urlsplit(target)
        for verb, pattern, respond in ROUTES:
            found = pattern.fullmatch(url.path)
            if verb == method and found:
                open_to_all = "/objects/" in url.path
                if not open_to_all and not self._known(token):
                    return Answer(401, b'{"errors":[{"status":"401","title":"unauthorized"}]}')
                data = json.loads(body).get("data") or {} if body and not open_to_all else {}
                one, listed = (data, []) if isinstance(data, dict) else ({}, data)
                return respond(self, Question(found.groups(), one, body, parse_qs(url.query), token, listed))
        self.unknown.append(f"{method} {url.path}")
        return NOT_FOUND

    def _known(self, token: str) -> bool:
        return token == USER_TOKEN or any(run.token == token for run in self.runs)

    def workspace(self, id_: str) -> Workspace:
        """By its id."""
        return next(one for one in self.workspaces.values() if one.id == id_)

    def variable_set(self, id_: str) -> VariableSet:
        """By its id."""
        return next(one for one in self.variable_sets if one.id == id_)

    def variables_of(self, workspace: Workspace) -> dict[str, str]:
        """Environment variables of its runs: its own, and those of sets, which its own override."""
        sets = [one for one in self.variable_sets if workspace in one.workspaces]
        found = {var["key"]: var["value"] for one in sets for var in one.variables.values() if var["category"] == "env"}
        return {**found, **workspace.variables}

    def run(self, id_: str) -> Run:
        """By its id."""
        return next(one for one in self.runs if one.id == id_)

    def may_read_state(self, token: str, workspace: Workspace) -> bool:
        """A user may; a run may read that of its own workspace, and of those that share their state with it."""
        reader = next((run.workspace for run in self.runs if run.token == token), None)
        return reader is None or reader is workspace or reader.name in workspace.shares_state_with


class Handler(BaseHTTPRequestHandler):
    """HTTP around `Api.answer`."""

    api: Api
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer: head and body apart wait 40 ms for each other (Nagle's algorithm)

    def _respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        answer = self.api.answer(self.command, self.path, body, token)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("TFP-API-Version", "2.6")
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _respond  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: tests read what the server holds."""
