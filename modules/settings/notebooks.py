"""What the notebook spawner offers, and when a server that nobody uses is stopped."""

from typing import Annotated, Literal

from pydantic import Field

from modules.settings.section import Section
from modules.settings.types import AtLeastOne, KubernetesName, matching

SERVERS = "ghcr.io/kubeflow/kubeflow/notebook-servers"
SERVER_VERSION = "v1.11.0"
"""What Kubeflow offers in the pinned version; vendoring fails when upstream's list is another (patches/jupyter_web_app.py)."""
Image = Annotated[
    str,
    matching(
        r"[a-z0-9][a-z0-9._/:-]*[a-z0-9](:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})",
        "an image with its tag or digest, such as ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-scipy:v1.11.0",
    ),
]
Images = Annotated[tuple[Image, ...], AtLeastOne]


def servers(*names: str) -> tuple[str, ...]:
    """Upstream's images by their short names."""
    return tuple(f"{SERVERS}/{name}:{SERVER_VERSION}" for name in names)


class Notebooks(Section):
    """Notebook servers on the platform."""

    jupyter_images: Images = servers(
        "jupyter-scipy",
        "jupyter-pytorch-full",
        "jupyter-pytorch-cuda-full",
        "jupyter-tensorflow-full",
        "jupyter-tensorflow-cuda-full",
    )
    """Images of JupyterLab, the preselected one first. The default is upstream's."""
    code_server_images: Images = servers("codeserver-python")
    """Images of VS Code in the browser, the preselected one first."""
    rstudio_images: Images = servers("rstudio-tidyverse")
    """Images of RStudio, the preselected one first."""
    custom_images: bool = True
    """Whether people may type in an image that is not in a list."""
    devices: tuple[Literal["nvidia", "neuron"], ...] = ()
    """Devices that may be asked for besides those of the node groups and node pools: nvidia (GPUs), neuron (Trainium and
    Inferentia). On a cluster of others, whose nodes are not known here, all of them.
    """
    cpu: float = Field(default=0.5, ge=0.1)
    """vCPUs that a server asks for unless somebody changes it."""
    memory_gib: float = Field(default=1.0, ge=0.25)
    """Memory that it asks for unless somebody changes it, GiB."""
    workspace_gib: int = Field(default=5, ge=1)
    """Size of its volume unless somebody changes it, GiB."""
    storage_class: KubernetesName | None = None
    """StorageClass of its volume; efs is the one that services.efs makes, and pods of several nodes can use it at once.
    None: the cluster's default.
    """
    pod_defaults: tuple[KubernetesName, ...] = ("access-ml-pipeline",)
    """PodDefaults that are ticked at first, by the label that they select. The default is what each team of ours has:
    access to Pipelines.
    """
    idle_minutes: int | None = Field(default=None, ge=1)
    """Minutes without work after which a server is stopped; its volume stays. None: never."""
    idle_check_minutes: int = Field(default=1, ge=1)
    """Minutes between two looks at whether a server works."""
