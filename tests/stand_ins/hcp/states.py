"""States and outputs."""

import json
from typing import TYPE_CHECKING, Any

from .protocol import NOT_FOUND, Answer, Question, answer, document, route
from .records import StateVersion, Workspace

if TYPE_CHECKING:
    from .server import Api


@route("GET", "workspaces/*/current-state-version")
def current_state(api: "Api", question: Question) -> Answer:
    """404 means that there is none, or that the caller may not see it."""
    found = api.workspace(question.ids[0])
    if found.current is None or not api.may_read_state(question.token, found):
        return NOT_FOUND
    return answer(state_object(api, found.current))


@route("POST", "workspaces/*/state-versions")
def announce_state(api: "Api", question: Question) -> Answer:
    """A new state, whose serial must go on from the one before."""
    found, given = api.workspace(question.ids[0]), question.attributes
    if found.current is not None and (
        given["serial"] <= found.current.serial or given["lineage"] != found.current.lineage
    ):
        return Answer(409, b'{"errors":[{"status":"409","title":"serial or lineage of another state"}]}')
    found.states.append(StateVersion(given["serial"], given["lineage"]))
    return answer(state_object(api, found.states[-1]), 201)


@route("GET", "state-versions/*")
def read_state_version(api: "Api", question: Question) -> Answer:
    """Whether it has arrived."""
    return answer(state_object(api, version_object(api, question.ids[0])))


@route("PUT", "objects/states/*")
def take_state(api: "Api", question: Question) -> Answer:
    """The state itself."""
    version_object(api, question.ids[0]).content = question.body
    return Answer(200)


@route("PUT", "objects/json-states/*")
def take_json_state(api: "Api", question: Question) -> Answer:
    """The same in another form, which has no reader here."""
    return Answer(200)


@route("GET", "objects/states/*")
def give_state(api: "Api", question: Question) -> Answer:
    """The state itself; a client with the address may read it."""
    return Answer(200, version_object(api, question.ids[0]).content or b"", "application/json")


def version_object(api: "Api", id_: str) -> StateVersion:
    return next(one for found in api.workspaces.values() for one in found.states if one.id == id_)


def state_object(api: "Api", one: StateVersion) -> dict[str, Any]:
    where = f"{api.address}/api/v2/objects"
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
def outputs(api: "Api", question: Question) -> Answer:
    """As a user without a state file reads them."""
    found = api.workspace(question.ids[0])
    if found.current is None or not api.may_read_state(question.token, found):
        return NOT_FOUND
    return answer([output_object(api, found, name) for name in outputs_of(found)])


@route("GET", "state-version-outputs/*")
def output(api: "Api", question: Question) -> Answer:
    """A sensitive one is requested alone."""
    workspace_id, _, name = question.ids[0].partition(".")
    return answer(output_object(api, api.workspace(workspace_id), name))


def output_object(api: "Api", workspace: Workspace, name: str) -> dict[str, Any]:
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
