"""What users and controllers made in a cluster that has something in AWS: found, deleted and waited for.

Controllers remove the AWS side before an object ends, since a finalizer holds it until then; they must still run.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from modules.live.api import Api, MissingObjectError

GROUP_ANNOTATION = "alb.ingress.kubernetes.io/group.name"
"""Ingresses of a group share a load balancer, which has the name of the group in its tag.

Source: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
"""
PROVISIONED = "pv.kubernetes.io/provisioned-by"
"""Annotation of volumes that a driver created for a claim; volumes that were created by hand lack it.

Source: https://kubernetes.io/docs/reference/labels-annotations-taints/#pv-kubernetesio-provisioned-by
"""
PERSISTENT_VOLUMES = "/api/v1/persistentvolumes"
CLAIMS = "/api/v1/persistentvolumeclaims"
SNAPSHOTS = "/apis/snapshot.storage.k8s.io/v1/volumesnapshots"
GATEWAYS = "/apis/gateway.networking.k8s.io/v1/gateways"
INGRESSES = "/apis/networking.k8s.io/v1/ingresses"
SERVICES = "/api/v1/services"
NODE_POOLS = "/apis/karpenter.sh/v1/nodepools"
NODE_CLAIMS = "/apis/karpenter.sh/v1/nodeclaims"

KINDS: Mapping[str, str] = {
    GATEWAYS: "Gateway",
    INGRESSES: "Ingress",
    SERVICES: "Service",
    CLAIMS: "PersistentVolumeClaim",
    SNAPSHOTS: "VolumeSnapshot",
    NODE_POOLS: "NodePool",
    NODE_CLAIMS: "NodeClaim",
    PERSISTENT_VOLUMES: "PersistentVolume",
}
"""Path of all objects of a kind to its name."""


@dataclass(frozen=True)
class Scope:
    """Which objects of a cluster belong to the platform.

    Args:
        namespaces: namespaces; None: the whole cluster, since the platform creates it.
    """

    namespaces: frozenset[str] | None = None

    def has(self, namespace: str) -> bool:
        """Whether objects in a namespace belong to the platform."""
        return self.namespaces is None or namespace in self.namespaces


@dataclass(frozen=True)
class InCluster:
    """One object."""

    list_path: str
    namespace: str
    name: str
    uid: str
    finalizers: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """Name under which a load balancer is tagged, if not the object's own."""
    is_deleted: bool = False
    """Whether it only waits for its finalizers."""

    @property
    def path(self) -> str:
        """Path of the object."""
        start, _, plural = self.list_path.rpartition("/")
        return (
            f"{start}/namespaces/{self.namespace}/{plural}/{self.name}"
            if self.namespace
            else f"{self.list_path}/{self.name}"
        )

    @property
    def tagged_as(self) -> tuple[str, ...]:
        """Values of the tags of its load balancer."""
        return (f"{self.namespace}/{self.name}", *self.groups)

    def __str__(self) -> str:
        place = f"{self.namespace}/" if self.namespace else ""
        waits = f", which waits for {', '.join(self.finalizers)}" if self.is_deleted and self.finalizers else ""
        return f"{KINDS[self.list_path]} {place}{self.name}{waits}"


@dataclass(frozen=True)
class Volume:
    """A PersistentVolume that a driver created.

    Args:
        name: its name.
        handle: id of the EBS volume or of the EFS access point.
        keeps: whether its volume remains when its claim is deleted.
    """

    name: str
    handle: str
    keeps: bool


def entry_points(api: Api, scope: Scope) -> list[InCluster]:
    """Gateways, Ingresses and Services of type LoadBalancer; first those whose controllers create others."""
    services = [one for one in _items(api, SERVICES) if one.get("spec", {}).get("type") == "LoadBalancer"]
    return [
        *_objects(GATEWAYS, _items(api, GATEWAYS), scope),
        *_objects(INGRESSES, _items(api, INGRESSES), scope),
        *_objects(SERVICES, services, scope),
    ]


def nodes_of_karpenter(api: Api) -> list[InCluster]:
    """NodePools and the NodeClaims of their instances; nothing without Karpenter."""
    return [one for path in (NODE_POOLS, NODE_CLAIMS) for one in _objects(path, _items(api, path), Scope())]


def claims(api: Api, scope: Scope) -> list[InCluster]:
    """Claims and snapshots of volumes."""
    return [one for path in (SNAPSHOTS, CLAIMS) for one in _objects(path, _items(api, path), scope)]


def volumes(api: Api, scope: Scope) -> list[Volume]:
    """Volumes that drivers created for claims in scope."""
    found = []
    for one in _items(api, PERSISTENT_VOLUMES):
        spec, meta = one["spec"], one["metadata"]
        namespace = (spec.get("claimRef") or {}).get("namespace", "")
        if PROVISIONED in (meta.get("annotations") or {}) and "csi" in spec and scope.has(namespace):
            handle = str(spec["csi"]["volumeHandle"]).rpartition("::")[2]  # fs-…::fsap-…
            found.append(Volume(meta["name"], handle, spec.get("persistentVolumeReclaimPolicy") != "Delete"))
    return found


def delete_with_claims(api: Api, found: Iterable[Volume]) -> None:
    """Let volumes be deleted with their claims.

    Source: https://kubernetes.io/docs/tasks/administer-cluster/change-pv-reclaim-policy/
    """
    for one in found:
        if one.keeps:
            with suppress(MissingObjectError):
                api.patch(f"{PERSISTENT_VOLUMES}/{one.name}", {"spec": {"persistentVolumeReclaimPolicy": "Delete"}})


def delete(api: Api, found: Iterable[InCluster]) -> None:
    """Request the deletion of objects; those that were deleted or replaced meanwhile are left.

    Raises:
        UnreachableError: the API server does not answer.
        ValueError: a request is rejected.
    """
    for one in found:
        if not one.is_deleted:
            with suppress(MissingObjectError):
                api.delete(one.path, one.uid)


def _items(api: Api, path: str) -> list[Any]:
    answer = api.get(path)
    found: list[Any] = (answer or {}).get("items") or []
    return found


def _objects(path: str, items: Iterable[Any], scope: Scope) -> Iterator[InCluster]:
    for one in items:
        meta = one["metadata"]
        namespace = meta.get("namespace", "")
        if not scope.has(namespace):
            continue
        group = (meta.get("annotations") or {}).get(GROUP_ANNOTATION)
        yield InCluster(
            path,
            namespace,
            meta["name"],
            meta["uid"],
            tuple(meta.get("finalizers") or ()),
            (group,) if group else (),
            is_deleted="deletionTimestamp" in meta,
        )
