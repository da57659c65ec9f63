"""Findings of the section Traffic."""

from collections.abc import Iterator, Sequence

from modules.checks.finding import Finding, Kind
from modules.checks.rendered import PlatformObjects
from modules.checks.traffic import kinds
from modules.checks.traffic.accepted import WITHOUT_POLICIES
from modules.checks.traffic.assembly import TEAMS
from modules.checks.traffic.evaluation import Evaluated, in_words, rows, shown_sources
from modules.checks.traffic.verdict import Verdict
from modules.cluster.policy_enforcement import unenforced
from modules.settings import Cluster, ExistingCluster, Kubeflow, Platform

OUTSIDE = "addresses outside the cluster, the API server, DNS, pods in the node's network, the first seconds of a pod"


def findings(platform: Platform, kubeflow: Kubeflow, known: PlatformObjects, found: Evaluated) -> Iterator[Finding]:
    """All findings of a platform.

    Args:
        platform: platform with valid settings.
        kubeflow: its Kubeflow settings.
        known: its objects.
        found: its evaluated connections.
    """
    yield from _of_verdicts(kinds.CLOSED, [one for one in found.required if not one.open])
    opened = [one for one in found.forbidden if one.open]
    wanted = [] if kubeflow.team_defaults.isolated else [one for one in opened if one.flow.target.namespace in TEAMS]
    yield from _of_verdicts(kinds.OPEN, [one for one in opened if one not in wanted])
    for text in found.nowhere:
        yield _of(kinds.NOWHERE, in_words(text))
    for namespace, pods in found.unprotected.items():
        if namespace not in WITHOUT_POLICIES and namespace not in TEAMS:
            yield _of(kinds.UNPROTECTED, f"namespace {namespace}: {', '.join(pods)}")
    for one in found.reached:
        if found.reason(one) is None and one.namespace not in TEAMS:
            callers = shown_sources([name.partition("/")[2] for name in one.callers])
            yield _of(kinds.REACHED, f"{one.namespace}/{one.pod.partition('/')[2]}:{one.port}: {callers}; {one.rule}")
    if not kubeflow.team_defaults.isolated:
        yield _of(kinds.NOT_ISOLATED, "pods of each team reach those of all teams")
    for what, fix in unenforced(platform.cluster):
        yield Finding(kinds.UNENFORCED.id, kinds.UNENFORCED.severity, what, fix)
    yield from _not_checked(platform, kubeflow, known)


def _of_verdicts(kind: Kind, verdicts: Sequence[Verdict]) -> Iterator[Finding]:
    for row in rows(verdicts):
        state = "open" if row.open else "closed"
        why = f" ({row.why})" if row.why else ""
        yield _of(kind, f"{shown_sources(row.sources)} to {row.target}:{row.port}{why}: {state} by {row.rule}")


def _not_checked(platform: Platform, kubeflow: Kubeflow, known: PlatformObjects) -> Iterator[Finding]:
    if unknown := [*known.official_charts, *kubeflow.preinstalled]:
        yield _of(kinds.CHARTS, f"objects of official charts and preinstalled components: {', '.join(unknown)}")
    if isinstance(platform.cluster, ExistingCluster):
        yield _of(kinds.NO_GROUPS, f"security groups of the existing cluster {platform.cluster.name}")
    if isinstance(platform.cluster, Cluster) and platform.cluster.fargate_profiles:
        profiles = ", ".join(one.name for one in platform.cluster.fargate_profiles)
        yield _of(kinds.ON_FARGATE, f"NetworkPolicies for pods of the Fargate profiles {profiles}")
    yield _of(kinds.ALWAYS, OUTSIDE)


def _of(kind: Kind, text: str) -> Finding:
    return Finding(kind.id, kind.severity, text, kind.fix)
