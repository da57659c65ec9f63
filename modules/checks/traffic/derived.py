"""Connections that the objects themselves ask for: nothing here is a list of what is installed today."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from modules.checks.traffic.cluster import Cluster, Pod
from modules.checks.traffic.istio import Request
from modules.checks.traffic.selectors import matches
from modules.checks.traffic.verdict import API_SERVER, Flow, Outside
from modules.kubeflow.manifest import Object, identity, strings
from modules.kubeflow.secret_readers import containers, pod_specs

MERGED_METRICS = "15020"
"""Port at which a sidecar gives its own metrics and those of its application."""
USER = "ada@team.example.net"
SIGNED_IN = {"kubeflow-userid": USER, "authorization": "Bearer token"}
"""Headers that the gateway adds for a person who is signed in, or passes on."""
_SERVICE = re.compile(
    r"(?:(?P<scheme>https?|grpc)://)?(?<![\w.@-])(?P<name>[a-z][a-z0-9-]*)\.(?P<namespace>[a-z][a-z0-9-]*)"
    r"(?:\.svc(?:\.cluster\.local)?)?(?![\w-]|\.[a-z])(?::(?P<port>\d{2,5}))?"
)
_SHORT = re.compile(r"(?<![\w./@-])([a-z][a-z0-9-]*):(\d{2,5})(?!\d)")
_PORTS = {"http": 80, "https": 443}


def derived(cluster: Cluster) -> list[Flow]:
    """All of them.

    Args:
        cluster: everything that is installed.
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
    """Webhooks and routes that lead to no pod, as sentences."""
    calls: list[tuple[str, str, str, int | str]] = [*_webhook_services(cluster)]
    calls += [(who, namespace, name, port) for who, _, namespace, name, port, _ in _route_targets(cluster)]
    return [
        f"{who}: no pod is behind port {port} of Service {namespace}/{name}"
        for who, namespace, name, port in calls
        if not cluster.behind(namespace, name, port)
    ]


def webhooks(cluster: Cluster) -> Iterator[Flow]:
    """The API server calls pods: admission, conversion of CRDs, aggregated APIs."""
    for who, namespace, name, port in _webhook_services(cluster):
        yield from _to_service(cluster, [API_SERVER], namespace, name, port, who)


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
    """A gateway sends what a VirtualService matches to a Service."""
    for who, gateways, namespace, name, port, request in _route_targets(cluster):
        yield from _to_service(cluster, gateways, namespace, name, port, who, request)


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
    """A proxy asks the provider that a CUSTOM policy names, as the mesh's configuration knows it."""
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
            yield from _to_service(cluster, callers, namespace, name, int(asked["port"]), why, Request("/"))


def _mesh(cluster: Cluster) -> Iterator[dict[str, Any]]:
    for one in cluster.kinds["ConfigMap"]:
        if "mesh" in (one.get("data") or {}):
            yield yaml.safe_load(one["data"]["mesh"]) or {}


def token_keys(cluster: Cluster) -> Iterator[Flow]:
    """Issuers' keys that a RequestAuthentication names, which istiod fetches."""
    istiod = cluster.select(None, {"app": "istiod"})
    for one in cluster.kinds["RequestAuthentication"]:
        for rule in one["spec"].get("jwtRules") or ():
            why = f"RequestAuthentication {one['metadata']['namespace']}/{one['metadata']['name']}"
            yield from _named(cluster, istiod, str(rule.get("jwksUri", "")), why)


def control_plane(cluster: Cluster) -> Iterator[Flow]:
    """Every proxy asks istiod for its configuration and its certificate."""
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
    """Prometheus reads what a ServiceMonitor or a PodMonitor selects."""
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
                        yield from _to_service(cluster, prometheus, namespace, name, endpoint["port"], why)


def _of_pods(cluster: Cluster, callers: list[Pod], one: Object, names: list[str] | None, why: str) -> Iterator[Flow]:
    for pod in cluster.pods:
        if (names is None or pod.namespace in names) and matches(one["spec"]["selector"], pod.labels):
            for endpoint in one["spec"].get("podMetricsEndpoints") or ():
                number = pod.number(endpoint.get("port", ""))
                if number is not None:
                    yield from (Flow(source, pod, number, why, why=why) for source in callers)


def scrapes(cluster: Cluster) -> Iterator[Flow]:
    """Prometheus reads every sidecar, and of other pods what annotations or the name of a Service's port say is for it.

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


def named_services(cluster: Cluster) -> Iterator[Flow]:
    """A pod calls the Services that its arguments, variables and ConfigMaps name.

    Those are `name.namespace…:port`, `name:port`, and a variable with HOST in its name that is a Service of the same namespace.
    Without a port in the text it is the variable's own (`X_HOST` has `X_PORT`), that of the scheme, or the Service's only one.
    """
    by_name = {(pod.namespace, pod.name): pod for pod in cluster.pods}
    configs = {identity(one)[2:]: one for one in cluster.kinds["ConfigMap"]}
    for one in cluster.objects:
        namespace = one["metadata"].get("namespace", "")
        for _, spec in pod_specs(one):
            caller = by_name[namespace, f"{one['kind']}/{one['metadata']['name']}"]
            for why, text, paired in _texts(spec, namespace, configs):
                yield from _named(cluster, [caller], text, why, paired)


def _texts(
    spec: Object, namespace: str, configs: Mapping[tuple[str, str], Object]
) -> Iterator[tuple[str, str, str | None]]:
    """Where a pod names what it calls: place, text, and the port beside it."""
    for container in containers(spec):
        env = {item["name"]: _value(item, namespace, configs) for item in container.get("env") or ()}
        for key, text in env.items():
            host = "HOST" in key or "ADDR" in key
            # as a whole name, so that it is found like all others
            whole = f"{text}.{namespace}" if host and re.fullmatch(r"[a-z][a-z0-9-]*", text) else text
            yield f"variable {key}", whole, env.get(key.replace("HOST_NAME", "PORT").replace("HOST", "PORT"))
        for text in [*(container.get("command") or ()), *(container.get("args") or ())]:
            yield "an argument", text, None
    names = {text for path, text in strings(spec) if "onfigMap" in path and path.endswith(".name")}
    for name in sorted(names):
        data = configs.get((namespace, name), {}).get("data") or {}
        for text in data.values() if "mesh" not in data else ():  # the mesh's own configuration is read rule by rule
            yield f"ConfigMap {namespace}/{name}", text, None


def _value(item: Mapping[str, Any], namespace: str, configs: Mapping[tuple[str, str], Object]) -> str:
    """Text of a variable, from its ConfigMap if it is there."""
    reference = (item.get("valueFrom") or {}).get("configMapKeyRef")
    if reference is None:
        return str(item.get("value", ""))
    data = configs.get((namespace, reference["name"]), {}).get("data") or {}
    return str(data.get(reference["key"], ""))


def _named(cluster: Cluster, callers: list[Pod], text: str, why: str, paired: str | None = None) -> Iterator[Flow]:
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            continue
        for namespace in {caller.namespace for caller in callers}:
            for name, number in _SHORT.findall(line):
                yield from _to_service(cluster, callers, namespace, name, int(number), why)
        for found in _SERVICE.finditer(line):
            key = (found["namespace"], found["name"])
            if key not in cluster.services:
                continue
            ports = [one["port"] for one in cluster.services[key]["spec"].get("ports") or ()]
            beside = int(paired) if paired and paired.isdigit() else 0
            port = int(found["port"] or 0) or beside or _PORTS.get(found["scheme"] or "", 0)
            port = port if port in ports else ports[0] if len(ports) == 1 else 0
            if port:
                yield from _to_service(cluster, callers, *key, port, why, Request("/") if found["scheme"] else None)


def _to_service(
    cluster: Cluster,
    callers: Iterable[Pod | Outside],
    namespace: str,
    name: str,
    port: int | str,
    why: str,
    request: Request | None = None,
) -> Iterator[Flow]:
    for pod, number in cluster.behind(namespace, name, port):
        for source in callers:
            if source != pod:
                yield Flow(
                    source, pod, number, f"Service {namespace}/{name}:{port}", (namespace, name), request, why=why
                )
