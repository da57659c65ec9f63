"""Settings of Fargate profiles: which pods run without nodes."""

from pydantic import Field

from modules.settings.section import Section
from modules.settings.types import NamespaceName, NodeName


class FargateSelector(Section):
    """Which pods run on Fargate."""

    namespace: NamespaceName
    """Namespace of the pods."""
    labels: dict[str, str] = Field(default={})
    """Labels they must have, all of them. Empty: all pods of the namespace."""


class FargateProfile(Section):
    """Pods without nodes. DaemonSets, GPUs, Pod Identity and EBS volumes do not go there."""

    name: NodeName
    """Name of the profile; unique on the platform."""
    selectors: tuple[FargateSelector, ...]
    """Which pods, 1 to 5 selectors; one match is enough."""
