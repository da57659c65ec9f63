"""Values of the form of notebooks and of their culling.

Source: https://github.com/deployKF/deployKF/tree/v0.1.5, generator/default_values.yaml
"""

from collections.abc import Mapping
from typing import Any

from modules.converting.deploykf.amounts import cpu, gib, limit
from modules.converting.deploykf.parts import NOTEBOOKS, of_tool
from modules.converting.field import Entry, Field, Outcome, Table, decided, no_home, same

FORM = f"{NOTEBOOKS}.spawnerFormDefaults"
FORM_CHOICE = no_home("the form of notebooks has no setting for this here")


def _images(setting: str) -> Field:
    """The default image first, then the other options."""

    def decide(entry: Entry) -> Outcome:
        group = entry.document.get(*entry.path[:-1])
        options = [str(one) for one in group.get("options") or ()]
        default = str(group.get("value") or (options[0] if options else ""))
        images = tuple(dict.fromkeys((default, *options)))
        note = "images of deployKF's time: replace them by this version's, or leave the setting out"
        return Outcome("changed", note, {f"kubeflow.notebooks.{setting}": images})

    return decided(f"kubeflow.notebooks.{setting}", decide)


def _devices(entry: Entry) -> Outcome:
    known = {"nvidia.com/gpu": "nvidia", "aws.amazon.com/neuron": "neuron", "aws.amazon.com/neuroncore": "neuron"}
    keys = [str(one.get("limitsKey")) for one in entry.value or () if isinstance(one, Mapping)]
    found = tuple(dict.fromkeys(known[key] for key in keys if key in known))
    others = [key for key in keys if key not in known]
    note = f"without {', '.join(others)}" if others else ""
    return Outcome("changed" if others else "maps", note, {"kubeflow.notebooks.devices": found} if found else {})


def _workspace(entry: Entry) -> Outcome | None:
    spec = (entry.value or {}).get("newPvc", {}).get("spec", {}) if isinstance(entry.value, Mapping) else {}
    settings: dict[str, Any] = {}
    if size := spec.get("resources", {}).get("requests", {}).get("storage"):
        settings["kubeflow.notebooks.workspace_gib"] = limit("workspace_gib", size)
    if name := spec.get("storageClassName"):
        settings["kubeflow.notebooks.storage_class"] = str(name)
    return Outcome("changed", "size and class of the volume; its name and mount are upstream's", settings)


def _configurations(entry: Entry) -> Outcome:
    return Outcome("maps", "", {"kubeflow.notebooks.pod_defaults": tuple(map(str, entry.value or ()))})


def _culling(entry: Entry) -> Outcome:
    if entry.value is not True:
        return Outcome("maps", "is the default: notebooks are not stopped")
    minutes = entry.document.get(*entry.path[:-1], "idleTime") or 1440
    return Outcome("maps", "", {"kubeflow.notebooks.idle_minutes": minutes})


def _culling_minutes(setting: str) -> Field:
    def decide(entry: Entry) -> Outcome:
        if entry.document.get(*entry.path[:-1], "enabled") is not True:
            return Outcome("no_home", "culling is off")
        return Outcome("maps", "", {f"kubeflow.notebooks.{setting}": entry.value})

    return decided(f"kubeflow.notebooks.{setting}", decide)


OF_NOTEBOOKS: Table = {
    f"{FORM}.allowCustomImage": same("kubeflow.notebooks.custom_images"),
    **{
        f"{FORM}.{group}.{key}": _images(setting)
        for group, setting in (
            ("image", "jupyter_images"),
            ("imageGroupOne", "code_server_images"),
            ("imageGroupTwo", "rstudio_images"),
        )
        for key in ("value", "options")
    },
    f"{FORM}.cpu.value": same("kubeflow.notebooks.cpu", cpu),
    f"{FORM}.memory.value": same("kubeflow.notebooks.memory_gib", gib),
    f"{FORM}.gpus.value.vendors": decided("kubeflow.notebooks.devices", _devices),
    **dict.fromkeys((f"{FORM}.gpus.value.vendor", f"{FORM}.gpus.value.num"), FORM_CHOICE),
    f"{FORM}.workspaceVolume.value": decided("kubeflow.notebooks.workspace_gib", _workspace),
    f"{FORM}.configurations.value": decided("kubeflow.notebooks.pod_defaults", _configurations),
    **dict.fromkeys(
        (
            f"{FORM}.{name}"
            for name in (
                *(
                    "hideRegistry",
                    "hideTag",
                    "imagePullPolicy",
                    "dataVolumes",
                    "affinityConfig",
                    "tolerationGroup",
                    "shm",
                ),
                *("cpu.readOnly", "cpu.limitFactor", "memory.readOnly", "memory.limitFactor", "gpus.readOnly"),
                *("workspaceVolume.readOnly", "configurations.readOnly"),
            )
        ),
        FORM_CHOICE,
    ),
    f"{NOTEBOOKS}.notebookTemplate": FORM_CHOICE,
    f"{NOTEBOOKS}.spawnerIcons": FORM_CHOICE,
    f"{NOTEBOOKS}.notebookCulling.enabled": decided("kubeflow.notebooks.idle_minutes", _culling),
    f"{NOTEBOOKS}.notebookCulling.idleTime": _culling_minutes("idle_minutes"),
    f"{NOTEBOOKS}.notebookCulling.idlenessCheckPeriod": _culling_minutes("idle_check_minutes"),
}
FIELDS: Table = {path: of_tool("notebooks", known) for path, known in OF_NOTEBOOKS.items()}
