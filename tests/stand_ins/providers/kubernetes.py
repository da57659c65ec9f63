"""The stand-in for hashicorp/kubernetes: the object types that the stacks use, over the stand-in cluster."""

import base64
import uuid
from dataclasses import dataclass

from .admission import write
from .cluster import Cluster, Event, Refused
from .kinds import Object, group
from .metadata_patch import MetadataPatch
from .overlay import schemas
from .planning import is_unknown
from .provider import Access, Behaviour, State, empty


@dataclass(frozen=True)
class KubernetesObject(Behaviour):
    """A type that is one object.

    Args:
        type_name: of Terraform.
        api_version: of the object.
        kind: of the object.
        fields: argument by field of the object, where the value is the same.
        blocks: likewise for repeated blocks that hold only a name.
    """

    type_name: str
    api_version: str
    kind: str
    fields: dict[str, str]
    blocks: dict[str, str]

    def validate(self, config: State) -> None:
        """Name or generate_name, not both."""
        meta = config["metadata"][0] if isinstance(config["metadata"], list) else {}
        if meta.get("name") is not None and meta.get("generate_name") is not None:
            raise Refused(
                "Conflicting configuration arguments", '"metadata.0.name": conflicts with metadata.0.generate_name'
            )

    def plan(self, access: Access, prior: State | None, plan: State, config: State) -> State:
        """As planned: the old SDK says no more."""
        return plan

    def create(self, access: Access, plan: State, config: State) -> State:
        """POST."""
        cluster, meta = access.cluster(), plan["metadata"][0]
        name = meta["name"] if not is_unknown(meta["name"]) else f"{meta['generate_name'] or ''}{uuid.uuid4().hex[:5]}"
        one = self._object(name, plan, config)
        with cluster.lock:
            cluster.fail_if_due(name)
            if cluster.key(one) in cluster.objects:
                raise Refused(f'{self.kind.lower()}s "{name}" already exists')
            return self._written(cluster, one, "create", plan)

    def read(self, access: Access, state: State) -> State | None:
        """GET."""
        stored = self._stored(access.cluster(), state["id"])
        return None if stored is None else self._state(state, stored)

    def update(self, access: Access, prior: State, plan: State, config: State) -> State:
        """PATCH."""
        cluster = access.cluster()
        with cluster.lock:
            old = self._stored(cluster, prior["id"])
            if old is None:
                raise Refused(f'{self.kind.lower()}s "{prior["id"]}" not found')
            cluster.fail_if_due(old["metadata"]["name"])
            one = self._object(old["metadata"]["name"], plan, config)
            if self.kind == "Secret" and prior.get("data_wo_revision") == plan.get("data_wo_revision") is not None:
                one["data"] = old.get("data", {})
            return self._written(cluster, one, "update", plan)

    def delete(self, access: Access, state: State) -> None:
        """DELETE."""
        cluster = access.cluster()
        with cluster.lock:
            stored = self._stored(cluster, state["id"])
            if stored is not None:
                key = cluster.key(stored)
                cluster.delete(key)
                cluster.events.append(Event("delete", self.kind, key[3], key[2]))

    def find(self, access: Access, identifier: str) -> State:
        """`namespace/name`, or `name`."""
        stored = self._stored(access.cluster(), identifier)
        if stored is None:
            raise Refused("Cannot import non-existent remote object", f"{self.kind} {identifier} is not there")
        schema = schemas("kubernetes")[self.type_name]
        metadata = [empty(schema["block_types"]["metadata"]["block"])]
        return self._state({**empty(schema), "metadata": metadata, "id": identifier}, stored)

    def _written(self, cluster: Cluster, one: Object, action: str, plan: State) -> State:
        stored = write(cluster, one)
        meta = stored["metadata"]
        cluster.events.append(Event(action, self.kind, meta["name"], meta.get("namespace", "")))
        identifier = "/".join(filter(None, (meta.get("namespace"), meta["name"])))
        return self._state({**plan, "id": identifier}, stored)

    def _stored(self, cluster: Cluster, identifier: str) -> Object | None:
        namespace, _, name = identifier.rpartition("/")
        return cluster.get(self.kind, name, namespace, group(self.api_version))

    def _object(self, name: str, plan: State, config: State) -> Object:
        given = plan["metadata"][0]
        meta = {
            "name": name,
            **{key: given.get(key) for key in ("namespace", "labels", "annotations") if given.get(key)},
        }
        one: Object = {"apiVersion": self.api_version, "kind": self.kind, "metadata": meta}
        one |= {field: plan[argument] for argument, field in self.fields.items() if plan[argument] is not None}
        one |= {
            field: [{"name": entry["name"]} for entry in plan[name]]
            for name, field in self.blocks.items()
            if plan[name]
        }
        if self.kind == "Secret":
            plain = {**(plan["data"] if isinstance(plan["data"], dict) else {}), **(config["data_wo"] or {})}
            encoded = {**(plan["binary_data"] or {}), **(config["binary_data_wo"] or {})}
            one["data"] = {key: base64.b64encode(value.encode()).decode() for key, value in plain.items()} | encoded
        if self.kind == "StorageClass" and plan["allowed_topologies"]:
            wanted = plan["allowed_topologies"][0]["match_label_expressions"]
            one["allowedTopologies"] = [{"matchLabelExpressions": wanted}]
        return one

    def _state(self, known: State, stored: Object) -> State:
        """A state with all that the object itself says."""
        state: State = {name: None if is_unknown(value) else value for name, value in known.items()}
        given, meta = state["metadata"][0], stored["metadata"]
        shown = {**given, "name": meta["name"], "generation": meta["generation"], "uid": meta["uid"]}
        shown |= {"resource_version": meta["resourceVersion"]}
        shown |= {key: _own(given.get(key), meta.get(key)) for key in ("labels", "annotations")}
        if "namespace" in given:
            shown["namespace"] = meta.get("namespace")
        state["metadata"] = [shown]
        for argument, field in self.fields.items():
            state[argument] = stored.get(field)
        for name, field in self.blocks.items():
            state[name] = [{"name": entry["name"]} for entry in stored.get(field, [])]
        if self.kind == "Secret" and state["data_wo_revision"] is None:
            encoded = set(state["binary_data"] or ())
            plain = {key: value for key, value in stored.get("data", {}).items() if key not in encoded}
            found = {key: base64.b64decode(value).decode() for key, value in plain.items()}
            state["data"] = found or known["data"] if not is_unknown(known["data"]) else found or None
        if "default_secret_name" in state:
            state["default_secret_name"] = ""
        return state


def _own(given: dict[str, str] | None, stored: dict[str, str] | None) -> dict[str, str] | None:
    """Labels or annotations without those that Kubernetes sets by itself."""
    kept = {key: value for key, value in (stored or {}).items() if key in (given or {}) or "kubernetes.io/" not in key}
    return kept if kept or given is not None else None


_DATA = {"data": "data", "binary_data": "binaryData", "immutable": "immutable"}
_CLASS = {
    "allow_volume_expansion": "allowVolumeExpansion",
    "mount_options": "mountOptions",
    "parameters": "parameters",
    "reclaim_policy": "reclaimPolicy",
    "storage_provisioner": "provisioner",
    "volume_binding_mode": "volumeBindingMode",
}
_OBJECTS: tuple[tuple[str, str, str, dict[str, str], dict[str, str]], ...] = (
    ("kubernetes_config_map_v1", "v1", "ConfigMap", _DATA, {}),
    ("kubernetes_namespace", "v1", "Namespace", {}, {}),
    ("kubernetes_namespace_v1", "v1", "Namespace", {}, {}),
    ("kubernetes_secret_v1", "v1", "Secret", {"type": "type", "immutable": "immutable"}, {}),
    (
        "kubernetes_service_account_v1",
        "v1",
        "ServiceAccount",
        {"automount_service_account_token": "automountServiceAccountToken"},
        {"image_pull_secret": "imagePullSecrets", "secret": "secrets"},
    ),
    ("kubernetes_storage_class_v1", "storage.k8s.io/v1", "StorageClass", _CLASS, {}),
)
BEHAVIOURS: dict[str, Behaviour] = {
    **{row[0]: KubernetesObject(*row) for row in _OBJECTS},
    "kubernetes_annotations": MetadataPatch("annotations"),
    "kubernetes_labels": MetadataPatch("labels"),
}
"""By type name."""
