"""Whether one party reaches another, hop by hop, with what decides at each."""

from collections.abc import Iterator
from dataclasses import dataclass

from modules.checks.traffic import istio, network_policies, outbound
from modules.checks.traffic.cluster import Cluster, Pod
from modules.checks.traffic.istio import Call, Request
from modules.checks.traffic.network_policies import Decision, Peer
from modules.checks.traffic.security_groups import GroupRule, allowed


@dataclass(frozen=True)
class Outside:
    """A party outside of the cluster."""

    name: str
    address: str
    """An address that it calls from: no selector matches it, only a rule without peers or an ipBlock."""
    group: str | None = None
    """Its security group; None: not known here."""


API_SERVER = Outside("the API server", "10.0.32.4", "control_plane")
"""Its interfaces are in the VPC's private subnets."""
LOAD_BALANCER = Outside("the load balancer", "10.0.192.4", "load_balancer")
"""In a public subnet of a VPC of 10.0.0.0/16; `table.required` takes the address that a platform's has."""


@dataclass(frozen=True)
class Flow:
    """One connection."""

    source: Pod | Outside
    target: Pod
    port: int
    """On the pod, after Service and targetPort."""
    via: str
    """What leads there: `Service kubeflow/ml-pipeline:8888`, `webhook …`."""
    service: tuple[str, str] | None = None
    """Namespace and name of the Service that the caller names; None: it calls the pod's address."""
    request: Request | None = None
    protocol: str = "TCP"
    any_answer: bool = False
    """Whether it is enough that the pod's proxy answers, with a refusal, too, as for a probe."""
    why: str = ""
    """What needs it, or who should not have it."""

    @property
    def is_webhook(self) -> bool:
        """Whether the API server calls a pod."""
        return self.source == API_SERVER

    def __str__(self) -> str:
        source = self.source.name if isinstance(self.source, Outside) else str(self.source)
        return f"{source} -> {self.target}:{self.port} ({self.via})"


@dataclass(frozen=True)
class Hop:
    """One place on the way."""

    place: str
    decision: Decision


@dataclass(frozen=True)
class Verdict:
    """All places on the way of a connection."""

    flow: Flow
    source_identity: str | None
    """Principal by mTLS; None: none, so policies of Istio see nobody."""
    hops: tuple[Hop, ...]

    @property
    def open(self) -> bool:
        """Whether every place lets it pass."""
        return all(hop.decision.open for hop in self.hops)

    def __str__(self) -> str:
        lines = [f"{self.flow}: {'open' if self.open else 'closed'}; caller: {self.source_identity or 'no identity'}"]
        for hop in self.hops:
            lines.append(f"  {hop.place}: {'open' if hop.decision.open else 'closed'} by {hop.decision.rule}")
        return "\n".join(lines)


@dataclass(frozen=True)
class SecurityGroups:
    """Security groups of the platform; without any (a cluster of others) they are not judged."""

    rules: tuple[GroupRule, ...] = ()
    pod_groups: tuple[str, ...] = ()
    """Groups that pods may carry: `nodes`, and `cluster_group` on Fargate and Auto Mode."""


def judge(flow: Flow, cluster: Cluster, security_groups: SecurityGroups | None = None) -> Verdict:
    """Whether a connection is possible, and what says so.

    Args:
        flow: the connection.
        cluster: everything that is installed.
        security_groups: security groups.
    """
    if isinstance(flow.source, Outside):
        hops = [*_groups(flow.source, flow, security_groups or SecurityGroups())]
        return _reached(flow, cluster, hops, Peer(address=flow.source.address), None)
    source = flow.source
    egress = network_policies.decide(
        cluster.policies.get(source.namespace, ()),
        "Egress",
        source,
        Peer(flow.target, cluster.namespaces[flow.target.namespace]),
        flow.port,
        flow.protocol,
    )
    tls, mutual = outbound.speaks(cluster, source, flow.target, flow.service, flow.port)
    hops = [Hop("egress of the caller", egress), Hop("proxy of the caller", tls)]
    peer = Peer(source, cluster.namespaces[source.namespace])
    return _reached(flow, cluster, hops, peer, source.identity if mutual else None)


def _reached(flow: Flow, cluster: Cluster, before: list[Hop], peer: Peer, principal: str | None) -> Verdict:
    """The hops at the pod that is reached, after those on the way."""
    policies = cluster.policies.get(flow.target.namespace, ())
    ingress = network_policies.decide(policies, "Ingress", flow.target, peer, flow.port, flow.protocol)
    call = Call(
        principal,
        peer.pod.namespace if peer.pod and principal else None,
        flow.port,
        peer.pod.address if peer.pod else peer.address,
        flow.request,
    )
    decisions = [] if flow.any_answer else istio.decide(cluster, flow.target, call)
    proxy = [Hop("proxy of the pod", decision) for decision in decisions]
    return Verdict(flow, principal, (*before, Hop("ingress of the pod", ingress), *proxy))


def _groups(source: Outside, flow: Flow, security_groups: SecurityGroups) -> Iterator[Hop]:
    for group in security_groups.pod_groups if source.group else ():
        if (source.group, group) == ("control_plane", "cluster_group"):
            decision = Decision(True, "the control plane carries the cluster's group, which is open to itself")
        else:
            decision = Decision(
                *allowed(security_groups.rules, str(source.group), group, flow.port, flow.protocol.lower())
            )
        yield Hop(f"security groups of pods in {group}", decision)
