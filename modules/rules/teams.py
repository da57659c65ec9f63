"""Rules and warnings about teams."""

from collections.abc import Iterator

from modules.cluster.policy_enforcement import unenforced
from modules.kubeflow.auth.kinds import strategy_of
from modules.kubeflow.chosen import known_components
from modules.kubeflow.variants import lock
from modules.rules.iam_quotas import MOST_POLICY_CHARACTERS, policy_problems, statement_problems
from modules.rules.rule import Problem, of_each, repeated, rule, unique_names, warning
from modules.settings.auth import Oidc
from modules.settings.cluster import Cluster, ExistingCluster
from modules.settings.kubeflow import Kubeflow
from modules.settings.platform import Platform
from modules.settings.team import Quota, Team, TeamPermissions
from modules.teams.names import SERVICE_ACCOUNT, binding_name

OWN_POLICY_CHARACTERS = 1_500
"""Reserved for the team's prefix of the artifact bucket and its key: 1,081 with the longest names (a test measures it)."""


MOST_TEAMS = 500
"""Tested. The default IAM quota is 1,000 roles per account.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""
NAMESPACES_OF_KUBERNETES = frozenset({"default", "kube-node-lease", "kube-public", "kube-system"})


def namespaces_taken(kubeflow: Kubeflow) -> set[str]:
    """Namespaces that teams cannot use: those of Kubernetes and of all components."""
    of_entries = {component.namespace for component in known_components(kubeflow).values()}
    of_upstream = {
        namespace.name
        for variants in lock().components.values()
        for entry in variants.values()
        for namespace in entry.namespaces
    }
    return {*NAMESPACES_OF_KUBERNETES, *of_entries, *of_upstream}


@rule(Platform)
def teams(platform: Platform) -> Iterator[Problem]:
    """Names and namespaces of teams are unique; names of their roles are reserved (`reserved_role_names.py`)."""
    kubeflow = platform.kubeflow
    if kubeflow is None or not kubeflow.teams:
        return
    teams = kubeflow.teams
    if len(teams) > MOST_TEAMS:
        yield (
            "kubeflow.teams",
            f"platforms are tested with up to {MOST_TEAMS} teams, not {len(teams)}",
            "create the others on a second platform",
        )
    yield from unique_names("kubeflow.teams", teams)
    if "profiles" in kubeflow.disable:
        yield "kubeflow.disable", "profiles creates the service accounts of teams and is required", "remove it here"
    taken = namespaces_taken(kubeflow)
    accounts = {(role.namespace, role.service_account) for role in platform.service_account_roles}

    def check(team: Team) -> Iterator[Problem]:
        if team.name in taken or team.name.startswith("kube-"):
            yield "name", f"the namespace {team.name} belongs to Kubernetes or a component", "use another name"
        if kubeflow.team_defaults.aws_identity == "node_role":
            if team.aws != TeamPermissions():
                yield (
                    "aws",
                    'teams have no roles with team_defaults=TeamDefaults(aws_identity="node_role")',
                    "add these permissions to the node groups, or use a role for each team",
                )
            return
        if (team.name, SERVICE_ACCOUNT) in accounts:
            yield (
                "name",
                f"service_account_roles has a role for {team.name}/{SERVICE_ACCOUNT}, and the team creates one as well",
                "move its permissions to the team's aws and remove it there",
            )

    yield from of_each("kubeflow.teams", teams, check)


@rule(Platform)
def members_can_sign_in(platform: Platform) -> Iterator[Problem]:
    """Owners and contributors are users of the kind of authentication, in the same letters."""
    kubeflow = platform.kubeflow
    users = strategy_of(kubeflow.auth).only_users if kubeflow is not None else None
    if kubeflow is None or users is None:
        return
    kind = type(kubeflow.auth).__name__

    def check(team: Team) -> Iterator[Problem]:
        for path, user in members_of(team):
            if user in users:
                continue
            same = next((one for one in sorted(users) if one.lower() == user.lower()), None)
            if same is not None:
                yield path, f"{user} signs in as {same}, and Kubeflow compares letter by letter", f"write {same}"
            else:
                yield (
                    path,
                    f"{user} cannot sign in: {kind}(users=…) does not have this user",
                    "add it to auth.users or name another",
                )

    yield from of_each("kubeflow.teams", kubeflow.teams, check)


@rule(Platform)
def members_are_users(platform: Platform) -> Iterator[Problem]:
    """Members are users by their e-mail address; groups are not supported by Kubeflow.

    Kubeflow's web applications, KFAM and the AuthorizationPolicy of a Profile compare the user in the header with the owner,
    and none of them reads the header with the groups.

    Source: https://github.com/kubeflow/kubeflow/issues/7085
    """
    kubeflow = platform.kubeflow
    if kubeflow is None or strategy_of(kubeflow.auth).only_users is not None:  # reported by members_can_sign_in
        return
    if isinstance(kubeflow.auth, Oidc) and kubeflow.auth.email_claim != "email":
        return

    def check(team: Team) -> Iterator[Problem]:
        for path, user in members_of(team):
            if "@" not in user:
                yield (
                    path,
                    f"{user} is not an e-mail address, and Kubeflow has no groups as members of a team",
                    "list the users of the group as contributors; owner=None is a team without an owner",
                )

    yield from of_each("kubeflow.teams", kubeflow.teams, check)


@rule(Platform)
def roles_of_the_account(platform: Platform) -> Iterator[Problem]:
    """EKS Pod Identity uses roles of the cluster's account.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html
    """
    kubeflow, accounts = platform.kubeflow, platform.allowed_account_ids
    if kubeflow is None or kubeflow.service_account_auth != "pod_identity" or not accounts:
        return

    def check(team: Team) -> Iterator[Problem]:
        role = team.aws.role
        if role is not None and role.startswith("arn:") and role.split(":")[4] not in accounts:
            yield (
                "aws.role",
                f"{role} is in an account that is not in allowed_account_ids, and EKS Pod Identity uses roles of the cluster's account",
                'use a role of that account, or service_account_auth="irsa"',
            )

    yield from of_each("kubeflow.teams", kubeflow.teams, check)


def members_of(team: Team) -> list[tuple[str, str]]:
    """Owner, if there is one, and contributors, each with the path of its setting."""
    owner = [("owner", team.owner)] if team.owner is not None else []
    return owner + [(f"contributors[{index}].user", one.user) for index, one in enumerate(team.contributors)]


@rule(Platform)
def hosts_of_models(platform: Platform) -> Iterator[Problem]:
    """Addresses of models are unique: x-a of team b and x of team a-b would both be x-a-b."""
    kubeflow = platform.kubeflow
    if kubeflow is None or not kubeflow.one_label_hosts:
        return
    names = [team.name for team in kubeflow.teams]

    def check(team: Team) -> Iterator[Problem]:
        for other in names:
            if team.name.endswith(f"-{other}"):
                yield (
                    "name",
                    f"{team.name} ends with -{other}, another team: with TLS, models of both could have the same address <name>-<team>.<domain>",
                    "rename one of the teams or remove knative_domain",
                )

    yield from of_each("kubeflow.teams", kubeflow.teams, check)


@rule(Platform)
def node_role(platform: Platform) -> Iterator[Problem]:
    """Pods can use the node role only where a node group allows it."""
    kubeflow, cluster = platform.kubeflow, platform.cluster
    if kubeflow is None or kubeflow.team_defaults.aws_identity != "node_role" or not isinstance(cluster, Cluster):
        return
    if not any(group.pods_use_node_role for group in cluster.node_groups):
        yield (
            "kubeflow.team_defaults.aws_identity",
            "no node group lets pods use the node role",
            "set pods_use_node_role=True and role_policy_arns there, or remove this",
        )


@rule(Platform)
def storage_class(platform: Platform) -> Iterator[Problem]:
    """The StorageClass `efs` requires its file system."""
    kubeflow = platform.kubeflow
    if kubeflow is not None and kubeflow.notebooks.storage_class == "efs" and kubeflow.services.efs is None:
        yield (
            "kubeflow.notebooks.storage_class",
            "the StorageClass efs requires a file system",
            "set services=Services(efs=Efs()), or another class",
        )


@warning(Platform)
def unenforced_network_policies(platform: Platform) -> Iterator[Problem]:
    """Kubernetes accepts a NetworkPolicy even if nothing enforces it."""
    kubeflow, cluster = platform.kubeflow, platform.cluster
    if kubeflow is None:
        return
    existing = isinstance(cluster, ExistingCluster)
    if not existing and not (kubeflow.team_defaults.isolated and kubeflow.teams):
        return
    for what, fix in unenforced(cluster):
        yield "cluster.network_policies" if existing else "kubeflow.team_defaults.isolated", what, fix


@warning(Platform)
def shared_node_role(platform: Platform) -> Iterator[Problem]:
    """Permissions of every pod where teams have no roles of their own."""
    kubeflow = platform.kubeflow
    if kubeflow is None or kubeflow.team_defaults.aws_identity != "node_role":
        return
    policies: list[str] = []
    if isinstance(platform.cluster, Cluster):
        policies = [
            arn for group in platform.cluster.node_groups if group.pods_use_node_role for arn in group.role_policy_arns
        ]
    listed = ", ".join(dict.fromkeys(arn.rpartition("/")[2] for arn in policies))
    yield (
        "kubeflow.team_defaults.aws_identity",
        f"every pod of every team has the permissions of the node role{f' ({listed})' if listed else ''}: it can pull every image, change "
        "network interfaces, and read and write what other teams can",
        'use aws_identity="role_per_team" unless that is intended',
    )


@warning(Platform)
def privileged_pods(platform: Platform) -> Iterator[Problem]:
    """A team whose pods can take over nodes."""
    for index, team in enumerate(platform.kubeflow.teams if platform.kubeflow is not None else ()):
        if team.pod_security == "privileged":
            yield (
                f"kubeflow.teams[{index}].pod_security",
                f"pods of {team.name} can be privileged and mount folders of their node: each member of the team can read the data and "
                "use the credentials of every pod there",
                "use baseline, or give the team nodes of its own with a taint",
            )


@rule(Quota)
def quota_limits(quota: Quota) -> Iterator[Problem]:
    """At least one limit."""
    if all(getattr(quota, limit) is None for limit in type(quota).model_fields):
        yield "cpu", "the quota has no limit", "set cpu, memory_gib or another limit, or remove the quota"


@rule(TeamPermissions)
def permission_limits(permissions: TeamPermissions) -> Iterator[Problem]:
    """Quotas of IAM; the permissions of an existing role are its own."""
    if permissions.role is not None and (permissions.policy_arns or permissions.statements):
        yield (
            "role",
            f"{permissions.role} is not changed by the platform",
            "add policy_arns and statements to the role yourself, and remove them here",
        )
    yield from policy_problems("policy_arns", permissions.policy_arns, "replace some by statements")
    most = MOST_POLICY_CHARACTERS - OWN_POLICY_CHARACTERS
    yield from statement_problems(
        permissions.statements, f"use {most:,} or fewer, or a managed policy", own=OWN_POLICY_CHARACTERS
    )


@rule(Team)
def members(team: Team) -> Iterator[Problem]:
    """Each member has one role and one name."""
    users = [one.user for one in team.contributors]
    if team.owner is None and not users:
        yield "contributors", "the team has neither an owner nor contributors", "list the members, or set an owner"
    if team.owner in users:
        yield "contributors", f"{team.owner} owns the team and has all permissions", "remove this entry"
    for user in repeated(users):
        yield "contributors", f"{user} occurs more than once", "keep one role"
    bindings = {user: binding_name(user, "edit") for user in dict.fromkeys(users)}
    for name in repeated(bindings.values()):
        same = " and ".join(user for user, binding in bindings.items() if binding == name)
        yield (
            "contributors",
            f"{same} would both be {name}, since Kubeflow ignores punctuation in user names",
            "keep one and bind the other by hand",
        )
