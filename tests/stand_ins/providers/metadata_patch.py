"""kubernetes_annotations and kubernetes_labels: some keys of an object with another owner."""

from dataclasses import dataclass

from .cluster import Cluster, Event, Refused
from .kinds import Object
from .planning import is_unknown
from .provider import Access, Behaviour, State


@dataclass(frozen=True)
class MetadataPatch(Behaviour):
    """One of the two types.

    Args:
        part: `annotations` or `labels`.
    """

    part: str

    def validate(self, config: State) -> None:
        """The schema says it all."""

    def plan(self, access: Access, prior: State | None, plan: State, config: State) -> State:
        """As planned."""
        return plan

    def create(self, access: Access, plan: State, config: State) -> State:
        """Set the keys; one that has another value is taken over only with `force`."""
        meta = plan["metadata"][0]
        place = f",namespace={meta['namespace']}" if meta["namespace"] else ""
        identifier = f"apiVersion={plan['api_version']},kind={plan['kind']}{place},name={meta['name']}"
        return self._set(access, {**plan, "id": identifier}, {}, "create")

    def read(self, access: Access, state: State) -> State | None:
        """The same keys as they are now."""
        found = self._object(access.cluster(), state)
        if found is None:
            return None
        now = found["metadata"].get(self.part) or {}
        wanted = state[self.part] or {}
        return {**state, self.part: {key: now[key] for key in wanted if key in now} or None}

    def update(self, access: Access, prior: State, plan: State, config: State) -> State:
        """Set the keys again, and remove those that are no longer wanted."""
        return self._set(access, plan, prior[self.part] or {}, "update")

    def delete(self, access: Access, state: State) -> None:
        """Take the keys away; the object stays."""
        found = self._object(access.cluster(), state)
        if found is not None:
            gone = state[self.part] or {}
            now = found["metadata"].get(self.part) or {}
            found["metadata"][self.part] = {key: value for key, value in now.items() if key not in gone}

    def find(self, access: Access, identifier: str) -> State:
        """The real provider cannot either."""
        raise Refused("resource does not support import", identifier)

    def _set(self, access: Access, plan: State, old: dict[str, str], action: str) -> State:
        cluster = access.cluster()
        with cluster.lock:
            found = self._object(cluster, plan)
            if found is None:
                raise Refused(f'{plan["kind"]} "{plan["metadata"][0]["name"]}" not found')
            cluster.fail_if_due(found["metadata"]["name"])
            now = dict(found["metadata"].get(self.part) or {})
            for key, value in (plan[self.part] or {}).items():
                if not plan["force"] and key not in old and now.get(key, value) != value:
                    raise Refused(
                        "Field manager conflict", f"{key} has the value {now[key]!r}; force = true takes it over"
                    )
            kept = {key: value for key, value in now.items() if key not in old}
            found["metadata"][self.part] = {**kept, **(plan[self.part] or {})}
            key = cluster.key(found)
            cluster.events.append(Event(action, key[1], key[3], key[2]))
            return {name: None if is_unknown(value) else value for name, value in plan.items()}

    def _object(self, cluster: Cluster, state: State) -> Object | None:
        meta = state["metadata"][0]
        one = {"apiVersion": state["api_version"], "kind": state["kind"], "metadata": dict(meta)}
        return cluster.objects.get(cluster.key(one))
