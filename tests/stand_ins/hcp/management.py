"""What is set once, by a person or over the API: sharing of states, run triggers, variable sets and agent pools."""

from typing import TYPE_CHECKING, Any

from .protocol import NOT_FOUND, Answer, Question, answer, document, paged, refused, route
from .records import AgentPool, VariableSet, Workspace, new_id

if TYPE_CHECKING:
    from .server import Api

AT_MOST_TRIGGERS = 20


def ids(related: Any) -> list[str]:
    """Ids of a list of references."""
    return [str(one["id"]) for one in related or ()]


def known(api: "Api", wanted: list[str]) -> list[Workspace] | None:
    """The workspaces of some ids; None if one is not there."""
    by_id = {one.id: one for one in api.workspaces.values()}
    return [by_id[one] for one in wanted] if by_id.keys() >= set(wanted) else None


@route("GET", "workspaces/*/relationships/remote-state-consumers")
def consumers(api: "Api", question: Question) -> Answer:
    """Workspaces that may read a state."""
    found = api.workspace(question.ids[0])
    return paged(
        [document("workspaces", api.workspaces[name].id, {}) for name in sorted(found.shares_state_with)], question
    )


@route("POST", "workspaces/*/relationships/remote-state-consumers")
def add_consumers(api: "Api", question: Question) -> Answer:
    """More of them; not while the whole organization may read the state."""
    found, readers = api.workspace(question.ids[0]), known(api, ids(question.listed))
    if found.global_state:
        return refused("global remote state is enabled for this workspace")
    if readers is None:
        return NOT_FOUND
    found.shares_state_with |= {one.name for one in readers}
    return Answer(204)


@route("GET", "workspaces/*/run-triggers")
def triggers(api: "Api", question: Question) -> Answer:
    """Inbound ones; the API requires the filter."""
    if question.query.get("filter[run-trigger][type]") != ["inbound"]:
        return refused("filter[run-trigger][type] must be inbound or outbound", 400)
    found = api.workspace(question.ids[0])
    return paged([trigger_object(one) for one in found.triggered_by], question)


@route("POST", "workspaces/*/run-triggers")
def add_trigger(api: "Api", question: Question) -> Answer:
    """Of another workspace, once, and no more than 20."""
    found, source = api.workspace(question.ids[0]), question.related("sourceable")
    if known(api, [source]) is None:
        return NOT_FOUND
    if source == found.id or source in found.triggered_by or len(found.triggered_by) == AT_MOST_TRIGGERS:
        return refused("Sourceable is itself, has already been taken, or is one too many")
    found.triggered_by.append(source)
    return answer(trigger_object(source), 201)


def trigger_object(source: str) -> dict[str, Any]:
    return document("run-triggers", f"rt-{source}", {}, sourceable=("workspaces", source))


@route("GET", "organizations/*/varsets")
def variable_sets(api: "Api", question: Question) -> Answer:
    """Whose name has a text in it."""
    text = question.query.get("q", [""])[0]
    return paged([set_object(one) for one in api.variable_sets if text in one.name], question)


@route("POST", "organizations/*/varsets")
def make_variable_set(api: "Api", question: Question) -> Answer:
    """With its variables and workspaces."""
    name, related = question.attributes["name"], question.data.get("relationships", {})
    users = known(api, ids(related.get("workspaces", {}).get("data")))
    if name in {one.name for one in api.variable_sets}:
        return refused("Name has already been taken")
    if users is None:
        return NOT_FOUND
    made = VariableSet(name, users)
    api.variable_sets.append(made)
    for one in related.get("vars", {}).get("data", ()):
        made.variables[new_id("var")] = one["attributes"]
    return answer(set_object(made), 201)


@route("GET", "varsets/*/relationships/vars")
def variables(api: "Api", question: Question) -> Answer:
    """Each with its value: none is sensitive."""
    found = api.variable_set(question.ids[0])
    return paged([document("vars", id_, dict(one)) for id_, one in found.variables.items()], question)


@route("POST", "varsets/*/relationships/vars")
def add_variable(api: "Api", question: Question) -> Answer:
    """A key once."""
    found = api.variable_set(question.ids[0])
    if question.attributes["key"] in {one["key"] for one in found.variables.values()}:
        return refused("Key has already been taken")
    id_ = new_id("var")
    found.variables[id_] = question.attributes
    return answer(document("vars", id_, question.attributes), 201)


@route("PATCH", "varsets/*/relationships/vars/*")
def change_variable(api: "Api", question: Question) -> Answer:
    """Its value."""
    found = api.variable_set(question.ids[0]).variables
    found[question.ids[1]] = {**found[question.ids[1]], **question.attributes}
    return answer(document("vars", question.ids[1], found[question.ids[1]]))


@route("POST", "varsets/*/relationships/workspaces")
def use_variable_set(api: "Api", question: Question) -> Answer:
    """In more workspaces."""
    users = known(api, ids(question.listed))
    if users is None:
        return NOT_FOUND
    api.variable_set(question.ids[0]).workspaces += users
    return Answer(204)


def set_object(one: VariableSet) -> dict[str, Any]:
    made = document("varsets", one.id, {"name": one.name, "global": False})
    made["relationships"]["workspaces"] = {"data": [{"type": "workspaces", "id": user.id} for user in one.workspaces]}
    return made


@route("GET", "organizations/*/agent-pools")
def agent_pools(api: "Api", question: Question) -> Answer:
    """Whose name has a text in it."""
    text = question.query.get("q", [""])[0]
    return paged([pool_object(one) for one in api.agent_pools if text in one.name], question)


@route("POST", "organizations/*/agent-pools")
def make_agent_pool(api: "Api", question: Question) -> Answer:
    """For the whole organization, or for some workspaces."""
    name = question.attributes["name"]
    if name in {one.name for one in api.agent_pools}:
        return refused("Name has already been taken")
    allowed = ids(question.data.get("relationships", {}).get("allowed-workspaces", {}).get("data"))
    api.agent_pools.append(AgentPool(name, bool(question.attributes.get("organization-scoped", True)), allowed))
    return answer(pool_object(api.agent_pools[-1]), 201)


@route("PATCH", "agent-pools/*")
def change_agent_pool(api: "Api", question: Question) -> Answer:
    """Workspaces that may use it."""
    found = next(one for one in api.agent_pools if one.id == question.ids[0])
    found.allowed = ids(question.data["relationships"]["allowed-workspaces"]["data"])
    return answer(pool_object(found))


def pool_object(one: AgentPool) -> dict[str, Any]:
    made = document("agent-pools", one.id, {"name": one.name, "organization-scoped": one.for_all})
    made["relationships"]["allowed-workspaces"] = {"data": [{"type": "workspaces", "id": id_} for id_ in one.allowed]}
    return made
