"""The API of HCP Terraform, as far as terraform 1.11 calls it, over plain HTTP.

Source: https://developer.hashicorp.com/terraform/cloud-docs/api-docs
"""

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from .records import Phase, Run, StateVersion, Upload, Workspace

ORGANIZATION = "example"
USER_TOKEN = "token-of-the-user"
JSON_API = "application/vnd.api+json"
TERRAFORM_VERSION = "1.11.4"


class Answer(NamedTuple):
    """Status, body and content type of a response."""

    status: int
    body: bytes = b""
    kind: str = JSON_API


class Question(NamedTuple):
    """A request: groups of the path, the `data` of its body, raw body, query, and who asks."""

    ids: tuple[str, ...]
    data: dict[str, Any]
    body: bytes
    query: dict[str, list[str]]
    token: str

    @property
    def attributes(self) -> dict[str, Any]:
        """Attributes of the object that it brings."""
        found: dict[str, Any] = self.data.get("attributes") or {}
        return found

    def related(self, name: str) -> str:
        """Id of a related object."""
        return str(self.data["relationships"][name]["data"]["id"])


NOT_FOUND = Answer(404, b'{"errors":[{"status":"404","title":"not found"}]}')
ROUTES: list[tuple[str, re.Pattern[str], Callable[["Api", Question], Answer]]] = []


def route(
    method: str, path: str
) -> Callable[[Callable[["Api", Question], Answer]], Callable[["Api", Question], Answer]]:
    """Mark the method that answers; `*` in a path is an id or a name."""
    pattern = re.compile("/api/v2/" + path.replace("*", "([^/]+)"))

    def register(answer: Callable[["Api", Question], Answer]) -> Callable[["Api", Question], Answer]:
        ROUTES.append((method, pattern, answer))
        return answer

    return register


def document(kind: str, id_: str, attributes: dict[str, Any], **related: tuple[str, str]) -> dict[str, Any]:
    """One object of JSON:API; `related` is name to (type, id)."""
    return {
        "type": kind,
        "id": id_,
        "attributes": attributes,
        "relationships": {name: {"data": {"type": one, "id": other}} for name, (one, other) in related.items()},
    }


def told(data: Any, status: int = 200) -> Answer:
    """An answer with an object, or a list of them."""
    pages = {
        "current-page": 1,
        "page-size": 100,
        "prev-page": None,
        "next-page": None,
        "total-pages": 1,
        "total-count": 0,
    }
    return Answer(status, json.dumps({"data": data, "meta": {"pagination": pages}}).encode())


class Api:
    """The organization and all that is in it.

    Args:
        start: called with each new run; returns at once.
    """

    def __init__(self, start: Callable[[Run], None]) -> None:
        self._start = start
        self.workspaces: dict[str, Workspace] = {}
        self.projects: list[str] = ["Default Project"]
        self.uploads: dict[str, Upload] = {}
        self.runs: list[Run] = []
        self.unknown: list[str] = []
        """Requests that nothing here answers; a test wants none."""
        handler = type("Handler", (Handler,), {"api": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
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
        for one, pattern, respond in ROUTES:
            found = pattern.fullmatch(url.path)
            if one == method and found:
                open_to_all = "/objects/" in url.path
                if not open_to_all and not self._known(token):
                    return Answer(401, b'{"errors":[{"status":"401","title":"unauthorized"}]}')
                data = json.loads(body).get("data") or {} if body and not open_to_all else {}
                data = data if isinstance(data, dict) else {}
                return respond(self, Question(found.groups(), data, body, parse_qs(url.query), token))
        self.unknown.append(f"{method} {url.path}")
        return NOT_FOUND

    def _known(self, token: str) -> bool:
        return token == USER_TOKEN or any(run.token == token for run in self.runs)

    def workspace(self, id_: str) -> Workspace:
        """By its id."""
        return next(one for one in self.workspaces.values() if one.id == id_)

    def run(self, id_: str) -> Run:
        """By its id."""
        return next(one for one in self.runs if one.id == id_)

    def may_read_state(self, token: str, workspace: Workspace) -> bool:
        """A person may; a run may read that of its own workspace, and of those that share theirs with it."""
        reader = next((run.workspace for run in self.runs if run.token == token), None)
        return reader is None or reader is workspace or reader.name in workspace.shares_state_with

    # --- organization and workspaces

    @route("GET", "ping")
    def ping(self, question: Question) -> Answer:
        """Only its headers count, which every answer has."""
        return Answer(204)

    @route("GET", "organizations/*/entitlement-set")
    def entitlements(self, question: Question) -> Answer:
        """Without `operations` Terraform would run here, silently."""
        attributes = {"operations": True, "state-storage": True, "private-module-registry": True}
        return told(document("entitlement-sets", "org-1", attributes))

    @route("GET", "organizations/*/projects")
    def list_projects(self, question: Question) -> Answer:
        """All of them; `filter[names]` narrows it."""
        wanted = question.query.get("filter[names]", [""])[0]
        return told([self._project(name) for name in self.projects if wanted in {"", name}])

    @route("POST", "organizations/*/projects")
    def make_project(self, question: Question) -> Answer:
        """As the command line does for a project that is named and not there."""
        self.projects.append(question.attributes["name"])
        return told(self._project(self.projects[-1]), 201)

    def _project(self, name: str) -> dict[str, Any]:
        return document("projects", f"prj-{self.projects.index(name)}", {"name": name})

    @route("POST", "organizations/*/workspaces")
    def make_workspace(self, question: Question) -> Answer:
        """As `terraform init` does for a workspace that is not there."""
        related = question.data.get("relationships", {}).get("project", {}).get("data")
        project = self.projects[int(related["id"].removeprefix("prj-"))] if related else self.projects[0]
        made = self.workspaces.setdefault(question.attributes["name"], Workspace(question.attributes["name"], project))
        return told(self._workspace(made), 201)

    @route("GET", "organizations/*/workspaces/*")
    def find_workspace(self, question: Question) -> Answer:
        """By its name."""
        found = self.workspaces.get(question.ids[1])
        return told(self._workspace(found)) if found else NOT_FOUND

    @route("GET", "workspaces/*")
    def read_workspace(self, question: Question) -> Answer:
        """By its id."""
        return told(self._workspace(self.workspace(question.ids[0])))

    @route("PATCH", "workspaces/*")
    def change_workspace(self, question: Question) -> Answer:
        """The version of Terraform, after a workspace was made."""
        found = self.workspace(question.ids[0])
        found.terraform_version = question.attributes.get("terraform-version", found.terraform_version)
        return told(self._workspace(found))

    def _workspace(self, one: Workspace) -> dict[str, Any]:
        allowed = ("can-queue-run", "can-queue-apply", "can-update", "can-lock", "can-unlock", "can-read-settings")
        attributes = {
            "name": one.name,
            "operations": one.remote,
            "execution-mode": "remote" if one.remote else "local",
            "locked": one.locked_by is not None,
            "auto-apply": False,
            "terraform-version": one.terraform_version or TERRAFORM_VERSION,
            "working-directory": "",
            "structured-run-output-enabled": False,
            "permissions": dict.fromkeys(allowed, True),
        }
        project = f"prj-{self.projects.index(one.project)}"
        return document(
            "workspaces",
            one.id,
            attributes,
            organization=("organizations", ORGANIZATION),
            project=("projects", project),
        )

    @route("POST", "workspaces/*/actions/lock")
    def lock(self, question: Question) -> Answer:
        """One at a time."""
        found = self.workspace(question.ids[0])
        if found.locked_by is not None:
            return Answer(409, b'{"errors":[{"status":"409","title":"already locked"}]}')
        found.locked_by = question.token
        return told(self._workspace(found))

    @route("POST", "workspaces/*/actions/unlock")
    def unlock(self, question: Question) -> Answer:
        """By whoever locked it."""
        found = self.workspace(question.ids[0])
        if found.locked_by != question.token:
            return Answer(409, b'{"errors":[{"status":"409","title":"locked by another"}]}')
        found.locked_by = None
        return told(self._workspace(found))

    # --- uploads and runs

    @route("POST", "workspaces/*/configuration-versions")
    def announce_upload(self, question: Question) -> Answer:
        """Where to put the archive."""
        made = Upload(self.workspace(question.ids[0]), bool(question.attributes.get("speculative")))
        self.uploads[made.id] = made
        return told(self._upload(made), 201)

    @route("GET", "configuration-versions/*")
    def read_upload(self, question: Question) -> Answer:
        """Whether it has arrived."""
        return told(self._upload(self.uploads[question.ids[0]]))

    @route("PUT", "objects/uploads/*")
    def take_upload(self, question: Question) -> Answer:
        """The archive; whoever has the address may bring it."""
        self.uploads[question.ids[0]].archive = question.body
        return Answer(200)

    def _upload(self, one: Upload) -> dict[str, Any]:
        attributes = {
            "status": "pending" if one.archive is None else "uploaded",
            "upload-url": f"{self.address}/api/v2/objects/uploads/{one.id}",
            "speculative": one.speculative,
        }
        return document("configuration-versions", one.id, attributes)

    @route("POST", "runs")
    def make_run(self, question: Question) -> Answer:
        """Start a run of an upload."""
        upload = self.uploads[question.related("configuration-version")]
        made = Run(self.workspace(question.related("workspace")), upload, question.attributes)
        if made.settings.get("auto-apply"):
            made.confirmed.set()
        self.runs.append(made)
        self._start(made)
        return told(self._run(made), 201)

    @route("GET", "runs/*")
    def read_run(self, question: Question) -> Answer:
        """How far it is."""
        return told(self._run(self.run(question.ids[0])))

    @route("GET", "runs/*/run-events")
    def run_events(self, question: Question) -> Answer:
        """None; without the list the command line ends."""
        return told([])

    @route("GET", "workspaces/*/runs")
    def runs_before(self, question: Question) -> Answer:
        """What a pending run waits for: nothing."""
        return told([])

    @route("GET", "organizations/*/runs/queue")
    def queue(self, question: Question) -> Answer:
        """Likewise."""
        return told([])

    @route("POST", "runs/*/actions/apply")
    def confirm(self, question: Question) -> Answer:
        """A person says yes."""
        self.run(question.ids[0]).confirmed.set()
        return Answer(202)

    @route("POST", "runs/*/actions/discard")
    def discard(self, question: Question) -> Answer:
        """A person says no."""
        self.run(question.ids[0]).status = "discarded"
        return Answer(202)

    def _run(self, one: Run) -> dict[str, Any]:
        attributes = {
            **one.settings,
            "status": one.status,
            "has-changes": one.has_changes,
            "actions": {"is-confirmable": one.status == "planned", "is-cancelable": True, "is-discardable": True},
            "permissions": {"can-apply": True, "can-cancel": True, "can-discard": True, "can-force-cancel": True},
        }
        return document(
            "runs",
            one.id,
            attributes,
            workspace=("workspaces", one.workspace.id),
            plan=("plans", one.plan.id),
            apply=("applies", one.apply.id),
        )

    @route("GET", "plans/*")
    def read_plan(self, question: Question) -> Answer:
        """Its status, and where its log is."""
        return self._phase(next(run.plan for run in self.runs if run.plan.id == question.ids[0]))

    @route("GET", "applies/*")
    def read_apply(self, question: Question) -> Answer:
        """Likewise."""
        return self._phase(next(run.apply for run in self.runs if run.apply.id == question.ids[0]))

    def _phase(self, one: Phase) -> Answer:
        one.read.set()
        attributes = {"status": one.status, "log-read-url": f"{self.address}/api/v2/objects/logs/{one.id}"}
        return told(document(one.kind, one.id, attributes))

    @route("GET", "objects/logs/*")
    def read_log(self, question: Question) -> Answer:
        """A slice of it; empty when there is nothing new."""
        phase = next(one for run in self.runs for one in (run.plan, run.apply) if one.id == question.ids[0])
        offset, limit = (int(question.query.get(name, ["65536"])[0]) for name in ("offset", "limit"))
        return Answer(200, phase.log[offset : offset + limit], "text/plain")

    # --- states

    @route("GET", "workspaces/*/current-state-version")
    def current_state(self, question: Question) -> Answer:
        """404 means that there is none, and that somebody may not see it."""
        found = self.workspace(question.ids[0])
        if found.current is None or not self.may_read_state(question.token, found):
            return NOT_FOUND
        return told(self._state(found.current))

    @route("POST", "workspaces/*/state-versions")
    def announce_state(self, question: Question) -> Answer:
        """A new state, whose serial must go on from the one before."""
        found, given = self.workspace(question.ids[0]), question.attributes
        if found.current is not None and (
            given["serial"] <= found.current.serial or given["lineage"] != found.current.lineage
        ):
            return Answer(409, b'{"errors":[{"status":"409","title":"serial or lineage of another state"}]}')
        found.states.append(StateVersion(given["serial"], given["lineage"]))
        return told(self._state(found.states[-1]), 201)

    @route("GET", "state-versions/*")
    def read_state_version(self, question: Question) -> Answer:
        """Whether it has arrived."""
        return told(self._state(self._version(question.ids[0])))

    @route("PUT", "objects/states/*")
    def take_state(self, question: Question) -> Answer:
        """The state itself."""
        self._version(question.ids[0]).content = question.body
        return Answer(200)

    @route("PUT", "objects/json-states/*")
    def take_json_state(self, question: Question) -> Answer:
        """The same in another form, which nobody reads here."""
        return Answer(200)

    @route("GET", "objects/states/*")
    def give_state(self, question: Question) -> Answer:
        """The state itself; whoever has the address may read it."""
        return Answer(200, self._version(question.ids[0]).content or b"", "application/json")

    def _version(self, id_: str) -> StateVersion:
        return next(one for found in self.workspaces.values() for one in found.states if one.id == id_)

    def _state(self, one: StateVersion) -> dict[str, Any]:
        where = f"{self.address}/api/v2/objects"
        attributes = {
            "serial": one.serial,
            "lineage": one.lineage,
            "status": "pending" if one.content is None else "finalized",
            "resources-processed": True,
            "hosted-state-download-url": f"{where}/states/{one.id}",
            "hosted-state-upload-url": f"{where}/states/{one.id}",
            "hosted-json-state-upload-url": f"{where}/json-states/{one.id}",
        }
        return document("state-versions", one.id, attributes)

    @route("GET", "workspaces/*/current-state-version-outputs")
    def outputs(self, question: Question) -> Answer:
        """As a person reads them, who has no state file."""
        found = self.workspace(question.ids[0])
        if found.current is None or not self.may_read_state(question.token, found):
            return NOT_FOUND
        return told([self._output(found, name) for name in outputs_of(found)])

    @route("GET", "state-version-outputs/*")
    def output(self, question: Question) -> Answer:
        """A sensitive one is asked for by itself."""
        workspace_id, _, name = question.ids[0].partition(".")
        return told(self._output(self.workspace(workspace_id), name))

    def _output(self, workspace: Workspace, name: str) -> dict[str, Any]:
        one = outputs_of(workspace)[name]
        attributes = {
            "name": name,
            "value": one["value"],
            "sensitive": one.get("sensitive", False),
            "type": "string" if one["type"] == "string" else "array",
            "detailed-type": one["type"],
        }
        return document("state-version-outputs", f"{workspace.id}.{name}", attributes)


def outputs_of(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """Outputs in the newest state, with value and type."""
    current = workspace.current
    found: dict[str, dict[str, Any]] = json.loads(current.content)["outputs"] if current and current.content else {}
    return found


class Handler(BaseHTTPRequestHandler):
    """HTTP around `Api.answer`."""

    api: Api
    protocol_version = "HTTP/1.1"

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
