"""What runs on a platform all the time: Deployments, StatefulSets and DaemonSets of its components and EKS add-ons."""

import functools
import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from modules.aws_data.eks_addon_pods import ADDON_PODS
from modules.checks.fit.constraints import Constraints, constraints
from modules.checks.fit.workload_parts import block_volumes, devices, evictable, rolling_update
from modules.checks.traffic.injection import injected, injector_webhooks
from modules.kubeflow.chosen import chosen_components, external_services_of
from modules.kubeflow.manifest import Object
from modules.kubeflow.pod_requests import pod_request
from modules.kubeflow.selection import namespaces
from modules.kubeflow.variants import ExternalServices, entries, variants_of
from modules.kubeflow.workloads_lock import CONFIG_MAPS, WORKLOADS, objects_of
from modules.settings import Cluster, Kubeflow, Platform
from modules.settings.component import Component

AUTO_AND_FARGATE = {"key": "eks.amazonaws.com/compute-type", "operator": "NotIn", "values": ["auto", "fargate"]}
NOT_AUTO = {
    "nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [{"matchExpressions": [AUTO_AND_FARGATE]}]
        }
    }
}
"""Affinity of the add-ons' DaemonSets: nodes of EKS Auto Mode and Fargate include what they do.

Source: https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/charts/aws-ebs-csi-driver/values.yaml (node.affinity)
"""
PROXY_ANNOTATIONS = {"cpu": "sidecar.istio.io/proxyCPU", "memory": "sidecar.istio.io/proxyMemory"}
"""Source: https://istio.io/latest/docs/reference/config/annotations/"""


@dataclass(frozen=True)
class Workload:
    """Equal pods."""

    name: str
    """`namespace/Kind/name`."""
    replicas: int | None
    """None: a DaemonSet, one pod on each node that it selects."""
    cpu_millicores: int
    memory_mib: int
    """Requests of one pod, its sidecar included."""
    devices: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Extended resources of one pod, such as `nvidia.com/gpu`."""
    block_volumes: int = 0
    """EBS volumes of one pod."""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False, repr=False)
    """Labels of the pods, which affinity, spread, PodDisruptionBudgets and Fargate profiles select."""
    surge: int = 0
    """Pods in addition while an update rolls; for a DaemonSet on each node."""
    unavailable: int = 0
    """Pods that may be missing while an update rolls."""
    evictable: int | None = None
    """Pods that its PodDisruptionBudget lets go while all are healthy; None: it has none."""
    spec: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False, repr=False)
    """Pod spec, for its constraints."""

    @property
    def namespace(self) -> str:
        """Namespace of the pods."""
        return self.name.partition("/")[0]

    @cached_property
    def constraints(self) -> Constraints:
        """Those that depend on what else runs."""
        return constraints(self.spec, self.namespace, self.labels)


def workloads(platform: Platform, *, certain: bool = False) -> list[Workload]:
    """All workloads of a platform that are known offline (`workloads.lock.json`), with the default values of official charts.

    Args:
        platform: platform with valid settings.
        certain: without components and add-ons whose replicas and requests settings may change (`values`, `configuration`).
    """
    found = list(_of_addons(platform, certain=certain))
    if platform.kubeflow is not None:
        found += of_components(platform.kubeflow, certain=certain)
    return sorted(found, key=lambda one: one.name)


def of_components(kubeflow: Kubeflow, *, certain: bool = False) -> Iterator[Workload]:
    """Workloads of the chosen components; see `workloads`."""
    left_out = frozenset(name for name, values in kubeflow.values.items() if certain and values)
    chosen = tuple(chosen_components(kubeflow))
    return iter(_of_chosen(chosen, external_services_of(kubeflow), kubeflow.karpenter_node_group, left_out))


@functools.lru_cache(maxsize=32)
def _of_chosen(
    chosen: tuple[Component, ...], services: ExternalServices, group: str | None, left_out: frozenset[str]
) -> tuple[Workload, ...]:
    """Computed once: a synthesis and a search of changes ask for it again and again."""
    objects = _objects(chosen, services, group, left_out)
    return tuple(of_objects(objects, _namespace_labels(chosen, services, objects)))


def _of_addons(platform: Platform, *, certain: bool) -> Iterator[Workload]:
    cluster = platform.cluster
    if not isinstance(cluster, Cluster):
        return
    for facts, addon in cluster.addons.chosen():
        if facts.in_auto_mode and cluster.auto_mode is not None and not cluster.node_groups:
            continue  # not installed, as in modules/cluster/addons.py
        if certain and addon.configuration:
            continue
        for one in ADDON_PODS.get(facts.name, ()):
            kind = "DaemonSet" if one.replicas is None else "Deployment"
            affinity = NOT_AUTO if one.replicas is None else {}
            yield Workload(
                f"{facts.namespace}/{kind}/{one.name}",
                one.replicas,
                one.cpu_millicores,
                one.memory_mib,
                labels=one.labels,
                spec={"containers": [], "tolerations": one.tolerations, "affinity": affinity},
            )


def _objects(
    chosen: Sequence[Component], services: ExternalServices, group: str | None, left_out: Collection[str]
) -> list[Object]:
    """All that is known of the chosen components, of official charts too; templates of our own start only Jobs."""
    variants = variants_of(chosen, external_services=services)
    return [
        _on_group(one, group) if name == "karpenter" and group is not None and one["kind"] in WORKLOADS else one
        for name, one in objects_of(chosen, variants)
        if name not in left_out
    ]


def _on_group(one: Object, group: str) -> Object:
    """Karpenter's Deployment with the node selector that `values/karpenter.yaml.j2` sets for `karpenter_node_group`."""
    template = one["spec"]["template"]
    selector = {**(template["spec"].get("nodeSelector") or {}), "eks.amazonaws.com/nodegroup": group}
    return {
        **one,
        "spec": {**one["spec"], "template": {**template, "spec": {**template["spec"], "nodeSelector": selector}}},
    }


def _namespace_labels(
    chosen: Sequence[Component], services: ExternalServices, objects: Iterable[Object]
) -> dict[str, Mapping[str, str]]:
    locked = entries(chosen, external_services=services)
    found = {one.name: one.labels for one in namespaces(chosen, locked, frozenset())}
    return {**{one["metadata"].get("namespace", ""): {} for one in objects}, **found}


def of_objects(objects: Sequence[Object], labels: Mapping[str, Mapping[str, str]]) -> Iterator[Workload]:
    """Workloads among some objects, each with its sidecar and the replicas that its autoscaler keeps.

    Args:
        objects: all objects of a platform.
        labels: namespace to its labels.
    """
    hooks = injector_webhooks(objects)
    proxy = _proxy_resources(objects)
    least = {
        (one["metadata"].get("namespace"), ref["kind"], ref["name"]): one["spec"].get("minReplicas", 1)
        for one in objects
        if one["kind"] == "HorizontalPodAutoscaler" and (ref := one["spec"]["scaleTargetRef"])
    }
    claims = {
        (one["metadata"].get("namespace", ""), one["metadata"]["name"]): one
        for one in objects
        if one["kind"] == "PersistentVolumeClaim"
    }
    budgets = [one for one in objects if one["kind"] == "PodDisruptionBudget"]
    for one in objects:
        if one["kind"] not in WORKLOADS:
            continue
        namespace, name = one["metadata"].get("namespace", ""), one["metadata"]["name"]
        template = one["spec"]["template"]
        spec = template["spec"]
        if injected(template, labels.get(namespace, {}), hooks):
            spec = _with_proxy(template, proxy)
        replicas = max(one["spec"].get("replicas", 1), least.get((namespace, one["kind"], name), 0))
        pod_labels = (template.get("metadata") or {}).get("labels") or {}
        surge, unavailable = rolling_update(one, replicas)
        yield Workload(
            name=f"{namespace}/{one['kind']}/{name}",
            replicas=None if one["kind"] == "DaemonSet" else replicas,
            cpu_millicores=math.ceil(pod_request(spec, "cpu") * 1000),
            memory_mib=math.ceil(pod_request(spec, "memory") / 2**20),
            devices=devices(spec),
            block_volumes=block_volumes(one, claims),
            labels=pod_labels,
            surge=surge,
            unavailable=unavailable,
            evictable=evictable(namespace, pod_labels, replicas, budgets),
            spec=spec,
        )


def _proxy_resources(objects: Iterable[Object]) -> Mapping[str, Any]:
    """Resources of injected sidecars, as the injector's ConfigMap has them."""
    for one in objects:
        if one["kind"] == "ConfigMap" and (one["metadata"].get("namespace"), one["metadata"]["name"]) in CONFIG_MAPS:
            found: Mapping[str, Any] = json.loads(one["data"]["values"])["global"]["proxy"]["resources"]
            return found
    return {}


def _with_proxy(template: Mapping[str, Any], resources: Mapping[str, Any]) -> Mapping[str, Any]:
    """The pod spec with a sidecar that starts before all other containers, as Istio injects it.

    Source: https://istio.io/latest/blog/2023/native-sidecars/
    """
    annotations = (template.get("metadata") or {}).get("annotations") or {}
    own = {name: annotations[key] for name, key in PROXY_ANNOTATIONS.items() if key in annotations}
    requests = {**(resources.get("requests") or {}), **own}
    proxy = {"name": "istio-proxy", "restartPolicy": "Always", "resources": {**resources, "requests": requests}}
    spec = template["spec"]
    if any(one["name"] == "istio-proxy" for one in spec["containers"]):
        return dict(spec)  # a gateway, whose template names the proxy itself
    return {**spec, "initContainers": [proxy, *(spec.get("initContainers") or ())]}
