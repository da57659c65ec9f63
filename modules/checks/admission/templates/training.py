"""Pods of a TrainJob, of its runtime, and of Spark applications."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from modules.checks.admission.templates.template import Around, Template, at, merge
from modules.kubeflow.manifest import Object
from modules.kubeflow.pod_requests import quantity

STEP = "trainer.kubeflow.org/trainjob-ancestor-step"
NODE = "node"
"""Name of the container and of the replicated job that train."""
_JOBS = ("spec", "template", "spec", "replicatedJobs")
runtime_pods = at((*_JOBS, "*", "template", "spec", "template"))
"""Of a TrainingRuntime and a ClusterTrainingRuntime."""
OVERHEAD = {"Python": 0.4, "R": 0.4}
"""Share of memory that Spark adds for programs outside the JVM; others: 0.1.

Source: https://spark.apache.org/docs/latest/running-on-kubernetes.html (spark.kubernetes.memoryOverheadFactor)
"""
LEAST_OVERHEAD = 384 * 2**20
"""Bytes; `spark.driver.minMemoryOverhead`."""
_JAVA_SIZE = re.compile(r"(\d+)\s*([bkmgtp]?)(?:i?b)?", re.IGNORECASE)


def runtime_of(one: Object) -> tuple[str, str]:
    """Kind and name of the runtime of a TrainJob."""
    ref = (one.get("spec") or {}).get("runtimeRef") or {}
    return ref.get("kind", "ClusterTrainingRuntime"), ref.get("name", "")


def trainjob_pods(one: Object, around: Around) -> Iterator[Template]:
    """The replicated jobs of its runtime, with what the TrainJob changes.

    Source: https://github.com/kubeflow/trainer/tree/v2.2.0/pkg/runtime/framework/plugins
    """
    spec = one["spec"]
    runtime = around.objects.get(runtime_of(one))
    policy = ((runtime or {}).get("spec") or {}).get("mlPolicy") or {}
    trainer = spec.get("trainer") or {}
    nodes = trainer.get("numNodes") or policy.get("numNodes") or 1
    jobs = _jobs(runtime or {})
    for patch in spec.get("runtimePatches") or ():
        jobs = merge(jobs, _jobs({"spec": patch.get("trainingRuntimeSpec") or {}}))
    for job in jobs:
        template = (job.get("template") or {}).get("spec", {}).get("template") or {}
        labels = ((job.get("template") or {}).get("metadata") or {}).get("labels") or {}
        pod, found = template.get("spec") or {}, template.get("metadata") or {}
        trains = labels.get(STEP) == "trainer" or job.get("name") == NODE
        if trains and pod.get("containers"):
            changes = {key: trainer[key] for key in ("image", "command", "args", "env") if key in trainer}
            if labels.get(STEP) != "trainer":
                changes = {}  # of MPI the launcher runs the program, and starts it on the nodes
            if "resourcesPerNode" in trainer:
                changes["resources"] = trainer["resourcesPerNode"]
            containers = [merge(one, changes) if one.get("name") == NODE else one for one in pod["containers"]]
            pod = {**pod, "containers": containers}
        if pod.get("containers"):
            pods = _pods(job, nodes, policy) if trains else 1
            yield Template(
                pod, found, ("spec", "trainer"), ("spec", "runtimePatches"), pods, main_path=("spec", "trainer")
            )


def _jobs(runtime: Mapping[str, Any]) -> list[Any]:
    value: Any = runtime
    for key in _JOBS:
        value = value.get(key) or {}
    return list(value)


def _pods(job: Mapping[str, Any], nodes: int, policy: Mapping[str, Any]) -> int:
    """Nodes of training; of MPI one of them may be the launcher."""
    if "mpi" not in policy:
        return nodes
    if job.get("name") != NODE:
        return 1
    return nodes - 1 if policy["mpi"].get("runLauncherAsNode") else nodes


def spark_pods(one: Object, _: Around) -> Iterator[Template]:
    """The driver and the executors of a SparkApplication."""
    yield from _spark(one["spec"], ("spec",))


def scheduled_spark_pods(one: Object, _: Around) -> Iterator[Template]:
    """Those of each run of a ScheduledSparkApplication."""
    yield from _spark(one["spec"].get("template") or {}, ("spec", "template"))


def _spark(spec: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Template]:
    for part in ("driver", "executor"):
        one = spec.get(part) or {}
        pod = merge((one.get("template") or {}).get("spec") or {}, _spark_pod(spec, one, part))
        metadata = {key: one[key] for key in ("labels", "annotations") if key in one}
        dynamic = spec.get("dynamicAllocation") or {}
        executors = dynamic.get("initialExecutors") or dynamic.get("minExecutors") if dynamic.get("enabled") else None
        pods = 1 if part == "driver" else executors or one.get("instances") or 1
        yield Template(pod, metadata, (*path, part), (*path, part), pods, main_path=(*path, part))


def _spark_pod(spec: Mapping[str, Any], one: Mapping[str, Any], part: str) -> dict[str, Any]:
    """The pod that Spark makes of a driver or executor.

    Source: https://github.com/kubeflow/spark-operator/blob/v2.5.0/internal/webhook/sparkpod_defaulter.go
    """
    kept = ("affinity", "hostNetwork", "initContainers", "nodeSelector", "priorityClassName", "tolerations")
    pod = {key: one[key] for key in kept if one.get(key)}
    if "nodeSelector" in spec:
        pod.setdefault("nodeSelector", spec["nodeSelector"])
    if one.get("podSecurityContext"):
        pod["securityContext"] = one["podSecurityContext"]
    if spec.get("volumes"):
        pod["volumes"] = spec["volumes"]
    pod["serviceAccountName"] = one.get("serviceAccount") or "default"
    main: dict[str, Any] = {
        "name": f"spark-kubernetes-{part}",
        "image": one.get("image") or spec.get("image"),
        "resources": _resources(spec, one),
    }
    main |= {key: one[key] for key in ("securityContext", "env", "envFrom", "volumeMounts") if one.get(key)}
    return {**pod, "containers": [main, *(one.get("sidecars") or ())]}


def _resources(spec: Mapping[str, Any], one: Mapping[str, Any]) -> dict[str, Any]:
    heap = _bytes(one.get("memory") or "1g")
    factor = float(spec.get("memoryOverheadFactor") or OVERHEAD.get(spec.get("type", ""), 0.1))
    added = (
        _bytes(one["memoryOverhead"]) if one.get("memoryOverhead") else max(math.ceil(heap * factor), LEAST_OVERHEAD)
    )
    memory = str(heap + added)
    requests = {"cpu": str(one.get("coreRequest") or one.get("cores") or 1), "memory": memory}
    limits = {"memory": str(one.get("memoryLimit") or memory)}
    if one.get("coreLimit"):
        limits["cpu"] = str(one["coreLimit"])
    if one.get("gpu"):
        limits[one["gpu"]["name"]] = str(one["gpu"]["quantity"])
    return {"requests": requests, "limits": limits}


def _bytes(text: Any) -> int:
    """Bytes of a size as Java writes it (`512m`, `1g`), which are powers of 2."""
    found = _JAVA_SIZE.fullmatch(str(text).strip())
    if found is None:
        return int(quantity(str(text)))
    power = "bkmgtp".index(found[2].lower() or "b")
    return int(found[1]) * int(1024**power)
