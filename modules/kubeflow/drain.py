"""What users made in the cluster goes before the controllers that look after it, or it hangs in Terminating for ever."""

from collections.abc import Iterable

from modules.kubeflow.chart import LocalChart
from modules.kubeflow.kubectl_job import KubectlJob
from modules.kubeflow.lock import Entry

MINUTES = 15
"""After that the Job fails, and with it the destroy: nothing is taken away under what is still there."""

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
    "profiles.kubeflow.org",
)
"""What people make, in the order it goes: work first, then what runs it, the teams' namespaces last."""
CHARTS_KINDS = {
    "argo-workflows": ("cronworkflows.argoproj.io", "workflows.argoproj.io"),
    "kuberay": ("raycronjobs.ray.io", "rayjobs.ray.io", "rayservices.ray.io", "rayclusters.ray.io"),
    "seldon-core": ("seldondeployments.machinelearning.seldon.io",),
}
"""The same of official charts, by entry, since the lock does not know their object types; they go first."""
KARPENTERS_KINDS = ("nodepools.karpenter.sh", "nodeclaims.karpenter.sh", "ec2nodeclasses.karpenter.k8s.aws")


def kinds_of(entries: Iterable[Entry], names: Iterable[str] = ()) -> list[str]:
    """Users' kinds whose CRDs some entries install, in the order they go.

    Args:
        entries: of the lock.
        names: of all that is installed, official charts too.
    """
    installed = {crd for entry in entries for crd in entry.crds}
    of_charts = [kind for name in names for kind in CHARTS_KINDS.get(name, ())]
    return list(dict.fromkeys([*of_charts, *(kind for kind in USERS_KINDS if kind in installed)]))


def drain_chart(release: str, namespace: str, kinds: Iterable[str], app_version: str) -> LocalChart:
    """A chart whose only work is its end: a Job that deletes all objects of some kinds and waits for their finalizers.

    Args:
        release: name of the release and of its objects.
        namespace: where the Job runs.
        kinds: `<plural>.<group>`, in the order they go.
        app_version: of the chart.
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
