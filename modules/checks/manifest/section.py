"""`check --manifest` for one team of one platform: findings with file and line, and a table of the objects."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as File

from modules.checks.admission import kinds as admission_kinds
from modules.checks.admission.problem import Problem
from modules.checks.admission.templates.serving import PARTS, model_of, runtime_for
from modules.checks.admission.templates.table import templates_of
from modules.checks.admission.templates.template import Template
from modules.checks.admission.templates.training import runtime_of
from modules.checks.finding import Finding
from modules.checks.inputs import Inputs
from modules.checks.manifest import kinds
from modules.checks.manifest.admitted import can_evaluate, of_form, of_pods, over_quota
from modules.checks.manifest.files import PIPELINE, Document, Located, UnreadableError, read
from modules.checks.manifest.form import of_pod
from modules.checks.manifest.images import of_images
from modules.checks.manifest.reach import of_services
from modules.checks.manifest.room import of_room
from modules.checks.manifest.storage import of_addresses
from modules.checks.manifest.target import Target, body_of
from modules.checks.section import Section, Table, counted
from modules.settings import Platform, Team

PODLESS = frozenset(
    (
        *("ConfigMap", "Secret", "PersistentVolumeClaim", "Service", "ServiceAccount", "Role", "RoleBinding"),
        *(
            "Profile",
            "PodDefault",
            "LimitRange",
            "ResourceQuota",
            "NetworkPolicy",
            "AuthorizationPolicy",
            "Certificate",
        ),
        *(
            "HorizontalPodAutoscaler",
            "PodDisruptionBudget",
            "ServiceMonitor",
            "PodMonitor",
            "PrometheusRule",
            "InferenceGraph",
        ),
    )
)
"""Kinds without pods."""
UNKNOWN = (kinds.RETIRED, admission_kinds.NO_TYPE, admission_kinds.NOT_INSTALLED, admission_kinds.UNKNOWN_TYPE)
"""Kinds of findings after which an object's own form is not known."""
COLUMNS: Mapping[str, frozenset[str]] = {
    "room": frozenset({"MAN006", "MAN007", "MAN102"}),
    "connections": frozenset({"MAN008", "MAN009", "MAN103"}),
    "S3": frozenset({"MAN010", "MAN011", "MAN104"}),
    "images": frozenset({"MAN012", "MAN013", "MAN014", "MAN015", "MAN016", "MAN105"}),
}
"""Column of the table to ids; all others are about admission."""


def section(inputs: Inputs, team: str, files: Sequence[File]) -> Section:
    """Whether objects of some files will run in a team's namespace.

    Args:
        inputs: platform with the team.
        team: name of a team of the platform.
        files: YAML files.

    Raises:
        ValueError: the platform has no such team, or the cache lacks objects of a component.
    """
    platform, kubeflow = inputs.platform, inputs.platform.kubeflow
    if kubeflow is None:
        raise ValueError(f"{platform.name}: has no Kubeflow, and so no teams")
    documents: list[Document] = []
    unreadable = []
    for file in files:
        try:
            documents += read(file)
        except UnreadableError as error:
            kind = kinds.UNREADABLE
            unreadable.append(Located(kind.id, kind.severity, error.problem, kind.fix, str(file), error.line))
    installed = inputs.objects
    target = Target(platform, kubeflow, team_of(platform, team), installed, tuple(documents))
    found = findings(target)
    every = (*unreadable, *(one for many in found.values() for one in many), *_always(files))
    table = Table(f"Objects for team {team}", ("object", "admission", *COLUMNS), tuple(_rows(target, found)))
    return Section("Manifests", counted(every), every, (table,), document={"team": team})


def team_of(platform: Platform, name: str) -> Team:
    """A team of a platform.

    Raises:
        ValueError: there is none of this name.
    """
    teams = platform.kubeflow.teams if platform.kubeflow is not None else ()
    for one in teams:
        if one.name == name:
            return one
    raise ValueError(
        f"{platform.name}: has no team {name}; choose from {', '.join(one.name for one in teams) or 'none'}"
    )


def findings(target: Target) -> dict[int, list[Located]]:
    """Number of each object in the files to its findings.

    Args:
        target: the team, with the objects.
    """
    problems: dict[int, list[Problem]] = {}
    sound: dict[int, Document] = {}
    templates: dict[int, list[Template]] = {}
    for number, one in enumerate(target.documents):
        problems[number] = list(of_form(one, target))
        if not all(each.whole for each in problems[number]):
            text = "its pods, until the fields above are correct"
            problems[number].append(Problem(kinds.PODS_UNKNOWN, ("kind",), text))
            continue
        sound[number] = one
        found, pods = _pods(one, target, known=not any(each.kind in UNKNOWN for each in problems[number]))
        problems[number] += found
        templates[number] = pods
        for template in pods:
            problems[number] += of_pods(one, template, target)
            problems[number] += of_images(template, target)
        problems[number] += of_addresses(one, pods, target)
    for number, problem in (
        *over_quota(target, sound, templates),
        *of_services(target, sound, templates),
        *of_room(target, sound, {number: pods for number, pods in templates.items() if pods}),
    ):
        problems[number].append(problem)
    return {
        number: list(dict.fromkeys(target.documents[number].finding(problem) for problem in many))
        for number, many in problems.items()
    }


def _pods(one: Document, target: Target, *, known: bool) -> tuple[list[Problem], list[Template]]:
    """Findings about the form of an object's pods, and the pods that can be evaluated.

    Args:
        one: an object of the right form, if its kind is known.
        target: the team.
        known: whether its kind is known.
    """
    body = body_of(one, target.team.name)
    try:
        found = templates_of(body, target.around)
        if any(not isinstance(each.pods, int | None) for each in found or ()):
            raise TypeError("a number of pods is not a number")
    except (ArithmeticError, AttributeError, KeyError, TypeError) as error:
        # kinds of official charts, and of Argo, have no schema that would say what is wrong
        return [Problem(kinds.PODS_UNKNOWN, ("spec",), f"pods of {one.body['kind']}: not of its form ({error})")], []
    problems = list(_runtimes(one, target)) if known else []
    if found is None:
        if one.body["kind"] not in PODLESS:
            problems.append(Problem(kinds.PODS_UNKNOWN, ("kind",), f"pods of {one.body['kind']}"))
        return problems, []
    sound = []
    for template in found:
        wrong = of_pod(template, target.admission.version, known=known) if can_evaluate() else []
        problems += wrong
        if all(each.whole for each in wrong):
            sound.append(template)
    return problems, sound


def _runtimes(one: Document, target: Target) -> Iterator[Problem]:
    """Runtimes that are not there, of kinds that the platform has."""
    objects = target.around.objects
    if one.body["kind"] == "TrainJob" and runtime_of(one.body) not in objects:
        kind, name = runtime_of(one.body)
        yield Problem(kinds.NO_RUNTIME, ("spec", "runtimeRef"), f"{kind} {name}", _choose(kind, target))
    if one.body["kind"] != "InferenceService":
        return
    for part in PARTS:
        model = model_of((one.body.get("spec") or {}).get(part) or {})
        if model is not None and runtime_for(model[1], target.around) is None:
            wanted = model[1].get("runtime") or f"for the format {(model[1].get('modelFormat') or {}).get('name')}"
            path = ("spec", part, model[0])
            yield Problem(kinds.NO_RUNTIME, path, f"runtime {wanted}", _choose("ClusterServingRuntime", target))


def _choose(kind: str, target: Target) -> str:
    names = sorted(name for found, name in target.around.objects if found == kind)
    return f"choose from {', '.join(names)}" if names else kinds.NO_RUNTIME.fix


def _always(files: Sequence[File]) -> Iterator[Finding]:
    for kind, text in (
        (kinds.REGISTRY_UNKNOWN, "whether images exist and run on the nodes' architecture"),
        (kinds.USAGE, "quota and room that other pods of the team take"),
    ):
        if files:
            yield Finding(kind.id, kind.severity, text)


def _rows(target: Target, found: Mapping[int, Sequence[Located]]) -> Iterator[tuple[str, ...]]:
    about_others = frozenset().union(*COLUMNS.values())
    for number, one in enumerate(target.documents):
        mine = found[number]
        pods = one.body["kind"] == PIPELINE or one.body["kind"] not in PODLESS
        cells = [_cell([each for each in mine if each.id not in about_others])]
        cells += [_cell([each for each in mine if each.id in ids]) if pods else "" for ids in COLUMNS.values()]
        yield (f"{one.file}:{one.line(())} {one.name}", *cells)


def _cell(found: Sequence[Finding]) -> str:
    for severity, text in (("error", "no"), ("warning", "with warnings"), ("not checked", "not checked")):
        if any(one.severity == severity for one in found):
            return text
    return "yes"
