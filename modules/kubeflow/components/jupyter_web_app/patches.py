"""Patches of the notebook spawner: options derived from the platform's settings and nodes (`notebooks.py`)."""

import json
from typing import Any

import yaml

from modules.kubeflow.patching.patch import Objects, Variant
from modules.settings.notebooks import Notebooks

FILE = "spawner_ui_config.yaml"
IMAGES = {"image": "jupyter_images", "imageGroupOne": "code_server_images", "imageGroupTwo": "rstudio_images"}
"""Key of the file to the setting of the same name as the token."""


def spawner(objects: Objects) -> None:
    """Tokens for values from settings; all else is upstream's. JSON is valid YAML.

    Raises:
        ValueError: upstream's images differ from the defaults; update `modules/settings/notebooks.py`.
    """
    data = objects.one("ConfigMap", "jupyter-web-app-config")["data"]
    config = yaml.safe_load(data[FILE])
    form: dict[str, Any] = config["spawnerFormDefaults"]
    for key, setting in IMAGES.items():
        if tuple(form[key]["options"]) != Notebooks.model_fields[setting].default:
            raise ValueError(f"patch: {FILE}: {key}: upstream's images differ from Notebooks.{setting}")
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
