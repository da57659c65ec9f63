"""Settings of Fargate profiles."""

from pydantic import Field

from modules.settings.section import Section
from modules.settings.types import NamespaceName, NodeName


class FargateSelector(Section):
    """Selects pods for Fargate."""

    namespace: NamespaceName
    """Namespace of the pods."""
    labels: dict[str, str] = Field(default={})
    """Labels that pods must have, all of them. Empty: all pods of the namespace."""


class FargateProfile(Section):
    """A Fargate profile. DaemonSets, GPUs, Pod Identity and EBS volumes are not available on Fargate."""

    name: NodeName
    """Name of the profile; unique on the platform."""
    selectors: tuple[FargateSelector, ...]
    """1 to 5 selectors; a pod must match one of them."""
