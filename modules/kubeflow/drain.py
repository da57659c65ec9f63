"""Deletes user-created objects before their controllers, so that finalizers can complete."""

from collections.abc import Iterable

from modules.kubeflow.chart import LocalChart
from modules.kubeflow.kubectl_job import KubectlJob
from modules.kubeflow.lock import Entry

MINUTES = 15
"""Timeout in minutes. After it the Job and the destroy fail, so that no controller is removed before its objects."""

USERS_KINDS = (
    "inferenceservices.serving.kserve.io",
    "inferencegraphs.serving.kserve.io",
    "trainjobs.trainer.kubeflow.org",
    "tfjobs.kubeflow.org",
    "pytorchjobs.kubeflow.org",
    "xgboostjobs.kubeflow.org",
    "mpijobs.kubeflow.org",
    "paddlejobs.kubeflow.org",
    "jaxjobs.kubeflow.org",
    "experiments.kubeflow.org",
    "scheduledworkflows.kubeflow.org",
    "cronworkflows.argoproj.io",
    "workflows.argoproj.io",
    "sparkapplications.sparkoperator.k8s.io",
    "scheduledsparkapplications.sparkoperator.k8s.io",
    "notebooks.kubeflow.org",
    "tensorboards.tensorboard.kubeflow.org",
    "pvcviewers.kubeflow.org",
    "workloads.kueue.x-k8s.io",
    "localqueues.kueue.x-k8s.io",
    "clusterqueues.kueue.x-k8s.io",
    "profiles.kubeflow.org",
)
"""User-created kinds in deletion order: workloads, then their runtimes, then team namespaces."""
CHARTS_KINDS = {
    "argo-workflows": ("cronworkflows.argoproj.io", "workflows.argoproj.io"),
    "kuberay": ("raycronjobs.ray.io", "rayjobs.ray.io", "rayservices.ray.io", "rayclusters.ray.io"),
    "seldon-core": ("seldondeployments.machinelearning.seldon.io",),
}
"""Kinds of official charts by entry, since the lock does not contain their CRDs; deleted first."""
KARPENTERS_KINDS = ("nodepools.karpenter.sh", "nodeclaims.karpenter.sh", "ec2nodeclasses.karpenter.k8s.aws")


def kinds_of(entries: Iterable[Entry], names: Iterable[str] = ()) -> list[str]:
    """User-created kinds whose CRDs are installed by some entries, in deletion order.

    Args:
        entries: lock entries.
        names: names of all installed components, including official charts.
    """
    installed = {crd for entry in entries for crd in entry.crds}
    of_charts = [kind for name in names for kind in CHARTS_KINDS.get(name, ())]
    return list(dict.fromkeys([*of_charts, *(kind for kind in USERS_KINDS if kind in installed)]))


def drain_chart(release: str, namespace: str, kinds: Iterable[str], app_version: str) -> LocalChart:
    """A chart with one pre-delete Job that deletes all objects of some kinds and waits for their finalizers.

    Args:
        release: release name, also used for its objects.
        namespace: namespace of the Job.
        kinds: `<plural>.<group>`, in deletion order.
        app_version: `appVersion` of the chart.
    """
    kinds = list(kinds)
    groups: dict[str, list[str]] = {}
    for kind in kinds:
        plural, _, group = kind.partition(".")
        groups.setdefault(group, []).append(plural)
    job = KubectlJob(
        name=release,
        namespace=namespace,
        container="drain",
        events="pre-delete",
        arguments=[
            "delete",
            ",".join(kinds),
            "--all",
            "--all-namespaces",
            "--ignore-not-found",
            f"--timeout={MINUTES - 1}m",
        ],
        types=groups,
        verbs=("delete", "get", "list", "watch"),
        minutes=MINUTES,
        retries=2,
    )
    return LocalChart.of_text(release, job.text(), app_version)
