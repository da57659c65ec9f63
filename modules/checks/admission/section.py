"""The section Admission for terminal, JSON and reports: whether the API server takes what a platform installs."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec

from modules.checks.admission import kinds
from modules.checks.admission.platform import RUNTIMES, Admission, admission_of, teams_of
from modules.checks.admission.pods import refusals
from modules.checks.admission.policies import Write
from modules.checks.admission.problem import Problem
from modules.checks.admission.quotas import exceeded, need, with_defaults
from modules.checks.admission.started import started
from modules.checks.admission.templates.table import templates_of
from modules.checks.admission.webhooks import Webhook
from modules.checks.finding import Finding, Kind
from modules.checks.inputs import Inputs
from modules.checks.rendered import PlatformObjects
from modules.checks.section import Section, Table, counted
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.manifest import Object, identity
from modules.settings import Cluster, ExistingCluster, Platform

EXTRA = ("celpy", "jsonschema", "kubernetes_validate")
"""Packages of the extra `check` that schemas and CEL need."""
INSTALLER = "terraform"
"""User that installs the platform: an administrator of the cluster."""
Refused = Sequence[tuple[Object, Problem]]


def section(inputs: Inputs) -> Section:
    """Whether pods and objects of a platform are admitted.

    Raises:
        ValueError: the cache lacks objects of a component.
    """
    if inputs.platform.kubeflow is None:
        return Section("Admission", "no Kubeflow")
    return of_objects(inputs.platform, inputs.objects)


def of_objects(platform: Platform, installed: PlatformObjects) -> Section:
    """The section for the objects of a platform with Kubeflow.

    Args:
        platform: platform with valid settings.
        installed: its objects, without those of teams.
    """
    found = admission_of(platform, installed)
    team = teams_of(platform)[0].name
    pods = [(one, problem) for one in found.objects for problem in pod_problems(one, found, team)]
    findings = (
        *(problem.finding(str(identity(one))) for one, problem in pods),
        *started_findings(found, platform),
        *quota_findings(found),
        *scoped_quotas(found),
        *object_findings(found, platform, installed),
        *webhook_findings(found.webhooks),
        *open_points(platform, installed),
    )
    rows = _rows(found, pods)
    document = {
        "kubernetes_version": found.version,
        "namespaces": [dict(zip(("namespace", "level", "workloads", "refused"), row, strict=True)) for row in rows],
        "webhooks": [
            {"name": one.name, "required": one.required, "service": one.service, "state": one.state}
            for one in found.webhooks
        ],
    }
    tables = (_namespaces(rows), _webhooks(found, team))
    return Section("Admission", counted(findings), findings, tables, document=document)


def pod_problems(one: Object, found: Admission, team: str) -> Iterator[Problem]:
    """Why pods that are made of an object are refused: in its namespace, or of a cluster-wide runtime in a team's.

    Args:
        one: any object; others than workloads and runtimes have no pods.
        found: the platform.
        team: namespace of a team.
    """
    name = team if one["kind"] in RUNTIMES else one["metadata"].get("namespace", "")
    namespace = found.by_namespace.get(name)
    if namespace is None:
        return
    for template in templates_of(one, found.around) or ():
        yield from refusals(template, namespace, found.features)


def started_findings(found: Admission, platform: Platform) -> Iterator[Finding]:
    """Pods that controllers start in the namespaces of teams, and that these refuse.

    Args:
        found: the objects that decide.
        platform: platform with Kubeflow.
    """
    assert platform.kubeflow is not None
    installed = {one.name for one in chosen_components(platform.kubeflow)}
    kinds_of_pods = [one for one in started(platform.kubeflow) if one.component in installed]
    for team in teams_of(platform):
        for one in kinds_of_pods:
            for problem in refusals(one.template, found.by_namespace[team.name]):
                yield problem.finding(f"{one.name} of team {team.name}")


def quota_findings(found: Admission) -> Iterator[Finding]:
    """Namespaces whose workloads together take more than their quota."""
    for name, namespace in found.by_namespace.items():
        if not namespace.limits.hard:
            continue
        taken: Counter[str] = Counter()
        for one in found.objects:
            if one["metadata"].get("namespace") == name:
                for template in templates_of(one, found.around) or ():
                    amounts = need(with_defaults(template.running, namespace.limits), template.pods or 1)
                    taken.update(amounts)
        for text in exceeded(taken, namespace.limits):
            yield _finding(kinds.OVER_QUOTA, f"namespace {name}: {text}")


def object_findings(found: Admission, platform: Platform, installed: PlatformObjects) -> Iterator[Finding]:
    """What schemas, CEL rules and ValidatingAdmissionPolicies say against the objects.

    Args:
        found: the objects that decide.
        platform: platform with valid settings.
        installed: what its components install.
    """
    if missing := [name for name in EXTRA if find_spec(name) is None]:
        yield _finding(kinds.NOT_INSTALLED, f"schemas and CEL rules of all objects: {', '.join(missing)} not installed")
        return
    from modules.checks.admission.objects import of_installed, of_policies
    from modules.checks.admission.schemas import kinds_of, resource_of

    known = kinds_of(found.objects)
    policies = [one for one in found.objects if one["kind"].startswith("ValidatingAdmissionPolicy")]
    unknown: Counter[str] = Counter()
    later = 0
    for one in found.objects:
        if one["kind"] == "CustomResourceDefinition":
            continue
        made = of_installed(one, found.version, known)
        problems = made.problems
        name = identity(one)
        write = Write(
            INSTALLER, name.group, resource_of(one, known), one, found.labels.get(name.namespace, {}), administers=True
        )
        yield from (problem.finding(str(name)) for problem in of_policies(policies, write))
        later += made.later
        if problems is None:
            unknown[f"{one['kind']} of {one['apiVersion']}"] += 1
        else:
            yield from (problem.finding(str(name)) for problem in problems)
    for what, count in sorted(unknown.items()):
        kind = kinds.UNKNOWN_TYPE if _more_kinds(platform, installed) else kinds.NO_TYPE
        yield _finding(kind, f"{what} ({count})")
    if later:
        yield _finding(kinds.LATER, f"fields with values known at apply, in {later} objects")


def _more_kinds(platform: Platform, installed: PlatformObjects) -> bool:
    """Whether the cluster can have kinds that are not in the platform's lock."""
    cluster = platform.cluster
    preinstalled = platform.kubeflow is not None and platform.kubeflow.preinstalled
    aws = isinstance(cluster, Cluster) and cluster.auto_mode is not None
    return bool(installed.official_charts or preinstalled or aws or isinstance(cluster, ExistingCluster))


def webhook_findings(found: Sequence[Webhook]) -> Iterator[Finding]:
    """Webhooks that refuse whatever they select, since nothing answers."""
    for one in found:
        if one.required and one.state == "no pods":
            yield _finding(kinds.NO_WEBHOOK, f"{one.name}: no pod is behind Service {one.service}")
        elif one.required and one.state == "closed":
            yield _finding(kinds.CLOSED_WEBHOOK, f"{one.name}: Service {one.service} is closed by {one.why}")


def scoped_quotas(found: Admission) -> Iterator[Finding]:
    """Quotas that are not evaluated."""
    names = [f"{name}/{quota}" for name, one in found.by_namespace.items() for quota in one.limits.scoped]
    if names:
        yield _finding(kinds.SCOPED, f"quotas with scopes: {', '.join(sorted(names))}")


def open_points(platform: Platform, installed: PlatformObjects) -> Iterator[Finding]:
    """What the section does not cover on a platform."""
    assert platform.kubeflow is not None
    if unknown := sorted({*installed.official_charts, *platform.kubeflow.preinstalled}):
        yield _finding(kinds.CHARTS, f"objects and webhooks of {', '.join(unknown)}")
    yield _finding(kinds.PROGRAMS, "what the programs behind webhooks refuse or change")
    if isinstance(platform.cluster, ExistingCluster):
        yield _finding(kinds.CLUSTER, f"admission of the existing cluster {platform.cluster.name}")


def _finding(kind: Kind, text: str) -> Finding:
    return Finding(kind.id, kind.severity, text, kind.fix)


def _rows(found: Admission, refused: Refused) -> list[tuple[str, ...]]:
    """Each namespace with pods: level, workloads, and how many of them are refused."""
    workloads = Counter(
        one["metadata"]["namespace"]
        for one in found.objects
        if templates_of(one, found.around) and one["metadata"].get("namespace")
    )
    bad: Mapping[str, set[str]] = {name: set() for name in workloads}
    for one, _ in refused:
        if one["kind"] in RUNTIMES:
            continue
        bad[one["metadata"]["namespace"]].add(str(identity(one)))
    shown = [*sorted(workloads), *sorted(name for name, one in found.by_namespace.items() if one.limits.hard)]
    return [
        (name, found.by_namespace[name].level, str(workloads[name]), str(len(bad.get(name, ()))))
        for name in dict.fromkeys(shown)
    ]


def _namespaces(rows: Sequence[tuple[str, ...]]) -> Table:
    headings = ("namespace", "Pod Security", "workloads", "refused")
    about = "Teams start their pods later; `check --manifest` evaluates these."
    return Table("Pods", headings, tuple(rows), about, numbers=frozenset(headings[2:]))


def _webhooks(found: Admission, team: str) -> Table:
    """Webhooks that the API server calls for pods of teams."""
    write = Write("", "", "pods", {"metadata": {"labels": {}}}, found.labels[team])
    rows = tuple(
        (one.name, "refused" if one.required else "admitted", one.service, one.state)
        for one in found.webhooks
        if one.selects(write)
    )
    about = f"Called for each pod in a team's namespace ({team})."
    return Table("Webhooks of pods", ("webhook", "pod if it fails", "Service", "state"), rows, about)
