"""Pods that controllers start in every team's namespace, as far as admission reads them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.checks.admission.templates.serving import DEFAULT_RESOURCES, QUEUE
from modules.checks.admission.templates.template import Template
from modules.checks.admission.templates.workflows import EXECUTOR
from modules.kubeflow.components.pipelines.profile_controller import Settings, deployment
from modules.settings import Kubeflow

SMALL = {"requests": {"cpu": "50m", "memory": "10Mi"}, "limits": {"cpu": "500m", "memory": "100Mi"}}
"""Defaults of Katib's suggestions.

Source: https://github.com/kubeflow/katib/blob/v0.19.0/pkg/apis/config/v1beta1/defaults.go
"""
PROXY = deployment("team", Settings(*(f"{name.lower()}" for name in Settings.__annotations__)), "")
INITIALIZER = {
    "name": "storage-initializer",
    "resources": {"requests": {"cpu": "100m", "memory": "100Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
}
"""Downloads a model before its server starts.

Source: `storageInitializer` in the ConfigMap inferenceservice-config
"""


@dataclass(frozen=True)
class Started:
    """A kind of pod that a component starts."""

    name: str
    component: str
    spec: Mapping[str, Any]
    added: tuple[Mapping[str, Any], ...] = ()
    """Containers that a controller adds."""
    source: str = ""

    @property
    def template(self) -> Template:
        """As a template without an object."""
        return Template(self.spec, {}, (), (), added=self.added)


def started(kubeflow: Kubeflow) -> Iterator[Started]:
    """All kinds of such pods, with the requests that settings give them.

    Args:
        kubeflow: settings.
    """
    yield Started(
        "artifact proxy",
        "pipelines",
        PROXY["spec"]["template"]["spec"],
        source="modules/kubeflow/components/pipelines/profile_controller.py",
    )
    yield Started(
        "pipeline step",
        "pipelines",
        {"containers": [{"name": "main"}]},
        EXECUTOR,
        "https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/v2/compiler/argocompiler/container.go",
    )
    requests = {"cpu": str(kubeflow.notebooks.cpu), "memory": f"{kubeflow.notebooks.memory_gib}Gi"}
    yield Started(
        "notebook",
        "notebook-controller",
        {
            "containers": [{"name": "notebook", "resources": {"requests": requests}}],
            "securityContext": {"fsGroup": 100},
        },
        source="https://github.com/kubeflow/notebooks/blob/notebooks-v1/components/notebook-controller/controllers/notebook_controller.go",
    )
    yield Started(
        "suggestion of an Experiment",
        "katib",
        {"containers": [{"name": "suggestion", "resources": SMALL}]},
        source="https://github.com/kubeflow/katib/blob/v0.19.0/pkg/controller.v1beta1/suggestion/composer/composer.go",
    )
    yield Started(
        "model",
        "kserve",
        {"containers": [{"name": "kserve-container", "resources": DEFAULT_RESOURCES}], "initContainers": [INITIALIZER]},
        (QUEUE,),
        "https://kserve.github.io/website/docs/concepts/resources/inferenceservice-spec",
    )
    for name, component, source in (
        ("Tensorboard", "tensorboard-controller", "tensorboard-controller/controllers/tensorboard_controller.go"),
        ("volume viewer", "pvcviewer", "pvcviewer-controller/controllers/pvcviewer_controller.go"),
    ):
        yield Started(
            name,
            component,
            {"containers": [{"name": "main"}]},
            source=f"https://github.com/kubeflow/notebooks/blob/notebooks-v1/components/{source}",
        )
