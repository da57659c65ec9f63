"""The notebook runs from its first cell to its last, with the clients that its requirements name, against stand-ins that refuse."""

import datetime
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from modules.kubeflow.manifest import Object
from tests.object_schemas import schemas_of
from tests.platform_objects import needs_everything
from tests.test_capabilities import crds_of
from tests.tutorial.cluster import API_TOKEN, KUBERNETES, PIPELINES, PIPELINES_TOKEN, REGISTRY, Cluster, serve
from tests.tutorial.conftest import FOLDER, TUTORIAL, Pods, free_port
from tests.tutorial.team_s3 import TEAM
from tests.tutorial.test_serving import wait_for

pytestmark = [needs_everything, pytest.mark.tutorial, pytest.mark.aws, pytest.mark.upstream]

HERE = Path(__file__).parent
MODEL = "digits-predictor.research.svc.cluster.local"
RUNTIME = {
    "apiVersion": "trainer.kubeflow.org/v1alpha1",
    "kind": "ClusterTrainingRuntime",
    "metadata": {"name": "xgboost-distributed", "labels": {"trainer.kubeflow.org/framework": "xgboost"}},
    "spec": {
        "mlPolicy": {"numNodes": 1, "xgboost": {}},
        "template": {
            "spec": {
                "replicatedJobs": [
                    {
                        "name": "node",
                        "template": {
                            "metadata": {"labels": {"trainer.kubeflow.org/trainjob-ancestor-step": "trainer"}},
                            "spec": {"template": {"spec": {"containers": [{"name": "node", "image": "image"}]}}},
                        },
                    }
                ]
            }
        },
    },
}


def certificate(folder: Path) -> Path:
    """A certificate of the API server that is its own authority, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, KUBERNETES)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(KUBERNETES)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "ca.crt").write_bytes(pem)
    (folder / "server.pem").write_bytes(pem + private)
    return folder / "server.pem"


class Controllers:
    """What the platform's controllers do with the tutorial's objects."""

    def __init__(self, pods: Pods, folder: Path, port: int) -> None:
        self.pods, self.folder, self.port = pods, folder, port
        self.cluster: Cluster
        self.processes: list[Any] = []

    def experiment(self, one: Object) -> Object:
        best = {
            "parameterAssignments": [{"name": "eta", "value": "0.4"}, {"name": "max-depth", "value": "3"}],
            "observation": {"metrics": [{"name": "accuracy", "latest": "0.95"}]},
        }
        condition = {"type": "Succeeded", "status": "True"}
        return one | {"status": {"conditions": [condition], "currentOptimalTrial": best}}

    def train_job(self, one: Object) -> Object:
        """Runs the command of the TrainJob, on one node."""
        command = one["spec"]["trainer"]["command"]
        assert command[:2] == ["python", "/programs/train.py"]
        programs = self.cluster.objects["configmaps", "digits-programs"]["data"]
        program = self.folder / "train.py"
        program.write_text(programs["train.py"], encoding="utf-8")
        code, output = self.pods.run(str(program), *command[2:])
        assert code == 0, output
        self.cluster.logs["digits-node-0-0"] = output
        labels = {
            "jobset.sigs.k8s.io/jobset-name": "digits",
            "jobset.sigs.k8s.io/replicatedjob-name": "node",
            "batch.kubernetes.io/job-completion-index": "0",
        }
        self.cluster.objects["pods", "digits-node-0-0"] = {
            "metadata": {"name": "digits-node-0-0", "labels": labels},
            "spec": {"containers": [{"name": "node", "image": "image"}]},
            "status": {"phase": "Succeeded"},
        }
        condition = {
            "type": "Complete",
            "status": "True",
            "reason": "JobsCompleted",
            "message": "",
            "lastTransitionTime": "2026-11-30T12:00:00Z",
        }
        return one | {"status": {"conditions": [condition]}}

    def deployment(self, one: Object) -> Object:
        name = one["metadata"]["name"]
        self.cluster.objects["pods", f"{name}-0"] = {"metadata": {"name": f"{name}-0", "labels": {"app": name}}}
        self.cluster.logs[f"{name}-0"] = "60 images, drift 1.2, look at the data\n"
        return one

    def inference_service(self, one: Object) -> Object:
        """Starts KServe's server with the model that is where the object says."""
        location = one["spec"]["predictor"]["model"]["storageUri"]
        assert location.startswith(f"{FOLDER}/"), location
        (name,) = self.pods.keys(f"{location.removeprefix(f'{FOLDER}/')}/")
        models = self.folder / "models"
        models.mkdir()
        (models / "model.ubj").write_bytes(self.pods.read(name))
        arguments = ("--model_name=digits", f"--model_dir={models}", f"--http_port={self.port}", "--enable_grpc=false")
        self.processes.append(self.pods.popen(str(HERE / "model_server.py"), *arguments))
        wait_for(f"http://127.0.0.1:{self.port}/v2/health/ready", self.processes[-1])
        condition = {"type": "Ready", "status": "True"}
        return one | {"status": {"conditions": [condition], "address": {"url": f"http://{MODEL}"}}}


@pytest.fixture
def controllers(pods: Pods, tmp_path: Path) -> Iterator[Controllers]:
    found = Controllers(pods, tmp_path, free_port())
    yield found
    for process in found.processes:
        process.kill()
        process.wait()


def cells() -> list[str]:
    notebook = json.loads((TUTORIAL / "tutorial.ipynb").read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def in_a_notebook(pods: Pods, cluster: Cluster, program: str, folder: Path, model_port: int = 0) -> tuple[int, str]:
    """Exit code and output of a program in a notebook server of the team, whose names lead to the stand-ins."""
    secrets = folder / "secrets"
    account = secrets / "kubernetes.io/serviceaccount"
    account.mkdir(parents=True)
    (account / "token").write_text(API_TOKEN)
    (account / "namespace").write_text(TEAM)
    token = secrets / "kubeflow/pipelines/token"
    token.parent.mkdir(parents=True)
    token.write_text(PIPELINES_TOKEN)
    file = folder / "notebook.py"
    file.write_text(program, encoding="utf-8")
    api, plain = serve(cluster, certificate(account)), serve(cluster)
    hosts = {
        KUBERNETES: api.server_port,
        PIPELINES: plain.server_port,
        REGISTRY: plain.server_port,
        MODEL: model_port,
    }
    try:
        return pods.run(
            *("-W", "ignore", str(file)),
            PYTHONPATH=str(HERE / "pod"),
            POD_HOSTS=json.dumps(hosts),
            POD_FILES=str(secrets),
            KUBERNETES_SERVICE_HOST=KUBERNETES,
            KUBERNETES_SERVICE_PORT="443",
            KF_PIPELINES_SA_TOKEN_PATH="/var/run/secrets/kubeflow/pipelines/token",
        )
    finally:
        for server in (api, plain):
            server.shutdown()
            server.server_close()


def test_the_notebook_runs_from_data_to_clean_up(pods: Pods, controllers: Controllers, tmp_path: Path) -> None:
    crds = [crd for entry in ("kserve", "katib", "trainer") for crd in crds_of(entry)]
    cluster = Cluster(
        schemas_of(crds),
        {"xgboost-distributed": RUNTIME},
        {
            "experiments": controllers.experiment,
            "trainjobs": controllers.train_job,
            "deployments": controllers.deployment,
            "inferenceservices": controllers.inference_service,
        },
    )
    controllers.cluster = cluster
    program = f"import os, sys; os.chdir({str(TUTORIAL)!r}); sys.path.insert(0, '.')\n" + "\n\n".join(cells())
    code, output = in_a_notebook(pods, cluster, program, tmp_path, controllers.port)
    assert code == 0, "\n".join([output, *cluster.refused])
    assert cluster.refused == []
    assert str(list(range(10))) in output
    assert "look at the data" in output
    assert cluster.runs[0]["runtime_config"]["parameters"] == {"folder": FOLDER}
    (version,) = cluster.registered["model_versions"]
    assert version["customProperties"]["eta"]["string_value"] == "0.4"
    assert {"inferenceservices/digits", "trainjobs/digits", "experiments/digits"} <= set(cluster.deleted)
    assert [key for key in cluster.objects if key[0] != "pods"] == []


CLIENTS = """
import re

import kfp
from kserve import KServeClient, V1beta1InferenceService
from kubeflow.common.types import KubernetesBackendConfig
from kubeflow.trainer import TrainerClient

def tried(name, request):
    try:
        request()
    except Exception as error:
        print(f"{name}: {getattr(error.__cause__ or error, 'status', 0) or re.search('[(]([0-9]+)[)]', str(error))[1]}")
    else:
        print(f"{name}: accepted")

def model(name, **fields):
    format = {"modelFormat": {"name": "xgboost"}, "storageUri": "s3://bucket/a"}
    spec = {"predictor": {"model": format, **fields}}
    return V1beta1InferenceService("serving.kserve.io/v1beta1", "InferenceService", {"name": name}, spec)

serving, pipelines = KServeClient(), kfp.Client()
tried("model", lambda: serving.create(model("a"), namespace="TEAM"))
tried("model of the team of this pod", lambda: serving.get("a"))
tried("model of another team", lambda: serving.create(model("a"), namespace="other"))
tried("models of another team", lambda: serving.get(namespace="other"))
tried("model with a word for a number", lambda: serving.create(model("b", minReplicas="one"), namespace="TEAM"))
tried("second model of the name", lambda: serving.create(model("a"), namespace="TEAM"))
tried("jobs", lambda: TrainerClient().list_jobs())
tried("jobs of another team", lambda: TrainerClient(KubernetesBackendConfig(namespace="other")).list_jobs())
tried("experiments", lambda: pipelines.list_experiments(namespace="TEAM"))
tried("experiments of another team", lambda: pipelines.list_experiments(namespace="other"))
"""


def test_the_clients_are_refused_what_the_team_may_not_do(pods: Pods, tmp_path: Path) -> None:
    cluster = Cluster(schemas_of([crd for entry in ("kserve", "trainer") for crd in crds_of(entry)]), {}, {})
    code, output = in_a_notebook(pods, cluster, CLIENTS.replace("TEAM", TEAM), tmp_path)
    assert code == 0, output
    found = dict(line.split(": ") for line in output.splitlines() if re.fullmatch(r"[a-z ]+: (accepted|\d+)", line))
    assert found == {
        "model": "accepted",
        "model of the team of this pod": "accepted",
        "model of another team": "403",
        "models of another team": "403",
        "model with a word for a number": "422",
        "second model of the name": "409",
        "jobs": "accepted",
        "jobs of another team": "403",
        "experiments": "accepted",
        "experiments of another team": "403",
    }
    assert list(cluster.objects) == [("inferenceservices", "a")]


def test_the_notebook_installs_what_the_tests_have() -> None:
    tested = tomllib.loads((TUTORIAL.parents[1] / "Pipfile").read_text(encoding="utf-8"))["tutorial"]
    pinned = dict(line.split("==") for line in (TUTORIAL / "requirements.txt").read_text(encoding="utf-8").split())
    assert pinned == {name: tested[name].removeprefix("==") for name in pinned}
    assert {"kfp", "kserve", "kubeflow", "model-registry"} <= pinned.keys()


JOBS = f"/apis/trainer.kubeflow.org/v1alpha1/namespaces/{TEAM}/trainjobs"
OF_PIPELINES = "/apis/v2beta1/experiments"


@pytest.mark.parametrize(
    ("host", "method", "url", "token", "body", "status"),
    [
        (KUBERNETES, "GET", JOBS, API_TOKEN, None, 200),
        (KUBERNETES, "GET", JOBS, PIPELINES_TOKEN, None, 401),
        (KUBERNETES, "GET", JOBS.replace(TEAM, "other"), API_TOKEN, None, 403),
        (KUBERNETES, "POST", JOBS.replace("trainjobs", "trainingruntimes"), API_TOKEN, {}, 403),
        (KUBERNETES, "POST", JOBS, API_TOKEN, {"kind": "TrainJob", "metadata": {"name": "a"}, "spec": {"x": 1}}, 422),
        (PIPELINES, "GET", f"{OF_PIPELINES}?namespace={TEAM}", PIPELINES_TOKEN, None, 200),
        (PIPELINES, "GET", f"{OF_PIPELINES}?namespace={TEAM}", API_TOKEN, None, 401),
        (PIPELINES, "GET", f"{OF_PIPELINES}?namespace=other", PIPELINES_TOKEN, None, 403),
        (REGISTRY, "GET", "/api/model_registry/v1alpha3/registered_models", "", None, 403),
        (REGISTRY, "GET", "/api/model_registry/v1alpha3/registered_models", PIPELINES_TOKEN, None, 200),
        (f"ml-pipeline.{TEAM}.svc.cluster.local", "GET", OF_PIPELINES, PIPELINES_TOKEN, None, 404),
    ],
)
def test_the_stand_ins_refuse_what_the_servers_refuse(
    host: str, method: str, url: str, token: str, body: Any, status: int
) -> None:
    cluster = Cluster(schemas_of(crds_of("trainer")), {}, {})
    assert cluster.answer(host, method, url, token, None, body)[0] == status
