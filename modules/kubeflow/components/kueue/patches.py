"""Patches of Kueue: its official chart with webhooks for team namespaces alone, and what queues of teams refer to.

Source: https://github.com/kubernetes-sigs/kueue/tree/v0.19.2/charts/kueue
"""

from typing import Any

import yaml

from modules.kubeflow.patching.network_policies import MONITORING, TEAMS, allow
from modules.kubeflow.patching.patch import Objects, RenderedChart, Variant
from modules.kubeflow.queues import FLAVORS, PRIORITIES

NAMESPACE = "kueue-system"
VERSION = "kueue.x-k8s.io/v1beta2"
PODS = {"matchLabels": {"app.kubernetes.io/name": "kueue", "control-plane": "controller-manager"}}
WEBHOOK_PORT, METRICS_PORT = 9443, 8443

FRAMEWORKS = (
    *("batch/job", "pod", "deployment", "statefulset"),
    *("trainer.kubeflow.org/trainjob", "jobset.x-k8s.io/jobset"),
    *(f"kubeflow.org/{kind}" for kind in ("jaxjob", "mpijob", "paddlejob", "pytorchjob", "tfjob", "xgboostjob")),
    *("ray.io/raycluster", "ray.io/rayjob", "ray.io/rayservice"),
    "sparkoperator.k8s.io/sparkapplication",
)
"""Integrations that are on. Kueue waits for types whose CRDs are not installed.

Source: https://github.com/kubernetes-sigs/kueue/blob/v0.19.2/pkg/controller/jobframework/setup.go
"""

CONFIGURATION: dict[str, Any] = {
    "apiVersion": "config.kueue.x-k8s.io/v1beta2",
    "kind": "Configuration",
    "health": {"healthProbeBindAddress": ":8081"},
    "metrics": {"bindAddress": f":{METRICS_PORT}"},
    "webhook": {"port": WEBHOOK_PORT},
    "leaderElection": {"leaderElect": True, "resourceName": "c1f6bfd2.kueue.x-k8s.io"},
    "controller": {
        "groupKindConcurrency": {
            "Job.batch": 5,
            "Pod": 5,
            "Workload.kueue.x-k8s.io": 10,
            "LocalQueue.kueue.x-k8s.io": 5,
            "ClusterQueue.kueue.x-k8s.io": 5,
            "ResourceFlavor.kueue.x-k8s.io": 1,
        }
    },
    "clientConnection": {"qps": 300, "burst": 500},
    # Also the selector of the webhooks: with failurePolicy Fail, no pod of the platform may depend on Kueue.
    "managedJobsNamespaceSelector": TEAMS["namespaceSelector"],
    "manageJobsWithoutQueueName": False,
    # A queue has CPU, memory and accelerators; EFA interfaces and ephemeral storage come with the node.
    "resources": {"quotaCheckStrategy": "IgnoreUndeclared"},
    "integrations": {"frameworks": list(FRAMEWORKS)},
}
"""Kueue's configuration: the chart's default with other namespaces and integrations."""

VALUES: dict[str, Any] = {
    "enableCertManager": True,
    # its server listens on 8082, and an aggregated API that is not reachable blocks the deletion of namespaces
    "enableVisibilityAuthReaderRoleBinding": False,
    "controllerManager": {
        "featureGates": [
            {"name": "SparkApplicationIntegration", "enabled": True},
            {"name": "VisibilityOnDemand", "enabled": False},
        ],
        "manager": {"image": {"pullPolicy": "IfNotPresent"}},
        # pods of teams wait for its webhook
        "replicas": 2,
        "podDisruptionBudget": {"enabled": True},
    },
    "managerConfig": {"controllerManagerConfigYaml": yaml.safe_dump(CONFIGURATION, sort_keys=False)},
}


def without_visibility(objects: Objects) -> None:
    """The aggregated API of pending workloads, which is off (`VALUES`)."""
    for version in ("v1beta1", "v1beta2"):
        objects.remove("APIService", f"{version}.visibility.kueue.x-k8s.io")
    objects.remove("Service", "kueue-visibility-server")
    objects.remove("ClusterRole", "kueue-pending-workloads-cq-viewer-role", "kueue-pending-workloads-lq-viewer-role")


def team_role(objects: Objects) -> None:
    """Members of a team see its queue and what waits in it; queues are the platform's."""
    label = "rbac.authorization.kubeflow.org/aggregate-to-kubeflow-view"
    objects.add(
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": "kubeflow-kueue-view", "labels": {label: "true"}},
            "rules": [
                {
                    "apiGroups": ["kueue.x-k8s.io"],
                    "resources": ["localqueues", "localqueues/status", "workloads", "workloads/status"],
                    "verbs": ["get", "list", "watch"],
                }
            ],
        }
    )


def callers(objects: Objects) -> None:
    """The API server calls the webhooks from addresses that no selector matches; only Prometheus reads metrics."""
    objects.add(allow(NAMESPACE, "webhooks", PODS, [WEBHOOK_PORT], []))
    objects.add(allow(NAMESPACE, "metrics-to-monitoring", PODS, [METRICS_PORT], [MONITORING]))


def flavors(objects: Objects) -> None:
    """ResourceFlavors that the queues of teams divide (`queues.py`): jobs with devices tolerate the taints of their nodes."""
    for flavor in FLAVORS:
        spec = {"tolerations": f"@@json:{flavor.token}@@"} if flavor.token else {}
        objects.add({"apiVersion": VERSION, "kind": "ResourceFlavor", "metadata": {"name": flavor.name}, "spec": spec})


def priorities(objects: Objects) -> None:
    """Priority classes, which a job selects by a label."""
    for name, (value, about) in PRIORITIES.items():
        objects.add(
            {
                "apiVersion": VERSION,
                "kind": "WorkloadPriorityClass",
                "metadata": {"name": name},
                "value": value,
                "description": about,
            }
        )


VARIANTS = {
    "default": Variant(
        (without_visibility, team_role, callers, flavors, priorities),
        charts=(RenderedChart("kueue", "kueue", VALUES),),
    )
}
