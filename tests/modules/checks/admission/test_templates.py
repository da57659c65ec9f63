"""Pods of each kind: how many, where they are in the object, and what the operator adds."""

from typing import Any

import pytest

from modules.checks.admission.templates.table import ROWS, templates_of
from modules.checks.admission.templates.template import Around, Template, merge
from modules.kubeflow.manifest import Object
from modules.kubeflow.pod_requests import pod_request
from tests.modules.checks.admission.made import container, head, pod

LABELLED = {"template": pod(), "selector": {"matchLabels": {"app": "a"}}}
JOBSET = {
    "replicatedJobs": [{"name": "node", "replicas": 2, "template": {"spec": {"parallelism": 3, "template": pod()}}}]
}
RUNTIME_JOB = {
    "name": "node",
    "template": {
        "metadata": {"labels": {"trainer.kubeflow.org/trainjob-ancestor-step": "trainer"}},
        "spec": {"template": {"spec": {"containers": [{"name": "node", "image": "torch:1"}]}}},
    },
}
RUNTIME = head(
    "trainer.kubeflow.org/v1alpha1",
    "ClusterTrainingRuntime",
    "",
    "torch",
    {"mlPolicy": {"numNodes": 1}, "template": {"spec": {"replicatedJobs": [RUNTIME_JOB]}}},
)
SERVER = head(
    "serving.kserve.io/v1alpha1",
    "ClusterServingRuntime",
    "",
    "sklearn",
    {
        "supportedModelFormats": [{"name": "sklearn", "version": "1", "autoSelect": True}],
        "containers": [{"name": "kserve-container", "image": "sk:1", "args": ["--port=8080"], "resources": {}}],
    },
)
AROUND = Around({(one["kind"], one["metadata"]["name"]): one for one in (RUNTIME, SERVER)})
RAY = {"headGroupSpec": {"template": pod()}, "workerGroupSpecs": [{"replicas": 2, "template": pod()}]}
SPARK = {"type": "Python", "image": "spark:4", "driver": {"memory": "1g"}, "executor": {"instances": 2, "memory": "4g"}}
FLOW = {"templates": [{"name": "a", "container": {"image": "a:1"}}, {"name": "b", "dag": {}}]}
TRIAL = {"apiVersion": "batch/v1", "kind": "Job", "spec": LABELLED}
TRAINJOB = {
    "runtimeRef": {"name": "torch"},
    "trainer": {"numNodes": 4, "image": "own:1", "resourcesPerNode": {"requests": {"cpu": "2"}}},
}
PIPELINE = {
    "executors": {
        "add": {
            "container": {
                "image": "python:3.11",
                "resources": {
                    "cpuLimit": 2.0,
                    "resourceMemoryLimit": "4G",
                    "accelerator": {"resourceType": "nvidia.com/gpu", "resourceCount": "1"},
                },
            }
        },
        "importer": {"importer": {}},
    }
}
CASES: dict[tuple[str, str], tuple[Any, list[int | None], str]] = {
    ("v1", "Pod"): (pod()["spec"], [1], "spec"),
    ("apps/v1", "Deployment"): ({**LABELLED, "replicas": 3}, [3], "spec.template.spec"),
    ("apps/v1", "ReplicaSet"): (LABELLED, [1], "spec.template.spec"),
    ("apps/v1", "StatefulSet"): ({**LABELLED, "replicas": 0}, [0], "spec.template.spec"),
    ("apps/v1", "DaemonSet"): (LABELLED, [None], "spec.template.spec"),
    ("batch/v1", "Job"): ({"parallelism": 2, "template": pod()}, [2], "spec.template.spec"),
    ("batch/v1", "CronJob"): ({"jobTemplate": {"spec": LABELLED}}, [1], "spec.jobTemplate.spec.template.spec"),
    ("kubeflow.org/v1", "Notebook"): ({"template": {"spec": pod()["spec"]}}, [1], "spec.template.spec"),
    ("trainer.kubeflow.org/v1alpha1", "TrainJob"): (TRAINJOB, [4], "spec.trainer"),
    ("trainer.kubeflow.org/v1alpha1", "TrainingRuntime"): ({"template": {"spec": JOBSET}}, [6], "spec.template.spec.replicatedJobs.0.template.spec.template.spec"),
    ("trainer.kubeflow.org/v1alpha1", "ClusterTrainingRuntime"): (RUNTIME["spec"], [1], "spec.template.spec.replicatedJobs.0.template.spec.template.spec"),
    ("jobset.x-k8s.io/v1alpha2", "JobSet"): (JOBSET, [6], "spec.replicatedJobs.0.template.spec.template.spec"),
    **{
        ("kubeflow.org/v1", kind): ({field: {"Master": {"template": pod()}, "Worker": {"replicas": 2, "template": pod()}}}, [1, 2], f"spec.{field}.Master.template.spec")
        for kind, field in (
            ("JAXJob", "jaxReplicaSpecs"),
            ("MPIJob", "mpiReplicaSpecs"),
            ("PaddleJob", "paddleReplicaSpecs"),
            ("PyTorchJob", "pytorchReplicaSpecs"),
            ("TFJob", "tfReplicaSpecs"),
            ("XGBoostJob", "xgbReplicaSpecs"),
        )
    },
    ("serving.kserve.io/v1beta1", "InferenceService"): ({"predictor": {"minReplicas": 2, "model": {"modelFormat": {"name": "sklearn"}, "args": ["--x"]}}}, [2], "spec.predictor.model"),
    ("serving.kserve.io/v1alpha1", "ServingRuntime"): (SERVER["spec"], [1], "spec"),
    ("serving.kserve.io/v1alpha1", "ClusterServingRuntime"): (SERVER["spec"], [1], "spec"),
    ("serving.knative.dev/v1", "Service"): ({"template": pod()}, [1], "spec.template.spec"),
    ("sparkoperator.k8s.io/v1beta2", "SparkApplication"): (SPARK, [1, 2], "spec.driver"),
    ("sparkoperator.k8s.io/v1beta2", "ScheduledSparkApplication"): ({"schedule": "@daily", "template": SPARK}, [1, 2], "spec.template.driver"),
    ("ray.io/v1", "RayCluster"): (RAY, [1, 2], "spec.headGroupSpec.template.spec"),
    ("ray.io/v1", "RayJob"): ({"rayClusterSpec": RAY}, [1, 2], "spec.rayClusterSpec.headGroupSpec.template.spec"),
    ("ray.io/v1", "RayService"): ({"rayClusterConfig": RAY}, [1, 2], "spec.rayClusterConfig.headGroupSpec.template.spec"),
    ("kubeflow.org/v1beta1", "Experiment"): ({"parallelTrialCount": 2, "trialTemplate": {"trialSpec": TRIAL}}, [2], "spec.trialTemplate.trialSpec.spec.template.spec"),
    ("argoproj.io/v1alpha1", "Workflow"): (FLOW, [1], "spec.templates.0"),
    ("argoproj.io/v1alpha1", "WorkflowTemplate"): (FLOW, [1], "spec.templates.0"),
    ("argoproj.io/v1alpha1", "CronWorkflow"): ({"workflowSpec": FLOW}, [1], "spec.workflowSpec.templates.0"),
    ("machinelearning.seldon.io/v1", "SeldonDeployment"): ({"predictors": [{"replicas": 2, "componentSpecs": [{"spec": pod()["spec"]}]}]}, [2], "spec.predictors.0.componentSpecs.0.spec"),
    ("pipelines.kubeflow.org/ir", "PipelineSpec"): ({}, [1], "deploymentSpec.executors.add.container"),
    ("tensorboard.kubeflow.org/v1alpha1", "Tensorboard"): ({"logspath": "s3://a/b"}, [1], "spec"),
}  # fmt: skip


def made(version: str, kind: str, spec: Any) -> Object:
    return head(version, kind, "team", "a", spec, **({"deploymentSpec": PIPELINE} if kind == "PipelineSpec" else {}))


def of(version: str, kind: str) -> list[Template]:
    return templates_of(made(version, kind, CASES[version, kind][0]), AROUND) or []


@pytest.mark.parametrize(("version", "kind"), CASES)
def test_pods_of_a_kind(version: str, kind: str) -> None:
    _, pods, path = CASES[version, kind]
    found = of(version, kind)
    assert [one.pods for one in found] == pods
    assert ".".join(map(str, found[0].spec_path)) == path
    assert found[0].running["containers"]
    assert found[0].located(("metadata", "labels"))[-1] == "labels"


def test_each_row_has_a_case() -> None:
    assert {(version.rpartition("/")[0], kind) for version, kind in CASES} == {(row.group, row.kind) for row in ROWS}
    assert all(row.source.startswith("https://") for row in ROWS)


def test_a_kind_that_the_table_lacks_has_no_known_pods() -> None:
    assert templates_of(head("example.com/v1", "Thing", "", "a"), AROUND) is None


def test_a_trainjob_changes_its_runtime() -> None:
    (template,) = of("trainer.kubeflow.org/v1alpha1", "TrainJob")
    assert template.spec["containers"] == [{"name": "node", "image": "own:1", "resources": {"requests": {"cpu": "2"}}}]


def test_of_mpi_the_launcher_may_be_a_node() -> None:
    jobs = [
        {**RUNTIME_JOB, "name": "launcher"},
        {"name": "node", "template": {"spec": {"template": {"spec": {"containers": [{"name": "node"}]}}}}},
    ]
    spec = {"mlPolicy": {"mpi": {"runLauncherAsNode": True}}, "template": {"spec": {"replicatedJobs": jobs}}}
    around = Around(
        {("ClusterTrainingRuntime", "torch"): head("trainer.kubeflow.org/v1alpha1", "x", "", "torch", spec)}
    )
    one = made("trainer.kubeflow.org/v1alpha1", "TrainJob", TRAINJOB)
    found = templates_of(one, around)
    assert found is not None
    assert [(each.pods, each.spec["containers"][0].get("image")) for each in found] == [(1, "own:1"), (3, None)]


def test_a_model_is_served_by_its_runtime_in_a_revision() -> None:
    (template,) = of("serving.kserve.io/v1beta1", "InferenceService")
    (server,) = template.spec["containers"]
    assert (server["image"], server["args"]) == ("sk:1", ["--port=8080", "--x"])
    assert server["resources"]["requests"] == {"cpu": "1", "memory": "2Gi"}
    assert template.knative
    assert [one["name"] for one in template.running["containers"]] == ["kserve-container", "queue-proxy"]
    one = made("serving.kserve.io/v1beta1", "InferenceService", {"predictor": {"sklearn": {"storageUri": "s3://a/b"}}})
    one["metadata"]["annotations"] = {"serving.kserve.io/deploymentMode": "Standard"}
    (older,) = templates_of(one, AROUND) or []
    assert not older.knative
    assert older.spec_path == ("spec", "predictor", "sklearn")


def test_spark_adds_memory() -> None:
    driver, executor = of("sparkoperator.k8s.io/v1beta2", "SparkApplication")
    assert int(pod_request(driver.spec, "memory")) == 2**30 + 429496730  # 40 %, for Python
    assert int(pod_request(executor.spec, "memory")) == 4 * 2**30 + 1717986919
    small = made(
        "sparkoperator.k8s.io/v1beta2", "SparkApplication", {**SPARK, "type": "Java", "driver": {"memory": "512m"}}
    )
    (first, _) = templates_of(small, AROUND) or []
    assert int(pod_request(first.spec, "memory")) == (512 + 384) * 2**20


def test_a_step_of_a_pipeline_has_its_limits() -> None:
    (template,) = of("pipelines.kubeflow.org/ir", "PipelineSpec")
    assert template.spec["containers"][0]["resources"]["limits"] == {
        "cpu": "2.0",
        "memory": "4G",
        "nvidia.com/gpu": "1",
    }


def test_lists_of_named_entries_are_merged_by_name() -> None:
    assert merge({"a": [{"name": "x", "v": 1}], "b": 1}, {"a": [{"name": "x", "v": 2}, {"name": "y"}], "c": [1]}) == {
        "a": [{"name": "x", "v": 2}, {"name": "y"}],
        "b": 1,
        "c": [1],
    }
    assert container()["name"] == "main"
