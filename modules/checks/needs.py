"""Which entries of the catalogue an entry needs, as its own objects say.

An object can only be made, or its pods only start, when something of another entry is there: a type, a certificate, an injector, a
StorageClass. What holds today is held against `Component.needs`, so that a new release that needs more is noticed.
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
    """One entry that another needs, and the first object that says so."""

    entry: str
    why: str


@dataclass(frozen=True)
class Provided:
    """What entries bring that others may need: each name to the entry."""

    types: Mapping[tuple[str, str], str]
    """Group and kind of each CustomResourceDefinition."""
    validated: Mapping[str, str]
    """API group to the entry whose webhook checks its objects: without it they cannot be made."""
    injector: str | None
    ca_injector: str | None
    default_class: str | None
    roles: Mapping[str, str]
    """Name of each ClusterRole."""
    certificates: frozenset[str]
    """Namespace and name of each Certificate; an annotation that names another one does nothing."""
    webhooks: Sequence[Object] = field(repr=False, default=())
    namespaces: Mapping[str, Mapping[str, str]] = field(repr=False, default_factory=dict)
    """Labels of each namespace."""
    homes: Mapping[str, str] = field(repr=False, default_factory=dict)
    """Namespace to the entry that defines it, with the policies in it."""


def provided(objects: Mapping[str, Sequence[Object]], homes: Mapping[str, str]) -> Provided:
    """What entries bring.

    Args:
        objects: entry to all of its objects.
        homes: namespace to the entry whose upstream defines it.
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
        validated={group: name for name, one in everything for group in _checked_groups(one)},
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


def _checked_groups(one: Object) -> Iterator[str]:
    """API groups of which every object is checked by a webhook that must answer, or first ignores and then must."""
    if one["kind"] == "ValidatingWebhookConfiguration":
        for hook in one.get("webhooks") or ():
            for rule in hook.get("rules") or ():
                yield from (group for group in rule.get("apiGroups") or () if "." in group)


def derived_needs(name: str, items: Iterable[Object], there: Provided) -> list[Need]:
    """What an entry needs, each entry once, with the object that says so first.

    Args:
        name: of the entry.
        items: its objects.
        there: what all entries bring.
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
        yield there.validated.get(group), f"a webhook checks objects of {group}"
    if (metadata.get("annotations") or {}).get(INJECT_CA) in there.certificates:
        yield there.ca_injector, "a certificate that cert-manager writes into it"
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
    """Needs that the catalogue does not have, directly or by what an entry needs, as sentences.

    Args:
        components: entries of the catalogue.
        objects: entry to its objects.
        there: what all entries bring.
    """
    by_name = {component.name: component for component in components}
    return [
        f"{name}: needs {need.entry} ({need.why})"
        for name in by_name
        for need in derived_needs(name, objects.get(name, ()), there)
        if need.entry in by_name and need.entry not in closure(name, by_name)
    ]


def closure(name: str, by_name: Mapping[str, Component]) -> set[str]:
    """All that an entry needs, directly or not."""
    found: set[str] = set()
    waiting = list(by_name[name].needs)
    while waiting:
        need = waiting.pop()
        if need not in found:
            found.add(need)
            waiting += by_name[need].needs if need in by_name else ()
    return found
