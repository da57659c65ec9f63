"""Uploads, runs and their logs."""

from typing import TYPE_CHECKING, Any

from .protocol import Answer, Question, answer, document, route
from .records import Phase, Run, Upload

if TYPE_CHECKING:
    from .server import Api


@route("POST", "workspaces/*/configuration-versions")
def announce_upload(api: "Api", question: Question) -> Answer:
    """Where to put the archive."""
    made = Upload(api.workspace(question.ids[0]), bool(question.attributes.get("speculative")))
    api.uploads[made.id] = made
    return answer(upload_object(api, made), 201)


@route("GET", "configuration-versions/*")
def read_upload(api: "Api", question: Question) -> Answer:
    """Whether it has arrived."""
    return answer(upload_object(api, api.uploads[question.ids[0]]))


@route("PUT", "objects/uploads/*")
def take_upload(api: "Api", question: Question) -> Answer:
    """The archive; a client with the address may upload it."""
    api.uploads[question.ids[0]].archive = question.body
    return Answer(200)


def upload_object(api: "Api", one: Upload) -> dict[str, Any]:
    attributes = {
        "status": "pending" if one.archive is None else "uploaded",
        "upload-url": f"{api.address}/api/v2/objects/uploads/{one.id}",
        "speculative": one.speculative,
    }
    return document("configuration-versions", one.id, attributes)


@route("POST", "runs")
def make_run(api: "Api", question: Question) -> Answer:
    """Start a run of an upload."""
    upload = api.uploads[question.related("configuration-version")]
    made = Run(api.workspace(question.related("workspace")), upload, question.attributes)
    if made.settings.get("auto-apply"):
        made.confirmed.set()
    api.runs.append(made)
    api._start(made)
    return answer(run_object(api, made), 201)


@route("GET", "runs/*")
def read_run(api: "Api", question: Question) -> Answer:
    """How far it is."""
    return answer(run_object(api, api.run(question.ids[0])))


@route("GET", "runs/*/run-events")
def run_events(api: "Api", question: Question) -> Answer:
    """None; without the list the command line ends."""
    return answer([])


@route("GET", "workspaces/*/runs")
def runs_before(api: "Api", question: Question) -> Answer:
    """What a pending run waits for: nothing."""
    return answer([])


@route("GET", "organizations/*/runs/queue")
def queue(api: "Api", question: Question) -> Answer:
    """Likewise."""
    return answer([])


@route("POST", "runs/*/actions/apply")
def confirm(api: "Api", question: Question) -> Answer:
    """A person says yes."""
    api.run(question.ids[0]).confirmed.set()
    return Answer(202)


def run_object(api: "Api", one: Run) -> dict[str, Any]:
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
def read_plan(api: "Api", question: Question) -> Answer:
    """Its status, and where its log is."""
    return phase_object(api, next(run.plan for run in api.runs if run.plan.id == question.ids[0]))


@route("GET", "applies/*")
def read_apply(api: "Api", question: Question) -> Answer:
    """Likewise."""
    return phase_object(api, next(run.apply for run in api.runs if run.apply.id == question.ids[0]))


def phase_object(api: "Api", one: Phase) -> Answer:
    one.read.set()
    attributes = {"status": one.status, "log-read-url": f"{api.address}/api/v2/objects/logs/{one.id}"}
    return answer(document(one.kind, one.id, attributes))


@route("GET", "objects/logs/*")
def read_log(api: "Api", question: Question) -> Answer:
    """A slice of it; empty when there is nothing new."""
    phase = next(one for run in api.runs for one in (run.plan, run.apply) if one.id == question.ids[0])
    offset, limit = (int(question.query.get(name, ["65536"])[0]) for name in ("offset", "limit"))
    return Answer(200, phase.log[offset : offset + limit], "text/plain")
