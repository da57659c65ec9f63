"""What members and pods of a team may do in their namespace, read off the ClusterRoles that are bound there.

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
"""The rights of all that can be installed, as they were reviewed; a test compares it with the rendered roles."""
ROLES = ("kubeflow-admin", "kubeflow-edit", "kubeflow-view")
READS = frozenset({"get", "list", "watch"})
Rights = Mapping[str, Sequence[str]]
"""`resource.group` to verbs, both sorted; a resource of the core group has no group."""


def team_rights(objects: Iterable[Object]) -> dict[str, Rights]:
    """The rights of each role in ROLES, with all that is aggregated into it.

    Raises:
        ValueError: one of the roles is not among the objects, or aggregates by an expression, which is not read here.
    """
    roles = {item["metadata"]["name"]: item for item in objects if item["kind"] == "ClusterRole"}
    if missing := [name for name in ROLES if name not in roles]:
        raise ValueError(f"ClusterRole {', '.join(missing)}: is not among the objects; render kubeflow-roles with them")
    return {name: _rights(_rules(name, roles, set())) for name in ROLES}


def read_team_rights() -> dict[str, Rights]:
    """The committed rights."""
    found: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return {role: {name: verbs.split() for name, verbs in rights.items()} for role, rights in found.items()}


def as_text(found: Mapping[str, Rights]) -> str:
    """Rights as FILE holds them: one line for each resource, so that a diff shows what changed."""
    lines = {role: {name: " ".join(verbs) for name, verbs in rights.items()} for role, rights in found.items()}
    return json.dumps(lines, indent=1, sort_keys=True) + "\n"


def writes(rights: Rights, group: str, resource: str) -> list[str]:
    """Verbs by which these rights write a resource; wildcards count."""
    names = (f"{resource}.{group}" if group else resource, f"*.{group}" if group else "*", f"{resource}.*", "*.*")
    return sorted({verb for name in names for verb in rights.get(name, ()) if verb not in READS})


def _rules(name: str, roles: Mapping[str, Object], seen: set[str]) -> list[Mapping[str, Any]]:
    seen.add(name)
    role = roles[name]
    found = list(role.get("rules") or ())
    for selector in (role.get("aggregationRule") or {}).get("clusterRoleSelectors") or ():
        if selector.keys() - {"matchLabels"}:
            raise ValueError(f"ClusterRole {name}: aggregates by {sorted(selector)}; only matchLabels is read here")
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
