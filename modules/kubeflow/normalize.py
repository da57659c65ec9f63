"""Normalization of kustomize output: the same rules for every component, so that each result can be checked.

1. Namespaces are removed: they are created before the first release, in a separate release.
2. `status`, `creationTimestamp`, and `metadata.namespace` of cluster-scoped objects are removed; a missing namespace is
   set to the component's.
3. Secrets with public credentials are removed; references use the name of their replacement.
4. `description`s are removed from CRD schemas: Helm stores a release in one Secret of at most 1 MiB, and the CRDs of
   training-operator alone took 1225 KiB, without descriptions 201.
5. CRDs and PersistentVolumeClaims get the keep annotation (see `chart.py`).
6. Phases: CRDs; the rest; ClusterRoles selected by an aggregated role of the rest (`aggregated_roles.py`); custom
   resources of the component's own types, which its own webhooks validate and which therefore wait for its pods. Custom
   resources of other types are in the rest: pods wait for the Secret of a cert-manager Certificate.
7. Service accounts that call AWS get their annotations from the release (`annotations_token`).
8. Pods that read a ConfigMap that is patched, or that names images, get its checksum: the hash suffix of kustomize is
   upstream's, and a release can replace images.
9. Pods that read a supplied Secret get the credential version, so that a new version restarts them.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modules.kubeflow import aggregated_roles
from modules.kubeflow.images.references import images_of
from modules.kubeflow.lock import PHASES
from modules.kubeflow.manifest import CHECKSUM_TOKEN, Identity, Object, dump, identity, strings, tokens
from modules.kubeflow.scopes import in_namespace, scopes
from modules.kubeflow.secrets.csi import mount_secrets
from modules.kubeflow.secrets.pod_references import mark_readers, pod_specs
from modules.kubeflow.secrets.upstream_secrets import RemovedSecret, extract_secrets

KEEP = "helm.sh/resource-policy"
KEPT_KINDS = ("CustomResourceDefinition", "PersistentVolumeClaim")
CHECKSUM = "checksum/config"


@dataclass
class Result:
    """The normalized objects of one variant, and what was removed."""

    phases: dict[str, list[Object]]
    namespaces: list[Object]
    secrets: list[RemovedSecret]
    patched_out: list[Identity]
    without_namespace: list[Identity] = field(default_factory=list)
    """Cluster-scoped objects with a namespace in upstream."""
    given_namespace: list[Identity] = field(default_factory=list)
    """Namespaced objects without a namespace in upstream."""
    without_status: list[Identity] = field(default_factory=list)


def apply(
    items: Sequence[Object],
    upstream: Sequence[Object],
    *,
    namespace: str,
    secrets: Mapping[str, Mapping[str, str]],
    own_groups: Collection[str] = (),
    service_accounts: Collection[str] = (),
    foreign_scopes: Mapping[tuple[str, str], bool],
    patched_out: Sequence[Identity] = (),
    csi: bool = False,
    other_roles: Sequence[Object] = (),
) -> Result:
    """Apply the rules to the objects of one variant.

    Args:
        items: its objects after patches.
        upstream: its objects before patches, to find patched ConfigMaps.
        namespace: namespace of the component.
        secrets: Secrets to remove, by name without hash suffix, with their non-secret values.
        own_groups: API groups that count as its own besides those of its CRDs.
        service_accounts: service accounts whose annotations the release sets, such as the IAM role.
        foreign_scopes: `scopes` of other components' CRDs.
        patched_out: what patches removed.
        csi: whether pods read their Secrets via CSI.
        other_roles: ClusterRoles of other components.

    Raises:
        ValueError: a Secret with unlisted content, a listed name without Secret, a duplicate object, or an object of
            unknown scope.
    """
    result = Result({}, [], [], list(patched_out))
    kept, result.secrets = extract_secrets(items, secrets, namespace)
    known = {**foreign_scopes, **scopes(kept)}
    clean = [_clean(item, namespace, known, result) for item in kept]
    _reject_duplicates(clean)
    _mark_read_config(clean, upstream)
    mark_readers(clean, {(secret.namespace, secret.name) for secret in result.secrets})
    accounts = set(service_accounts)
    if csi:
        clean, result.secrets = mount_secrets(clean, result.secrets)
        accounts |= {account for secret in result.secrets for account in secret.readers}
    for name in sorted(accounts):
        give_annotations(clean, name)
    sources = aggregated_roles.settle(clean, other_roles)
    groups = {item["spec"]["group"] for item in clean if item["kind"] == "CustomResourceDefinition"} | set(own_groups)
    for item in clean:
        if item["kind"] == "Namespace":
            result.namespaces.append(item)
            continue
        result.phases.setdefault(_phase(item, groups, sources), []).append(item)
    result.phases = {phase: result.phases[phase] for phase in PHASES if phase in result.phases}
    return result


def _phase(item: Object, own_groups: Collection[str], sources: Collection[str]) -> str:
    if item["kind"] == "CustomResourceDefinition":
        return "crds"
    if item["kind"] == aggregated_roles.KIND and item["metadata"]["name"] in sources:
        return "rights"
    return "crs" if identity(item).group in own_groups else "main"


def _clean(item: Object, namespace: str, known: Mapping[tuple[str, str], bool], result: Result) -> Object:
    item = _without_timestamps(item)
    if item.pop("status", None) is not None:
        result.without_status.append(identity(item))
    found = identity(item)
    if not in_namespace(found, known):
        if item["metadata"].pop("namespace", None):
            result.without_namespace.append(identity(item))
    elif not found.namespace:
        item["metadata"]["namespace"] = namespace
        result.given_namespace.append(identity(item))
    if item["kind"] == "CustomResourceDefinition":
        for version in item["spec"]["versions"]:
            if "schema" in version:
                version["schema"] = _without_descriptions(version["schema"])
    annotations = item["metadata"].get("annotations") or {}
    annotations.pop(KEEP, None)
    if item["kind"] in KEPT_KINDS:
        annotations[KEEP] = "keep"
    if annotations:
        item["metadata"]["annotations"] = annotations
    else:
        item["metadata"].pop("annotations", None)
    return item


def _without_timestamps(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_timestamps(inner)
            for key, inner in value.items()
            if not (key == "creationTimestamp" and inner is None)
        }
    if isinstance(value, list):
        return [_without_timestamps(inner) for inner in value]
    return value


def _without_descriptions(schema: Any) -> Any:
    """A schema without descriptions; properties named `description` (mappings) and values are kept."""
    if isinstance(schema, list):
        return [_without_descriptions(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: inner if key in ("default", "enum", "example") else _without_descriptions(inner)
        for key, inner in schema.items()
        if not (key == "description" and isinstance(inner, str))
    }


def _reject_duplicates(items: Sequence[Object]) -> None:
    seen: set[Identity] = set()
    for item in items:
        if identity(item) in seen:
            raise ValueError(f"{identity(item)}: is defined twice; kustomize paths overlap")
        seen.add(identity(item))


def _mark_read_config(items: Sequence[Object], upstream: Sequence[Object]) -> None:
    before = [(item["metadata"]["name"], item.get("data")) for item in upstream if item["kind"] == "ConfigMap"]
    marked = {
        (_place(item), item["metadata"]["name"]): item
        for item in items
        if item["kind"] == "ConfigMap"
        and ((item["metadata"]["name"], item.get("data")) not in before or images_of([item]).spelled)
    }
    for item in items:
        for template, spec in pod_specs(item):
            names = {text for _, text in strings(spec)}
            used = [config for (place, name), config in marked.items() if name in names and place == _place(item)]
            if used:
                digest = hashlib.sha256(dump(used)).hexdigest()[:16]
                by_values = tokens(used) or images_of(used).spelled  # a release's values change what the pods read
                mark = f"{digest}-@@{CHECKSUM_TOKEN}@@" if by_values else digest
                metadata = template.setdefault("metadata", {})
                metadata["annotations"] = {**(metadata.get("annotations") or {}), CHECKSUM: mark}


def annotations_token(service_account: str) -> str:
    """Token name for all annotations of a service account; its value is a mapping, possibly empty."""
    return f"annotations_{service_account.replace('-', '_')}"


def give_annotations(items: Sequence[Object], name: str) -> None:
    """Replace the annotations of a service account with a token that the release sets.

    Args:
        items: objects, changed in place.
        name: name of the service account.

    Raises:
        ValueError: there is not exactly one with this name, or it has annotations.
    """
    found = [item for item in items if item["kind"] == "ServiceAccount" and item["metadata"]["name"] == name]
    if len(found) != 1 or "annotations" in found[0]["metadata"]:
        raise ValueError(f"ServiceAccount {name}: expected exactly one, without annotations")
    found[0]["metadata"]["annotations"] = f"@@json:{annotations_token(name)}@@"


def _place(item: Object) -> str | None:
    place: str | None = item["metadata"].get("namespace")
    return place
