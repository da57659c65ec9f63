"""Table of kinds with pods: where their templates are, what the operator adds, and the source of both."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from modules.checks.admission.templates.pipeline import pipeline_pods
from modules.checks.admission.templates.serving import QUEUE, inference_pods
from modules.checks.admission.templates.template import Around, Row, Template, at
from modules.checks.admission.templates.training import (
    runtime_pods,
    scheduled_spark_pods,
    spark_pods,
    trainjob_pods,
)
from modules.checks.admission.templates.workflows import cron_workflow_pods, tensorboard_pods, workflow_pods
from modules.kubeflow.manifest import Object

APPS = "https://kubernetes.io/docs/concepts/workloads/controllers/"
TRAINING = "https://github.com/kubeflow/trainer/tree/v1.9.2/pkg/apis/kubeflow.org/v1"
RAY = "https://docs.ray.io/en/latest/cluster/kubernetes/user-guides/config.html"
TRAINER = "https://github.com/kubeflow/trainer/tree/v2.2.0/pkg/runtime"
JOBS: Mapping[str, str] = {
    "JAXJob": "jaxReplicaSpecs",
    "MPIJob": "mpiReplicaSpecs",
    "PaddleJob": "paddleReplicaSpecs",
    "PyTorchJob": "pytorchReplicaSpecs",
    "TFJob": "tfReplicaSpecs",
    "XGBoostJob": "xgbReplicaSpecs",
}
"""Kind of the training operator to the field with its replicas."""
ADDED_TO_JOBS: Mapping[str, str] = {
    "MPIJob": "the ssh key of the launcher",
    "PyTorchJob": "an init container in workers",
}
"""Kind of the training operator to what it adds to pods."""


def _experiment_pods(one: Object, around: Around) -> Iterator[Template]:
    """Those of one trial, as often as trials run at once."""
    trial = (one["spec"].get("trialTemplate") or {}).get("trialSpec")
    if not isinstance(trial, dict) or "kind" not in trial or "apiVersion" not in trial:
        return
    named = {**trial, "metadata": {"name": one["metadata"].get("name", ""), **(trial.get("metadata") or {})}}
    count = one["spec"].get("parallelTrialCount") or 3
    for template in templates_of(named, around) or ():
        found = template.under(("spec", "trialTemplate", "trialSpec"), count)
        yield replace(found, added=(*found.added, COLLECTOR))


def _knative_pods(one: Object, around: Around) -> Iterator[Template]:
    for found in at(("spec", "template"))(one, around):
        yield replace(found, knative=True, added=(QUEUE,))


def _serving_runtime_pods(one: Object, around: Around) -> Iterator[Template]:
    """The server of a runtime; a runtime with workers is not one of Knative."""
    for found in at(("spec",), bare=True)(one, around):
        spec: dict[str, Any] = {key: found.spec[key] for key in found.spec if key in RUNTIME_FIELDS}
        knative = around.knative and "workerSpec" not in found.spec
        yield Template(spec, {}, ("spec",), ("spec",), 1, knative)


RUNTIME_FIELDS = frozenset(
    ["affinity", "containers", "hostIPC", "imagePullSecrets", "nodeSelector", "tolerations", "volumes"]
)


def _daemon_pods(one: Object, around: Around) -> Iterator[Template]:
    for found in at(("spec", "template"))(one, around):
        yield replace(found, pods=None)


COLLECTOR = {
    "name": "metrics-logger-and-collector",
    "resources": {"requests": {"cpu": "50m", "memory": "10Mi"}, "limits": {"cpu": "500m", "memory": "100Mi"}},
}
"""Sidecar of a trial.

Source: https://github.com/kubeflow/katib/blob/v0.19.0/pkg/apis/config/v1beta1/defaults.go
"""
_TEMPLATE = at(("spec", "template"))
ROWS = (
    Row("", "Pod", "the object", "", "https://kubernetes.io/docs/concepts/workloads/pods/", at(())),
    Row("apps", "Deployment", "spec.template", "", f"{APPS}deployment/", _TEMPLATE),
    Row("apps", "ReplicaSet", "spec.template", "", f"{APPS}replicaset/", _TEMPLATE),
    Row("apps", "StatefulSet", "spec.template", "", f"{APPS}statefulset/", _TEMPLATE),
    Row("apps", "DaemonSet", "spec.template", "", f"{APPS}daemonset/", _daemon_pods),
    Row("batch", "Job", "spec.template", "", f"{APPS}job/", _TEMPLATE),
    Row(
        "batch",
        "CronJob",
        "spec.jobTemplate.spec.template",
        "",
        f"{APPS}cron-jobs/",
        at(("spec", "jobTemplate", "spec", "template")),
    ),
    Row(
        "kubeflow.org",
        "Notebook",
        "spec.template.spec",
        "NB_PREFIX, the port 8888 and fsGroup 100, if they are not set",
        "https://github.com/kubeflow/notebooks/blob/notebooks-v1/components/notebook-controller/controllers/notebook_controller.go",
        _TEMPLATE,
    ),
    Row(
        "trainer.kubeflow.org",
        "TrainJob",
        "the runtime's spec.template.spec.replicatedJobs, changed by spec.trainer and spec.runtimePatches",
        "variables of torchrun; of MPI an ssh key and a host file",
        TRAINER,
        trainjob_pods,
    ),
    *(
        Row(
            "trainer.kubeflow.org",
            kind,
            "spec.template.spec.replicatedJobs[*].template.spec.template",
            "",
            TRAINER,
            runtime_pods,
        )
        for kind in ("TrainingRuntime", "ClusterTrainingRuntime")
    ),
    Row(
        "jobset.x-k8s.io",
        "JobSet",
        "spec.replicatedJobs[*].template.spec.template",
        "",
        "https://jobset.sigs.k8s.io/docs/concepts/",
        at(("spec", "replicatedJobs", "*", "template", "spec", "template")),
    ),
    *(
        Row(
            "kubeflow.org",
            kind,
            f"spec.{field}.*.template",
            ADDED_TO_JOBS.get(kind, ""),
            TRAINING,
            at(("spec", field, "*", "template")),
        )
        for kind, field in JOBS.items()
    ),
    Row(
        "serving.kserve.io",
        "InferenceService",
        "spec.predictor, spec.transformer, spec.explainer, merged with the ServingRuntime",
        "storage-initializer; of a revision queue-proxy",
        "https://kserve.github.io/website/docs/concepts/resources/inferenceservice-spec",
        inference_pods,
    ),
    *(
        Row(
            "serving.kserve.io",
            kind,
            "spec",
            "",
            "https://kserve.github.io/website/docs/concepts/resources/servingruntime",
            _serving_runtime_pods,
        )
        for kind in ("ServingRuntime", "ClusterServingRuntime")
    ),
    Row(
        "serving.knative.dev",
        "Service",
        "spec.template",
        "queue-proxy",
        "https://knative.dev/docs/serving/reference/serving-api/",
        _knative_pods,
    ),
    Row(
        "sparkoperator.k8s.io",
        "SparkApplication",
        "spec.driver, spec.executor",
        "memory overhead of Spark",
        "https://spark.apache.org/docs/latest/running-on-kubernetes.html",
        spark_pods,
    ),
    Row(
        "sparkoperator.k8s.io",
        "ScheduledSparkApplication",
        "spec.template.driver, spec.template.executor",
        "memory overhead of Spark",
        "https://spark.apache.org/docs/latest/running-on-kubernetes.html",
        scheduled_spark_pods,
    ),
    Row(
        "ray.io",
        "RayCluster",
        "spec.headGroupSpec.template, spec.workerGroupSpecs[*].template",
        "an init container in workers that waits for the head, with the worker's image",
        RAY,
        at(("spec", "headGroupSpec", "template"), ("spec", "workerGroupSpecs", "*", "template")),
    ),
    Row(
        "ray.io",
        "RayJob",
        "spec.rayClusterSpec as of RayCluster, spec.submitterPodTemplate",
        "a pod that submits the program, with the head's image",
        RAY,
        at(
            ("spec", "rayClusterSpec", "headGroupSpec", "template"),
            ("spec", "rayClusterSpec", "workerGroupSpecs", "*", "template"),
            ("spec", "submitterPodTemplate"),
        ),
    ),
    Row(
        "ray.io",
        "RayService",
        "spec.rayClusterConfig as of RayCluster",
        "",
        RAY,
        at(
            ("spec", "rayClusterConfig", "headGroupSpec", "template"),
            ("spec", "rayClusterConfig", "workerGroupSpecs", "*", "template"),
        ),
    ),
    Row(
        "kubeflow.org",
        "Experiment",
        "spec.trialTemplate.trialSpec, by its kind",
        "a sidecar that collects metrics, and a pod of the suggestion",
        "https://www.kubeflow.org/docs/components/katib/user-guides/trial-template/",
        _experiment_pods,
    ),
    *(
        Row(
            "argoproj.io",
            kind,
            "spec.templates[*]",
            "the containers init and wait, without requests",
            "https://argo-workflows.readthedocs.io/en/latest/fields/",
            workflow_pods,
        )
        for kind in ("Workflow", "WorkflowTemplate")
    ),
    Row(
        "argoproj.io",
        "CronWorkflow",
        "spec.workflowSpec.templates[*]",
        "the containers init and wait, without requests",
        "https://argo-workflows.readthedocs.io/en/latest/fields/",
        cron_workflow_pods,
    ),
    Row(
        "machinelearning.seldon.io",
        "SeldonDeployment",
        "spec.predictors[*].componentSpecs[*]",
        "an engine container",
        "https://docs.seldon.ai/seldon-core-1",
        at(("spec", "predictors", "*", "componentSpecs", "*")),
    ),
    Row(
        "pipelines.kubeflow.org",
        "PipelineSpec",
        "deploymentSpec.executors.*.container, of a compiled pipeline",
        "the launcher, and the containers init and wait, without requests",
        "https://github.com/kubeflow/pipelines/blob/2.17.0/api/v2alpha1/pipeline_spec.proto",
        pipeline_pods,
    ),
    Row(
        "tensorboard.kubeflow.org",
        "Tensorboard",
        "made by the controller",
        "one container without requests, as the service account default",
        "https://github.com/kubeflow/notebooks/blob/notebooks-v1/components/tensorboard-controller/controllers/tensorboard_controller.go",
        tensorboard_pods,
    ),
)
_BY_KIND = {(row.group, row.kind): row for row in ROWS}


def templates_of(one: Object, around: Around) -> list[Template] | None:
    """Pods that are made of an object; None: its kind is not in the table.

    Args:
        one: the object.
        around: what else its pods depend on.
    """
    row = _BY_KIND.get((str(one["apiVersion"]).rpartition("/")[0], one["kind"]))
    return None if row is None else list(row.find(one, around))
