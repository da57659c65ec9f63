"""The pipeline and the training program of the tutorial do what its page says, on this machine's CPU and with the team's rights."""

import json
import re
import signal
import subprocess
import time

import pytest

from tests.tutorial.conftest import FOLDER, TUTORIAL, Pods, free_port

pytestmark = [pytest.mark.tutorial, pytest.mark.aws]

TRAIN = str(TUTORIAL / "train.py")


def nodes(pods: Pods, *arguments: str, count: int = 2) -> list[subprocess.Popen[str]]:
    """The nodes of a TrainJob, with the variables that Trainer's runtime `xgboost-distributed` sets."""
    port = str(free_port())
    return [
        pods.popen(
            TRAIN,
            *arguments,
            DMLC_TRACKER_URI="localhost",
            DMLC_TRACKER_PORT=port,
            DMLC_TASK_ID=str(task),
            DMLC_NUM_WORKER=str(count),
        )
        for task in range(count)
    ]


def ended(processes: list[subprocess.Popen[str]]) -> list[tuple[int, str]]:
    return [(process.returncode, output) for process in processes for output, _ in [process.communicate(timeout=200)]]


def test_the_pipeline_trains_with_its_local_runner(pods: Pods) -> None:
    found = re.search(r"^accuracy ([\d.]+)$", pods.pipeline, re.MULTILINE)
    assert found, pods.pipeline
    assert 0.93 < float(found[1]) <= 1
    assert set(pods.keys("data/")) == {"data/reference.json", "data/test.npz", "data/train.npz"}
    assert sum(json.loads(pods.read("data/reference.json"))["share"]) == pytest.approx(1)


def test_the_compiled_pipeline_is_the_program(pods: Pods, tmp_path: object) -> None:
    code, output = pods.run(
        "-W",
        "ignore",
        "-c",
        f"import runpy, os; os.chdir({str(tmp_path)!r}); runpy.run_path({str(TUTORIAL / 'pipeline.py')!r}, run_name='__main__'); print(open('pipeline.yaml').read())",
    )
    assert code == 0, output
    assert output.rstrip() == (TUTORIAL / "pipeline.yaml").read_text(encoding="utf-8").rstrip()


def test_a_trial_prints_what_katib_reads(pods: Pods) -> None:
    before = pods.keys("checkpoints/")
    code, output = pods.run(TRAIN, "--rounds", "5", "--eta", "0.5", "--max-depth", "3")
    assert code == 0, output
    assert re.search(r"^accuracy=0\.\d{4}$", output, re.MULTILINE)
    assert pods.keys("checkpoints/") == before


def test_two_nodes_train_one_model_and_continue_after_one_is_lost(pods: Pods) -> None:
    arguments = ("--run", "lost", "--rounds", "400", "--checkpoint-every", "5", "--model", "lost")
    first = nodes(pods, *arguments)
    last = time.monotonic() + 200
    while len(pods.keys("checkpoints/lost/")) < 2:
        assert time.monotonic() < last, [process.poll() for process in first]
        time.sleep(0.05)
    first[1].send_signal(signal.SIGKILL)
    (code, output), _ = ended(first)
    assert code != 0, output  # the node that is left ends, too, and the Job starts both again
    assert pods.keys("lost/") == []
    done = max(int(name[-9:-4]) for name in pods.keys("checkpoints/lost/"))

    again = ended(nodes(pods, *arguments[:3], str(done + 10), *arguments[4:]))
    assert [code for code, _ in again] == [0, 0], again
    texts = "".join(text for _, text in again)
    assert {"node 0 of 2: 674 images", "node 1 of 2: 673 images"} == set(re.findall(r"node . of 2: \d+ images", texts))
    assert set(re.findall(r"from round (\d+)", texts)) == {str(done)}
    assert f"checkpoint after {done + 10} rounds" in texts
    accuracy = re.findall(r"accuracy=([\d.]+)", texts)
    assert len(accuracy) == 1
    assert float(accuracy[0]) > 0.93
    assert pods.keys("lost/") == ["lost/model.ubj"]


@pytest.mark.parametrize("folder", [FOLDER.replace("research", "other"), FOLDER.replace("prod-artifacts", "elsewhere")])
def test_another_folder_is_refused(pods: Pods, folder: str) -> None:
    """By the team's policy, and not because nothing is there."""
    before = len(pods.refused)
    code, output = pods.run(TRAIN, "--folder", folder, "--rounds", "1")
    assert code == 1
    assert output.startswith(f"{folder}: ")
    assert "AccessDenied" in output
    assert "use a folder of your team" in output
    assert [one.action for one in pods.refused[before:]] == ["s3:GetObject"]
