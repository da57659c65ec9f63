"""Required connections derived from the objects."""

from collections.abc import Iterator
from typing import Any

import yaml

from modules.checks.traffic.cluster import Cluster, Pod
from modules.checks.traffic.istio import Request
from modules.checks.traffic.named import flows_named, named_services, to_service
from modules.checks.traffic.selectors import matches
from modules.checks.traffic.verdict import API_SERVER, Flow
from modules.kubeflow.manifest import Object

MERGED_METRICS = "15020"
"""Port of merged sidecar and application metrics."""
USER = "ada@team.example.net"
SIGNED_IN = {"kubeflow-userid": USER, "authorization": "Bearer token"}
"""Headers that the gateway adds or forwards for a signed-in user."""


def derived(cluster: Cluster) -> list[Flow]:
    """All derived connections.

    Args:
        cluster: model of the cluster.
    """
    return [
        *webhooks(cluster),
        *routes(cluster),
        *providers(cluster),
        *token_keys(cluster),
        *monitors(cluster),
        *scrapes(cluster),
        *control_plane(cluster),
        *named_services(cluster),
    ]


def missing(cluster: Cluster) -> list[str]:
    """Webhooks and routes without a target pod, as sentences."""
    calls: list[tuple[str, str, str, int | str]] = [*_webhook_services(cluster)]
    calls += [(who, namespace, name, port) for who, _, namespace, name, port, _ in _route_targets(cluster)]
    return [
        f"{who}: no pod is behind port {port} of Service {namespace}/{name}"
        for who, namespace, name, port in calls
        if not cluster.behind(namespace, name, port)
    ]


def webhooks(cluster: Cluster) -> Iterator[Flow]:
    """Calls from the API server: admission, CRD conversion, aggregated APIs."""
    for who, namespace, name, port in _webhook_services(cluster):
        yield from to_service(cluster, [API_SERVER], namespace, name, port, who)


def _webhook_services(cluster: Cluster) -> Iterator[tuple[str, str, str, int]]:
    for one in cluster.objects:
        who = f"{one['kind']} {one['metadata']['name']}"
        configurations = [hook["clientConfig"] for hook in one.get("webhooks") or ()]
        if one["kind"] == "CustomResourceDefinition":
            configurations = [((one["spec"].get("conversion") or {}).get("webhook") or {}).get("clientConfig") or {}]
        elif one["kind"] == "APIService":
            configurations = [one["spec"]]
        for configuration in configurations:
            if service := configuration.get("service"):
                yield who, service["namespace"], service["name"], service.get("port", 443)


def routes(cluster: Cluster) -> Iterator[Flow]:
    """Calls from a gateway to the Services of its VirtualServices."""
    for who, gateways, namespace, name, port, request in _route_targets(cluster):
        yield from to_service(cluster, gateways, namespace, name, port, who, request)


def _route_targets(cluster: Cluster) -> Iterator[tuple[str, list[Pod], str, str, int | str, Request]]:
    for one in cluster.kinds["VirtualService"]:
        place = one["metadata"]["namespace"]
        pods = [pod for gateway in one["spec"].get("gateways") or () for pod in _gateway_pods(cluster, gateway, place)]
        for route in one["spec"].get("http") or ():
            paths = [match["uri"] for match in route.get("match") or () if "uri" in match]
            rewritten = (route.get("rewrite") or {}).get("uri")
            path = rewritten or next(iter(paths[0].values()), "/") if paths else "/"
            for target in route.get("route") or ():
                name, _, rest = target["destination"]["host"].partition(".")
                namespace = rest.partition(".")[0] or place
                port = (target["destination"].get("port") or {}).get("number")
                if port is None:
                    ports = (cluster.services.get((namespace, name)) or {"spec": {}})["spec"].get("ports") or [{}]
                    port = ports[0].get("port", 80)
                yield (
                    f"VirtualService {place}/{one['metadata']['name']}",
                    pods,
                    namespace,
                    name,
                    port,
                    Request(path, headers=SIGNED_IN),
                )


def _gateway_pods(cluster: Cluster, gateway: str, namespace: str) -> list[Pod]:
    place, _, name = gateway.rpartition("/")
    wanted = (place or namespace, name)
    return [
        pod
        for one in cluster.kinds["Gateway"]
        if (one["metadata"]["namespace"], one["metadata"]["name"]) == wanted and "selector" in one["spec"]
        for pod in cluster.select(None, one["spec"]["selector"])
    ]


def providers(cluster: Cluster) -> Iterator[Flow]:
    """Calls from a proxy to the extension provider of a CUSTOM policy, as defined in the mesh configuration."""
    known = {one["name"]: one for config in _mesh(cluster) for one in config.get("extensionProviders") or ()}
    for one in cluster.kinds["AuthorizationPolicy"]:
        spec = one.get("spec") or {}
        provider = known.get((spec.get("provider") or {}).get("name", ""), {})
        asked = provider.get("envoyExtAuthzHttp") or provider.get("envoyExtAuthzGrpc")
        if spec.get("action") == "CUSTOM" and asked:
            pods = cluster.select(one["metadata"]["namespace"], (spec.get("selector") or {}).get("matchLabels") or {})
            name, namespace = asked["service"].split(".")[:2]
            why = f"AuthorizationPolicy {one['metadata']['namespace']}/{one['metadata']['name']}"
            callers = [pod for pod in pods if pod.identity]
            yield from to_service(cluster, callers, namespace, name, int(asked["port"]), why, Request("/"))


def _mesh(cluster: Cluster) -> Iterator[dict[str, Any]]:
    for one in cluster.kinds["ConfigMap"]:
        if "mesh" in (one.get("data") or {}):
            yield yaml.safe_load(one["data"]["mesh"]) or {}


def token_keys(cluster: Cluster) -> Iterator[Flow]:
    """Calls from istiod to the JWKS endpoints of RequestAuthentications."""
    istiod = cluster.select(None, {"app": "istiod"})
    for one in cluster.kinds["RequestAuthentication"]:
        for rule in one["spec"].get("jwtRules") or ():
            why = f"RequestAuthentication {one['metadata']['namespace']}/{one['metadata']['name']}"
            yield from flows_named(cluster, istiod, str(rule.get("jwksUri", "")), why)


def control_plane(cluster: Cluster) -> Iterator[Flow]:
    """Calls from every proxy to istiod for configuration and certificate."""
    proxies = [pod for pod in cluster.pods if pod.identity]
    addresses = {(config.get("defaultConfig") or {}).get("discoveryAddress", "") for config in _mesh(cluster)}
    for address in sorted(addresses):
        host, _, port = address.partition(":")
        if port:
            name, namespace = host.split(".")[:2]
            for pod, number in cluster.behind(namespace, name, int(port)):
                for source in proxies:
                    if source != pod:
                        yield Flow(
                            source, pod, number, f"Service {namespace}/{name}:{port}", why="the mesh's discoveryAddress"
                        )


def monitors(cluster: Cluster) -> Iterator[Flow]:
    """Scrapes of targets selected by ServiceMonitors and PodMonitors."""
    prometheus = cluster.select(None, {"app.kubernetes.io/name": "prometheus"})
    for one in [*cluster.kinds["ServiceMonitor"], *cluster.kinds["PodMonitor"]]:
        where = one["spec"].get("namespaceSelector") or {}
        names = where.get("matchNames") or [one["metadata"]["namespace"]]
        why = f"{one['kind']} {one['metadata']['namespace']}/{one['metadata']['name']}"
        if one["kind"] == "PodMonitor":
            yield from _of_pods(cluster, prometheus, one, None if where.get("any") else names, why)
            continue
        for (namespace, name), service in cluster.services.items():
            labels = service["metadata"].get("labels") or {}
            if (where.get("any") or namespace in names) and matches(one["spec"]["selector"], labels):
                for endpoint in one["spec"].get("endpoints") or ():
                    if "port" in endpoint:
                        yield from to_service(cluster, prometheus, namespace, name, endpoint["port"], why)


def _of_pods(cluster: Cluster, callers: list[Pod], one: Object, names: list[str] | None, why: str) -> Iterator[Flow]:
    for pod in cluster.pods:
        if (names is None or pod.namespace in names) and matches(one["spec"]["selector"], pod.labels):
            for endpoint in one["spec"].get("podMetricsEndpoints") or ():
                number = pod.number(endpoint.get("port", ""))
                if number is not None:
                    yield from (Flow(source, pod, number, why, why=why) for source in callers)


def scrapes(cluster: Cluster) -> Iterator[Flow]:
    """Scrapes of every sidecar, and of pods with scrape annotations or a metrics port name.

    Source: https://istio.io/latest/docs/ops/integrations/prometheus/
    """
    for source in cluster.select(None, {"app.kubernetes.io/name": "prometheus"}):
        for pod, port, via in _metrics(cluster):
            yield Flow(source, pod, port, via, why="metrics")


def _metrics(cluster: Cluster) -> Iterator[tuple[Pod, int, str]]:
    for pod in cluster.pods:
        annotated = pod.annotations.get("prometheus.io/scrape") == "true"
        port = MERGED_METRICS if pod.sidecar else pod.annotations.get("prometheus.io/port", "") if annotated else ""
        if port and not pod.host_network:
            yield pod, int(port), f"port {port}"
    for (namespace, name), service in cluster.services.items():
        for one in service["spec"].get("ports") or ():
            said = f"{name} {one.get('name', '')}"
            for pod, number in cluster.behind(namespace, name, one["port"]):
                if ("metrics" in said or "monitoring" in said) and not (pod.sidecar or pod.host_network):
                    yield pod, number, f"Service {namespace}/{name}:{one['port']}"
