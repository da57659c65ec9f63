"""Derives the dependencies of catalogue entries from their objects.

An object can be created, or its pods can start, only if another entry provides a CRD, a certificate, an injector or a
StorageClass. The result is compared with `Component.needs`, so that new dependencies of a release are detected.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from modules.checks.traffic.injection import brings_injector, injected, injector_webhooks
from modules.kubeflow.manifest import Object, identity
from modules.kubeflow.secrets.pod_references import containers, pod_specs
from modules.settings.component import Component

INJECT_CA = "cert-manager.io/inject-ca-from"
"""Annotation that cert-manager's CA injector acts on: namespace and name of a Certificate.

Source: https://cert-manager.io/docs/concepts/ca-injector/
"""
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


@dataclass(frozen=True)
class Need:
    """One dependency, and the first object that requires it."""

    entry: str
    why: str


@dataclass(frozen=True)
class Provided:
    """What entries provide: each name to the entry."""

    types: Mapping[tuple[str, str], str]
    """Group and kind of each CustomResourceDefinition."""
    plurals: Mapping[tuple[str, str], str]
    """Group and kind to the plural of the type."""
    validated: Mapping[tuple[str, str], str]
    """API group and plural (or *) to the entry whose webhook validates such objects; they cannot be created without it."""
    injector: str | None
    ca_injector: str | None
    default_class: str | None
    roles: Mapping[str, str]
    """Name of each ClusterRole."""
    certificates: frozenset[str]
    """Namespace and name of each Certificate; annotations that name another one have no effect."""
    webhooks: Sequence[Object] = field(repr=False, default=())
    namespaces: Mapping[str, Mapping[str, str]] = field(repr=False, default_factory=dict)
    """Labels of each namespace."""
    homes: Mapping[str, str] = field(repr=False, default_factory=dict)
    """Namespace to the entry that defines it and its policies."""


def provided(objects: Mapping[str, Sequence[Object]], homes: Mapping[str, str]) -> Provided:
    """Collect what entries provide.

    Args:
        objects: entry to its objects.
        homes: namespace to the entry that defines it.
    """
    everything = [(name, one) for name, items in objects.items() for one in items]

    def bringing(condition: str) -> str | None:
        return next((name for name, one in everything if _is(condition, one)), None)

    return Provided(
        types={
            (one["spec"]["group"], one["spec"]["names"]["kind"]): name
            for name, one in everything
            if one["kind"] == "CustomResourceDefinition"
        },
        plurals={
            (one["spec"]["group"], one["spec"]["names"]["kind"]): one["spec"]["names"]["plural"]
            for _, one in everything
            if one["kind"] == "CustomResourceDefinition"
        },
        validated={checked: name for name, one in everything for checked in _checked_types(one)},
        injector=next((name for name, items in objects.items() if brings_injector(items)), None),
        ca_injector=bringing("ca injector"),
        default_class=bringing("default class"),
        roles={one["metadata"]["name"]: name for name, one in everything if one["kind"] == "ClusterRole"},
        certificates=frozenset(identity(one).place for _, one in everything if one["kind"] == "Certificate"),
        webhooks=injector_webhooks(one for _, one in everything),
        namespaces={
            one["metadata"]["name"]: one["metadata"].get("labels") or {}
            for _, one in everything
            if one["kind"] == "Namespace"
        },
        homes=homes,
    )


def _is(condition: str, one: Object) -> bool:
    metadata = one["metadata"]
    if condition == "default class":
        return one["kind"] == "StorageClass" and (metadata.get("annotations") or {}).get(DEFAULT_CLASS) == "true"
    images = [container["image"] for _, spec in pod_specs(one) for container in containers(spec)]
    return any("cainjector" in image for image in images)


def _checked_types(one: Object) -> Iterator[tuple[str, str]]:
    """API groups and plurals whose objects are validated by a webhook with failurePolicy Fail, immediately or later."""
    if one["kind"] == "ValidatingWebhookConfiguration":
        for hook in one.get("webhooks") or ():
            for rule in hook.get("rules") or ():
                for group in rule.get("apiGroups") or ():
                    if "." in group:
                        yield from ((group, plural) for plural in rule.get("resources") or ())


def derived_needs(name: str, items: Iterable[Object], there: Provided) -> list[Need]:
    """Dependencies of an entry without duplicates, each with the first object that requires it.

    Args:
        name: entry.
        items: its objects.
        there: what all entries provide.
    """
    found: dict[str, str] = {}
    for one in items:
        for entry, why in _of(one, there):
            if entry is not None and entry != name:
                found.setdefault(entry, f"{identity(one)}: {why}")
    return [Need(entry, why) for entry, why in sorted(found.items())]


def _of(one: Object, there: Provided) -> Iterator[tuple[str | None, str]]:
    kind, group, metadata = one["kind"], identity(one).group, one["metadata"]
    namespace = metadata.get("namespace", "")
    if (group, kind) in there.types:
        yield there.types[group, kind], f"its type {kind}.{group}"
        for plural in (there.plurals[group, kind], "*", "*/*"):
            yield there.validated.get((group, plural)), f"a webhook checks objects of {group}"
    if (metadata.get("annotations") or {}).get(INJECT_CA) in there.certificates:
        yield there.ca_injector, "a certificate injected by cert-manager"
    if kind in ("ClusterRoleBinding", "RoleBinding") and one["roleRef"]["kind"] == "ClusterRole":
        yield there.roles.get(one["roleRef"]["name"]), f"ClusterRole {one['roleRef']['name']}"
    claims = [one] if kind == "PersistentVolumeClaim" else (one.get("spec") or {}).get("volumeClaimTemplates") or ()
    for claim in claims if kind in ("PersistentVolumeClaim", "StatefulSet") else ():
        if not claim["spec"].get("storageClassName"):
            yield there.default_class, "a volume of the default StorageClass"
    for template, _ in pod_specs(one):
        if injected(template, there.namespaces.get(namespace, {}), there.webhooks):
            yield there.injector, "pods with a sidecar"
    if namespace in there.homes:
        yield there.homes[namespace], f"the namespace {namespace} and its policies"


def unmet(components: Iterable[Component], objects: Mapping[str, Sequence[Object]], there: Provided) -> list[str]:
    """Dependencies missing in the catalogue, direct or transitive, as sentences.

    Args:
        components: catalogue entries.
        objects: entry to its objects.
        there: what all entries provide.
    """
    by_name = {component.name: component for component in components}
    return [
        f"{name}: needs {need.entry} ({need.why})"
        for name in by_name
        for need in derived_needs(name, objects.get(name, ()), there)
        if need.entry in by_name and need.entry not in closure(name, by_name)
    ]


def closure(name: str, by_name: Mapping[str, Component]) -> set[str]:
    """Transitive dependencies of an entry."""
    found: set[str] = set()
    waiting = list(by_name[name].needs)
    while waiting:
        need = waiting.pop()
        if need not in found:
            found.add(need)
            waiting += by_name[need].needs if need in by_name else ()
    return found
