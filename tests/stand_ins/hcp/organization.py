"""The organization: entitlements, projects, workspaces and their locks."""

from typing import TYPE_CHECKING, Any

from .protocol import NOT_FOUND, ORGANIZATION, TERRAFORM_VERSION, Answer, Question, document, route, told
from .records import Workspace

if TYPE_CHECKING:
    from .server import Api


@route("GET", "ping")
def ping(api: "Api", question: Question) -> Answer:
    """Only its headers count, which every answer has."""
    return Answer(204)


@route("GET", "organizations/*/entitlement-set")
def entitlements(api: "Api", question: Question) -> Answer:
    """Without `operations` Terraform would run here, silently."""
    attributes = {"operations": True, "state-storage": True, "private-module-registry": True}
    return told(document("entitlement-sets", "org-1", attributes))


@route("GET", "organizations/*/projects")
def list_projects(api: "Api", question: Question) -> Answer:
    """All of them; `filter[names]` narrows it."""
    wanted = question.query.get("filter[names]", [""])[0]
    return told([project_object(api, name) for name in api.projects if wanted in {"", name}])


@route("POST", "organizations/*/projects")
def make_project(api: "Api", question: Question) -> Answer:
    """As the command line does for a project that is named and not there."""
    api.projects.append(question.attributes["name"])
    return told(project_object(api, api.projects[-1]), 201)


def project_object(api: "Api", name: str) -> dict[str, Any]:
    return document("projects", f"prj-{api.projects.index(name)}", {"name": name})


@route("POST", "organizations/*/workspaces")
def make_workspace(api: "Api", question: Question) -> Answer:
    """As `terraform init` does for a workspace that is not there."""
    related = question.data.get("relationships", {}).get("project", {}).get("data")
    project = api.projects[int(related["id"].removeprefix("prj-"))] if related else api.projects[0]
    made = api.workspaces.setdefault(question.attributes["name"], Workspace(question.attributes["name"], project))
    return told(workspace_object(api, made), 201)


@route("GET", "organizations/*/workspaces/*")
def find_workspace(api: "Api", question: Question) -> Answer:
    """By its name."""
    found = api.workspaces.get(question.ids[1])
    return told(workspace_object(api, found)) if found else NOT_FOUND


@route("GET", "workspaces/*")
def read_workspace(api: "Api", question: Question) -> Answer:
    """By its id."""
    return told(workspace_object(api, api.workspace(question.ids[0])))


@route("PATCH", "workspaces/*")
def change_workspace(api: "Api", question: Question) -> Answer:
    """The version of Terraform, after a workspace was made."""
    found = api.workspace(question.ids[0])
    found.terraform_version = question.attributes.get("terraform-version", found.terraform_version)
    return told(workspace_object(api, found))


def workspace_object(api: "Api", one: Workspace) -> dict[str, Any]:
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
    project = f"prj-{api.projects.index(one.project)}"
    return document(
        "workspaces",
        one.id,
        attributes,
        organization=("organizations", ORGANIZATION),
        project=("projects", project),
    )


@route("POST", "workspaces/*/actions/lock")
def lock(api: "Api", question: Question) -> Answer:
    """One at a time."""
    found = api.workspace(question.ids[0])
    if found.locked_by is not None:
        return Answer(409, b'{"errors":[{"status":"409","title":"already locked"}]}')
    found.locked_by = question.token
    return told(workspace_object(api, found))


@route("POST", "workspaces/*/actions/unlock")
def unlock(api: "Api", question: Question) -> Answer:
    """By whoever locked it."""
    found = api.workspace(question.ids[0])
    if found.locked_by != question.token:
        return Answer(409, b'{"errors":[{"status":"409","title":"locked by another"}]}')
    found.locked_by = None
    return told(workspace_object(api, found))
