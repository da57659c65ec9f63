"""Managed Prometheus: the key of a workspace, which moto forgets."""

from typing import Any

from moto.amp.models import Workspace
from moto.amp.responses import PrometheusServiceResponse

moto_create_workspace = PrometheusServiceResponse.create_workspace
moto_to_dict = Workspace.to_dict


def create_workspace(self: PrometheusServiceResponse) -> str:
    """https://docs.aws.amazon.com/prometheus/latest/APIReference/API_CreateWorkspace.html."""
    answer = moto_create_workspace(self)
    newest = list(self.amp_backend.workspaces.values())[-1]
    newest.kms_key_arn = self._get_param("kmsKeyArn")  # type: ignore[attr-defined]
    return answer


def to_dict(self: Workspace) -> dict[str, Any]:
    """What DescribeWorkspace says, with the key."""
    key = getattr(self, "kms_key_arn", None)
    return {**moto_to_dict(self), **({"kmsKeyArn": key} if key else {})}


def install() -> None:
    """Put the repairs into moto."""
    setattr(PrometheusServiceResponse, create_workspace.__name__, create_workspace)
    setattr(Workspace, to_dict.__name__, to_dict)
