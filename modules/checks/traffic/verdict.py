"""Evaluation of a connection hop by hop, with the deciding rule of each."""

from collections.abc import Iterator
from dataclasses import dataclass

from modules.checks.traffic import istio, network_policies, outbound
from modules.checks.traffic.cluster import Cluster, Pod
from modules.checks.traffic.istio import Call, Request
from modules.checks.traffic.network_policies import Decision, Peer
from modules.checks.traffic.security_groups import GroupRule, allowed

INGRESS, POD_PROXY = "ingress of the pod", "proxy of the pod"
"""Places of hops: the NetworkPolicies of the target, and its proxy."""


@dataclass(frozen=True)
class Outside:
    """A peer outside the cluster."""

    name: str
    address: str
    """Source address; matched only by a rule without peers or an ipBlock."""
    group: str | None = None
    """Its security group; None: unknown."""


API_SERVER = Outside("the API server", "10.0.32.4", "control_plane")
"""Its interfaces are in the VPC's private subnets."""
LOAD_BALANCER = Outside("the load balancer", "10.0.192.4", "load_balancer")
"""In a public subnet of a VPC of 10.0.0.0/16; `table.required` uses the address of a platform's load balancer."""


@dataclass(frozen=True)
class Flow:
    """One connection."""

    source: Pod | Outside
    target: Pod
    port: int
    """Port on the pod, after Service and targetPort."""
    via: str
    """Route to the pod: `Service kubeflow/ml-pipeline:8888`, `webhook …`."""
    service: tuple[str, str] | None = None
    """Namespace and name of the Service called; None: the pod's address."""
    request: Request | None = None
    protocol: str = "TCP"
    any_answer: bool = False
    """Whether any answer of the pod's proxy is sufficient, including a rejection, as for a probe."""
    why: str = ""
    """Purpose of a required flow, or the reason to forbid it."""

    @property
    def is_webhook(self) -> bool:
        """A call from the API server to a pod."""
        return self.source == API_SERVER

    def __str__(self) -> str:
        source = self.source.name if isinstance(self.source, Outside) else str(self.source)
        return f"{source} -> {self.target}:{self.port} ({self.via})"


@dataclass(frozen=True)
class Hop:
    """One hop of a connection."""

    place: str
    decision: Decision


@dataclass(frozen=True)
class Verdict:
    """All hops of a connection."""

    flow: Flow
    source_identity: str | None
    """mTLS principal; None: no identity for Istio policies."""
    hops: tuple[Hop, ...]

    @property
    def open(self) -> bool:
        """Whether every hop allows it."""
        return all(hop.decision.open for hop in self.hops)

    def __str__(self) -> str:
        lines = [f"{self.flow}: {'open' if self.open else 'closed'}; caller: {self.source_identity or 'no identity'}"]
        for hop in self.hops:
            lines.append(f"  {hop.place}: {'open' if hop.decision.open else 'closed'} by {hop.decision.rule}")
        return "\n".join(lines)


@dataclass(frozen=True)
class SecurityGroups:
    """Security groups of the platform; without any (an existing cluster) they are not evaluated."""

    rules: tuple[GroupRule, ...] = ()
    pod_groups: tuple[str, ...] = ()
    """Possible groups of pods: `nodes`, and `cluster_group` on Fargate and Auto Mode."""


def judge(flow: Flow, cluster: Cluster, security_groups: SecurityGroups | None = None) -> Verdict:
    """Evaluate a connection.

    Args:
        flow: the connection.
        cluster: model of the cluster.
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
    """The hops at the target pod, after those before it."""
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
    proxy = [Hop(POD_PROXY, decision) for decision in decisions]
    return Verdict(flow, principal, (*before, Hop(INGRESS, ingress), *proxy))


def _groups(source: Outside, flow: Flow, security_groups: SecurityGroups) -> Iterator[Hop]:
    for group in security_groups.pod_groups if source.group else ():
        if (source.group, group) == ("control_plane", "cluster_group"):
            decision = Decision(
                True, "the control plane is in the cluster security group, which allows traffic within the group"
            )
        else:
            decision = Decision(
                *allowed(security_groups.rules, str(source.group), group, flow.port, flow.protocol.lower())
            )
        yield Hop(f"security groups of pods in {group}", decision)
