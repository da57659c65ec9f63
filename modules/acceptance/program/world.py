"""What the checks know of the platform: written by the command, read from a file."""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modules.acceptance.program.http import Response, request
from modules.acceptance.program.kubernetes import Kubernetes
from modules.acceptance.program.outcome import FailedError, SkippedError

SHORT_SECONDS = 5.0
"""For connections that must not be possible: a NetworkPolicy drops packets, so that only the time ends them."""
ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"


@dataclass(frozen=True)
class World:
    """Addresses, names and limits of one run."""

    run: str
    """Name of all objects of the run, `accept-<six hexadecimal digits>`."""
    team: str
    """Namespace in which the checks run."""
    other_team: str | None
    """Another team's namespace; None: the platform has one team."""
    other_services: tuple[str, ...]
    """`<host>:<port>` of each Service in the other team's namespace."""
    image: str
    """An image of the platform with Python, scikit-learn and boto3: that of KServe's scikit-learn runtime."""
    notebook_image: str
    trainer_runtime: str
    """ClusterTrainingRuntime of the TrainJob."""
    foreign_image: str | None
    """Image that the nodes must not be able to pull; None: the network has a route to the internet."""
    skip: Mapping[str, str] = field(default_factory=dict)
    """Id of a check to the reason why it does not apply."""
    kubernetes_address: str = "https://kubernetes.default.svc"
    kubernetes_ca: str | None = f"{ACCOUNT_FOLDER}/ca.crt"
    account_token: str = f"{ACCOUNT_FOLDER}/token"
    pipelines_address: str = "http://ml-pipeline.kubeflow.svc:8888"
    pipelines_token: str = "/var/run/secrets/kubeflow/pipelines/token"
    notebook_address: str = "http://{name}.{namespace}.svc"
    """Address of a notebook server."""
    metadata_address: str = "http://169.254.169.254"
    """Instance metadata, from which the credentials of the node could be read."""
    wait_minutes: float = 20.0
    """For each object to become ready: a node may have to start, and images of several GB are pulled."""
    poll_seconds: float = 5.0

    @property
    def kubernetes(self) -> Kubernetes:
        """The API server."""
        return Kubernetes(self.kubernetes_address, Path(self.account_token), self.kubernetes_ca)

    @property
    def bucket(self) -> str:
        """Name of the artifact bucket, from the PodDefault `artifact-store`.

        Raises:
            FailedError: it was not applied to the pod; for a platform without a bucket the checks are skipped before.
        """
        name = os.environ.get("ARTIFACT_BUCKET")
        if not name:
            raise FailedError(
                "ARTIFACT_BUCKET is not set: the PodDefault artifact-store was not applied; is admission-webhook ready?"
            )
        return name

    @property
    def prefix(self) -> str:
        """The run's own prefix in the bucket, below the team's."""
        return f"private-artifacts/{self.team}/{self.run}"

    def s3(self) -> Any:
        """A client of S3 with the team's role.

        Raises:
            SkippedError: the image has no boto3.
        """
        try:
            import boto3  # type: ignore[import-untyped]
        except ImportError as error:
            raise SkippedError(f"the image has no boto3 ({error})") from error
        return boto3.client("s3")

    def pipelines(self, method: str, path: str, body: Any = None, *, signed_in: bool = True) -> Response:
        """A request to the API of Pipelines, with the program's token or without one."""
        token = Path(self.pipelines_token).read_text().strip()
        headers = {"Authorization": f"Bearer {token}"} if signed_in else {}
        return request(method, f"{self.pipelines_address}/apis/v2beta1/{path}", body, headers)

    def wait_for(self, what: str, done: Callable[[], str | None]) -> str:
        """Repeat a request until it has the expected answer.

        Args:
            what: the object, for the error.
            done: the evidence; None: not yet.

        Raises:
            FailedError: not within `wait_minutes`.
        """
        end = time.monotonic() + self.wait_minutes * 60
        while time.monotonic() < end:
            if (found := done()) is not None:
                return found
            time.sleep(self.poll_seconds)
        raise FailedError(f"{what}: not ready after {self.wait_minutes:g} minutes")


def read_world(file: Path) -> World:
    """The world of a file."""
    found = json.loads(file.read_text())
    return World(**{**found, "other_services": tuple(found["other_services"])})
