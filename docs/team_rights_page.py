"""docs/team-rights.md, generated from the reviewed permissions of teams and the admission policies."""

from collections.abc import Iterator

from docs.markdown import NOTE, table
from modules.checks.team_rights import READS, read_team_rights
from modules.kubeflow.manifest import Object, load
from modules.kubeflow.selection import OBJECTS
from modules.text import render

WRITES = frozenset({"create", "delete", "deletecollection", "patch", "update"})
COLUMNS = {"kubeflow-admin": "owner", "kubeflow-edit": "edit", "kubeflow-view": "view"}
OPEN = (
    ("run pods as any service account of the namespace", "notebooks and jobs are pods; a service account has permissions in its own "
     "namespace only, and its AWS role is the team's"),
    ("read every Secret of the namespace", "notebooks, models and their stores keep credentials there; a team is one trust boundary"),
    ("delete or add NetworkPolicies of the namespace", "a team can open its own pods to other teams, not other teams' pods to itself; "
     "Istio's policies still require the team's own identity or a member's header"),
    ("send requests from its pods to any address outside the cluster", "notebooks download packages and data, see "
     "[security.md](security.md#what-is-open)"),
    ("publish a model or a Knative service at `<name>.<namespace>.<domain>`", "this is the purpose of `Kubeflow.knative_domain`; without it "
     "they are reachable inside the cluster only"),
    ("serve any page below `/notebook/<namespace>/<name>/`", "the pages of all notebooks have the dashboard's origin: a member that opens "
     "a colleague's notebook runs that notebook's scripts with their own permissions. Add only trusted users as contributors"),
)  # fmt: skip
"""Accepted capabilities of a team, with reasons."""


def team_rights_page() -> str:
    """Verbs on resources by role, requests that admission rejects, and what remains open."""
    return "\n".join(
        [
            NOTE.format(source="modules/checks/team_rights.json and modules/kubeflow/objects/team-admission.yaml.j2"),
            "# What a team can do\n",
            "In its own namespace a team's owner has the ClusterRole `kubeflow-admin`, contributors with the role *edit* and all pods",
            "with `default-editor` have `kubeflow-edit`, contributors with the role *view* `kubeflow-view`. Each includes the permissions of",
            "those after it. The table covers all components that can be installed. `read` is get, list and",
            "watch; `write` is create, update, patch, delete and deletecollection.\n",
            table(("API group", "resources", *COLUMNS.values()), _rights()),
            "## What admission rejects\n",
            "The entry `team-admission` rejects requests that these permissions would allow, in each namespace with the label",
            "`app.kubernetes.io/part-of: kubeflow-profile`. It applies to service accounts of namespaces without components,",
            "and to users. Controllers of the platform, Kubernetes itself and identities that can delete admission policies are exempt.\n",
            table(("policy", "resource", "message"), _refused()),
            "A quota of 0 Services of type LoadBalancer and NodePort in every team of the settings is a second protection: it also applies to",
            "controllers.\n",
            "## What remains open\n",
            table(("a team can", "reason"), OPEN),
        ]
    )


def _rights() -> Iterator[tuple[str, ...]]:
    """One row for all resources of an API group that have the same verbs."""
    found = read_team_rights()
    rows: dict[tuple[str, ...], list[str]] = {}
    for name in sorted(
        {name for rights in found.values() for name in rights}, key=lambda one: one.partition(".")[::-1]
    ):
        verbs = tuple(_verbs(set(found[role].get(name, ()))) for role in COLUMNS)
        rows.setdefault((name.partition(".")[2], *verbs), []).append(f"`{name.partition('.')[0]}`")
    for (group, *columns), names in rows.items():
        yield f"`{group}`" if group else "core", ", ".join(names), *columns


def _verbs(verbs: set[str]) -> str:
    """Verbs in words: `read` and `write` for whole sets, the rest by name."""
    words = []
    for word, whole in (("read", READS), ("write", WRITES)):
        if whole <= verbs:
            words.append(word)
            verbs = verbs - whole
    return ", ".join([*words, *sorted(verbs)])


def _refused() -> Iterator[tuple[str, str, str]]:
    objects = load(render(OBJECTS / "team-admission.yaml.j2", platform_namespaces=[], auto_mode=True))
    for policy in (one for one in objects if one["kind"] == "ValidatingAdmissionPolicy"):
        resources = "<br>".join(_resources(policy))
        for validation in policy["spec"]["validations"]:
            yield f"`{policy['metadata']['name']}`", resources, validation["message"]


def _resources(policy: Object) -> Iterator[str]:
    for rule in policy["spec"]["matchConstraints"]["resourceRules"]:
        for resource in rule["resources"]:
            yield f"`{resource}.{rule['apiGroups'][0]}`".replace(".`", "`")
