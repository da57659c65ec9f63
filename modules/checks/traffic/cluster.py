"""Model of a cluster's pods, Services and policies, from its objects.

Pods without an object (a notebook, a step of a run, pods started by operators) are passed as objects of kind Pod.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from modules.checks.traffic.injection import injected, injector_webhooks
from modules.checks.traffic.selectors import Labels
from modules.kubeflow.manifest import Identity, Object, identity
from modules.kubeflow.secrets.pod_references import containers, pod_specs

NAME_LABEL = "kubernetes.io/metadata.name"
"""Label set by the API server on every namespace.

Source: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name
"""
CANONICAL_NAME = "service.istio.io/canonical-name"
"""Label set by the sidecar injector unless the template has it."""
TRUST_DOMAIN = "cluster.local"
PROXY = "istio-proxy"


@dataclass(frozen=True)
class Port:
    """A declared container port."""

    number: int
    protocol: str = "TCP"
    name: str = ""


@dataclass(frozen=True)
class Pod:
    """A pod with the properties used by policies."""

    namespace: str
    name: str
    """`kind/name` of its workload."""
    labels: Labels = field(hash=False)
    annotations: Labels = field(hash=False, repr=False)
    service_account: str
    ports: tuple[Port, ...] = field(hash=False, repr=False)
    sidecar: bool
    """Whether an Istio sidecar intercepts its traffic and provides an identity."""
    gateway: bool
    """Whether it is a gateway: an Istio proxy with an identity whose own ports are not intercepted."""
    host_network: bool = False
    address: str | None = None
    """IP address, if known."""

    @property
    def identity(self) -> str | None:
        """Principal of its mTLS certificate; None outside the mesh."""
        in_mesh = self.sidecar or self.gateway
        return f"{TRUST_DOMAIN}/ns/{self.namespace}/sa/{self.service_account}" if in_mesh else None

    def number(self, port: int | str, protocol: str = "TCP") -> int | None:
        """Resolve a port number or name; None if the pod has no port of that name."""
        if isinstance(port, int) or port.isdigit():
            return int(port)
        return next((one.number for one in self.ports if one.name == port and one.protocol == protocol), None)

    def excludes(self, direction: str) -> frozenset[int]:
        """Ports excluded from interception by its sidecar.

        Args:
            direction: `Inbound` or `Outbound`.
        """
        text = self.annotations.get(f"traffic.sidecar.istio.io/exclude{direction}Ports", "")
        return frozenset(int(part) for part in text.split(",") if part.strip().isdigit())

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class Cluster:
    """Model of all installed objects.

    Args:
        objects: objects of all releases, and Pods started by controllers and users.
        before_injector: workloads without sidecar because they start before istiod is ready.
    """

    def __init__(self, objects: Iterable[Object], before_injector: Collection[Identity] = ()) -> None:
        self.objects = list(objects)
        self.before_injector = frozenset(before_injector)
        self.kinds: defaultdict[str, list[Object]] = defaultdict(list)
        for one in self.objects:
            self.kinds[one["kind"]].append(one)

    @cached_property
    def namespaces(self) -> dict[str, Labels]:
        """Labels of each namespace, including the label set by the API server."""
        found = {one["metadata"]["name"]: one["metadata"].get("labels") or {} for one in self.kinds["Namespace"]}
        used = {one["metadata"]["namespace"] for one in self.objects if one["metadata"].get("namespace")}
        return {name: {**found.get(name, {}), NAME_LABEL: name} for name in {*found, *used}}

    @cached_property
    def pods(self) -> list[Pod]:
        """One pod of each workload."""
        hooks = injector_webhooks(self.objects)
        return [
            _pod(one, template, spec, self._injected(one, template, hooks))
            for one in self.objects
            for template, spec in pod_specs(one)
        ]

    def _injected(self, one: Object, template: Mapping[str, Any], hooks: Iterable[Object]) -> bool:
        if identity(one) in self.before_injector:
            return False
        return injected(template, self.namespaces.get(one["metadata"]["namespace"], {}), hooks)

    @cached_property
    def policies(self) -> dict[str, list[Object]]:
        """NetworkPolicies by namespace."""
        return self._by_namespace("NetworkPolicy")

    @cached_property
    def authorization(self) -> dict[str, list[Object]]:
        """AuthorizationPolicies by namespace."""
        return self._by_namespace("AuthorizationPolicy")

    @cached_property
    def peers(self) -> dict[str, list[Object]]:
        """PeerAuthentications by namespace."""
        return self._by_namespace("PeerAuthentication")

    @cached_property
    def services(self) -> dict[tuple[str, str], Object]:
        """Services by namespace and name."""
        return {(one["metadata"]["namespace"], one["metadata"]["name"]): one for one in self.kinds["Service"]}

    def _by_namespace(self, kind: str) -> dict[str, list[Object]]:
        found: dict[str, list[Object]] = defaultdict(list)
        for one in self.kinds[kind]:
            found[one["metadata"]["namespace"]].append(one)
        return found

    def behind(self, namespace: str, service: str, port: int | str) -> list[tuple[Pod, int]]:
        """Pods behind a Service with their target port number; empty if there are none.

        Args:
            namespace: namespace of the Service.
            service: Service name.
            port: number or name of the Service's port.
        """
        spec = (self.services.get((namespace, service)) or {}).get("spec") or {}
        selector = spec.get("selector") or {}
        found = []
        for one in spec.get("ports") or () if selector else ():
            if port in (one["port"], one.get("name")) or (isinstance(port, str) and port == str(one["port"])):
                target = one.get("targetPort", one["port"])
                for pod in self.pods:
                    if pod.namespace == namespace and selector.items() <= pod.labels.items():
                        number = pod.number(target, one.get("protocol", "TCP"))
                        if number is not None:
                            found.append((pod, number))
        return found

    def select(self, namespace: str | None, labels: Labels) -> list[Pod]:
        """Pods with some labels in a namespace (None: in all namespaces)."""
        return [pod for pod in self.pods if namespace in (None, pod.namespace) and labels.items() <= pod.labels.items()]


def _pod(one: Object, template: Mapping[str, Any], spec: Mapping[str, Any], sidecar: bool) -> Pod:
    metadata = template.get("metadata") or {}
    labels = dict(metadata.get("labels") or {})
    gateway = any(container["name"] == PROXY for container in containers(dict(spec)))
    if sidecar:
        name = labels.get("app.kubernetes.io/name") or labels.get("app") or one["metadata"]["name"]
        labels.setdefault(CANONICAL_NAME, name)
    return Pod(
        namespace=one["metadata"]["namespace"],
        name=f"{one['kind']}/{one['metadata']['name']}",
        labels=labels,
        annotations=metadata.get("annotations") or {},
        service_account=spec.get("serviceAccountName") or "default",
        ports=tuple(
            Port(port["containerPort"], port.get("protocol", "TCP"), port.get("name", ""))
            for container in containers(dict(spec))
            for port in container.get("ports") or ()
        ),
        sidecar=sidecar and not gateway,
        gateway=gateway,
        host_network=bool(spec.get("hostNetwork")),
        address=(one.get("status") or {}).get("podIP"),
    )
