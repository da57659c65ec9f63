"""Metrics in Amazon Managed Service for Prometheus."""

from typing import Annotated

from pydantic import Tag

from modules.settings.section import Section
from modules.settings.types import Retention, kind_of, matching

WorkspaceId = Annotated[
    str,
    matching(
        r"ws-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "the id of a workspace, such as ws-0a1b2c3d-1111-2222-3333-0123456789ab",
    ),
]


class ManagedPrometheus(Section):
    """A workspace made here that kube-prometheus-stack writes to with a role: encrypted, with a log of what its rules do."""

    log_retention_days: Retention = 365
    """Days that the log of the workspace's rules and alerts is kept."""


class ExistingPrometheus(Section):
    """A workspace of yours, in the platform's account and region, that kube-prometheus-stack writes to with a role."""

    workspace_id: WorkspaceId
    """Its id. It is looked up at plan, so a wrong one fails there."""


AnyMetrics = Annotated[
    Annotated[ManagedPrometheus, Tag("union:ManagedPrometheus")]
    | Annotated[ExistingPrometheus, Tag("union:ExistingPrometheus")],
    kind_of("ManagedPrometheus(…)", "ExistingPrometheus(…)"),
]
