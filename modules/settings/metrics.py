"""Metrics in Amazon Managed Service for Prometheus."""

from pydantic import Field

from modules.settings.section import Section
from modules.settings.types import NonEmpty


class ManagedPrometheus(Section):
    """A workspace that kube-prometheus-stack writes to with a role. Made here, or yours by id."""

    workspace_id: NonEmpty | None = Field(None, description="A workspace of yours. None: one is made.")
