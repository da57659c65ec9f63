"""Options of the notebook spawner, and culling of idle servers."""

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
    """Upstream's images by short name."""
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
    """JupyterLab images, the default one first. The default is upstream's list."""
    code_server_images: Images = servers("codeserver-python")
    """Images of VS Code in the browser, the default one first."""
    rstudio_images: Images = servers("rstudio-tidyverse")
    """RStudio images, the default one first."""
    custom_images: bool = True
    """Allow images that are not in a list."""
    devices: tuple[Literal["nvidia", "neuron"], ...] = ()
    """Devices offered in addition to those of the node groups and node pools: nvidia (GPUs), neuron (Trainium and
    Inferentia). For an existing cluster, whose nodes are unknown here, list all of them.
    """
    cpu: float = Field(default=0.5, ge=0.1)
    """Default vCPU request of a server."""
    memory_gib: float = Field(default=1.0, ge=0.25)
    """Default memory request of a server, GiB."""
    workspace_gib: int = Field(default=5, ge=1)
    """Default size of its volume, GiB."""
    storage_class: KubernetesName | None = None
    """StorageClass of its volume; efs is the class of services.efs and supports access from several nodes. None: the
    cluster's default.
    """
    pod_defaults: tuple[KubernetesName, ...] = ("access-ml-pipeline",)
    """Preselected PodDefaults, by the label that they select. The default exists in each team of the platform: access
    to Pipelines.
    """
    idle_minutes: int | None = Field(default=None, ge=1)
    """Idle minutes after which a server is stopped; its volume is kept. None: never."""
    idle_check_minutes: int = Field(default=1, ge=1)
    """Minutes between two idle checks."""
