"""Istio's part: mTLS (PeerAuthentication) and AuthorizationPolicies, as the proxy of the pod that is reached applies them.

Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/ and
https://istio.io/latest/docs/reference/config/security/peer_authentication/
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

from modules.checks.traffic.cluster import Cluster, Pod
from modules.checks.traffic.network_policies import Decision
from modules.checks.traffic.selectors import matches
from modules.kubeflow.manifest import Object

ROOT_NAMESPACE = "istio-system"
PROXY_PORTS = frozenset({15020, 15021, 15090})
"""Of the proxy itself: merged metrics, health and its own metrics. It does not intercept them.

Source: https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
"""


@dataclass(frozen=True)
class Request:
    """An HTTP request, as far as policies look at it. Without one, a connection is TCP or TLS that the proxy cannot read."""

    path: str = "/"
    method: str = "GET"
    host: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    principal: str | None = None
    """`issuer/subject` of a token that was checked."""


@dataclass(frozen=True)
class Call:
    """What a proxy knows about a connection."""

    principal: str | None
    """Identity of the caller by mTLS."""
    namespace: str | None
    port: int
    address: str | None = None
    request: Request | None = None


def decide(cluster: Cluster, pod: Pod, call: Call) -> list[Decision]:
    """What the proxy of a pod says: mTLS first, then CUSTOM and DENY policies, then ALLOW.

    Args:
        cluster: everything that is installed.
        pod: that is reached.
        call: what is known of the connection.
    """
    if pod.sidecar and call.port in pod.excludes("Inbound"):
        return [Decision(True, f"the sidecar leaves port {call.port} alone")]
    if not (pod.sidecar or pod.gateway) or call.port in PROXY_PORTS:
        return []
    found = [_mtls(cluster, pod, call)] if pod.sidecar else []
    return [*found, authorize(applying(cluster, pod), call)]


def _mtls(cluster: Cluster, pod: Pod, call: Call) -> Decision:
    mode, name = mtls_mode(cluster, pod, call.port)
    return Decision(call.principal is not None or mode != "STRICT", f"{name} ({mode})")


def mtls_mode(cluster: Cluster, pod: Pod, port: int) -> tuple[str, str]:
    """Mode of a port and the PeerAuthentication that sets it: of the workload, of its namespace, of the mesh; PERMISSIVE."""
    own, root = cluster.peers.get(pod.namespace, []), cluster.peers.get(ROOT_NAMESPACE, [])
    groups = (
        [one for one in own if "selector" in one["spec"] and matches(one["spec"]["selector"], pod.labels)],
        [one for one in own if "selector" not in one["spec"]],
        [one for one in root if "selector" not in one["spec"]],
    )
    for policies in groups:
        for one in policies:
            by_port = one["spec"].get("portLevelMtls") or {}
            mode = (by_port.get(port) or by_port.get(str(port)) or one["spec"].get("mtls") or {}).get("mode", "UNSET")
            if mode != "UNSET":
                return mode, f"PeerAuthentication {one['metadata']['namespace']}/{one['metadata']['name']}"
    return "PERMISSIVE", "no PeerAuthentication"


def applying(cluster: Cluster, pod: Pod) -> list[Object]:
    """AuthorizationPolicies of a pod: those of its namespace and of the root namespace whose selector matches."""
    candidates = [*cluster.authorization.get(pod.namespace, ())]
    if pod.namespace != ROOT_NAMESPACE:
        candidates += cluster.authorization.get(ROOT_NAMESPACE, ())
    return [
        one
        for one in candidates
        if "targetRefs" not in (one.get("spec") or {})
        and matches((one.get("spec") or {}).get("selector") or {}, pod.labels)
    ]


def authorize(policies: Sequence[Object], call: Call) -> Decision:
    """DENY wins; then, if there is any ALLOW policy, one must match. CUSTOM asks a provider and is named, not judged."""
    for one in _of(policies, "DENY"):
        if any(_rule(rule, call, deny=True) for rule in one["spec"].get("rules") or ()):
            return Decision(False, _name(one))
    asked = [
        f", after {one['spec']['provider']['name']} is asked ({_name(one)})"
        for one in _of(policies, "CUSTOM")
        if any(_rule(rule, call, deny=True) for rule in one["spec"].get("rules") or ())
    ]
    allowing = list(_of(policies, "ALLOW"))
    if not allowing:
        return Decision(True, "no AuthorizationPolicy allows or denies" + "".join(asked))
    for one in allowing:
        if any(_rule(rule, call, deny=False) for rule in (one.get("spec") or {}).get("rules") or ()):
            return Decision(True, _name(one) + "".join(asked))
    return Decision(False, ", ".join(sorted(map(_name, allowing))))


def _of(policies: Iterable[Object], action: str) -> Iterator[Object]:
    return (one for one in policies if (one.get("spec") or {}).get("action", "ALLOW") == action)


def _rule(rule: Mapping[str, Any], call: Call, *, deny: bool) -> bool:
    sources = [_all(one["source"], call, deny) for one in rule.get("from") or ()]
    operations = [_all(one["operation"], call, deny) for one in rule.get("to") or ()]
    return (
        (not sources or any(sources))
        and (not operations or any(operations))
        and all(_condition(one, call, deny) for one in rule.get("when") or ())
    )


def _all(fields: Mapping[str, Sequence[str]], call: Call, deny: bool) -> bool:
    """All fields of a source or an operation; `notX` is X turned round."""
    for key, values in fields.items():
        negative = key.startswith("not")
        name = key[3:4].lower() + key[4:] if negative else key
        if not _field(name, values, call, deny, negative):
            return False
    return True


_HTTP = {"hosts", "methods", "paths", "requestPrincipals"}


def _field(name: str, values: Sequence[str], call: Call, deny: bool, negative: bool) -> bool:
    if name in _HTTP and call.request is None:
        return deny  # Istio drops HTTP fields of DENY for what is no HTTP, and lets no ALLOW rule with them match
    if name in ("ipBlocks", "remoteIpBlocks"):
        inside = call.address is not None and any(ip_address(call.address) in ip_network(one, False) for one in values)
        return inside != negative
    request = call.request or Request()
    account = (call.principal or "").partition("/ns/")[2].replace("/sa/", "/")
    value = {
        "principals": call.principal,
        "serviceAccounts": account or None,
        "requestPrincipals": request.principal,
        "namespaces": call.namespace if call.principal else None,
        "hosts": request.host,
        "ports": str(call.port),
        "methods": request.method,
        "paths": request.path,
    }
    if name not in value:
        raise ValueError(f"AuthorizationPolicy: {name!r} is not a known field of a source or an operation")
    return any(_text(one, value[name]) for one in values) != negative


def _condition(one: Mapping[str, Any], call: Call, deny: bool) -> bool:
    key = one["key"]
    if key.startswith("request.") and call.request is None:
        return deny
    if key.startswith(("source.ip", "remote.ip")):
        wanted: dict[str, Any] = {"ipBlocks": one.get("values"), "notIpBlocks": one.get("notValues")}
        return _all({name: values for name, values in wanted.items() if values}, call, deny)
    request = call.request or Request()
    header = key.partition("[")[2].removesuffix("]").lower()
    value = {
        "request.headers": {name.lower(): text for name, text in request.headers.items()}.get(header),
        "source.namespace": call.namespace if call.principal else None,
        "source.principal": call.principal,
        "request.auth.principal": request.principal,
        "destination.port": str(call.port),
    }
    name = key.partition("[")[0]
    if name not in value:
        raise ValueError(f"AuthorizationPolicy: {key!r} is not a condition that the evaluator knows")
    positive = not one.get("values") or any(_text(text, value[name]) for text in one["values"])
    return positive and not any(_text(text, value[name]) for text in one.get("notValues") or ())


def _text(pattern: str, value: str | None) -> bool:
    """Exact, `prefix*`, `*suffix`, or `*` for whatever is there."""
    if value is None:
        return False
    if pattern == "*":
        return value != ""
    if pattern.endswith("*"):
        return value.startswith(pattern[:-1])
    return value.endswith(pattern[1:]) if pattern.startswith("*") else value == pattern


def _name(policy: Object) -> str:
    return f"AuthorizationPolicy {policy['metadata']['namespace']}/{policy['metadata']['name']}"
