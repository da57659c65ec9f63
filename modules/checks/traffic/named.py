"""Flows to Services named in pods' arguments, variables and ConfigMaps."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from modules.checks.traffic.cluster import Cluster, Pod
from modules.checks.traffic.istio import Request
from modules.checks.traffic.verdict import Flow, Outside
from modules.kubeflow.manifest import Object, identity, strings
from modules.kubeflow.secrets.pod_references import containers, pod_specs

_SERVICE = re.compile(
    r"(?:(?P<scheme>https?|grpc)://)?(?<![\w.@-])(?P<name>[a-z][a-z0-9-]*)\.(?P<namespace>[a-z][a-z0-9-]*)"
    r"(?:\.svc(?:\.cluster\.local)?)?(?![\w-]|\.[a-z])(?::(?P<port>\d{2,5}))?"
)
_SHORT = re.compile(r"(?<![\w./@-])([a-z][a-z0-9-]*):(\d{2,5})(?!\d)")
_PORTS = {"http": 80, "https": 443}


def named_services(cluster: Cluster) -> Iterator[Flow]:
    """Calls to Services named in a pod's arguments, variables and ConfigMaps.

    Recognized are `name.namespace…:port`, `name:port`, and a variable with HOST in its name that is a Service of the same
    namespace. A missing port is taken from the paired variable (`X_HOST` has `X_PORT`), the URL scheme, or the Service's only
    port.
    """
    by_name = {(pod.namespace, pod.name): pod for pod in cluster.pods}
    configs = {identity(one)[2:]: one for one in cluster.kinds["ConfigMap"]}
    for one in cluster.objects:
        namespace = one["metadata"].get("namespace", "")
        for _, spec in pod_specs(one):
            caller = by_name[namespace, f"{one['kind']}/{one['metadata']['name']}"]
            for why, text, paired in _texts(spec, namespace, configs):
                yield from flows_named(cluster, [caller], text, why, paired)


def _texts(
    spec: Object, namespace: str, configs: Mapping[tuple[str, str], Object]
) -> Iterator[tuple[str, str, str | None]]:
    """Texts of a pod that can name a Service: location, text, and paired port."""
    for container in containers(spec):
        env = {item["name"]: _value(item, namespace, configs) for item in container.get("env") or ()}
        for key, text in env.items():
            host = "HOST" in key or "ADDR" in key
            # as a qualified name, so that the same search finds it
            whole = f"{text}.{namespace}" if host and re.fullmatch(r"[a-z][a-z0-9-]*", text) else text
            yield f"variable {key}", whole, env.get(key.replace("HOST_NAME", "PORT").replace("HOST", "PORT"))
        for text in [*(container.get("command") or ()), *(container.get("args") or ())]:
            yield "an argument", text, None
    names = {text for path, text in strings(spec) if "onfigMap" in path and path.endswith(".name")}
    for name in sorted(names):
        data = configs.get((namespace, name), {}).get("data") or {}
        for text in data.values() if "mesh" not in data else ():  # the mesh configuration is evaluated in derived.py
            yield f"ConfigMap {namespace}/{name}", text, None


def _value(item: Mapping[str, Any], namespace: str, configs: Mapping[tuple[str, str], Object]) -> str:
    """Value of a variable, including from its ConfigMap."""
    reference = (item.get("valueFrom") or {}).get("configMapKeyRef")
    if reference is None:
        return str(item.get("value", ""))
    data = configs.get((namespace, reference["name"]), {}).get("data") or {}
    return str(data.get(reference["key"], ""))


def flows_named(cluster: Cluster, callers: list[Pod], text: str, why: str, paired: str | None = None) -> Iterator[Flow]:
    """Flows to Services named in a text.

    Args:
        cluster: model of the cluster.
        callers: pods that read the text.
        text: an argument, a variable, a file.
        why: location of the text.
        paired: port of the paired variable, for a name without port.
    """
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            continue
        for namespace in {caller.namespace for caller in callers}:
            for name, number in _SHORT.findall(line):
                if (namespace, name) in cluster.services:
                    request = _request(cluster, (namespace, name), int(number))
                    yield from to_service(cluster, callers, namespace, name, int(number), why, request)
        for found in _SERVICE.finditer(line):
            key = (found["namespace"], found["name"])
            if key not in cluster.services:
                continue
            ports = [one["port"] for one in cluster.services[key]["spec"].get("ports") or ()]
            beside = int(paired) if paired and paired.isdigit() else 0
            port = int(found["port"] or 0) or beside or _PORTS.get(found["scheme"] or "", 0)
            port = port if port in ports else ports[0] if len(ports) == 1 else 0
            if port:
                yield from to_service(cluster, callers, *key, port, why, _request(cluster, key, port))


def _request(cluster: Cluster, service: tuple[str, str], port: int) -> Request | None:
    """A request if the Service's port name selects HTTP or gRPC; otherwise the proxy treats it as opaque TCP.

    Source: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/#explicit-protocol-selection
    """
    for one in cluster.services[service]["spec"]["ports"]:
        protocol = str(one.get("appProtocol") or one.get("name") or "").partition("-")[0]
        if one["port"] == port and protocol in ("http", "http2", "grpc"):
            return Request("/")
    return None


def to_service(
    cluster: Cluster,
    callers: Iterable[Pod | Outside],
    namespace: str,
    name: str,
    port: int | str,
    why: str,
    request: Request | None = None,
) -> Iterator[Flow]:
    """Flows from some callers to all pods behind a port of a Service."""
    for pod, number in cluster.behind(namespace, name, port):
        for source in callers:
            if source != pod:
                yield Flow(
                    source, pod, number, f"Service {namespace}/{name}:{port}", (namespace, name), request, why=why
                )
