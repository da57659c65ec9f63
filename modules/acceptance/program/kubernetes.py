"""Objects in the namespace of the team, by the API server, with the token of the pod's service account."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modules.acceptance.program.http import Response, request
from modules.acceptance.program.outcome import FailedError

PLURALS: Mapping[str, str] = {
    "Notebook": "apis/kubeflow.org/v1/namespaces/{}/notebooks",
    "TrainJob": "apis/trainer.kubeflow.org/v1alpha1/namespaces/{}/trainjobs",
    "Experiment": "apis/kubeflow.org/v1beta1/namespaces/{}/experiments",
    "InferenceService": "apis/serving.kserve.io/v1beta1/namespaces/{}/inferenceservices",
    "Ingress": "apis/networking.k8s.io/v1/namespaces/{}/ingresses",
    "Service": "api/v1/namespaces/{}/services",
    "Pod": "api/v1/namespaces/{}/pods",
    "Secret": "api/v1/namespaces/{}/secrets",
}
"""Kind to the path of its list in a namespace."""


@dataclass(frozen=True)
class Kubernetes:
    """The API server.

    Args:
        address: `https://kubernetes.default.svc`.
        token_file: token of the service account; read for each request, since the kubelet renews it.
        ca_file: certificate of the API server's authority.
    """

    address: str
    token_file: Path
    ca_file: str | None

    def call(self, method: str, path: str, body: Any = None) -> Response:
        """One request.

        Raises:
            UnreachableError: no answer.
        """
        headers = {"Authorization": f"Bearer {self.token_file.read_text().strip()}", "Accept": "application/json"}
        return request(method, f"{self.address}/{path}", body, headers, ca_file=self.ca_file)

    def create(self, body: Mapping[str, Any], *, dry_run: bool = False) -> Response:
        """Create an object in its namespace; a dry run passes authorization and admission, and stores nothing."""
        path = PLURALS[body["kind"]].format(body["metadata"]["namespace"])
        return self.call("POST", f"{path}{'?dryRun=All' if dry_run else ''}", body)

    def get(self, kind: str, namespace: str, name: str) -> Any:
        """An object.

        Raises:
            FailedError: the API server refuses the request.
        """
        answer = self.call("GET", f"{PLURALS[kind].format(namespace)}/{name}")
        if answer.status != 200:
            raise FailedError(str(answer))
        return answer.json

    def delete(self, kind: str, namespace: str, name: str) -> None:
        """Delete an object with what belongs to it.

        Raises:
            FailedError: the API server refuses the request.
        """
        answer = self.call("DELETE", f"{PLURALS[kind].format(namespace)}/{name}", {"propagationPolicy": "Background"})
        if answer.status not in (200, 202, 404):
            raise FailedError(f"{kind} {name} is left in {namespace}: {answer}")
