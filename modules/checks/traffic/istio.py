"""Istio's inbound checks: mTLS (PeerAuthentication) and AuthorizationPolicies, as applied by the target's proxy.

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
"""The proxy's own ports (merged metrics, health, metrics), which are not intercepted.

Source: https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
"""


@dataclass(frozen=True)
class Request:
    """HTTP request attributes used by policies. Without a request, the connection is opaque TCP or TLS."""

    path: str = "/"
    method: str = "GET"
    host: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    principal: str | None = None
    """`issuer/subject` of a validated token."""


@dataclass(frozen=True)
class Call:
    """Connection attributes available to a proxy."""

    principal: str | None
    """Caller identity from mTLS."""
    namespace: str | None
    port: int
    address: str | None = None
    request: Request | None = None


def decide(cluster: Cluster, pod: Pod, call: Call) -> list[Decision]:
    """Decisions of a pod's proxy: mTLS, then CUSTOM and DENY policies, then ALLOW.

    Args:
        cluster: model of the cluster.
        pod: target pod.
        call: connection attributes.
    """
    if pod.sidecar and call.port in pod.excludes("Inbound"):
        return [Decision(True, f"the sidecar does not intercept port {call.port}")]
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
    """DENY wins; then, if there is any ALLOW policy, one must match. CUSTOM calls a provider; it is listed but not evaluated."""
    for one in _of(policies, "DENY"):
        if any(_rule(rule, call, deny=True) for rule in one["spec"].get("rules") or ()):
            return Decision(False, _name(one))
    asked = [
        f", after a call to {one['spec']['provider']['name']} ({_name(one)})"
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
    """All fields of a source or an operation; `notX` negates X."""
    for key, values in fields.items():
        negative = key.startswith("not")
        name = key[3:4].lower() + key[4:] if negative else key
        if not _field(name, values, call, deny, negative):
            return False
    return True


_HTTP = {"hosts", "methods", "paths", "requestPrincipals"}


def _field(name: str, values: Sequence[str], call: Call, deny: bool, negative: bool) -> bool:
    if name in _HTTP and call.request is None:
        return (
            deny  # Without HTTP, Istio ignores HTTP fields in DENY rules, and ALLOW rules with HTTP fields never match
        )
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
        raise ValueError(f"AuthorizationPolicy: {name!r} is not a supported field of a source or an operation")
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
        raise ValueError(f"AuthorizationPolicy: {key!r} is not a supported condition")
    positive = not one.get("values") or any(_text(text, value[name]) for text in one["values"])
    return positive and not any(_text(text, value[name]) for text in one.get("notValues") or ())


def _text(pattern: str, value: str | None) -> bool:
    """Exact, `prefix*`, `*suffix`, or `*` for any present value."""
    if value is None:
        return False
    if pattern == "*":
        return value != ""
    if pattern.endswith("*"):
        return value.startswith(pattern[:-1])
    return value.endswith(pattern[1:]) if pattern.startswith("*") else value == pattern


def _name(policy: Object) -> str:
    return f"AuthorizationPolicy {policy['metadata']['namespace']}/{policy['metadata']['name']}"
