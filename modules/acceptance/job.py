"""The Job that runs the checks in the namespace of a team, with the program in a ConfigMap."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from modules.acceptance.program.objects import ACCOUNT, MODEL, RESTRICTED
from modules.acceptance.program.world import World

Object = dict[str, Any]
PROGRAM = "modules.acceptance.program"
MOUNTED = "/program"
TOKEN_FOLDER = "/var/run/secrets/kubeflow/pipelines"
WORLD = "world.json"


def config_map(world: World) -> Object:
    """The program's files, and what it knows of the platform."""
    files = {file.name: file.read_text(encoding="utf-8") for file in sorted(Path(__file__).parent.glob("program/*.py"))}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(world),
        "data": {**files, WORLD: json.dumps(asdict(world), indent=2, sort_keys=True)},
    }


def job(world: World) -> Object:
    """The Job: one pod, one attempt, deleted by Kubernetes a day after its end.

    In the mesh, since the team's AuthorizationPolicy admits a notebook's callers by their identity; istiod is installed with native
    sidecars, so that the pod ends with its program.
    """
    files = [file.name for file in sorted(Path(__file__).parent.glob("program/*.py"))]
    items = [{"key": name, "path": f"{PROGRAM.replace('.', '/')}/{name}"} for name in files]
    token = {"path": "token", "audience": "pipelines.kubeflow.org", "expirationSeconds": 7200}
    container = {
        "name": "accept",
        "image": world.image,
        "command": ["python", "-m", PROGRAM, f"{MOUNTED}/{WORLD}"],
        "env": [{"name": "PYTHONPATH", "value": MOUNTED}, {"name": "HOME", "value": "/tmp"}],
        "resources": MODEL,
        "securityContext": RESTRICTED,
        "volumeMounts": [
            {"name": "program", "mountPath": MOUNTED},
            {"name": "token", "mountPath": TOKEN_FOLDER, "readOnly": True},
        ],
    }
    volumes = [
        {"name": "program", "configMap": {"name": world.run, "items": [*items, {"key": WORLD, "path": WORLD}]}},
        {"name": "token", "projected": {"sources": [{"serviceAccountToken": token}]}},
    ]
    pod = {
        "serviceAccountName": ACCOUNT,
        "restartPolicy": "Never",
        "containers": [container],
        "volumes": volumes,
    }
    template = {"metadata": {"labels": {"artifact-store": "true"}}, "spec": pod}
    spec = {"backoffLimit": 0, "ttlSecondsAfterFinished": 86_400, "template": template}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": _metadata(world), "spec": spec}


def _metadata(world: World) -> Object:
    labels = {"app.kubernetes.io/managed-by": "kubeflow-aws-accept"}
    return {"name": world.run, "namespace": world.team, "labels": labels}
