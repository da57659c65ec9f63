"""All connections of one platform, evaluated, in the form that tables and findings share."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from modules.checks.traffic.accepted import OPEN_TO_TEAMS, WITHOUT_POLICIES
from modules.checks.traffic.assembly import TEAMS, TrafficInputs
from modules.checks.traffic.cluster import Pod
from modules.checks.traffic.derived import missing
from modules.checks.traffic.reach import Reached, reached, unprotected
from modules.checks.traffic.verdict import INGRESS, POD_PROXY, Flow, Outside, Verdict, judge

TEAM, OTHER_TEAM = "a team", "another team"
SHOWN = {TEAMS[0]: TEAM, TEAMS[1]: OTHER_TEAM}
WEBHOOK = "a webhook, which the API server calls from an address that no selector matches"


@dataclass(frozen=True)
class Evaluated:
    """Everything that the section says."""

    required: tuple[Verdict, ...]
    forbidden: tuple[Verdict, ...]
    nowhere: tuple[str, ...]
    """Webhooks and routes without a pod, as sentences."""
    reached: tuple[Reached, ...]
    """What pods of a team reach outside their namespace."""
    unprotected: dict[str, list[str]]
    """Namespace to pods without a NetworkPolicy."""
    webhooks: frozenset[tuple[str, str, int]]
    """Namespace, pod and port of each webhook."""

    def reason(self, one: Reached) -> str | None:
        """Why a port may be open to teams; None: it is not accepted."""
        key = (one.namespace, one.pod, one.port)
        if key in OPEN_TO_TEAMS:
            return OPEN_TO_TEAMS[key]
        return WEBHOOK if key in self.webhooks else WITHOUT_POLICIES.get(one.namespace)


def evaluate(inputs: TrafficInputs) -> Evaluated:
    """Evaluate the connections of a platform; of two equal teams, those of the first one."""
    cluster = inputs.cluster
    wanted = [flow for flow in inputs.required if not _of_second(flow)]
    unwanted = [flow for flow in inputs.forbidden if namespace_of(flow.source) != TEAMS[1]]
    return Evaluated(
        tuple(judge(flow, cluster, inputs.security_groups) for flow in wanted),
        tuple(judge(flow, cluster) for flow in unwanted),
        tuple(missing(cluster)),
        tuple(reached(cluster, cluster.select(TEAMS[0], {}))),
        unprotected(cluster),
        frozenset((flow.target.namespace, flow.target.name, flow.port) for flow in wanted if flow.is_webhook),
    )


def _of_second(flow: Flow) -> bool:
    return TEAMS[1] in (namespace_of(flow.source), flow.target.namespace)


def namespace_of(end: Pod | Outside) -> str:
    """Namespace of a pod, or name of a peer outside."""
    return end.name if isinstance(end, Outside) else end.namespace


def group_of(end: Pod | Outside) -> str:
    """`namespace_of`, with words in place of example teams."""
    return SHOWN.get(namespace_of(end), namespace_of(end))


def shown_end(end: Pod | Outside) -> str:
    """One end of a connection: `kubeflow/ml-pipeline`, `a team: notebook`, `the API server`."""
    if isinstance(end, Outside):
        return end.name
    name = end.name.partition("/")[2]
    return f"{SHOWN[end.namespace]}: {name}" if end.namespace in SHOWN else f"{end.namespace}/{name}"


def in_words(text: str) -> str:
    """A sentence with words in place of example teams."""
    for name, words in SHOWN.items():
        text = text.replace(f"{name}/", f"({words})/")
    return text


def deciding(verdict: Verdict) -> str:
    """The rules that decide: of a closed connection the first that closes it, of an open one those that open it."""
    for hop in verdict.hops:
        if not hop.decision.open:
            return in_words(f"{hop.decision.rule} ({hop.place})")
    rules = [hop.decision.rule for hop in verdict.hops if hop.place == INGRESS]
    rules += [hop.decision.rule for hop in verdict.hops if hop.place == POD_PROXY and _is_policy(hop.decision.rule)]
    groups = {name for hop in verdict.hops for name in _GROUP_RULE.findall(hop.decision.rule)}
    rules += [f"security group rule {name}" for name in sorted(groups)]
    return in_words("; ".join(rules))


_GROUP_RULE = re.compile(r"aws_vpc_security_group_(?:in|e)gress_rule\.(\w+)")


def _is_policy(rule: str) -> bool:
    return rule.startswith("AuthorizationPolicy ")


@dataclass(frozen=True)
class Row:
    """Connections to one port that the same rule decides."""

    sources: tuple[str, ...]
    target: str
    port: str
    why: str
    open: bool
    rule: str


def rows(verdicts: Iterable[Verdict]) -> list[Row]:
    """Verdicts, with those together that differ in the caller only."""
    found: dict[tuple[str, str, str, bool, str], list[str]] = {}
    for verdict in verdicts:
        flow = verdict.flow
        key = (shown_end(flow.target), port_of(flow), in_words(flow.why), verdict.open, deciding(verdict))
        found.setdefault(key, []).append(shown_end(flow.source))
    return [Row(tuple(dict.fromkeys(sources)), *key) for key, sources in found.items()]


def port_of(flow: Flow) -> str:
    """Port of the pod, and the Service on the way to it."""
    return f"{flow.port} of Service {flow.service[1]}" if flow.service else str(flow.port)


def shown_sources(sources: Sequence[str]) -> str:
    """Callers of a row: up to three by name."""
    return ", ".join(sources) if len(sources) <= 3 else f"{len(sources)} pods, such as {sources[0]}"
