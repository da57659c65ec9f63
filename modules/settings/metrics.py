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
    """A workspace created by the platform, encrypted, with a log of its rules.

    kube-prometheus-stack writes to it with a role.
    """

    log_retention_days: Retention = 365
    """Retention of the workspace's log of rules and alerts in days."""


class ExistingPrometheus(Section):
    """An existing workspace in the platform's account and region. kube-prometheus-stack writes to it with a role."""

    workspace_id: WorkspaceId
    """Id of the workspace. Looked up at plan, so that a wrong id fails the plan."""


AnyMetrics = Annotated[
    Annotated[ManagedPrometheus, Tag("union:ManagedPrometheus")]
    | Annotated[ExistingPrometheus, Tag("union:ExistingPrometheus")],
    kind_of("ManagedPrometheus(…)", "ExistingPrometheus(…)"),
]
