"""What is said about wrong settings of notebooks."""

from modules.settings import Notebooks, Platform
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import on_kubeflow

IMAGE = "111122223333.dkr.ecr.us-west-2.amazonaws.com/notebooks/torch:2.9"


def on_notebooks(**changes: object) -> Platform:
    return on_kubeflow(notebooks=Notebooks(**changes))


ROWS: Rows = {
    "images_of_ones_own": (on_notebooks(jupyter_images=(IMAGE,)),),
    "an_image_without_a_tag": (
        on_notebooks(jupyter_images=("jupyter/scipy-notebook",)),
        "kubeflow.notebooks.jupyter_images[0]: ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-scipy:v1.11.0",
    ),
    "no_image": (
        on_notebooks(rstudio_images=()),
        "kubeflow.notebooks.rstudio_images: empty",
    ),
    "an_image_twice": (
        on_notebooks(code_server_images=(IMAGE, IMAGE)),
        "kubeflow.notebooks.code_server_images: 111122223333.dkr.ecr.us-west-2.amazonaws.com/notebooks/torch:2.9",
    ),
    "a_device_twice": (
        on_notebooks(devices=("nvidia", "nvidia")),
        "kubeflow.notebooks.devices: nvidia",
    ),
    "looks_without_culling": (
        on_notebooks(idle_check_minutes=5),
        "kubeflow.notebooks.idle_check_minutes: idle_minutes",
    ),
    "looks_too_seldom": (
        on_notebooks(idle_minutes=10, idle_check_minutes=30),
        "kubeflow.notebooks.idle_check_minutes: servers",
    ),
    "efs_without_efs": (
        on_notebooks(storage_class="efs"),
        "kubeflow.notebooks.storage_class: efs",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []
