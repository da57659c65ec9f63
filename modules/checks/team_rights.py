"""Permissions of team members and pods in their namespace, from the ClusterRoles bound there.

The profile controller binds `kubeflow-admin` to the owner, `kubeflow-edit` to the service account `default-editor` and to
contributors, `kubeflow-view` to `default-viewer` and to readers.
Source: https://github.com/kubeflow/dashboard/blob/main/components/profile-controller/controllers/profile_controller.go
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from modules.kubeflow.manifest import Object

FILE = Path(__file__).with_name("team_rights.json")
"""Reviewed permissions with all components installed; a test compares them with the rendered roles."""
ROLES = ("kubeflow-admin", "kubeflow-edit", "kubeflow-view")
READS = frozenset({"get", "list", "watch"})
Rights = Mapping[str, Sequence[str]]
"""`resource.group` to verbs, both sorted; a resource of the core group has no group."""


def team_rights(objects: Iterable[Object]) -> dict[str, Rights]:
    """The permissions of each role in ROLES, including aggregated roles.

    Raises:
        ValueError: a role is missing, or aggregates by matchExpressions, which is not supported.
    """
    roles = {item["metadata"]["name"]: item for item in objects if item["kind"] == "ClusterRole"}
    if missing := [name for name in ROLES if name not in roles]:
        raise ValueError(f"ClusterRole {', '.join(missing)}: not found in the objects; include kubeflow-roles")
    return {name: _rights(_rules(name, roles, set())) for name in ROLES}


def read_team_rights() -> dict[str, Rights]:
    """The committed permissions."""
    found: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return {role: {name: verbs.split() for name, verbs in rights.items()} for role, rights in found.items()}


def as_text(found: Mapping[str, Rights]) -> str:
    """Permissions in the format of FILE: one line per resource, for readable diffs."""
    lines = {role: {name: " ".join(verbs) for name, verbs in rights.items()} for role, rights in found.items()}
    return json.dumps(lines, indent=1, sort_keys=True) + "\n"


def writes(rights: Rights, group: str, resource: str) -> list[str]:
    """Write verbs on a resource, including wildcards."""
    names = (f"{resource}.{group}" if group else resource, f"*.{group}" if group else "*", f"{resource}.*", "*.*")
    return sorted({verb for name in names for verb in rights.get(name, ()) if verb not in READS})


def _rules(name: str, roles: Mapping[str, Object], seen: set[str]) -> list[Mapping[str, Any]]:
    seen.add(name)
    role = roles[name]
    found = list(role.get("rules") or ())
    for selector in (role.get("aggregationRule") or {}).get("clusterRoleSelectors") or ():
        if selector.keys() - {"matchLabels"}:
            raise ValueError(f"ClusterRole {name}: aggregates by {sorted(selector)}; only matchLabels is supported")
        for other, item in sorted(roles.items()):
            labels = item["metadata"].get("labels") or {}
            if other not in seen and selector["matchLabels"].items() <= labels.items():
                found += _rules(other, roles, seen)
    return found


def _rights(rules: Iterable[Mapping[str, Any]]) -> Rights:
    found: dict[str, set[str]] = {}
    for rule in rules:
        for group in rule.get("apiGroups") or ():
            for resource in rule.get("resources") or ():
                found.setdefault(f"{resource}.{group}" if group else resource, set()).update(rule["verbs"])
    return {name: sorted(verbs) for name, verbs in sorted(found.items())}
