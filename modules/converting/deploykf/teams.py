"""Profiles of deployKF as teams: groups are written out, and each team gets an owner."""

from collections.abc import Iterator, Mapping
from typing import Any

from modules.converting.assume import assume
from modules.converting.deploykf.amounts import limit
from modules.converting.document import Document, dotted
from modules.converting.draft import Draft
from modules.converting.row import Rows
from modules.settings import Contributor, Dex, Team

GENERATOR = ("deploykf_core", "deploykf_profiles_generator")
DEFAULT_OWNER = "admin@example.com"
"""Owner of all profiles where a file does not set ownerEmail; a user of Dex's default passwords."""
QUOTA = {
    **dict.fromkeys(("cpu", "requests.cpu"), "cpu"),
    **dict.fromkeys(("memory", "requests.memory"), "memory_gib"),
    "requests.storage": "storage_gib",
    "requests.nvidia.com/gpu": "gpus",
    "pods": "pods",
}
"""Resource of a ResourceQuota to the field of Quota."""


def complete_teams(document: Document, draft: Draft, rows: Rows) -> None:
    """Owner and contributors of each profile, from users, groups and members together."""
    for position, profile in enumerate(_list(document, "profiles")):
        path = (*GENERATOR, "profiles", position)
        team = f"kubeflow.teams<{dotted(path)}>"
        draft.choose(team, Team)
        roles = dict(_members(document, profile))
        owner = _owner(document, draft, roles)
        if owner == str(document.get(*GENERATOR, "profileDefaults", "ownerEmail")).lower():
            draft.set(f"{team}.owner", owner)
        fix = (
            "a team has one owner, which manages its members, and deployKF's profiles all belong to ownerEmail; name the responsible "
            "person"
        )
        assume(draft, rows, f"{team}.owner", owner, fix)
        others = tuple(Contributor(user=user, role=role) for user, role in roles.items() if user != owner)
        if others:
            draft.set(f"{team}.contributors", others)
        if not isinstance(profile.get("resourceQuotaSpec"), Mapping):
            _default_quota(document, draft, team)


def _owner(document: Document, draft: Draft, roles: Mapping[str, str]) -> str:
    """The owner of a team: ownerEmail if it can sign in, else a member, first those that edit."""
    given = document.get(*GENERATOR, "profileDefaults", "ownerEmail")
    users = draft.get("kubeflow.auth.users")
    local_only = draft.chosen("kubeflow.auth") is Dex and not draft.get("kubeflow.auth.connectors")
    members = [user for role in ("edit", "view") for user, has in roles.items() if has == role]
    for user in (*([str(given).lower()] if given else []), *members):
        if not local_only or user in (users or ()):
            return user
    return next(iter(users or ()), DEFAULT_OWNER)


def _members(document: Document, profile: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """E-mail address and role of each member; the role that permits more, as in deployKF."""
    emails = {str(one.get("id")): str(one.get("email")).lower() for one in _list(document, "users")}
    groups = {str(one.get("id")): list(map(str, one.get("users") or ())) for one in _list(document, "groups")}
    default = document.get(*GENERATOR, "profileDefaults", "memberAccess", "role") or "view"
    found: dict[str, str] = {}
    for member in profile.get("members") or ():
        role = str((member.get("access") or {}).get("role") or default)
        ids = groups.get(str(member.get("group")), []) if "group" in member else [str(member.get("user"))]
        for user in (emails[one] for one in ids if one in emails):
            found[user] = "edit" if "edit" in (role, found.get(user)) else "view"
    yield from found.items()


def _default_quota(document: Document, draft: Draft, team: str) -> None:
    hard = document.get(*GENERATOR, "profileDefaults", "resourceQuotaSpec", "hard")
    for resource, amount in (hard or {}).items():
        if resource in QUOTA:
            draft.set(f"{team}.quota.{QUOTA[resource]}", limit(QUOTA[resource], amount))


def _list(document: Document, name: str) -> list[Mapping[str, Any]]:
    found = document.get(*GENERATOR, name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
