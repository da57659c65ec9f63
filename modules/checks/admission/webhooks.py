"""Admission webhooks: which select a write, and whether the platform's pods answer them.

Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from modules.checks.admission.policies import Write, matches_rule
from modules.checks.traffic.cluster import Cluster
from modules.checks.traffic.named import to_service
from modules.checks.traffic.selectors import matches
from modules.checks.traffic.verdict import API_SERVER, SecurityGroups, judge
from modules.kubeflow.manifest import Object

State = Literal["reachable", "closed", "no pods", "outside the cluster"]


@dataclass(frozen=True)
class Webhook:
    """One webhook of one configuration."""

    name: str
    changes: bool
    """Whether it may change objects (mutating)."""
    required: bool
    """Whether a call that fails refuses the object (failurePolicy Fail, the default)."""
    service: str
    """`namespace/name:port`; empty: a URL."""
    state: State
    why: str
    """The rule that closes the way to its pods; empty otherwise."""
    hook: Object = field(hash=False, compare=False, repr=False)

    def selects(self, write: Write) -> bool:
        """Whether the API server calls it for a write, `matchConditions` left aside."""
        labels = (write.body.get("metadata") or {}).get("labels") or {}
        return (
            any(matches_rule(rule, write) for rule in self.hook.get("rules") or ())
            and matches(self.hook.get("namespaceSelector") or {}, write.labels)
            and matches(self.hook.get("objectSelector") or {}, labels)
        )


def webhooks(cluster: Cluster, security_groups: SecurityGroups | None = None) -> list[Webhook]:
    """All webhooks of a platform.

    Args:
        cluster: model of the cluster.
        security_groups: security groups, if they are known.
    """
    configurations = (*cluster.kinds["MutatingWebhookConfiguration"], *cluster.kinds["ValidatingWebhookConfiguration"])
    return [_webhook(one, hook, cluster, security_groups) for one in configurations for hook in _hooks([one])]


def _hooks(configurations: Iterable[Object]) -> Iterator[Object]:
    for one in configurations:
        yield from one.get("webhooks") or ()


def _webhook(one: Object, hook: Object, cluster: Cluster, security_groups: SecurityGroups | None) -> Webhook:
    service = hook["clientConfig"].get("service")
    state: State = "outside the cluster"
    why = name = ""
    if service:
        port = service.get("port", 443)
        name = f"{service['namespace']}/{service['name']}:{port}"
        found = [*to_service(cluster, [API_SERVER], service["namespace"], service["name"], port, hook["name"])]
        closed = [
            hop.decision.rule
            for flow in found
            for hop in judge(flow, cluster, security_groups).hops
            if not hop.decision.open
        ]
        why = closed[0] if closed else ""
        state = "no pods" if not found else "closed" if closed else "reachable"
    return Webhook(
        hook["name"],
        one["kind"].startswith("Mutating"),
        hook.get("failurePolicy", "Fail") == "Fail",
        name,
        state,
        why,
        hook,
    )
