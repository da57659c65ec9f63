"""Helm hooks that run kubectl: a Job, and the service account and rights that its command requires."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from modules.aws_data.kubernetes_versions import DEFAULT_KUBERNETES_VERSION
from modules.text import render

IMAGE = f"registry.k8s.io/kubectl:v{DEFAULT_KUBERNETES_VERSION}.0"
"""Official kubectl image of the default version; it can differ from the cluster by one minor version.

Source: https://kubernetes.io/releases/version-skew-policy/#kubectl
"""
OBJECTS_FOLDER = "/objects"


@dataclass(frozen=True)
class KubectlJob:
    """One command of kubectl as a Helm hook.

    Source: https://helm.sh/docs/topics/charts_hooks/
    """

    name: str
    """Of all its objects."""
    namespace: str
    container: str
    events: str
    """Helm's events, separated by commas."""
    arguments: Sequence[str]
    types: Mapping[str, Sequence[str]]
    """API group to the plurals that the command works on."""
    verbs: Sequence[str]
    minutes: int
    """After that the Job fails, and with it the release."""
    retries: int
    restart_policy: Literal["Never", "OnFailure"] = "Never"
    supporting_objects_are_hooks: bool = False
    """Whether Helm deletes the account and its rights with the Job: required for events before an install."""
    objects: str = ""
    """YAML that the container finds in `/objects/objects.yaml`; empty: no such volume."""

    def text(self) -> str:
        """Its objects as YAML, with text that Terraform reads escaped."""
        return render(
            Path(__file__).with_name("objects") / "kubectl-job.yaml.j2",
            image=IMAGE,
            objects_folder=OBJECTS_FOLDER,
            **vars(self),
        )
