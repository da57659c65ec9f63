"""Each check passes on a platform that is right, and fails on one with the defect that it looks for."""

import io
import json
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest

from modules.acceptance import job
from modules.acceptance.program.__main__ import CHECKS, main
from modules.acceptance.program.outcome import Outcome, read_outcome
from modules.acceptance.program.world import World
from modules.settings import Statement
from tests.modules.acceptance.played import ACCOUNT_TOKEN, OTHER, PROGRAM_TOKEN, TEAM, Played, playing
from tests.modules.acceptance.team_s3 import BUCKET, NAME, Bucket

pytestmark = pytest.mark.slow

RUN = "accept-0a1b2c"
EVERYTHING = Statement(actions=("s3:*",), resources=(BUCKET.arn, f"{BUCKET.arn}/*"))
NO_LIST = Statement(actions=("s3:GetObject", "s3:PutObject", "s3:DeleteObject"), resources=(f"{BUCKET.arn}/*",))
FAULTS = {
    "program-sign-in": ("program not known",),
    "notebook": ("notebooks never ready", "notebook closed", "notebooks forbidden"),
    "pipeline": ("pipeline fails", "artifact not kept", "other artifact"),
    "train-job": ("trainjobs fail", "trainjobs never ready", "trainjobs forbidden"),
    "tuning": ("experiments fail", "experiments never ready", "no metrics", "experiments forbidden"),
    "model": ("inferenceservices fail", "inferenceservices never ready", "other model", "model refuses"),
    "program-without-token": ("no token needed",),
    "other-team-pipelines": ("open pipelines",),
    "other-team-objects": ("open namespaces",),
    "other-team-services": ("other team open", "other team fails"),
    "ingress": ("ingress allowed",),
    "load-balancer": ("load balancer allowed", "services forbidden"),
    "privileged-pod": ("privileged allowed", "pods forbidden"),
    "foreign-image": ("foreign image pulled", "pods never ready"),
    "node-credentials": ("metadata open",),
}


@pytest.fixture(autouse=True)
def libraries_of_the_image(monkeypatch: pytest.MonkeyPatch) -> None:
    """scikit-learn and joblib, as far as the program calls them; tests/tutorial has the real ones."""

    class Model:
        def __init__(self, **_: Any) -> None:
            self.fitted = 0

        def fit(self, images: Any, labels: Any) -> "Model":
            self.fitted = len(images)
            assert len(images) == len(labels)
            return self

        def predict(self, samples: Any) -> list[int]:
            return [int(sum(one)) % 10 for one in samples]

    def dump(model: Model, file: io.BytesIO) -> None:
        file.write(json.dumps(model.predict(images[500:504])).encode())

    images = [[float((row * column) % 17) for column in range(64)] for row in range(600)]
    libraries: dict[str, dict[str, Any]] = {
        "joblib": {"dump": dump},
        "sklearn": {},
        "sklearn.datasets": {"load_digits": lambda **_: (images, [row % 10 for row in range(600)])},
        "sklearn.linear_model": {"LogisticRegression": Model},
    }
    for name, content in libraries.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)


def world(address: str, folder: Path) -> World:
    for name, token in {"account": ACCOUNT_TOKEN, "pipelines": PROGRAM_TOKEN}.items():
        (folder / name).write_text(f"{token}\n")
    return World(
        run=RUN,
        team=TEAM,
        other_team=OTHER,
        other_services=(f"{address.removeprefix('http://')}/finance",),
        image="kserve/sklearnserver:v0.18.1",
        notebook_image="jupyter-scipy:v1.11.0",
        trainer_runtime="torch-distributed",
        foreign_image="docker.io/library/busybox:1.37.0",
        kubernetes_address=f"{address}/kubernetes",
        kubernetes_ca=None,
        account_token=str(folder / "account"),
        pipelines_address=f"{address}/pipelines",
        pipelines_token=str(folder / "pipelines"),
        notebook_address=address,
        metadata_address=f"{address}/metadata",
        wait_minutes=0.005,
        poll_seconds=0.01,
    )


def run(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    played: Played,
    **changes: Any,
) -> tuple[int, dict[str, Outcome]]:
    """The program's exit code and outcomes."""
    monkeypatch.setattr(boto3, "client", played.bucket.client)
    monkeypatch.setenv("ARTIFACT_BUCKET", NAME)
    with playing(played) as address:
        file = folder / "world.json"
        file.write_text(json.dumps(asdict(replace(world(address, folder), **changes))))
        code = main(file)
    lines = capsys.readouterr().out.splitlines()
    found = [one for line in lines if (one := read_outcome(line)) is not None]
    assert [one.id for one in found] == list(CHECKS)
    assert played.refused == []
    return code, {one.id: one for one in found}


@pytest.fixture
def outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda played, **changes: run(tmp_path, monkeypatch, capsys, played, **changes)


def test_a_right_platform_passes_and_nothing_is_left(outcome: Any) -> None:
    played = Played(Bucket())
    code, found = outcome(played)
    assert {one.id: one.text for one in found.values() if one.status != "passed"} == {}
    assert code == 0
    assert (played.objects, played.runs, played.experiments, played.bucket.objects) == ({}, {}, {}, {})
    assert found["tuning"].text == "loss=0.250000"
    assert found["pipeline"].text == f"s3://{NAME}/private-artifacts/{TEAM}/{RUN}/pipeline/accept/r-1/write/written"


@pytest.mark.parametrize(("check", "fault"), [(check, fault) for check, faults in FAULTS.items() for fault in faults])
def test_a_defect_fails_its_check_and_no_other(check: str, fault: str, outcome: Any) -> None:
    played = Played(Bucket(), frozenset({fault}))
    code, found = outcome(played)
    failed = {one.id for one in found.values() if one.status == "failed"}
    known = {"program not known": {"program-sign-in", "pipeline"}}.get(fault, {check})
    assert failed == known, {name: found[name].text for name in failed}
    assert code == 1
    assert found[check].text
    assert played.objects == {}


@pytest.mark.parametrize("what", ["list", "read", "write"])
def test_a_role_with_more_rights_on_the_bucket_fails(what: str, outcome: Any) -> None:
    action = {"list": "s3:ListBucket", "read": "s3:GetObject", "write": "s3:PutObject"}[what]
    more = Statement(actions=(action, "s3:DeleteObject"), resources=(BUCKET.arn, f"{BUCKET.arn}/*"))
    bucket = Bucket()
    bucket.statements = (*bucket.statements, more)
    bucket.objects[f"private-artifacts/{OTHER}/{RUN}"] = b"there"
    _, found = outcome(Played(bucket))
    assert found["other-team-artifacts"].status == "failed"
    assert f"{what} private-artifacts/{OTHER}/" in found["other-team-artifacts"].text


def test_every_check_has_a_defect() -> None:
    assert FAULTS.keys() | {"other-team-artifacts"} == CHECKS.keys()


def test_a_service_of_another_team_without_pods_is_no_defect(outcome: Any) -> None:
    _, found = outcome(Played(Bucket(), frozenset({"other team stopped"})))
    assert found["other-team-services"].status == "passed"


def test_a_pod_that_is_deleted_deletes_what_its_check_created(tmp_path: Path) -> None:
    played = Played(Bucket(), frozenset({"notebooks never ready"}))
    with playing(played) as address:
        file = tmp_path / "world.json"
        file.write_text(json.dumps(asdict(replace(world(address, tmp_path), wait_minutes=5.0))))
        command = [sys.executable, "-m", "modules.acceptance.program", str(file)]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + 60
        while not played.objects and time.monotonic() < end:
            time.sleep(0.02)
        assert list(played.objects) == [("notebooks", RUN)]
        running.terminate()
        printed, error = running.communicate(timeout=60)
    assert (running.returncode, error) == (1, "the pod is deleted\n")
    assert printed.count("\n") == 1
    assert played.objects == {}


def test_what_cannot_be_deleted_is_named(outcome: Any) -> None:
    _, found = outcome(Played(Bucket(), frozenset({"deletes nothing"})))
    assert found["notebook"].text.startswith(f"Notebook {RUN} is left in {TEAM}: ")


def test_one_team_one_reason(outcome: Any) -> None:
    code, found = outcome(
        Played(Bucket()), other_team=None, other_services=(), foreign_image=None, skip={"model": "off"}
    )
    skipped = {one.id: one.text for one in found.values() if one.status == "skipped"}
    alone = "the platform has one team"
    assert skipped == {
        "model": "off",
        **{f"other-team-{name}": alone for name in ("pipelines", "objects", "artifacts", "services")},
        "foreign-image": "nodes reach the internet, and admission does not limit images",
    }
    assert code == 0


def test_without_libraries_of_the_image_checks_are_skipped_with_the_reason(
    outcome: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "joblib", None)
    _, found = outcome(Played(Bucket()))
    assert found["model"].status == "skipped"
    assert "scikit-learn" in found["model"].text


def test_no_answer_at_all_fails_every_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARTIFACT_BUCKET", NAME)
    monkeypatch.setattr(boto3, "client", Bucket().client)
    file = tmp_path / "world.json"
    nowhere = world("http://127.0.0.1:1", tmp_path)
    file.write_text(json.dumps(asdict(nowhere)))
    assert main(file) == 1
    found = [read_outcome(line) for line in capsys.readouterr().out.splitlines()]
    passed = {one.id for one in found if one is not None and one.status == "passed"}
    assert passed == {"other-team-artifacts", "other-team-services", "node-credentials"}  # no answer is what they want


def test_the_program_in_the_job_needs_the_standard_library_only(tmp_path: Path) -> None:
    """As the pod has it: the files of the ConfigMap at their paths, and no other module of this project."""
    here = world("http://127.0.0.1:1", tmp_path)
    made, content = job.job(here), job.config_map(here)["data"]
    (volume,) = [one for one in made["spec"]["template"]["spec"]["volumes"] if one["name"] == "program"]
    root = tmp_path / "program"
    for item in volume["configMap"]["items"]:
        file = root / item["path"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content[item["key"]])
    (container,) = made["spec"]["template"]["spec"]["containers"]
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        "import sys, runpy; sys.path.insert(0, sys.argv.pop(1)); runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)",
    ]
    done = subprocess.run(
        [*command, str(root), container["command"][2], str(root / "world.json")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    found = [read_outcome(line) for line in done.stdout.splitlines()]
    assert [one.id for one in found if one is not None] == list(CHECKS)
    assert len(json.dumps(content)) < 500_000  # of the MiB of a ConfigMap
