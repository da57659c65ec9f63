"""Objects that the checks create, each small, and named after the run."""

from collections.abc import Mapping
from typing import Any

from modules.acceptance.program.world import World

Object = dict[str, Any]
ACCOUNT = "default-editor"
SMALL: Mapping[str, Mapping[str, str]] = {
    "requests": {"cpu": "100m", "memory": "256Mi"},
    "limits": {"memory": "512Mi"},
}
MODEL: Mapping[str, Mapping[str, str]] = {
    "requests": {"cpu": "200m", "memory": "512Mi"},
    "limits": {"memory": "1Gi"},
}
TRAINER: Mapping[str, Mapping[str, str]] = {
    "requests": {"cpu": "500m", "memory": "1Gi"},
    "limits": {"memory": "2Gi"},
}
OUTSIDE_MESH = {"sidecar.istio.io/inject": "false"}
RESTRICTED: Mapping[str, Any] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "seccompProfile": {"type": "RuntimeDefault"},
}
PIPELINE_TEXT = "written by a step of the acceptance pipeline"


def _object(world: World, api_version: str, kind: str, spec: Object) -> Object:
    metadata = {
        "name": world.run,
        "namespace": world.team,
        "labels": {"app.kubernetes.io/managed-by": "kubeflow-aws-accept"},
    }
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}


def notebook(world: World) -> Object:
    """A notebook server without a volume."""
    container = {"name": world.run, "image": world.notebook_image, "resources": SMALL}
    security = {"fsGroup": 100, "seccompProfile": {"type": "RuntimeDefault"}}
    pod = {"serviceAccountName": ACCOUNT, "securityContext": security, "containers": [container]}
    return _object(world, "kubeflow.org/v1", "Notebook", {"template": {"spec": pod}})


def train_job(world: World) -> Object:
    """A TrainJob of one node that initializes torch.distributed and adds numbers."""
    program = (
        "import torch, torch.distributed as dist; dist.init_process_group(backend='gloo'); "
        "total = torch.tensor([float(dist.get_rank() + 1)]); dist.all_reduce(total); "
        "size = dist.get_world_size(); assert total.item() == size * (size + 1) / 2; dist.destroy_process_group()"
    )
    pod = {"metadata": {"labels": OUTSIDE_MESH}, "spec": {"serviceAccountName": ACCOUNT}}
    node = {"name": "node", "template": {"spec": {"template": pod}}}
    patch = {
        "manager": "accept.kubeflow.org/program",
        "trainingRuntimeSpec": {"template": {"spec": {"replicatedJobs": [node]}}},
    }
    trainer = {
        "numNodes": 1,
        "numProcPerNode": 1,
        "command": ["torchrun", "--no-python", "python", "-c", program],
        "resourcesPerNode": TRAINER,
    }
    spec = {"runtimeRef": {"name": world.trainer_runtime}, "trainer": trainer, "runtimePatches": [patch]}
    return _object(world, "trainer.kubeflow.org/v1alpha1", "TrainJob", spec)


def experiment(world: World) -> Object:
    """A Katib experiment of one trial."""
    container = {
        "name": "training",
        "image": world.image,
        "command": ["sh", "-c"],  # Katib appends its own words to the command line, which needs a shell
        "args": ["python -c \"print('loss=%f' % ((${trialParameters.x} - 1) ** 2))\""],
        "resources": SMALL,
        "securityContext": RESTRICTED,
    }
    pod = {"serviceAccountName": ACCOUNT, "restartPolicy": "Never", "containers": [container]}
    job = {"backoffLimit": 0, "template": {"metadata": {"labels": OUTSIDE_MESH}, "spec": pod}}
    spec = {
        "objective": {"type": "minimize", "objectiveMetricName": "loss"},
        "algorithm": {"algorithmName": "random"},
        "metricsCollectorSpec": {"collector": {"kind": "StdOut"}},
        "parallelTrialCount": 1,
        "maxTrialCount": 1,
        "maxFailedTrialCount": 0,
        "parameters": [{"name": "x", "parameterType": "double", "feasibleSpace": {"min": "-2", "max": "2"}}],
        "trialTemplate": {
            "primaryContainerName": "training",
            "trialParameters": [{"name": "x", "description": "argument", "reference": "x"}],
            "trialSpec": {"apiVersion": "batch/v1", "kind": "Job", "spec": job},
        },
    }
    return _object(world, "kubeflow.org/v1beta1", "Experiment", spec)


def inference_service(world: World) -> Object:
    """A scikit-learn model, read from the team's prefix with the team's role.

    In the mode Standard: in the serverless mode the last hop is Knative's activator, whose requests carry no identity of the team, so that a
    model with a sidecar refuses them.
    """
    model = {
        "modelFormat": {"name": "sklearn"},
        "protocolVersion": "v2",
        "storageUri": f"s3://{world.bucket}/{world.prefix}/model",
        "resources": MODEL,
    }
    predictor = {"serviceAccountName": ACCOUNT, "minReplicas": 1, "maxReplicas": 1, "model": model}
    found = _object(world, "serving.kserve.io/v1beta1", "InferenceService", {"predictor": predictor})
    found["metadata"]["annotations"] = {"serving.kserve.io/deploymentMode": "Standard"}
    return found


def ingress(world: World) -> Object:
    """An Ingress of the team's own."""
    backend = {"service": {"name": world.run, "port": {"number": 80}}}
    return _object(world, "networking.k8s.io/v1", "Ingress", {"defaultBackend": backend})


def service(world: World) -> Object:
    """A Service inside the cluster."""
    return _object(world, "v1", "Service", {"type": "ClusterIP", "ports": [{"port": 80}]})


def load_balancer(world: World) -> Object:
    """A Service with a public address."""
    found = service(world)
    found["spec"]["type"] = "LoadBalancer"
    found["metadata"]["annotations"] = {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"}
    return found


def pod(world: World, image: str, *, privileged: bool = False) -> Object:
    """A pod that would start an image."""
    security = {"privileged": True} if privileged else RESTRICTED
    container = {
        "name": "program",
        "image": image,
        "command": ["true"],
        "resources": SMALL,
        "securityContext": security,
    }
    found = _object(world, "v1", "Pod", {"restartPolicy": "Never", "containers": [container]})
    found["metadata"]["labels"] |= OUTSIDE_MESH
    return found


def pipeline(world: World) -> Object:
    """A compiled pipeline (KFP's intermediate representation) with one step that writes an artifact.

    A container component, so that nothing is installed in the step.

    Source: https://github.com/kubeflow/pipelines/blob/2.17.0/api/v2alpha1/pipeline_spec.proto
    """
    artifact = {"artifactType": {"schemaTitle": "system.Artifact", "schemaVersion": "0.0.1"}}
    program = (
        "import pathlib, sys; target = pathlib.Path(sys.argv[1]); target.parent.mkdir(parents=True, exist_ok=True); "
        f"target.write_text('{PIPELINE_TEXT}')"
    )
    container = {
        "image": world.image,
        "command": ["python", "-c", program],
        "args": ["{{$.outputs.artifacts['written'].path}}"],
        "resources": {"cpuLimit": 0.5, "memoryLimit": 0.5},
    }
    component = {"executorLabel": "exec-write", "outputDefinitions": {"artifacts": {"written": artifact}}}
    task = {"taskInfo": {"name": "write"}, "componentRef": {"name": "comp-write"}, "cachingOptions": {}}
    return {
        "pipelineInfo": {"name": world.run},
        "root": {"dag": {"tasks": {"write": task}}},
        "components": {"comp-write": component},
        "deploymentSpec": {"executors": {"exec-write": {"container": container}}},
        "schemaVersion": "2.1.0",
        "sdkVersion": "kfp-2.17.0",
    }
