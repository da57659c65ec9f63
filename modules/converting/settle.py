"""Makes the settings of a conversion valid: what a rule refuses becomes a proposal, or is left out and done by hand."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from modules.converting.draft import Draft
from modules.converting.row import Row, Rows
from modules.converting.source import source
from modules.errors import ProblemsError
from modules.rules.report import line_of, problems
from modules.settings import Network, NodeGroup, Platform

LEFT_OUT = ". Left out"
"""End of the note of a value that is not in the settings."""
ROUNDS = 500
"""More than there are values to refuse; each round changes one."""


def _name(most: int) -> Callable[[Any], str]:
    """A proposal for a name of a platform or of a part of it."""

    def propose(value: Any) -> str:
        words = re.sub(r"[^a-z0-9]+", "-", str(value).lower()).strip("-")
        words = words if words[:1].isalpha() else f"n-{words}".rstrip("-")
        return words[:most].rstrip("-")

    return propose


PROPOSALS: Mapping[str, Callable[[Any], Any]] = {
    "name": _name(22),
    "cluster.node_groups[].name": _name(36),
    "cluster.fargate_profiles[].name": _name(36),
    "cluster.access[].name": _name(36),
    "kubeflow.teams[].name": _name(36),
    "service_account_roles[].role_name": _name(36),
}
"""Setting to a function of its invalid value that proposes a valid one."""
ASSUMED: Mapping[str, tuple[Any | Callable[[Draft], Any], str]] = {
    "cluster.admins": (
        ("role/platform-admins",),
        "name the roles or users of your account that administer the cluster",
    ),
    "cluster.node_groups": (
        (NodeGroup(name="platform"),),
        "a group for Kubeflow and its notebooks is added; choose its instance types and sizes",
    ),
    "cluster.public_access_cidrs": (
        ("203.0.113.0/24",),
        "this is a range for documentation (RFC 5737); replace it with the networks that reach the API server",
    ),
    "network": (Network(), "a new VPC is made; choose its range and zones"),
    "name": ("converted", "choose a name"),
    "kubeflow.auth.user_pool_id": (
        lambda draft: f"{draft.get('region')}_Replace00",
        "set the id of the user pool: aws cognito-idp list-user-pools --max-results 60",
    ),
    "kubeflow.auth.client_id": ("replace-me", "set the id of the client, as the identity provider shows it"),
    "kubeflow.auth.domain": (
        lambda draft: f"replace-me.auth.{draft.get('region')}.amazoncognito.com",
        "set the domain of the sign-in page: aws cognito-idp describe-user-pool",
    ),
    "kubeflow.auth.issuer": (
        "https://login.example.com",
        "set the URL of the issuer, as its discovery document writes it",
    ),
    "kubeflow.exposure.host": ("kubeflow.example.com", "set the host name of the dashboard"),
    "kubeflow.exposure.allowed_cidrs": (
        ("203.0.113.0/24",),
        "this is a range for documentation (RFC 5737); replace it with the networks of the users",
    ),
    "kubeflow.exposure.certificate_arn": (
        lambda draft: (
            f"arn:aws:acm:{draft.get('region')}:111122223333:certificate/00000000-0000-0000-0000-000000000000"
        ),
        "set the ARN of the certificate for the host: aws acm list-certificates",
    ),
    "kubeflow.services.artifacts.name": ("replace-with-your-bucket", "set the name of the bucket"),
    "kubeflow.services.database.host": ("mysql.example.com", "set the host name of the MySQL server"),
    "kubeflow.services.database.username": ("kubeflow", "set a MySQL user that may create databases"),
    "region": ("us-west-2", "set your region"),
}
"""Setting that is required and that the files lack to a value, or to a function of the draft, and what to do."""


def settle(draft: Draft, rows: Rows) -> Platform:
    """The platform of a draft, without problems.

    Args:
        draft: its values; those that a rule refuses are changed or removed.
        rows: get the rule's sentence at the key of a value that it refuses.

    Raises:
        ProblemsError: the settings lack something that no file has and that cannot be assumed.
    """
    proposed: set[str] = set()
    for _ in range(ROUNDS):
        platform = draft.platform()
        found = next(problems(platform), None)
        if found is None:
            return platform
        path, _, _ = found
        if not _repaired(draft, rows, path, line_of(found), proposed):
            break
    raise ProblemsError(line_of(problem) for problem in problems(platform))


def _repaired(draft: Draft, rows: Rows, path: str, text: str, proposed: set[str]) -> bool:
    """Whether a problem at a path of the settings could be removed."""
    at, general = draft.tagged(path), re.sub(r"\[\d+\]", "[]", path)
    value = draft.get(at)
    if general in PROPOSALS and value is not None and at not in proposed:
        proposed.add(at)
        draft.set(at, _free(draft, at, PROPOSALS[general](value)))
        _note(rows, at, path, draft.get(at), f"{text}. Proposed: {draft.get(at)}")
        return True
    if general in ASSUMED and value is None:
        assumed, fix = ASSUMED[general]
        assumed = assumed(draft) if callable(assumed) else assumed
        draft.set(at, assumed)
        refused = rows.first(at)
        why = f"{refused.note.removesuffix(LEFT_OUT)}. A placeholder is in its place" if refused else "no file has it"
        _note(rows, at, path, assumed, f"{why}; {fix}")
        return True
    while at and draft.get(at) is None:
        at = at.rpartition(".")[0]
    if not at:
        return False
    rows.refuse(at, f"{text}{LEFT_OUT}")
    draft.remove(at)
    return True


def _free(draft: Draft, at: str, wanted: str) -> str:
    """The proposal, or with a number if another item has it."""
    outer = re.sub(r"<[^<>]*>\.[a-z_]+$", "", at)
    taken = {draft.get(f"{outer}<{tag}>.name") for tag in draft.tags(outer)} if outer != at else set()
    names = [wanted, *(f"{wanted[:33].rstrip('-')}-{number}" for number in range(2, 100))]
    return next(name for name in names if name not in taken)


def _note(rows: Rows, at: str, path: str, value: Any, text: str) -> None:
    if not rows.refuse(at, text):
        rows.add(Row("", 0, path, source(value), "by_hand", path, text, matters=True), at)
