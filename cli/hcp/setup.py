"""Compares HCP Terraform with what a platform requires, and writes the differences."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from cli.hcp.client import Client, Object
from cli.hcp.wanted import VARIABLES, Wanted, Workspace

NEW = "new"
"""Id of an object that is not written yet."""


class Setup:
    """One run, which can be repeated: what is as required stays, and nothing is removed.

    Args:
        client: of the API.
        wanted: what the platform requires.
        write: whether to write; otherwise only `changes` are collected.

    Source: https://developer.hashicorp.com/terraform/cloud-docs/api-docs
    """

    def __init__(self, client: Client, wanted: Wanted, *, write: bool) -> None:
        self._client, self._wanted, self._write_all = client, wanted, write
        self._organization = f"organizations/{quote(wanted.organization, safe='')}"
        self.changes: list[str] = []
        """What was written, or would be."""
        self.notes: list[str] = []
        """What remains to be done."""

    def run(self) -> "Setup":
        """Compare and write everything.

        Raises:
            ValueError: the organization does not exist, or a request was refused.
        """
        if self._client.find(self._organization) is None:
            raise ValueError(
                f"{self._wanted.organization}: no such organization at {self._wanted.hostname}, or the token cannot read it; "
                "create it, or use a token of one of its members"
            )
        project = self._project()
        ids = {one.name: self._workspace(one, project) for one in self._wanted.workspaces}
        self._agents(ids)
        for one in self._wanted.workspaces:
            self._sharing(one, ids)
            self._trigger(one, ids)
        self._variable_set(ids)
        return self

    def _project(self) -> str | None:
        name = self._wanted.project
        if name is None:
            return None
        found = named(self._client.read_all(f"{self._organization}/projects", **{"filter[names]": name}), name)
        if found is not None:
            return str(found["id"])
        return self._write(
            f"project {name}: create", "POST", f"{self._organization}/projects", document("projects", {"name": name})
        )

    def _workspace(self, one: Workspace, project: str | None) -> str:
        attributes = {"execution-mode": "local" if one.mode == "local" else "remote", "global-remote-state": False}
        related = {"project": {"data": reference("projects", project)}} if project else {}
        found = self._client.find(f"{self._organization}/workspaces/{one.name}")
        if found is None:
            made = document("workspaces", {"name": one.name, "auto-apply": False, **attributes}, related)
            return self._write(
                f"workspace {one.name}: create, {one.mode} runs", "POST", f"{self._organization}/workspaces", made
            )
        if one.mode == "agent" and found["attributes"]["execution-mode"] == "agent":
            attributes["execution-mode"] = "agent"
        different = {key: value for key, value in attributes.items() if found["attributes"].get(key) != value}
        moves = bool(project) and found["relationships"]["project"]["data"]["id"] != project
        if different or moves:
            said = [f"{key} {str(value).lower()}" for key, value in different.items()]
            said += [f"project {self._wanted.project}"] if moves else []
            data = document("workspaces", different, related if moves else {})
            self._write(f"workspace {one.name}: set {', '.join(said)}", "PATCH", f"workspaces/{found['id']}", data)
        return str(found["id"])

    def _agents(self, ids: Mapping[str, str]) -> None:
        """The pool first, with the workspaces that can use it; then their mode."""
        name = self._wanted.agent_pool
        if name is None:
            return
        names = [one.name for one in self._wanted.workspaces if one.mode == "agent"]
        found = named(self._client.read_all(f"{self._organization}/agent-pools", q=name), name)
        if found is None:
            allowed = {"allowed-workspaces": {"data": references("workspaces", [ids[one] for one in names])}}
            made = document("agent-pools", {"name": name, "organization-scoped": False}, allowed)
            pool = self._write(
                f"agent pool {name}: create for {', '.join(names)}", "POST", f"{self._organization}/agent-pools", made
            )
            self.notes.append(
                f"agent pool {name}: create a token for it in HCP Terraform, and start an agent in the VPC"
            )
        else:
            pool = str(found["id"])
            self._allow(found, {one: ids[one] for one in names})
        for one in names:
            now = self._find(f"workspaces/{ids[one]}", ids[one])
            current = now["relationships"].get("agent-pool", {}).get("data") or {} if now else {}
            if now is None or now["attributes"]["execution-mode"] != "agent" or current.get("id") != pool:
                data = document("workspaces", {"execution-mode": "agent", "agent-pool-id": pool})
                self._write(f"workspace {one}: set agent pool {name}", "PATCH", f"workspaces/{ids[one]}", data)

    def _allow(self, pool: Object, workspaces: Mapping[str, str]) -> None:
        if pool["attributes"].get("organization-scoped"):
            return
        allowed = [one["id"] for one in pool["relationships"].get("allowed-workspaces", {}).get("data", ())]
        missing = {name: id_ for name, id_ in workspaces.items() if id_ not in allowed}
        if missing:
            related = {"allowed-workspaces": {"data": references("workspaces", [*allowed, *missing.values()])}}
            line = f"agent pool {self._wanted.agent_pool}: allow {', '.join(missing)}"
            self._write(line, "PATCH", f"agent-pools/{pool['id']}", document("agent-pools", {}, related))

    def _sharing(self, one: Workspace, ids: Mapping[str, str]) -> None:
        path = f"workspaces/{ids[one.name]}/relationships/remote-state-consumers"
        there = {found["id"] for found in self._list(path, ids[one.name])}
        missing = [reader for reader in one.readers if ids[reader] not in there]
        if missing:
            data = references("workspaces", [ids[reader] for reader in missing])
            self._write(f"workspace {one.name}: share its state with {', '.join(missing)}", "POST", path, data)

    def _trigger(self, one: Workspace, ids: Mapping[str, str]) -> None:
        if one.after is None:
            return
        path = f"workspaces/{ids[one.name]}/run-triggers"
        found = self._list(path, ids[one.name], **{"filter[run-trigger][type]": "inbound"})
        if ids[one.after] not in {trigger["relationships"]["sourceable"]["data"]["id"] for trigger in found}:
            related = {"sourceable": {"data": reference("workspaces", ids[one.after])}}
            self._write(
                f"workspace {one.name}: run after an apply of {one.after}",
                "POST",
                path,
                document("run-triggers", {}, related),
            )

    def _variable_set(self, ids: Mapping[str, str]) -> None:
        """Environment variables of all workspaces but the runner's, from its output."""
        name, runner = self._wanted.variable_set, self._wanted.runner
        if name is None or runner is None:
            return
        outputs = self._list(f"workspaces/{ids[runner]}/current-state-version-outputs", ids[runner])
        values = next((one["attributes"]["value"] for one in outputs if one["attributes"]["name"] == VARIABLES), None)
        if values is None:
            self.notes.append(f"variable set {name}: apply {runner} locally, then run this command again")
            return
        users = {workspace: id_ for workspace, id_ in ids.items() if workspace != runner}
        found = named(self._client.read_all(f"{self._organization}/varsets", q=name), name)
        if found is None:
            related = {
                "workspaces": {"data": references("workspaces", users.values())},
                "vars": {"data": [variable(key, value) for key, value in sorted(values.items())]},
            }
            made = document("varsets", {"name": name, "description": "AWS roles of runs", "global": False}, related)
            self._write(
                f"variable set {name}: create with {', '.join(sorted(values))}",
                "POST",
                f"{self._organization}/varsets",
                made,
            )
            return
        self._variables(name, str(found["id"]), values)
        used = {one["id"] for one in found["relationships"].get("workspaces", {}).get("data", ())}
        missing = {workspace: id_ for workspace, id_ in users.items() if id_ not in used}
        if missing:
            path = f"varsets/{found['id']}/relationships/workspaces"
            self._write(
                f"variable set {name}: use in {', '.join(missing)}",
                "POST",
                path,
                references("workspaces", missing.values()),
            )

    def _variables(self, name: str, id_: str, values: Mapping[str, str]) -> None:
        path = f"varsets/{id_}/relationships/vars"
        there = {one["attributes"]["key"]: one for one in self._client.read_all(path)}
        for key, value in sorted(values.items()):
            if key not in there:
                self._write(f"variable set {name}: add {key}", "POST", path, variable(key, value))
            elif there[key]["attributes"].get("value") != value:
                self._write(
                    f"variable set {name}: set {key}", "PATCH", f"{path}/{there[key]['id']}", variable(key, value)
                )

    def _find(self, path: str, id_: str) -> Object | None:
        return None if id_ == NEW else self._client.find(path)

    def _list(self, path: str, id_: str, **query: str) -> list[Object]:
        return [] if id_ == NEW else self._client.read_all(path, **query)

    def _write(self, change: str, method: str, path: str, data: Object | list[Object]) -> str:
        """Write one change, or only note it; the id of the object."""
        self.changes.append(change)
        if not self._write_all:
            return NEW
        return str(self._client.write(change.partition(":")[0], method, path, data).get("id", NEW))


def named(objects: Iterable[Object], name: str) -> Object | None:
    """The object with exactly this name; the API's filters match parts of names, too."""
    return next((one for one in objects if one["attributes"]["name"] == name), None)


def document(kind: str, attributes: Mapping[str, Any], related: Mapping[str, Any] | None = None) -> Object:
    """An object of JSON:API."""
    return {"type": kind, "attributes": dict(attributes), **({"relationships": dict(related)} if related else {})}


def variable(key: str, value: str) -> Object:
    """An environment variable: not secret, a name of a role."""
    return document("vars", {"key": key, "value": value, "category": "env", "hcl": False, "sensitive": False})


def reference(kind: str, id_: str) -> Object:
    """A reference to an object."""
    return {"type": kind, "id": id_}


def references(kind: str, ids: Iterable[str]) -> list[Object]:
    """References to several."""
    return [reference(kind, id_) for id_ in ids]
