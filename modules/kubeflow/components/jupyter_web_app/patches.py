"""The notebook spawner: what it offers follows the platform's settings and nodes (`notebooks.py`)."""

import json
from typing import Any

import yaml

from modules.kubeflow.patching.patch import Objects, Variant
from modules.settings.notebooks import Notebooks

FILE = "spawner_ui_config.yaml"
IMAGES = {"image": "jupyter_images", "imageGroupOne": "code_server_images", "imageGroupTwo": "rstudio_images"}
"""Key of the file to the setting, which is also the token."""


def spawner(objects: Objects) -> None:
    """Tokens in the place of what settings decide about; all else stays upstream's. JSON is YAML, too.

    Raises:
        ValueError: upstream offers other images than our defaults; take them into `modules/settings/notebooks.py`.
    """
    data = objects.one("ConfigMap", "jupyter-web-app-config")["data"]
    config = yaml.safe_load(data[FILE])
    form: dict[str, Any] = config["spawnerFormDefaults"]
    for key, setting in IMAGES.items():
        if tuple(form[key]["options"]) != Notebooks.model_fields[setting].default:
            raise ValueError(f"patch: {FILE}: {key}: upstream's images are not those of Notebooks.{setting} any more")
        form[key] = f"@@{setting}@@"
    form["allowCustomImage"] = "@@custom_images@@"
    form["cpu"]["value"] = "@@notebook_cpu@@"
    form["memory"]["value"] = "@@notebook_memory@@"
    form["gpus"]["value"]["vendors"] = "@@notebook_devices@@"
    form["workspaceVolume"]["value"]["newPvc"] = "@@notebook_volume@@"
    form["affinityConfig"]["options"] = "@@notebook_affinities@@"
    form["tolerationGroup"]["options"] = "@@notebook_tolerations@@"
    form["configurations"]["value"] = "@@notebook_pod_defaults@@"
    text = json.dumps(config, indent=2)
    data[FILE] = text.replace('"@@', "@@").replace('@@"', "@@") + "\n"


VARIANTS = {"default": Variant((spawner,))}
