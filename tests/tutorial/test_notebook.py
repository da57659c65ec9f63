"""The notebook runs from its first cell to its last, with the clients that its requirements name, against stand-ins that refuse."""

import datetime
import json
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
    secrets = tmp_path / "secrets"
    account = secrets / "kubernetes.io/serviceaccount"
    account.mkdir(parents=True)
    (account / "token").write_text(API_TOKEN)
    (account / "namespace").write_text(TEAM)
    token = secrets / "kubeflow/pipelines/token"
    token.parent.mkdir(parents=True)
    token.write_text(PIPELINES_TOKEN)
    api, plain = serve(cluster, certificate(account)), serve(cluster)
    hosts = {
        KUBERNETES: api.server_port,
        PIPELINES: plain.server_port,
        REGISTRY: plain.server_port,
        MODEL: controllers.port,
    }
    program = tmp_path / "notebook.py"
    program.write_text("\n\n".join(cells()), encoding="utf-8")
    try:
        code, output = pods.run(
            "-W",
            "ignore",
            "-c",
            f"import os, runpy, sys; os.chdir({str(TUTORIAL)!r}); sys.path.insert(0, '.'); runpy.run_path({str(program)!r})",
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
    assert code == 0, "\n".join([output, *cluster.refused])
    assert cluster.refused == []
    assert str(list(range(10))) in output
    assert "look at the data" in output
    assert cluster.runs[0]["runtime_config"]["parameters"] == {"folder": FOLDER}
    (version,) = cluster.registered["model_versions"]
    assert version["customProperties"]["eta"]["string_value"] == "0.4"
    assert {"inferenceservices/digits", "trainjobs/digits", "experiments/digits"} <= set(cluster.deleted)
    assert [key for key in cluster.objects if key[0] != "pods"] == []


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
