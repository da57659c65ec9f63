"""Each kind of finding about a manifest, with its line."""

from pathlib import Path

import pytest

from modules.checks.finding import Finding
from modules.checks.inputs import Inputs
from modules.checks.manifest import kinds
from modules.checks.manifest.section import section, team_of
from modules.kubeflow.manifest import Object
from modules.settings import ExistingCluster, Quota, Repositories, Services, TeamPermissions
from tests.modules.checks.admission.made import crd, head
from tests.modules.checks.manifest.made import checked, container, ids, job, platform, with_env

SERVICE = head(
    "v1", "Service", "kubeflow", "api", {"selector": {"app": "api"}, "ports": [{"port": 80, "name": "http"}]}
)
SERVER = head(
    "apps/v1",
    "Deployment",
    "kubeflow",
    "api",
    {
        "selector": {"matchLabels": {"app": "api"}},
        "template": {
            "metadata": {"labels": {"app": "api"}},
            "spec": {"containers": [container(ports=[{"containerPort": 80}])]},
        },
    },
)
CLOSED = head(
    "networking.k8s.io/v1", "NetworkPolicy", "kubeflow", "no", {"podSelector": {}, "policyTypes": ["Ingress"]}
)
ANY = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
NOTEBOOKS = crd(ANY, "kubeflow.org", "Notebook")
TRAINJOBS = crd(ANY, "trainer.kubeflow.org", "TrainJob", "v1alpha1")
MODELS = crd(ANY, "serving.kserve.io", "InferenceService", "v1beta1")
TRAINJOB = head("trainer.kubeflow.org/v1alpha1", "TrainJob", "", "a", {"runtimeRef": {"name": "torch"}})
MODEL = head(
    "serving.kserve.io/v1beta1",
    "InferenceService",
    "",
    "m",
    {"predictor": {"model": {"modelFormat": {"name": "sklearn"}}}},
)
ROLES = [
    head(
        "rbac.authorization.k8s.io/v1",
        "ClusterRole",
        "",
        name,
        rules=[{"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["*"]}],
    )
    for name in ("kubeflow-admin", "kubeflow-edit", "kubeflow-view")
]
DEPLOYMENT = head(
    "apps/v1",
    "Deployment",
    "",
    "a",
    {
        "selector": {"matchLabels": {"app": "a"}},
        "template": {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [container()]}},
    },
)
BIG = {"requests": {"cpu": "900"}, "limits": {"memory": "1Gi"}}
SOME = {"requests": {"cpu": "3", "memory": "1Gi"}, "limits": {"memory": "1Gi"}}


def image(name: str) -> list[Object]:
    return [job(container(image=name))]


ECR = "111122223333.dkr.ecr.us-west-2.amazonaws.com"
CASES: dict[str, tuple[list[Object], tuple[Object, ...], str]] = {
    "MAN002": ([{**job(), "metadata": {"name": "a", "namespace": "kubeflow"}}], (), "namespace: kubeflow"),
    "MAN003": ([DEPLOYMENT], tuple(ROLES), "kind: Deployment"),
    "MAN004": ([head("kubeflow.org/v1", "PyTorchJob", "", "a", {"pytorchReplicaSpecs": {}})], (), "kind: PyTorchJob"),
    "MAN006": ([job(container(resources=BIG))], (), "spec:"),
    "MAN008": ([with_env("http://nothing.kubeflow.svc:80/x")], (SERVICE, SERVER), "value: http://nothing"),
    "MAN009": ([with_env("http://api.kubeflow.svc.cluster.local:80/")], (SERVICE, SERVER, CLOSED), "value: http://api"),
    "MAN010": ([with_env("s3://other-bucket/data")], (), "value: s3://other"),
    "MAN011": ([with_env("s3://BUCKET/data")], (), "value: s3://BUCKET"),
    "MAN012": (image("Not/An:Image:x"), (), "image: Not"),
    "MAN013": (image("registry.example.com/a:1"), (), "image: registry"),
    "MAN015": (image("python"), (), "image: python"),
    "MAN017": ([TRAINJOB], (TRAINJOBS,), "runtimeRef:"),
    "MAN101": ([head("example.com/v1", "Thing", "", "a", {"size": 1})], (crd(ANY),), "kind: Thing"),
    "MAN103": ([with_env("https://example.com/data")], (), "value: https"),
    "MAN105": (image("444455556666.dkr.ecr.us-west-2.amazonaws.com/a:1"), (), "image: '444455556666"),
}
"""Id to the objects of the file, the objects of the platform, and the begin of the line that is named."""


@pytest.mark.parametrize("wanted", CASES)
def test_it_finds(wanted: str, tmp_path: Path) -> None:
    manifest, objects, begin = CASES[wanted]
    found = checked(tmp_path, manifest, *objects)
    assert ids(found) == {wanted}
    line = (tmp_path / "job.yaml").read_text().splitlines()[found[0].line - 1]
    assert line.strip().removeprefix("- ").replace("'", "").startswith(begin.replace("'", ""))
    assert str(found[0]).startswith(f"{tmp_path}/job.yaml:{found[0].line}: {wanted}: ")


def test_a_job_that_runs_has_no_finding(tmp_path: Path) -> None:
    mine = f"s3://{platform().name}-artifacts-111122223333/private-artifacts/research/model"
    assert checked(tmp_path, [with_env(mine)], *ROLES) == []


def test_the_service_account_must_exist(tmp_path: Path) -> None:
    made = job()
    made["spec"]["template"]["spec"]["serviceAccountName"] = "mine"
    assert ids(checked(tmp_path, [made])) == {"MAN005"}
    account: Object = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "mine"}}
    assert checked(tmp_path, [made, account]) == []


def test_an_account_without_a_role_reads_nothing(tmp_path: Path) -> None:
    made = with_env(f"s3://{platform().name}-artifacts-111122223333/private-artifacts/research/a")
    made["spec"]["template"]["spec"]["serviceAccountName"] = "default"
    assert ids(checked(tmp_path, [made])) == {"MAN010"}


def test_pods_wait_for_nodes(tmp_path: Path) -> None:
    made = job(container(resources=SOME))
    made["spec"]["parallelism"] = 40
    (found,) = checked(tmp_path, [made])
    assert found.id == "MAN007"
    assert "CPU on " in found.text


def test_without_known_nodes_room_is_not_checked(tmp_path: Path) -> None:
    existing = platform().with_changes(cluster=ExistingCluster(name="old"), network=None)
    assert ids(checked(tmp_path, [job()], platform_=existing)) == {"MAN102"}


def test_policies_that_are_not_in_the_settings(tmp_path: Path) -> None:
    wider = platform({"aws": TeamPermissions(policy_arns=("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",))})
    assert ids(checked(tmp_path, [with_env("s3://other-bucket/data")], platform_=wider)) == {"MAN104"}


def test_repositories_of_the_platform(tmp_path: Path) -> None:
    with_one = platform(services=Services(repositories=Repositories(names=("train",))))
    name = with_one.name
    assert checked(tmp_path, image(f"{ECR}/{name}/train:1"), platform_=with_one) == []
    assert ids(checked(tmp_path, image(f"{ECR}/{name}/other:1"), platform_=with_one)) == {"MAN016"}


def test_without_nat_only_ecr_is_reached(tmp_path: Path) -> None:
    found = platform()
    assert found.network is not None
    alone = found.with_changes(network=found.network.with_changes(nat="none"))
    assert ids(checked(tmp_path, [job()], platform_=alone)) == {"MAN014"}


def test_a_model_without_a_runtime(tmp_path: Path) -> None:
    assert ids(checked(tmp_path, [MODEL], MODELS)) == {"MAN017"}


def test_a_quota_counts_all_objects_of_the_files(tmp_path: Path) -> None:
    small = platform({"quota": Quota(cpu=1, storage_gib=5)})
    claim = head(
        "v1",
        "PersistentVolumeClaim",
        "",
        "data",
        {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "6Gi"}}},
    )
    half = {"requests": {"cpu": "600m", "memory": "64Mi"}}
    found = checked(
        tmp_path, [job(container(resources=half)), job(container(resources=half), name="b"), claim], platform_=small
    )
    assert [(one.id, one.text.partition(": spec: ")[2]) for one in found] == [
        ("ADM009", "requests.cpu: 1.2 of 1 in the quota"),
        ("ADM009", "requests.storage: 6.0Gi of 5Gi in the quota"),
    ]


def test_a_published_service_is_refused(tmp_path: Path) -> None:
    service = head("v1", "Service", "", "web", {"type": "LoadBalancer", "ports": [{"port": 80}]})
    assert ids(checked(tmp_path, [service])) == {"ADM009"}


def test_a_wrong_field_is_named_with_its_line(tmp_path: Path) -> None:
    text = """\
apiVersion: v1
kind: Pod
metadata:
  name: a
spec:
  serviceAccountName: default-editor
  containers:
    - name: main
      image: python:3.11.11-slim
      securityContext:
        privileged: true
      resorces: {}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: second
datas: {}
"""
    found = [(one.id, one.line) for one in checked(tmp_path, text)]
    assert found == [("ADM002", 8), ("ADM001", 11), ("ADM002", 14)]


@pytest.mark.parametrize("text", ["a: [", "- 1\n", "a: 1\n", "kind: Pod\n"])
def test_what_is_not_an_object_is_an_error(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"job\.yaml"):
        checked(tmp_path, text)


def test_a_list_is_read(tmp_path: Path) -> None:
    listed = [{"apiVersion": "v1", "kind": "List", "items": [job(), job(container(image="python"), name="b")]}]
    assert ids(checked(tmp_path, listed)) == {"MAN015"}


def test_a_team_is_one_of_the_platform() -> None:
    with pytest.raises(ValueError, match="no team other; choose from research"):
        team_of(platform(), "other")


def unreadable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Finding, ...]:
    from datetime import date

    from modules.checks.rendered import PlatformObjects
    from modules.kubeflow.cache import Cache

    monkeypatch.setattr("modules.checks.inputs.platform_objects", lambda *_: PlatformObjects({}))
    inputs = Inputs(platform(), Cache(), lambda _: {}, date(2026, 1, 1))
    return section(inputs, "research", [tmp_path / "missing.yaml"]).findings


def test_a_missing_file_is_a_finding(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert [one.id for one in unreadable(monkeypatch, tmp_path)] == ["MAN001", "MAN105", "MAN106"]


PIPELINE = """\
pipelineInfo:
  name: add
deploymentSpec:
  executors:
    exec-add:
      container:
        image: python:3.11.11-slim
        args: [--executor_input]
        resources:
          resourceCpuLimit: "900"
          resourceCpuRequest: "900"
    exec-read:
      container:
        image: python
        command: ["cat", "s3://other-bucket/a"]
schemaVersion: 2.1.0
---
platforms:
  kubernetes:
    deploymentSpec:
      executors:
        exec-read:
          nodeSelector:
            labels: {disk: none}
"""


def test_a_compiled_pipeline_is_one_object(tmp_path: Path) -> None:
    found = {(one.id, one.line) for one in checked(tmp_path, PIPELINE)}
    assert found == {("MAN006", 6), ("MAN006", 13), ("MAN010", 15), ("MAN015", 14)}


def test_a_webhook_without_pods_refuses_what_it_selects(tmp_path: Path) -> None:
    rules = [{"apiGroups": [""], "resources": ["pods"], "operations": ["CREATE"], "apiVersions": ["v1"]}]
    hook = {
        "name": "a.example.com",
        "clientConfig": {"service": {"namespace": "kubeflow", "name": "hook"}},
        "rules": rules,
    }
    made = head("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "", "a", webhooks=[hook])
    assert ids(checked(tmp_path, [job()], made)) == {"ADM005"}


def test_a_uri_of_an_object_is_read_too(tmp_path: Path) -> None:
    spec = {"predictor": {"model": {"modelFormat": {"name": "a"}, "storageUri": "http://nothing.kubeflow.svc/a"}}}
    runtime = head(
        "serving.kserve.io/v1alpha1",
        "ClusterServingRuntime",
        "",
        "a",
        {
            "supportedModelFormats": [{"name": "a", "autoSelect": True}],
            "containers": [container(name="kserve-container")],
        },
    )
    model = head("serving.kserve.io/v1beta1", "InferenceService", "", "m", spec)
    found = checked(
        tmp_path, [model], MODELS, crd(ANY, "serving.kserve.io", "ClusterServingRuntime", "v1alpha1"), runtime, SERVICE
    )
    assert ids(found) == {"MAN008"}


def test_every_kind_is_provoked() -> None:
    elsewhere = {"MAN001", "MAN005", "MAN007", "MAN014", "MAN016", "MAN102", "MAN104", "MAN106"}
    assert {*CASES, *elsewhere} == {one.id for one in kinds.KINDS}


@pytest.mark.parametrize(
    ("level", "refused"),
    [("privileged", set()), ("baseline", {"hostPath"}), ("restricted", {"hostPath", "runAsNonRoot"})],
)
def test_pods_are_judged_by_the_level_of_the_team(tmp_path: Path, level: str, refused: set[str]) -> None:
    """As AWS's own training examples have it: shared memory by hostPath."""
    shared = [{"name": "shm", "hostPath": {"path": "/dev/shm"}}]
    manifest = job(container(securityContext={"privileged": False}), volumes=shared, securityContext={})
    texts = [one.text for one in checked(tmp_path, [manifest], platform_=platform({"pod_security": level}))]
    for name in ("hostPath", "runAsNonRoot"):
        assert any(name in text for text in texts) == (name in refused), texts
