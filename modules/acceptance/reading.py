"""What the checks must know of a running platform: images, runtimes and Services as they are in its cluster."""

from collections.abc import Iterator
from typing import Any

import yaml

from modules.acceptance.program.world import World
from modules.kubeflow.chosen import chosen_components
from modules.live.api import Api
from modules.settings import ExistingNetwork, InClusterStore, Kubeflow, Platform

SKLEARN = "kserve-sklearnserver"
"""ClusterServingRuntime whose image runs the program: Python, scikit-learn and boto3."""
SPAWNER = "jupyter-web-app"
TRAINER_RUNTIME = "torch-distributed"
FOREIGN_IMAGE = "docker.io/library/busybox:1.37.0"
"""Small, and no part of the platform.

Source: https://hub.docker.com/_/busybox
"""
KNATIVE_SERVICE = "networking.internal.knative.dev/serviceType"
"""Label of Knative's Services: `Public` ones lead to the activator or to pods, `Private` ones to pods.

Source: https://github.com/knative/networking/blob/main/pkg/apis/networking/register.go
"""
NEEDS = {
    "program-sign-in": ("pipelines",),
    "program-without-token": ("pipelines",),
    "other-team-pipelines": ("pipelines",),
    "pipeline": ("pipelines", "admission-webhook"),
    "notebook": ("notebook-controller", SPAWNER),
    "train-job": ("trainer",),
    "tuning": ("katib",),
    "model": ("kserve", "admission-webhook"),
    "other-team-artifacts": ("admission-webhook",),
}
"""Check to the components without which it does not apply."""


def read_platform(platform: Platform, team: str, run: str, api: Api, wait_minutes: float) -> World:
    """The world of one run.

    Args:
        platform: with valid settings.
        team: team in whose namespace the checks run.
        run: name of the run's objects.
        api: the cluster, with an administrator's permissions.
        wait_minutes: for each object.

    Raises:
        ValueError: the platform has no such team, no KServe, or the cluster lacks its objects.
        UnreachableError: the API server does not answer.
    """
    kubeflow = platform.kubeflow
    teams = [one.name for one in kubeflow.teams] if kubeflow is not None else []
    if kubeflow is None or team not in teams:
        raise ValueError(
            f"{platform.name}: no team {team}; choose from {', '.join(teams) or 'none: Kubeflow.teams is empty'}"
        )
    installed = {one.name for one in chosen_components(kubeflow)} | set(kubeflow.preinstalled)
    if "kserve" not in installed:
        raise ValueError(
            f"{platform.name}: the checks run in the image of KServe's runtime {SKLEARN}; add kserve to its components"
        )
    other = next((name for name in teams if name != team), None)
    return World(
        run=run,
        team=team,
        other_team=other,
        other_services=tuple(_services(api, other)) if other else (),
        image=_runtime_image(api),
        notebook_image=_notebook_image(api) if SPAWNER in installed else "",
        trainer_runtime=TRAINER_RUNTIME,
        foreign_image=FOREIGN_IMAGE if _has_no_internet(platform) else None,
        skip=_skipped(kubeflow, installed),
        wait_minutes=wait_minutes,
    )


def _skipped(kubeflow: Kubeflow, installed: set[str]) -> dict[str, str]:
    found = {
        check: f"{', '.join(missing)} is not installed"
        for check, needed in NEEDS.items()
        if (missing := [name for name in needed if name not in installed])
    }
    if isinstance(kubeflow.services.artifacts, InClusterStore):
        for check in ("pipeline", "model", "other-team-artifacts"):
            found.setdefault(check, "artifacts are in the cluster (InClusterStore), not in S3")
    return found


def _has_no_internet(platform: Platform) -> bool:
    network = platform.network
    return not isinstance(network, ExistingNetwork) and network is not None and network.fully_private


def _services(api: Api, namespace: str) -> Iterator[str]:
    """`<host>:<port>` of each TCP port of each Service of a namespace with an address of its own.

    Not those that lead to Knative's activator: a serverless model without a sidecar serves every team by choice.
    """
    for one in _items(api, f"/api/v1/namespaces/{namespace}/services"):
        if one["metadata"].get("labels", {}).get(KNATIVE_SERVICE) == "Public":
            continue
        for port in one["spec"].get("ports") or ():
            if port.get("protocol", "TCP") == "TCP" and one["spec"].get("type") != "ExternalName":
                yield f"{one['metadata']['name']}.{namespace}.svc:{port['port']}"


def _runtime_image(api: Api) -> str:
    found = api.get(f"/apis/serving.kserve.io/v1alpha1/clusterservingruntimes/{SKLEARN}")
    if found is None:
        raise ValueError(
            f"the cluster has no ClusterServingRuntime {SKLEARN}; is the release of kserve deployed? See: kubeflow-aws status"
        )
    return str(found["spec"]["containers"][0]["image"])


def _notebook_image(api: Api) -> str:
    """The image that the spawner preselects."""
    for one in _items(api, "/api/v1/namespaces/kubeflow/configmaps"):
        if one["metadata"]["name"].startswith("jupyter-web-app-config") and "spawner_ui_config.yaml" in one["data"]:
            return str(yaml.safe_load(one["data"]["spawner_ui_config.yaml"])["spawnerFormDefaults"]["image"]["value"])
    raise ValueError(
        "the cluster has no ConfigMap jupyter-web-app-config; is the release of jupyter-web-app deployed? See: kubeflow-aws status"
    )


def _items(api: Api, path: str) -> list[Any]:
    return list((api.get(path) or {}).get("items", ()))
