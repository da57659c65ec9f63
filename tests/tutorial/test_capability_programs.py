"""The programs in docs/capabilities run, and print what the manifest says that one sees."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from docs.capabilities_page import capabilities
from modules.kubeflow.cache import Cache
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import Object, load
from tests.object_schemas import schemas_of
from tests.platform_objects import needs_cache
from tests.test_capabilities import crds_of, objects, programs
from tests.tutorial.cluster import Cluster
from tests.tutorial.conftest import Pods, free_port
from tests.tutorial.team_s3 import BUCKET, TEAM
from tests.tutorial.test_notebook import in_a_notebook

ALL = {one.file: one for one in capabilities()}
STANDARD_LIBRARY: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "argo-workflow.yaml": {},
    "cron-workflow.yaml": {},
    "katib-experiment.yaml": {"${trialParameters.x}": ("0.5",)},
    "pod-logs.yaml": {},
    "workflow.yaml": {"{{inputs.parameters.word}}": ("prepared", "trained")},
}
"""Manifest to what controllers replace in its commands, with the values."""
CLIENTS = {"kubeflow-sdk.yaml", "pipeline-run.yaml", "sklearn-serving.yaml"}
TORCH = {"pytorch-pytorchjob.yaml", "pytorch-trainjob.yaml"}
ONLY_COMPILED = {
    "deepspeed-trainjob.yaml": "DeepSpeed and MPI: torch for the CPU and a compiler",
    "gpu-trainjob.yaml": "a GPU",
    "jax-jaxjob.yaml": "JAX: 300 MB; it printed what it says with jax 0.4.38 on 2026-11-30",
    "jax-trainjob.yaml": "JAX, as above",
    "queued-trainjob.yaml": "prints the version of torch only",
    "ray-job.yaml": "Ray: 570 MB and half a minute; it printed what it says with ray 2.41.0 on 2026-11-30",
    "tensorflow-batch-prediction.yaml": "TensorFlow: more than 1 GB",
    "tensorflow-tfjob.yaml": "TensorFlow: more than 1 GB",
    "xgboost-xgboostjob.yaml": "XGBoost 3, next to the tutorial's 2; it printed what it says with 3.0.2 on 2026-11-30",
}
"""Manifest to what its program needs that tests do not install."""
RENDEZVOUS = ("MASTER_ADDR", "MASTER_PORT", "RANK", "WORLD_SIZE")


def seen(file: str) -> set[str]:
    """Lines that a manifest says its program prints."""
    return set(re.findall("`([^`]+)`", ALL[file].sees))


def commands(value: Any) -> Iterator[list[str]]:
    """Command lines of containers, at any depth."""
    if isinstance(value, dict):
        if value.get("command"):
            yield [*value["command"], *value.get("args", ())]
        for inner in value.values():
            yield from commands(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from commands(inner)


def test_each_program_runs_or_says_what_it_lacks() -> None:
    with_programs = {file for file in ALL if any(programs(objects(file)))} | {"katib-experiment.yaml"}
    groups = (set(STANDARD_LIBRARY), CLIENTS, TORCH, set(ONLY_COMPILED))
    assert sorted(file for group in groups for file in group) == sorted(with_programs)


def test_each_manifest_says_how_to_look_and_what_one_sees() -> None:
    assert [file for file, one in ALL.items() if len(one.look) < 10 or len(one.sees) < 10] == []
    running = {*STANDARD_LIBRARY, *CLIENTS, *TORCH}
    assert [file for file in running if not seen(file)] == []


@pytest.mark.parametrize("file", STANDARD_LIBRARY)
def test_a_program_of_the_standard_library(file: str, tmp_path: Path) -> None:
    (tmp_path / "python").symlink_to(sys.executable)
    printed: list[str] = []
    for command in commands(objects(file)):
        ((replaced, values),) = STANDARD_LIBRARY[file].items() or (("nothing", ("",)),)
        for value in values:
            words = [word.replace(replaced, value) for word in command]
            found = subprocess.run(
                words, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=True
            )
            printed += found.stdout.splitlines()
    assert all(any(text in line for line in printed) for text in seen(file)), printed
    assert all(any(text in line for text in seen(file)) for line in printed), printed


TORCH_PYTHON = shutil.which("python3", path="/usr/bin:/usr/local/bin") or "python3"
"""Python of the system: torch for the CPU is a package of Debian, `python3-torch`."""


@pytest.mark.slow
@pytest.mark.parametrize("file", sorted(TORCH))
def test_a_program_of_torch_on_two_nodes(file: str) -> None:
    if subprocess.run([TORCH_PYTHON, "-c", "import torch"], capture_output=True).returncode:
        pytest.skip(f"{TORCH_PYTHON} has no torch: apt-get install python3-torch")
    program = next(programs(objects(file)))
    port = str(free_port())
    nodes = [
        subprocess.Popen(
            [TORCH_PYTHON, "-c", program],
            env=os.environ | dict(zip(RENDEZVOUS, ("127.0.0.1", port, str(rank), "2"), strict=True)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in range(2)
    ]
    printed = [node.communicate(timeout=120)[0] for node in nodes]
    assert [node.returncode for node in nodes] == [0, 0], printed
    assert {text.splitlines()[-1] for text in printed} == seen(file)


def runtime(name: str) -> Object:
    """A ClusterTrainingRuntime as the platform installs it."""
    phases = read_lock().components["trainer"]["default"].phases
    for phase in phases.values():
        for one in load((Cache().get(phase.sha256) or b"").decode()):
            if one["kind"] == "ClusterTrainingRuntime" and one["metadata"]["name"] == name:
                return one
    raise LookupError(name)


def complete(cluster: Cluster, line: str, one: Object) -> Object:
    """A TrainJob whose first node has logged a line and ended."""
    name = one["metadata"]["name"]
    labels = {
        "jobset.sigs.k8s.io/jobset-name": name,
        "jobset.sigs.k8s.io/replicatedjob-name": "node",
        "batch.kubernetes.io/job-completion-index": "0",
    }
    pod = f"{name}-node-0-0"
    cluster.logs[pod] = f"{line}\n"
    cluster.objects["pods", pod] = {
        "metadata": {"name": pod, "labels": labels},
        "spec": {"containers": [{"name": "node", "image": "image"}]},
        "status": {"phase": "Succeeded"},
    }
    condition = {"type": "Complete", "status": "True", "lastTransitionTime": "2026-11-30T12:00:00Z"}
    return one | {"status": {"conditions": [condition | {"reason": "JobsCompleted", "message": ""}]}}


@pytest.mark.tutorial
@pytest.mark.aws
@needs_cache
def test_the_sdk_creates_a_job_that_the_api_accepts(empty_pods: Pods, tmp_path: Path) -> None:
    (line,) = (one for one in seen("kubeflow-sdk.yaml") if one.startswith("rank"))
    cluster = Cluster(schemas_of(crds_of("trainer")), {"torch-distributed": runtime("torch-distributed")}, {})
    created: list[Object] = []

    def controller(one: Object) -> Object:
        created.append(one)
        return complete(cluster, line, one)

    cluster.controllers = {"trainjobs": controller}
    code, output = in_a_notebook(empty_pods, cluster, next(programs(objects("kubeflow-sdk.yaml"))), tmp_path)
    assert code == 0, "\n".join([output, *cluster.refused])
    (job,) = created
    assert output.splitlines()[-2:] == [f"{job['metadata']['name']} Complete", line]
    (patch,) = job["spec"]["runtimePatches"]
    (node,) = patch["trainingRuntimeSpec"]["template"]["spec"]["replicatedJobs"]
    pod = node["template"]["spec"]["template"]
    assert pod["metadata"]["labels"] == {"sidecar.istio.io/inject": "false"}
    assert pod["spec"]["serviceAccountName"] == "default-editor"
    assert "dist.all_reduce(total)" in str(job["spec"]["trainer"]["command"])


@pytest.mark.tutorial
@pytest.mark.aws
@needs_cache
def test_the_pipeline_is_submitted_in_the_team(empty_pods: Pods, tmp_path: Path) -> None:
    cluster = Cluster({}, {}, {})
    code, output = in_a_notebook(empty_pods, cluster, next(programs(objects("pipeline-run.yaml"))), tmp_path)
    assert (code, cluster.refused) == (0, []), output
    assert set(output.splitlines()) >= seen("pipeline-run.yaml")
    (run,) = cluster.runs
    assert run["runtime_config"]["parameters"] == {"a": 3.0}
    assert set(run["pipeline_spec"]["root"]["dag"]["tasks"]) == {"add", "add-2"}


@pytest.mark.tutorial
@pytest.mark.aws
def test_the_model_is_written_with_the_teams_role(empty_pods: Pods, tmp_path: Path) -> None:
    program = next(programs(objects("sklearn-serving.yaml"))).replace("/tmp/", f"{tmp_path}/")
    code, output = empty_pods.run("-c", program)
    assert (code, output) == (0, f"{next(iter(seen('sklearn-serving.yaml'))).replace('<bucket>', BUCKET)}\n")
    code, output = empty_pods.run("-c", program, ARTIFACT_PREFIX="private-artifacts/other/")
    assert code == 1
    assert "AccessDenied" in output
    found = empty_pods.server.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    assert [one["Key"] for one in found] == [f"private-artifacts/{TEAM}/models/sklearn/model.joblib"]
