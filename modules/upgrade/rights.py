"""Permissions of a role in comparable form."""

from collections.abc import Iterable, Iterator, Mapping

from modules.upgrade.records import Record

Right = tuple[str, str]
"""Resource (`deployments.apps`, with resource names if restricted) or path, and verb."""


def rights(record: Record) -> frozenset[Right]:
    """All permissions of a Role or ClusterRole, or the subjects and role of a binding."""
    if record.kind in ("RoleBinding", "ClusterRoleBinding"):
        role = record.fixed.get("roleRef") or {}
        return frozenset((f"{role.get('kind')} {role.get('name')}", subject) for subject in record.subjects)
    return frozenset(right for rule in record.rules for right in _of_rule(rule))


def _of_rule(rule: Mapping[str, tuple[str, ...]]) -> Iterator[Right]:
    names = rule.get("resourceNames", ())
    only = f" (only {', '.join(names)})" if names else ""
    resources = [
        f"{resource}.{group}" if group else resource
        for group in rule.get("apiGroups", ())
        for resource in rule.get("resources", ())
    ]
    for what in (*resources, *rule.get("nonResourceURLs", ())):
        yield from ((what + only, verb) for verb in rule["verbs"])


def sentences(found: Iterable[Right]) -> tuple[str, ...]:
    """Permissions as text, one line per set of verbs: `create, get deployments.apps, pods`."""
    verbs: dict[str, list[str]] = {}
    for what, verb in sorted(found):
        verbs.setdefault(what, []).append(verb)
    resources: dict[str, list[str]] = {}
    for what, ones in verbs.items():
        resources.setdefault(", ".join(ones), []).append(what)
    return tuple(f"{ones} {', '.join(names)}" for ones, names in resources.items())


def bindings(found: Iterable[Right]) -> tuple[str, ...]:
    """Bindings as text: `ServiceAccount kubeflow/x gets ClusterRole y`."""
    return tuple(f"{subject} gets {role}" for role, subject in sorted(found))
