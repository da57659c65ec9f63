"""Makes the settings of a conversion valid: what a rule refuses becomes a proposal, or is left out and done by hand."""

import copy
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from modules.aws_data.regions import region
from modules.converting.draft import Draft, Items, outer
from modules.converting.row import Row, Rows
from modules.converting.source import source
from modules.errors import ProblemsError
from modules.naming import PLATFORM_NAME_CHARACTERS, proposed_name
from modules.rules.report import line_of, problems
from modules.settings import Dex, Network, NodeGroup, Platform, Repositories

Proposal = Callable[[Draft, str], Any]
LEFT_OUT = ". Left out"
"""End of the note of a value that is not in the settings."""
ROUNDS = 500
"""More than there are values to refuse; each round changes one."""
MOST_NODES = 10
"""How many nodes are tried in addition."""
GROUPS = "cluster.node_groups"
MOST_TIMES = 3
"""After which the same problem cannot be removed: its values are assumed."""


def _name(most: int) -> Proposal:
    """A proposal for a name of a platform or of a part of it."""
    return lambda draft, at: _free(draft, at, proposed_name(str(draft.get(at)), most))


def _desired(draft: Draft, at: str) -> int | None:
    """A number of nodes within the smallest and the greatest one."""
    sizes = [draft.get(f"{outer(at)}.{name}_size") for name in ("min", "desired", "max")]
    if not all(isinstance(size, int) for size in sizes):
        return None
    least, wanted, most = map(int, sizes)
    return max(least, min(wanted, most))


PROPOSALS: Mapping[str, Proposal] = {
    "name": _name(PLATFORM_NAME_CHARACTERS),
    "cluster.node_groups[].name": _name(36),
    "cluster.node_groups[].desired_size": _desired,
    "cluster.fargate_profiles[].name": _name(36),
    "cluster.access[].name": _name(36),
    "kubeflow.teams[].name": _name(36),
    "service_account_roles[].role_name": _name(36),
}
"""Setting to a function that proposes a valid value in place of the one in the draft; None: there is none."""
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
    "network.zones": (
        lambda draft: region(str(draft.get("region"))).zones[:2],
        "which zones an account can use differs in this region; list yours (`aws ec2 describe-availability-zones`)",
    ),
    "network": (Network(), "a new VPC is made; choose its range and zones"),
    "name": ("converted", "choose a name"),
    "kubeflow.auth": (Dex(users=("you@example.com",)), "set the e-mail address of the first user"),
    "kubeflow.exposure.scheme": ("internal", "the load balancer is reachable from the VPC and connected networks only"),
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
    "kubeflow.services.repositories": (
        Repositories(mirror="copies"),
        "copy the images to ECR before the first apply: `kubeflow-aws image-copies` writes the script",
    ),
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
    seen: Counter[str] = Counter()
    for _ in range(ROUNDS):
        platform = draft.platform()
        found = next(problems(platform), None)
        if found is None:
            return platform
        text = line_of(found)
        seen[text] += 1
        if seen[text] > MOST_TIMES or not _repaired(draft, rows, found[0], text, first=seen[text] == 1):
            break
    raise ProblemsError(line_of(problem) for problem in problems(platform))


def _repaired(draft: Draft, rows: Rows, path: str, text: str, *, first: bool) -> bool:
    """Whether a problem at a path of the settings could be removed."""
    at, general = draft.tagged(path), re.sub(r"\[\d+\]", "[]", path)
    value = draft.get(at)
    if general in PROPOSALS and value is not None and first:
        proposed = PROPOSALS[general](draft, at)
        if proposed is not None:
            draft.set(at, proposed)
            rows.refuse(at, f"{text}. Proposed: {proposed}")
            return True
    if general in ASSUMED and value is None:
        assumed, fix = ASSUMED[general]
        assumed = assumed(draft) if callable(assumed) else assumed
        draft.set(at, assumed)
        refused = rows.first(at)
        if refused is None:
            note = f"no file has it; {fix}"
            rows.add(Row("", 0, path, source(assumed), "by_hand", path, note, matters=True), at)
        else:
            rows.note(at, f"{refused.note.removesuffix(LEFT_OUT)}. A placeholder is in its place; {fix}")
        return True
    exact = value is not None
    while at and draft.get(at) is None:
        at = outer(at)
    value, position = draft.get(at) if at else None, re.search(r"\[(\d+)\]", path.rpartition(".")[2])
    if path == GROUPS and (more := _more_nodes(draft)):
        for setting, size in more.items():
            draft.set(setting, size)
            rows.refuse(setting, f"{text}. Proposed: {size}")
        return True
    if isinstance(value, Items) and value:  # items that are not valid together
        at = f"{at}<{list(value)[-1]}>"
    elif isinstance(value, tuple) and position is not None and int(position[1]) < len(value):
        refused = value[int(position[1])]
        draft.set(at, tuple(one for one in value if one != refused))
        return rows.refuse(at, f"{text}{LEFT_OUT}")
    elif not exact or isinstance(value, dict):
        leaves = [*draft.leaves(at), *(() if exact else draft.leaves(""))]
        at = next((leaf for leaf in dict.fromkeys(leaves) if _solves(draft, leaf, text)), at)
    if not at:
        return False
    rows.refuse(at, f"{text}{LEFT_OUT}")
    draft.remove(at)
    return True


def _more_nodes(draft: Draft) -> dict[str, int]:
    """Larger sizes of one node group with which all groups together are valid; none: they do not help."""
    other = copy.deepcopy(draft)
    for at in (f"{GROUPS}<{tag}>" for tag in draft.tags(GROUPS)):
        sizes = {f"{at}.{name}_size": draft.get(f"{at}.{name}_size") for name in ("desired", "max")}
        for more in range(1, MOST_NODES) if all(isinstance(size, int) for size in sizes.values()) else ():
            for setting, size in sizes.items():
                other.set(setting, max(size, sizes[f"{at}.desired_size"] + more))
            if not any(problem[0] == GROUPS for problem in problems(other.platform())):
                return {setting: other.get(setting) for setting in sizes if other.get(setting) != draft.get(setting)}
    return {}


def _solves(draft: Draft, leaf: str, text: str) -> bool:
    """Whether there is no such problem without a value."""
    other = copy.deepcopy(draft)
    other.remove(leaf)
    return text not in map(line_of, problems(other.platform()))


def _free(draft: Draft, at: str, wanted: str) -> str:
    """The proposal, or with a number if another item has it."""
    items = re.sub(r"<[^<>]*>\.[a-z_]+$", "", at)
    taken = [draft.get(f"{items}<{tag}>.name") for tag in draft.tags(items)] if items != at else []
    names = [wanted, *(f"{wanted[:33].rstrip('-')}-{number}" for number in range(2, 100))]
    return next(name for name in names if name not in taken)
