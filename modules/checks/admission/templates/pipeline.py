"""Pods of a compiled pipeline: one for each executor, with its settings for Kubernetes.

Source: https://github.com/kubeflow/pipelines/blob/2.17.0/api/v2alpha1/pipeline_spec.proto and
https://github.com/kubeflow/pipelines/blob/2.17.0/kubernetes_platform/proto/kubernetes_executor_config.proto
"""

from collections.abc import Iterator, Mapping
from typing import Any

from modules.checks.admission.templates.template import Around, Template
from modules.checks.admission.templates.workflows import EXECUTOR
from modules.kubeflow.manifest import Object

ACCOUNT = "default-editor"
"""Service account of a team's runs."""
AMOUNTS = (("cpu", "Cpu", ""), ("memory", "Memory", "G"))
"""Resource, its part in field names, and the unit of a plain number."""


def pipeline_pods(one: Object, _: Around) -> Iterator[Template]:
    """One pod for each executor with a container."""
    platforms = ((one.get("platforms") or {}).get("kubernetes") or {}).get("deploymentSpec") or {}
    for name, executor in (one["deploymentSpec"].get("executors") or {}).items():
        container = executor.get("container")
        if not container:
            continue
        config = (platforms.get("executors") or {}).get(name) or {}
        path = ("deploymentSpec", "executors", name, "container")
        main = {key: container[key] for key in ("image", "command", "args", "env") if container.get(key)}
        spec = {
            "serviceAccountName": ACCOUNT,
            "containers": [{"name": "main", **main, "resources": _resources(container.get("resources") or {})}],
            "nodeSelector": (config.get("nodeSelector") or {}).get("labels") or {},
            "tolerations": [one for one in config.get("tolerations") or () if "key" in one or "operator" in one],
        }
        labels = (config.get("podMetadata") or {}).get("labels") or {}
        yield Template(
            spec,
            {"labels": {"sidecar.istio.io/inject": "false", **labels}},
            path,
            path,
            1,
            added=EXECUTOR,
            main_path=path,
        )


def _resources(found: Mapping[str, Any]) -> dict[str, Any]:
    resources: dict[str, dict[str, str]] = {"requests": {}, "limits": {}}
    for name, part, unit in AMOUNTS:
        for where, end in (("requests", "Request"), ("limits", "Limit")):
            plain, text = found.get(f"{name}{end}"), found.get(f"resource{part}{end}")
            if text or plain:
                resources[where][name] = str(text) if text else f"{plain}{unit}"
    accelerator = found.get("accelerator") or {}
    kind = accelerator.get("resourceType") or accelerator.get("type")
    if kind:
        resources["limits"][kind] = str(accelerator.get("resourceCount") or accelerator.get("count") or 1)
    return resources
