"""The organization: entitlements, projects, workspaces and their locks."""

import re
from typing import TYPE_CHECKING, Any

from .protocol import (
    NOT_FOUND,
    ORGANIZATION,
    TERRAFORM_VERSION,
    Answer,
    Question,
    answer,
    document,
    paged,
    refused,
    route,
)
from .records import Workspace

if TYPE_CHECKING:
    from .server import Api


@route("GET", "ping")
def ping(api: "Api", question: Question) -> Answer:
    """Only its headers count, which every answer has."""
    return Answer(204)


@route("GET", "organizations/*")
def read_organization(api: "Api", question: Question) -> Answer:
    """The only one."""
    if question.ids[0] != ORGANIZATION:
        return NOT_FOUND
    return answer(document("organizations", ORGANIZATION, {"name": ORGANIZATION}))


@route("GET", "organizations/*/entitlement-set")
def entitlements(api: "Api", question: Question) -> Answer:
    """Without `operations` Terraform would run here, silently."""
    attributes = {"operations": True, "state-storage": True, "private-module-registry": True}
    return answer(document("entitlement-sets", "org-1", attributes))


@route("GET", "organizations/*/projects")
def list_projects(api: "Api", question: Question) -> Answer:
    """All of them; `filter[names]` narrows it."""
    wanted = question.query.get("filter[names]", [""])[0]
    return paged([project_object(api, name) for name in api.projects if wanted in {"", name}], question)


@route("POST", "organizations/*/projects")
def make_project(api: "Api", question: Question) -> Answer:
    """As the command line does for a project that is named and not there."""
    name = question.attributes["name"]
    if name in api.projects:
        return refused("Name has already been taken")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 _-]{1,38}[A-Za-z0-9]", name):
        return refused("Name must be 3 to 40 letters, numbers, spaces, hyphens and underscores")
    api.projects.append(question.attributes["name"])
    return answer(project_object(api, api.projects[-1]), 201)


def project_object(api: "Api", name: str) -> dict[str, Any]:
    return document("projects", f"prj-{api.projects.index(name)}", {"name": name})


@route("POST", "organizations/*/workspaces")
def make_workspace(api: "Api", question: Question) -> Answer:
    """As `terraform init` does for a workspace that is not there."""
    name = question.attributes["name"]
    if name in api.workspaces:
        return refused("Name has already been taken")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,90}", name):
        return refused("Name is invalid: letters, numbers, - and _, up to 90")
    made = Workspace(name, api.projects[0])
    if problem := configure(api, made, question):
        return problem
    api.workspaces[name] = made
    return answer(workspace_object(api, made), 201)


def configure(api: "Api", workspace: Workspace, question: Question) -> Answer | None:
    """What a request sets in a workspace; an answer if it cannot be."""
    given = question.attributes
    related = question.data.get("relationships", {}).get("project", {}).get("data")
    mode, pool = given.get("execution-mode"), given.get("agent-pool-id")
    if related and not 0 <= int(related["id"].removeprefix("prj-")) < len(api.projects):
        return refused("Project does not exist")
    if mode == "agent":
        found = next((one for one in api.agent_pools if one.id == pool), None)
        if found is None:
            return refused("Agent pool must be specified when the execution mode is agent")
        if not found.for_all and workspace.id not in found.allowed:
            return refused("Agent pool is not allowed for this workspace")
    if related:
        workspace.project = api.projects[int(related["id"].removeprefix("prj-"))]
    if mode is not None:
        workspace.remote, workspace.agent_pool = mode != "local", pool if mode == "agent" else None
    workspace.global_state = given.get("global-remote-state", workspace.global_state)
    workspace.terraform_version = given.get("terraform-version", workspace.terraform_version)
    return None


@route("GET", "organizations/*/workspaces/*")
def find_workspace(api: "Api", question: Question) -> Answer:
    """By its name."""
    found = api.workspaces.get(question.ids[1])
    return answer(workspace_object(api, found)) if found else NOT_FOUND


@route("GET", "workspaces/*")
def read_workspace(api: "Api", question: Question) -> Answer:
    """By its id."""
    return answer(workspace_object(api, api.workspace(question.ids[0])))


@route("PATCH", "workspaces/*")
def change_workspace(api: "Api", question: Question) -> Answer:
    """The version of Terraform, after a workspace was made, and its settings."""
    found = api.workspace(question.ids[0])
    return configure(api, found, question) or answer(workspace_object(api, found))


def workspace_object(api: "Api", one: Workspace) -> dict[str, Any]:
    allowed = ("can-queue-run", "can-queue-apply", "can-update", "can-lock", "can-unlock", "can-read-settings")
    attributes = {
        "name": one.name,
        "operations": one.remote,
        "execution-mode": "agent" if one.agent_pool else "remote" if one.remote else "local",
        "global-remote-state": one.global_state,
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
        **({"agent-pool": ("agent-pools", one.agent_pool)} if one.agent_pool else {}),
    )


@route("POST", "workspaces/*/actions/lock")
def lock(api: "Api", question: Question) -> Answer:
    """One at a time."""
    found = api.workspace(question.ids[0])
    if found.locked_by is not None:
        return Answer(409, b'{"errors":[{"status":"409","title":"already locked"}]}')
    found.locked_by = question.token
    return answer(workspace_object(api, found))


@route("POST", "workspaces/*/actions/unlock")
def unlock(api: "Api", question: Question) -> Answer:
    """By the user or run that locked it."""
    found = api.workspace(question.ids[0])
    if found.locked_by != question.token:
        return Answer(409, b'{"errors":[{"status":"409","title":"locked by another"}]}')
    found.locked_by = None
    return answer(workspace_object(api, found))
