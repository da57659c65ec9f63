"""Kubeflow's profile controller on the stand-in cluster: it comes late, and creates the other objects of a team's namespace.

Source: https://github.com/kubeflow/dashboard/blob/main/components/profile-controller/controllers/profile_controller.go
"""

from typing import Any

from .cluster import Cluster
from .kinds import Object

FINALIZER = "profile-finalizer"
RBAC = "rbac.authorization.k8s.io"


def reconcile(cluster: Cluster) -> list[str]:
    """Look at every Profile once; the names of those whose namespace it refuses to take over, since their owner is another."""
    with cluster.lock:
        return [one["metadata"]["name"] for one in list(cluster.of_kind("Profile")) if not _reconcile(cluster, one)]


def _reconcile(cluster: Cluster, profile: Object) -> bool:
    name, owner = profile["metadata"]["name"], profile["spec"]["owner"]
    namespace = cluster.get("Namespace", name)
    if namespace is None:
        labels = {"istio-injection": "enabled"}
        metadata = {"name": name, "annotations": {"owner": owner["name"]}, "labels": labels}
        namespace = cluster.put({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    elif (namespace["metadata"].get("annotations") or {}).get("owner") != owner["name"]:
        return False
    namespace["metadata"].setdefault("labels", {}).setdefault("added-by-the-controller", "true")
    for account, role in (("default-editor", "edit"), ("default-viewer", "view")):
        cluster.put(_of(name, "v1", "ServiceAccount", account, {}))
        subject = {"kind": "ServiceAccount", "name": account, "namespace": name}
        cluster.put(_binding(name, account, role, subject))
    cluster.put(_binding(name, "namespaceAdmin", "admin", owner))
    hard = profile["spec"].get("resourceQuotaSpec")
    if hard:
        cluster.put(_of(name, "v1", "ResourceQuota", "kf-resource-quota", {"spec": hard}))
    for plugin in profile["spec"].get("plugins") or ():
        editor = cluster.get("ServiceAccount", "default-editor", name)
        assert editor is not None
        editor["metadata"]["annotations"] = {"eks.amazonaws.com/role-arn": plugin["spec"]["awsIamRole"]}
    profile["metadata"]["finalizers"] = [FINALIZER]
    return True


def _of(namespace: str, version: str, kind: str, name: str, rest: dict[str, Any]) -> Object:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}, **rest}


def _binding(namespace: str, name: str, role: str, subject: Object) -> Object:
    reference = {"apiGroup": RBAC, "kind": "ClusterRole", "name": f"kubeflow-{role}"}
    return _of(namespace, f"{RBAC}/v1", "RoleBinding", name, {"roleRef": reference, "subjects": [subject]})
