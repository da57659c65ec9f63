"""The trained model answers in KServe's server, the client reads the answers, and the drift monitor notices other images."""

import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tutorial.conftest import TUTORIAL, Pods, free_port, images

pytestmark = [pytest.mark.tutorial, pytest.mark.aws]

SERVER = Path(__file__).with_name("model_server.py")
CALL = str(TUTORIAL / "call.py")


def wait_for(url: str, process: subprocess.Popen[str]) -> None:
    last = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if process.poll() is not None:
                pytest.fail(process.stdout.read() if process.stdout else "")
            assert time.monotonic() < last, url
            time.sleep(0.2)


@pytest.fixture(scope="module")
def model(pods: Pods, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of the server, with a model that train.py wrote to the team's folder."""
    code, output = pods.run(str(TUTORIAL / "train.py"), "--rounds", "40", "--model", "model")
    assert code == 0, output
    folder = tmp_path_factory.mktemp("models")
    (folder / "model.ubj").write_bytes(pods.read("model/model.ubj"))  # as KServe's storage initializer does
    port = free_port()
    process = pods.popen(
        str(SERVER), "--model_name=digits", f"--model_dir={folder}", f"--http_port={port}", "--enable_grpc=false"
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/v2/health/ready", process)
        yield url
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def monitor(pods: Pods) -> Iterator[str]:
    port = free_port()
    process = pods.popen(str(TUTORIAL / "drift.py"), PORT=str(port), WINDOW="20")
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/metrics", process)
        yield url
    finally:
        process.kill()
        process.wait()


def test_the_client_reads_the_digits(pods: Pods, model: str) -> None:
    code, output = pods.run(CALL, model)
    assert code == 0, output
    assert json.loads(output) == list(range(10))


def test_the_client_says_why_there_is_no_answer(pods: Pods, model: str) -> None:
    code, output = pods.run(CALL, f"{model}/other")
    assert code == 1
    assert output == f"{model}/other/v2/models/digits/infer: 404 there is no such model\n"
    code, output = pods.run(CALL, "http://127.0.0.1:1")
    assert code == 1
    assert "Connection refused" in output


def event(url: str, some: list[list[float]], kind: str = "org.kubeflow.serving.inference.request") -> int:
    """Send what KServe's logger sends: the request as it came, in a CloudEvent in binary mode."""
    tensor = {
        "name": "images",
        "shape": [len(some), 64],
        "datatype": "FP32",
        "data": [value for image in some for value in image],
    }
    headers = {"ce-type": kind, "ce-id": "1", "ce-source": "http://localhost:9081/", "ce-specversion": "1.0"}
    request = urllib.request.Request(url, json.dumps({"inputs": [tensor]}).encode(), headers)
    try:
        with urllib.request.urlopen(request) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        return error.code


def drift(url: str) -> tuple[int, float]:
    with urllib.request.urlopen(f"{url}/metrics") as answer:
        text = answer.read().decode()
    total = re.search(r"^digits_images_total (\d+)$", text, re.MULTILINE)
    index = re.search(r"^digits_drift_index ([\d.]+)$", text, re.MULTILINE)
    assert total
    assert index
    return int(total[1]), float(index[1])


def test_the_monitor_notices_darker_images(monitor: str) -> None:
    assert drift(monitor) == (0, 0)
    assert event(monitor, images(), kind="org.kubeflow.serving.inference.response") == 202
    assert event(monitor, [[1.0, 2.0]]) == 400
    assert drift(monitor) == (0, 0)
    for _ in range(2):
        assert event(monitor, [[min(1, pixel + 0.5) for pixel in image] for image in images()]) == 202
    total, index = drift(monitor)
    assert total == 20
    assert index > 0.2


def test_the_monitor_takes_training_data_for_usual(pods: Pods, monitor: str) -> None:
    """Images of each interval in the shares of the training data."""
    edges = json.loads(pods.read("data/reference.json"))["edges"]
    levels = [edges[0] - 0.01, *(edge + 0.0001 for edge in edges)]
    for _ in range(2):
        assert event(monitor, [[level] * 64 for level in levels]) == 202
    assert drift(monitor)[1] < 0.1
