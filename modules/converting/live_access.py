"""Access entries of a cluster that runs, compared with those of the files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules.converting.draft import Draft
from modules.converting.row import Row, Rows

ADMINS, ACCESS = "cluster.admins", "cluster.access"
ADMIN_POLICY = "AmazonEKSClusterAdminPolicy"
KEPT = "which is kept; decide which is right"


@dataclass(frozen=True)
class Access:
    """What one principal may do."""

    policies: frozenset[tuple[str, tuple[str, ...]]]
    """Name of an access policy and its namespaces; none: the whole cluster."""
    groups: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """In words, such as `AmazonEKSEditPolicy in a, b; group readers`."""
        words = [f"{name} in {', '.join(of)}" if of else name for name, of in sorted(self.policies)]
        return "; ".join([*words, *(f"group {name}" for name in sorted(self.groups))]) or "no policy and no group"


def compare_access(draft: Draft, rows: Rows, resources: Sequence[Mapping[str, Any]], mode: str | None) -> None:
    """Name entries that differ, and those that only a file or only AWS has.

    Args:
        draft: of the files.
        rows: get the differences.
        resources: of the cluster, as `import` reads them.
        mode: its authentication mode.
    """
    said = _of_files(draft)
    if mode == "CONFIG_MAP":
        if said:
            note = "the cluster has no access entries: its ConfigMap aws-auth is not read; compare it by hand"
            rows.add(Row("", 0, ACCESS, mode, "by_hand", "", note, matters=True))
        return
    live = _of_aws(resources)
    for principal, (setting, access) in said.items():
        if principal not in live:
            note = f"AWS has no access entry of {principal}: nothing to import; add it to cluster.access or remove it"
            rows.note(setting, note)
        elif live[principal] != access:
            rows.note(setting, f"AWS says {live[principal]}, {KEPT}", "changed")
    for principal in sorted(live.keys() - said.keys()):
        note = f"AWS has an access entry of {principal} ({live[principal]}), and no file: it is imported"
        rows.add(Row("", 0, ACCESS, principal, "changed", "imported", note, matters=True))


def _of_files(draft: Draft) -> dict[str, tuple[str, Access]]:
    """Principal to the path in the draft that names it, and its access."""
    admin = Access(frozenset({(ADMIN_POLICY, ())}))
    found = {tag: (f"{ADMINS}<{tag}>", admin) for tag in draft.tags(ADMINS)}
    for at in (f"{ACCESS}<{tag}>" for tag in draft.tags(ACCESS)):
        policy = draft.get(f"{at}.policy")
        policies = {(policy, _texts(draft.get(f"{at}.namespaces")))} if policy else set()
        policies |= {(one.policy, _texts(one.namespaces)) for one in draft.get(f"{at}.more_policies") or ()}
        access = Access(frozenset(policies), frozenset(_texts(draft.get(f"{at}.kubernetes_groups"))))
        found[str(draft.get(f"{at}.principal"))] = (f"{at}.principal", access)
    return found


def _of_aws(resources: Sequence[Mapping[str, Any]]) -> dict[str, Access]:
    arguments = [(one["type"], one["arguments"]) for one in resources]
    policies: dict[str, set[tuple[str, tuple[str, ...]]]] = {}
    for kind, given in arguments:
        if kind == "aws_eks_access_policy_association":
            scope = _texts(given.get("access_scope", {}).get("namespaces"))
            name = str(given["policy_arn"]).rpartition("/")[2]
            policies.setdefault(given["principal_arn"], set()).add((name, scope))
    return {
        given["principal_arn"]: Access(
            frozenset(policies.get(given["principal_arn"], ())), frozenset(_texts(given.get("kubernetes_groups")))
        )
        for kind, given in arguments
        if kind == "aws_eks_access_entry"
    }


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(sorted(map(str, values or ())))
