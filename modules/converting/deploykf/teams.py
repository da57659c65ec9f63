"""Profiles of deployKF as teams: groups are written out, and each team gets an owner."""

from collections.abc import Iterator, Mapping
from typing import Any

from modules.converting.assume import assume
from modules.converting.deploykf.amounts import limit
from modules.converting.document import Document, dotted
from modules.converting.draft import Draft
from modules.converting.row import Row, Rows
from modules.settings import Contributor, Dex, Team

GENERATOR = ("deploykf_core", "deploykf_profiles_generator")
DEFAULT_OWNER = "admin@example.com"
"""Owner of all profiles where a file does not set ownerEmail; a user of Dex's default passwords."""
QUOTA = {
    **dict.fromkeys(("cpu", "requests.cpu"), "cpu"),
    **dict.fromkeys(("memory", "requests.memory"), "memory_gib"),
    "requests.storage": "storage_gib",
    "requests.nvidia.com/gpu": "gpus",
    "requests.aws.amazon.com/neuron": "neuron_devices",
    "pods": "pods",
}
"""Resource of a ResourceQuota to the field of Quota."""


def complete_teams(document: Document, draft: Draft, rows: Rows) -> None:
    """Owner and contributors of each profile, from users, groups and members together."""
    for position, profile in enumerate(_list(document, "profiles")):
        path = (*GENERATOR, "profiles", position)
        team = f"kubeflow.teams<{dotted(path)}>"
        draft.choose(team, Team)
        roles = {user: role for user, role in _members(document, profile) if _can_sign_in(draft, user)}
        if left_out := sorted(dict(_members(document, profile)).keys() - roles.keys()):
            note = f"{', '.join(left_out)} cannot sign in: Dex has no such user; add them to users, or a connector, and then here"
            at = draft.numbered(f"{team}.contributors")
            rows.add(Row("", 0, at, "", "by_hand", at, note, matters=True))
        owner = _owner(document, draft)
        if owner is None and not roles:
            fix = "a team without members needs an owner: name the responsible person"
            assume(draft, rows, f"{team}.owner", next(iter(draft.get("kubeflow.auth.users") or ()), DEFAULT_OWNER), fix)
        else:
            draft.set(f"{team}.owner", owner)
        others = tuple(Contributor(user=user, role=role) for user, role in roles.items() if user != owner)
        if others:
            draft.set(f"{team}.contributors", others)
        if not isinstance(profile.get("plugins"), list):
            _default_role(document, draft, team)
        if not isinstance(profile.get("resourceQuotaSpec"), Mapping):
            _default_quota(document, draft, team)


def _owner(document: Document, draft: Draft) -> str | None:
    """The address in ownerEmail if it is set and can sign in.

    None: the team has no owner. The profiles of deployKF belong to an administrator that is not a member, and members are
    changed in the values.
    """
    given = str(document.get(*GENERATOR, "profileDefaults", "ownerEmail") or "").lower()
    return given if given and _can_sign_in(draft, given) else None


def _can_sign_in(draft: Draft, user: str) -> bool:
    """Whether an address is a user of Dex, or an identity provider may have it."""
    if draft.chosen("kubeflow.auth") is not Dex or draft.get("kubeflow.auth.connectors"):
        return True
    return user in (draft.get("kubeflow.auth.users") or ())


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


def _default_role(document: Document, draft: Draft, team: str) -> None:
    for plugin in document.get(*GENERATOR, "profileDefaults", "plugins") or ():
        if role := (plugin.get("spec") or {}).get("awsIamRole"):
            draft.set(f"{team}.aws.role", str(role))


def _default_quota(document: Document, draft: Draft, team: str) -> None:
    hard = document.get(*GENERATOR, "profileDefaults", "resourceQuotaSpec", "hard")
    for resource, amount in (hard or {}).items():
        if resource in QUOTA:
            draft.set(f"{team}.quota.{QUOTA[resource]}", limit(QUOTA[resource], amount))


def _list(document: Document, name: str) -> list[Mapping[str, Any]]:
    found = document.get(*GENERATOR, name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
