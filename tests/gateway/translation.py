"""Envoy's configuration of the ingress gateway, from the rendered objects, as istiod makes it.

Filters in istiod's order: CUSTOM policies (shadow RBAC and ext_authz), RequestAuthentication (jwt_authn), DENY and ALLOW (RBAC),
our EnvoyFilters, router. Covered is what the gateway's policies use; anything else raises, so that a release that begins to use
more is noticed. Not covered: TLS, source addresses and peers, AUDIT, path templates, retries, timeouts, mirroring, weights, and
VirtualServices of other gateways.
Source: https://istio.io/latest/docs/reference/config/security/, https://istio.io/latest/docs/ops/deployment/architecture/
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from modules.kubeflow.manifest import Object

GATEWAY = "kubeflow/kubeflow-gateway"
TYPES = "type.googleapis.com/envoy.extensions.filters"
JWT, RBAC, AUTHZ, ROUTER = (f"envoy.filters.http.{name}" for name in ("jwt_authn", "rbac", "ext_authz", "router"))
BACKEND = "x-test-backend"
"""Header by which the one backend learns for which Service a request was."""


@dataclass(frozen=True)
class Ports:
    """Where things listen on localhost."""

    gateway: int
    admin: int
    backend: int
    check: int
    """The stand-in for oauth2-proxy."""


def configuration(objects: Sequence[Object], ports: Ports, keys: Mapping[str, str]) -> dict[str, Any]:
    """A static bootstrap.

    Args:
        objects: of a platform, and what controllers and rivals add.
        ports: to use.
        keys: issuer to the key set that the gateway has of it, as JSON.
    """
    (pod,) = [
        one["spec"]["template"]["metadata"]["labels"]
        for one in objects
        if one["kind"] == "Deployment" and one["metadata"]["name"] == "istio-ingressgateway"
    ]
    policies = [one for one in objects if one["kind"] == "AuthorizationPolicy" and _applies(one, pod)]
    requests = [one for one in objects if one["kind"] == "RequestAuthentication" and _applies(one, pod)]
    filters = [
        *_custom(policies, _mesh(objects), ports),
        *_jwt(requests, keys),
        *_local(policies, "DENY"),
        *_local(policies, "ALLOW"),
        *_envoy_filters(objects, pod),
        {"name": ROUTER, "typed_config": {"@type": f"{TYPES}.http.router.v3.Router"}},
    ]
    manager = {
        "@type": f"{TYPES}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "gateway",
        "normalize_path": True,  # the mesh's pathNormalization is not set: BASE
        "use_remote_address": True,
        "http_filters": filters,
        "route_config": {"name": "routes", "virtual_hosts": list(_hosts(objects))},
    }
    chain = {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}
    return {
        "admin": {"address": _address(ports.admin)},
        "static_resources": {
            "listeners": [{"name": "gateway", "address": _address(ports.gateway), "filter_chains": [chain]}],
            "clusters": [_cluster("backend", ports.backend), _cluster("check", ports.check)],
        },
    }


def _applies(policy: Object, pod: Mapping[str, str]) -> bool:
    """Whether a policy is for the gateway's pods: of its namespace or of the root namespace, which are the same."""
    labels = ((policy.get("spec") or {}).get("selector") or {}).get("matchLabels") or {}
    return policy["metadata"]["namespace"] == "istio-system" and labels.items() <= pod.items()


def _mesh(objects: Iterable[Object]) -> Mapping[str, Any]:
    (found,) = [one for one in objects if one["kind"] == "ConfigMap" and one["metadata"]["name"] == "istio"]
    mesh: Mapping[str, Any] = yaml.safe_load(found["data"]["mesh"])
    if "pathNormalization" in mesh:
        raise ValueError("mesh: sets pathNormalization, which is not translated")
    return mesh


def _custom(policies: Iterable[Object], mesh: Mapping[str, Any], ports: Ports) -> Iterator[dict[str, Any]]:
    custom = [one["spec"] for one in policies if one["spec"].get("action") == "CUSTOM"]
    if not custom:
        return
    (spec,) = custom
    (found,) = [one for one in mesh["extensionProviders"] if one["name"] == spec["provider"]["name"]]
    check = found["envoyExtAuthzHttp"]
    prefix = "istio-ext-authz-"
    yield _rbac("shadow_rules", "DENY", [spec], shadow_rules_stat_prefix=prefix)
    yield {
        "name": AUTHZ,
        "typed_config": {
            "@type": f"{TYPES}.http.ext_authz.v3.ExtAuthz",
            "filter_enabled_metadata": {
                "filter": RBAC,
                "path": [{"key": f"{prefix}shadow_effective_policy_id"}],
                "value": {"string_match": {"prefix": "rule-"}},
            },
            "http_service": {
                "server_uri": {"uri": f"http://127.0.0.1:{ports.check}", "cluster": "check", "timeout": "5s"},
                "authorization_response": {
                    "allowed_upstream_headers": _names(check["headersToUpstreamOnAllow"]),
                    "allowed_client_headers": _names(check["headersToDownstreamOnDeny"]),
                },
            },
            "allowed_headers": _names(check["includeRequestHeadersInCheck"]),
        },
    }


def _names(headers: Iterable[str]) -> dict[str, Any]:
    return {"patterns": [{"exact": header, "ignore_case": True} for header in headers]}


def _jwt(requests: Iterable[Object], keys: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    rules = [rule for request in requests for rule in request["spec"]["jwtRules"]]
    if not rules:
        return
    providers = {f"origins-{number}": _provider(rule, keys) for number, rule in enumerate(rules)}
    known = {"issuer", "audiences", "jwksUri", "fromHeaders", "forwardOriginalToken", "outputClaimToHeaders"}
    if unknown := {key for rule in rules for key in rule} - known:
        raise ValueError(f"jwtRules: {sorted(unknown)} are not translated")
    needs = [*({"provider_name": name} for name in providers), {"allow_missing": {}}]
    yield {
        "name": JWT,
        "typed_config": {
            "@type": f"{TYPES}.http.jwt_authn.v3.JwtAuthentication",
            "providers": providers,
            "rules": [{"match": {"prefix": "/"}, "requires": {"requires_any": {"requirements": needs}}}],
        },
    }


def _provider(rule: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    return {
        "issuer": rule["issuer"],
        "audiences": rule.get("audiences", []),
        "local_jwks": {"inline_string": keys[rule["issuer"]]},
        "forward": rule.get("forwardOriginalToken", False),
        "payload_in_metadata": "payload",
        "from_headers": [{"name": one["name"], "value_prefix": one.get("prefix", "")} for one in rule["fromHeaders"]],
        "claim_to_headers": [
            {"header_name": one["header"], "claim_name": one["claim"]} for one in rule["outputClaimToHeaders"]
        ],
    }


def _local(policies: Iterable[Object], action: str) -> Iterator[dict[str, Any]]:
    specs = [one.get("spec") or {} for one in policies]
    chosen = [spec for spec in specs if spec.get("action", "ALLOW") == action]
    if chosen:
        yield _rbac("rules", action, chosen)


def _rbac(field: str, action: str, specs: Iterable[Mapping[str, Any]], **more: str) -> dict[str, Any]:
    rules = [rule for spec in specs for rule in spec.get("rules") or ()]
    policies = {f"rule-{number}": _policy(rule) for number, rule in enumerate(rules)}
    body = {"@type": f"{TYPES}.http.rbac.v3.RBAC", field: {"action": action, "policies": policies}, **more}
    return {"name": RBAC, "typed_config": body}


def _policy(rule: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := rule.keys() - {"from", "to", "when"}:
        raise ValueError(f"rule: {sorted(unknown)} are not translated")
    principals = [{"and_ids": {"ids": _sources(one["source"])}} for one in rule.get("from", ())]
    conditions = [_condition(one) for one in rule.get("when", ())]
    who = [{"or_ids": {"ids": principals}}] if principals else []
    where = [{"and_rules": {"rules": _operations(one["operation"])}} for one in rule.get("to", ())]
    ids = [*who, *conditions]
    return {
        "permissions": [{"or_rules": {"rules": where}}] if where else [{"any": True}],
        "principals": [{"and_ids": {"ids": ids}}] if ids else [{"any": True}],
    }


def _sources(source: Mapping[str, Any]) -> list[dict[str, Any]]:
    if source != {"notRequestPrincipals": ["*"]}:
        raise ValueError(f"source: {source} is not translated")
    present = [
        {"metadata": {"filter": JWT, "path": [{"key": "payload"}, {"key": claim}], "value": {"string_match": _ANY}}}
        for claim in ("iss", "sub")
    ]
    return [{"not_id": {"and_ids": {"ids": present}}}]


_ANY = {"safe_regex": {"regex": ".+"}}


def _condition(condition: Mapping[str, Any]) -> dict[str, Any]:
    key, name = condition["key"].removesuffix("]").split("[")
    if key != "request.headers" or condition.get("notValues") != ["*"] or "values" in condition:
        raise ValueError(f"when: {condition} is not translated")
    return {"not_id": {"header": {"name": name, "present_match": True}}}


def _operations(operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    if operation.keys() != {"notPaths"}:
        raise ValueError(f"operation: {operation} is not translated")
    paths = [{"url_path": {"path": _path(path)}} for path in operation["notPaths"]]
    return [{"not_rule": {"or_rules": {"rules": paths}}}]


def _path(pattern: str) -> dict[str, str]:
    if pattern.endswith("*"):
        return {"prefix": pattern.removesuffix("*")}
    return {"suffix": pattern.removeprefix("*")} if pattern.startswith("*") else {"exact": pattern}


def _envoy_filters(objects: Iterable[Object], pod: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for one in objects:
        if one["kind"] != "EnvoyFilter" or not one["spec"]["workloadSelector"]["labels"].items() <= pod.items():
            continue
        for patch in one["spec"]["configPatches"]:
            if patch["applyTo"] != "HTTP_FILTER" or patch["patch"]["operation"] != "INSERT_BEFORE":
                raise ValueError(f"EnvoyFilter {one['metadata']['name']}: {patch['applyTo']} is not translated")
            yield patch["patch"]["value"]


def _hosts(objects: Iterable[Object]) -> Iterator[dict[str, Any]]:
    """Virtual hosts: routes of one host in the order of the objects, with those for every path last.

    A host counts only if a server of the gateway has it, as in istiod.
    """
    found = list(objects)
    (servers,) = [
        one["spec"]["servers"]
        for one in found
        if one["kind"] == "Gateway" and f"{one['metadata']['namespace']}/{one['metadata']['name']}" == GATEWAY
    ]
    offered = [host.rpartition("/")[2] for server in servers for host in server["hosts"]]
    routes: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        if one["kind"] != "VirtualService" or GATEWAY not in _gateways(one):
            continue
        for host in one["spec"]["hosts"]:
            for served in {both for other in offered if (both := _both(host, other))}:
                routes.setdefault(served, []).extend(_routes(one))
    for host, those in sorted(routes.items()):
        ordered = sorted(those, key=lambda route: route["match"].get("prefix") == "/")
        domains = ["*"] if host == "*" else [host, f"{host}:*"]
        yield {"name": host, "domains": domains, "routes": ordered}


def _gateways(service: Object) -> list[str]:
    namespace = service["metadata"]["namespace"]
    return [one if "/" in one else f"{namespace}/{one}" for one in service["spec"].get("gateways", ())]


def _both(host: str, offered: str) -> str | None:
    """What is in both of two host patterns; None: nothing."""
    for narrow, wide in ((host, offered), (offered, host)):
        if wide in ("*", narrow) or (wide.startswith("*.") and narrow.endswith(wide[1:])):
            return narrow
    return None


def _routes(service: Object) -> Iterator[dict[str, Any]]:
    for route in service["spec"]["http"]:
        for match in route["match"]:
            yield _route(route, match)


def _route(route: Mapping[str, Any], match: Mapping[str, Any]) -> dict[str, Any]:
    uri = match["uri"]
    found: dict[str, Any] = {"match": {**uri, "case_sensitive": not match.get("ignoreUriCase", False)}}
    for name, wanted in match.get("queryParams", {}).items():
        text = {"safe_regex": {"regex": wanted["regex"]}}
        found["match"].setdefault("query_parameters", []).append({"name": name, "string_match": text})
    if "directResponse" in route:
        answer = route["directResponse"]
        return {
            **found,
            "direct_response": {"status": answer["status"], "body": {"inline_string": answer["body"]["string"]}},
        }
    added = {**route.get("headers", {}).get("request", {}).get("add", {})}
    added[BACKEND] = route["route"][0]["destination"]["host"]
    found["request_headers_to_add"] = [
        {"header": {"key": key, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
        for key, value in added.items()
    ]
    found["route"] = {"cluster": "backend"}
    if "rewrite" in route:
        found["route"]["prefix_rewrite"] = route["rewrite"]["uri"]
    return found


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _cluster(name: str, port: int) -> dict[str, Any]:
    endpoints = [{"lb_endpoints": [{"endpoint": {"address": _address(port)}}]}]
    return {"name": name, "type": "STATIC", "load_assignment": {"cluster_name": name, "endpoints": endpoints}}
