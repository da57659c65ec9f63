"""Pods of Argo's workflows, and of a Tensorboard."""

from collections.abc import Iterator, Mapping
from typing import Any

from modules.checks.admission.problem import Path
from modules.checks.admission.templates.template import Around, Template
from modules.kubeflow.manifest import Object

COMMON = ("affinity", "hostNetwork", "nodeSelector", "priorityClassName", "securityContext", "serviceAccountName")
LISTS = ("tolerations", "volumes")
EXECUTOR = ({"name": "init"}, {"name": "wait"})
"""Containers of Argo's executor: they name no requests unless the controller's ConfigMap does.

Source: https://argo-workflows.readthedocs.io/en/latest/workflow-controller-configmap/
"""


def workflow_pods(one: Object, _: Around) -> Iterator[Template]:
    """One pod for each template that has containers."""
    yield from _workflow(one["spec"], ("spec",))


def cron_workflow_pods(one: Object, _: Around) -> Iterator[Template]:
    """Those of each run."""
    yield from _workflow(one["spec"].get("workflowSpec") or {}, ("spec", "workflowSpec"))


def _workflow(spec: Mapping[str, Any], path: Path) -> Iterator[Template]:
    for number, one in enumerate(spec.get("templates") or ()):
        found = one.get("container") or one.get("script")
        grouped = (one.get("containerSet") or {}).get("containers") or ()
        mains = [{"name": "main", **found}] if found else list(grouped)
        if not mains:
            continue
        pod = {key: one.get(key) or spec.get(key) for key in COMMON if one.get(key) or spec.get(key)}
        pod |= {key: [*(spec.get(key) or ()), *(one.get(key) or ())] for key in LISTS}
        containers = [*mains, *(one.get("sidecars") or ())]
        place = (*path, "templates", number)
        yield Template(
            {**pod, "containers": containers, "initContainers": list(one.get("initContainers") or ())},
            one.get("metadata") or spec.get("podMetadata") or {},
            place,
            (*place, "metadata"),
            added=EXECUTOR,
            main_path=(*place, "container" if one.get("container") else "script") if found else None,
        )


def tensorboard_pods(one: Object, _: Around) -> Iterator[Template]:
    """The server that the controller makes.

    Source: https://github.com/kubeflow/notebooks/blob/notebooks-v1/components/tensorboard-controller/controllers/tensorboard_controller.go
    """
    logs = one["spec"].get("logspath", "")
    args = [f"--logdir={logs}", "--bind_all"]
    yield Template({"containers": [{"name": "tensorboard", "args": args}]}, {}, ("spec",), ("metadata",))
