"""What is said about wrong settings of notebooks."""

import pytest

from modules.rules import problems
from modules.settings import Notebooks, Platform
from tests.modules.settings.valid import Rows, on_kubeflow

IMAGE = "111122223333.dkr.ecr.us-west-2.amazonaws.com/notebooks/torch:2.9"


def on_notebooks(**changes: object) -> Platform:
    return on_kubeflow(notebooks=Notebooks(**changes))


ROWS: Rows = {
    "images_of_ones_own": (on_notebooks(jupyter_images=(IMAGE,)),),
    "an_image_without_a_tag": (
        on_notebooks(jupyter_images=("jupyter/scipy-notebook",)),
        "kubeflow.notebooks.jupyter_images[0]: 'jupyter/scipy-notebook' is not an image with its tag or digest, such as "
        "ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-scipy:v1.11.0",
    ),
    "no_image": (
        on_notebooks(rstudio_images=()),
        "kubeflow.notebooks.rstudio_images: is empty; give one at least",
    ),
    "an_image_twice": (
        on_notebooks(code_server_images=(IMAGE, IMAGE)),
        f"kubeflow.notebooks.code_server_images: {IMAGE} stands there twice; name it once",
    ),
    "a_device_twice": (
        on_notebooks(devices=("nvidia", "nvidia")),
        "kubeflow.notebooks.devices: nvidia stands there twice; name it once",
    ),
    "looks_without_culling": (
        on_notebooks(idle_check_minutes=5),
        "kubeflow.notebooks.idle_check_minutes: no server is ever stopped; give idle_minutes, or leave this out",
    ),
    "looks_too_seldom": (
        on_notebooks(idle_minutes=10, idle_check_minutes=30),
        "kubeflow.notebooks.idle_check_minutes: 30 minutes between looks make servers outlive their 10 idle minutes; give 10 or fewer",
    ),
    "efs_without_efs": (
        on_notebooks(storage_class="efs"),
        "kubeflow.notebooks.storage_class: efs is the class of services.efs, which is not there; give services=Services(efs=Efs()), or "
        "another class",
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_what_is_said(row: tuple[Platform, *tuple[str, ...]]) -> None:
    built, *lines = row
    assert [f"{path}: {text}" for path, text in problems(built)] == lines
