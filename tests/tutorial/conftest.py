"""The programs of docs/tutorial run in the environment .tools/tutorial, as pods of the team would run them."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from modules.iam.policy_engine import Request
from tests.built_once import built_once, folder_of_run
from tests.stand_ins.moto_extension import CREDENTIALS, Server
from tests.tutorial.team_s3 import BUCKET, TEAM, team_s3

REPOSITORY = Path(__file__).parents[2]
TUTORIAL = REPOSITORY / "docs/tutorial"
PYTHON = REPOSITORY / ".tools/tutorial/bin/python"
FOLDER = f"s3://{BUCKET}/private-artifacts/{TEAM}/digits"
LOCAL_RUN = """
import os, sys
sys.path.insert(0, sys.argv[1])
from kfp import local
from pipeline import digits
local.init(local.SubprocessRunner(use_venv=False), pipeline_root=sys.argv[2])
task = digits(folder=sys.argv[3])
print("accuracy", task.outputs["Output"])
"""


@dataclass
class Pods:
    """What runs programs as the team's pods."""

    server: Server
    refused: list[Request]
    environment: dict[str, str] = field(repr=False)
    pipeline: str = ""
    """What the first run of the pipeline printed."""

    def popen(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start a program of Python."""
        return subprocess.Popen(
            [str(PYTHON), *arguments],
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """Exit code and output of a program."""
        process = self.popen(*arguments, **environment)
        output, _ = process.communicate(timeout=300)
        return process.returncode, output

    def keys(self, folder: str) -> list[str]:
        """Keys below a folder of the tutorial, by an administrator's eyes."""
        prefix = f"private-artifacts/{TEAM}/digits/{folder}"
        found = self.server.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", ())
        return [item["Key"].removeprefix(f"private-artifacts/{TEAM}/digits/") for item in found]

    def read(self, name: str) -> bytes:
        """A file of the tutorial's folder."""
        key = f"private-artifacts/{TEAM}/digits/{name}"
        content: bytes = self.server.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return content


@pytest.fixture(scope="module")
def empty_pods(moto: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pods]:
    """Pods of a team whose bucket is empty."""
    if not PYTHON.exists():
        pytest.skip("no environment of the tutorial: `make test` installs it into .tools/tutorial")
    moto.reset()
    s3 = moto.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    folder = tmp_path_factory.mktemp("pod")
    with team_s3(moto.endpoint) as (endpoint, refused):
        environment = {
            **CREDENTIALS,
            "PATH": f"{PYTHON.parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "AWS_ENDPOINT_URL_S3": endpoint,
            "AWS_REGION": "us-west-2",
            "AWS_DEFAULT_REGION": "us-west-2",
            "AWS_MAX_ATTEMPTS": "2",
            "ARTIFACT_BUCKET": BUCKET,
            "ARTIFACT_PREFIX": f"private-artifacts/{TEAM}/",
            "ARTIFACT_ROOT": f"s3://{BUCKET}/private-artifacts/{TEAM}/",
            "NO_PROXY": "*",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "PIP_NO_INDEX": "1",  # the packages that steps install are there, in the same versions
        }
        yield Pods(moto, refused, environment)


@pytest.fixture(scope="module")
def pods(empty_pods: Pods, tmp_path_factory: pytest.TempPathFactory) -> Pods:
    """Pods of a team whose bucket has the data, since the pipeline was run with KFP's own local runner: once in a run of tests, 13 s."""
    s3 = empty_pods.server.client("s3")

    def run() -> tuple[str, dict[str, bytes]]:
        folder = str(tmp_path_factory.mktemp("artifacts"))
        code, output = empty_pods.run("-W", "ignore", "-c", LOCAL_RUN, str(TUTORIAL), folder, FOLDER)
        assert code == 0, output
        assert empty_pods.refused == []
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
        return output, {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}

    of_run = folder_of_run(tmp_path_factory)
    empty_pods.pipeline, objects = built_once(run, "pipeline of the tutorial", of_run / "tutorial")
    for key, content in objects.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=content)
    return empty_pods


def images() -> list[list[float]]:
    """The images that the client sends."""
    found: list[list[float]] = json.loads((TUTORIAL / "images.json").read_text(encoding="utf-8"))
    return found


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
