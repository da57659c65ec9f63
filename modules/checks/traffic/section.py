"""The section Traffic for terminal, JSON and reports."""

from collections.abc import Iterable, Mapping
from typing import Any

from modules.checks.finding import Finding
from modules.checks.inputs import Inputs
from modules.checks.section import Picture, Section, Table, counted
from modules.checks.traffic import kinds
from modules.checks.traffic.accepted import WITHOUT_POLICIES
from modules.checks.traffic.assembly import TEAMS, traffic_inputs
from modules.checks.traffic.evaluation import Evaluated, deciding, evaluate, port_of, rows, shown_end, shown_sources
from modules.checks.traffic.findings import findings
from modules.checks.traffic.matrix import Matrix, matrix, matrix_picture
from modules.checks.traffic.verdict import Verdict
from modules.diagram.svg import svg

TITLE = "Traffic"
HEADINGS = ("from", "to", "port", "purpose", "result", "decided by")


def section(inputs: Inputs) -> Section:
    """Which connections of a platform are open and closed, and whether they should be.

    Raises:
        ValueError: the cache lacks objects of a component.
    """
    platform, kubeflow = inputs.platform, inputs.platform.kubeflow
    if kubeflow is None:
        kind = kinds.NO_KUBEFLOW
        return Section(TITLE, "not checked", (Finding(kind.id, kind.severity, "the platform has no Kubeflow"),))
    known = inputs.objects
    found = evaluate(traffic_inputs(platform, kubeflow, known))
    all_findings = tuple(findings(platform, kubeflow, known, found))
    between = matrix([*found.required, *found.forbidden])
    verdict = (
        f"{counted(all_findings)} ({len(found.required)} required and {len(found.forbidden)} forbidden connections)"
    )
    return Section(TITLE, verdict, all_findings, tuple(_tables(found, between)), (_picture(between),), _document(found))


def _picture(between: Matrix) -> Picture:
    drawn = matrix_picture(between)
    return Picture("Connections between namespaces", svg(drawn, "light"), svg(drawn, "dark"))


def _tables(found: Evaluated, between: Matrix) -> Iterable[Table]:
    about = "Evaluated connections from the namespace of a row to that of a column; one team represents all."
    yield Table("Connections between namespaces", ("from", *between.columns), tuple(between.cells()), about)
    yield Table("Required connections", HEADINGS, tuple(_rows(found.required)))
    yield Table("Forbidden connections", HEADINGS, tuple(_rows(found.forbidden)))
    reached = tuple(
        (one.namespace, one.pod.partition("/")[2], str(one.port), one.rule, found.reason(one) or "not accepted")
        for one in found.reached
        if one.namespace not in TEAMS
    )
    yield Table("Ports that pods of a team reach", ("namespace", "pod", "port", "decided by", "reason"), reached)
    unprotected = tuple(
        (namespace, ", ".join(pods), WITHOUT_POLICIES.get(namespace, "not accepted"))
        for namespace, pods in found.unprotected.items()
        if namespace not in TEAMS
    )
    yield Table("Pods without a NetworkPolicy", ("namespace", "pods", "reason"), unprotected)


def _rows(verdicts: Iterable[Verdict]) -> Iterable[tuple[str, ...]]:
    for row in rows(verdicts):
        result = "open" if row.open else "closed"
        yield shown_sources(row.sources), row.target, row.port, row.why, result, row.rule


def _document(found: Evaluated) -> Mapping[str, Any]:
    return {
        "required": [_connection(one) for one in found.required],
        "forbidden": [_connection(one) for one in found.forbidden],
        "reached_by_teams": [
            {
                "namespace": one.namespace,
                "pod": one.pod,
                "port": one.port,
                "rule": one.rule,
                "reason": found.reason(one),
            }
            for one in found.reached
        ],
        "without_network_policy": {
            namespace: pods for namespace, pods in found.unprotected.items() if namespace not in TEAMS
        },
    }


def _connection(verdict: Verdict) -> Mapping[str, Any]:
    flow = verdict.flow
    return {
        "from": shown_end(flow.source),
        "to": shown_end(flow.target),
        "port": port_of(flow),
        "purpose": flow.why,
        "open": verdict.open,
        "decided_by": deciding(verdict),
    }
