"""Values of profiles, users and groups, which become teams; see `teams.py` for what they mean together.

Source: https://github.com/deployKF/deployKF/tree/v0.1.5, generator/default_values.yaml
"""

from modules.converting.deploykf.amounts import limit
from modules.converting.deploykf.parts import ALWAYS, GENERATOR
from modules.converting.deploykf.teams import QUOTA
from modules.converting.field import Entry, Field, Outcome, Table, decided, no_home

WRITTEN_OUT = Field("maps", "kubeflow.teams[].contributors", "is written out in the teams")


def _team_name(entry: Entry) -> Outcome:
    prefix = entry.document.get(*GENERATOR.split("."), "profileDefaults", "profileNamePrefix") or ""
    note = "with profileNamePrefix" if prefix else ""
    return Outcome("changed" if note else "maps", note, {"kubeflow.teams[].name": f"{prefix}{entry.value}"})


def _quota(entry: Entry) -> Outcome:
    resource = str(entry.path[-1])
    if resource not in QUOTA:
        note = f"a quota of teams has {', '.join(dict.fromkeys(QUOTA.values()))}, and no {resource}"
        return Outcome("no_home", note, matters=True)
    field = QUOTA[resource]
    if "profileDefaults" in entry.path:
        return Outcome("maps", "is written out in the teams")
    made = limit(field, entry.value)
    return Outcome("maps", "", {f"kubeflow.teams[].quota.{field}": made})


def _owner_email(entry: Entry) -> Outcome:
    note = "owns all teams, if it can sign in. Without an owner, members are changed in main.py only, as in the values of deployKF"
    return Outcome("changed", note, matters=True)


def _plugin_role(entry: Entry) -> Outcome:
    note = (
        "the role is used and not changed. Its trust policy names the old cluster's OIDC provider: add the new one's, for the service account "
        "default-editor. It also needs the permissions of docs/teams.md"
    )
    if "profileDefaults" in entry.path:
        return Outcome("changed", note, matters=True)
    return Outcome("changed", note, {"kubeflow.teams[].aws.role": str(entry.value)}, matters=True)


def _plugin_kind(entry: Entry) -> Outcome:
    if entry.value == "AwsIamForServiceAccount":
        return Outcome("maps", "its role is that of the team")
    return Outcome("no_home", "is not for AWS")


def _role(entry: Entry) -> Outcome:
    if entry.value in ("edit", "view"):
        return Outcome("maps", WRITTEN_OUT.note)
    return Outcome("by_hand", "a member edits or views; view is used", matters=True)


FIELDS: Table = {
    f"{GENERATOR}.enabled": ALWAYS,
    f"{GENERATOR}.profileDefaults.profileNamePrefix": Field(
        "maps", "kubeflow.teams[].name", "is written out in the teams"
    ),
    f"{GENERATOR}.profileDefaults.ownerEmail": decided("kubeflow.teams[].owner", _owner_email),
    f"{GENERATOR}.profileDefaults.memberAccess.role": decided("kubeflow.teams[].contributors", _role),
    f"{GENERATOR}.profileDefaults.resourceQuotaSpec.hard.*": decided("kubeflow.teams[].quota", _quota),
    f"{GENERATOR}.users[].id": WRITTEN_OUT,
    f"{GENERATOR}.users[].email": WRITTEN_OUT,
    f"{GENERATOR}.groups[].id": WRITTEN_OUT,
    f"{GENERATOR}.groups[].users": WRITTEN_OUT,
    f"{GENERATOR}.profiles[].name": decided("kubeflow.teams[].name", _team_name),
    f"{GENERATOR}.profiles[].members[].user": WRITTEN_OUT,
    f"{GENERATOR}.profiles[].members[].group": WRITTEN_OUT,
    f"{GENERATOR}.profiles[].members[].access.role": decided("kubeflow.teams[].contributors", _role),
    f"{GENERATOR}.profiles[].resourceQuotaSpec.hard.*": decided("kubeflow.teams[].quota", _quota),
    **dict.fromkeys(
        (
            f"{GENERATOR}.profileDefaults.memberAccess.notebooksAccess",
            f"{GENERATOR}.profiles[].members[].access.notebooksAccess",
        ),
        no_home("members that edit a namespace can open its notebooks, others cannot"),
    ),
    **{
        f"{GENERATOR}.{place}.plugins[].{name}": known
        for place in ("profileDefaults", "profiles[]")
        for name, known in {
            "kind": decided("kubeflow.teams[].aws", _plugin_kind),
            "spec.awsIamRole": decided("kubeflow.teams[].aws.role", _plugin_role),
            "spec.annotateOnly": no_home("the role is never changed here"),
            "spec.gcpServiceAccount": no_home("is not for AWS"),
        }.items()
    },
    **dict.fromkeys(
        (f"{GENERATOR}.profileDefaults.tools", f"{GENERATOR}.profiles[].tools"),
        no_home("pods of a team reach its artifacts by the team's role, without keys"),
    ),
}
