"""Pods of KServe's models."""

from collections.abc import Iterator, Mapping
from typing import Any

from modules.checks.admission.templates.template import Around, Template, merge
from modules.kubeflow.manifest import Object

MODE = "serving.kserve.io/deploymentMode"
STANDARD = frozenset({"Standard", "RawDeployment"})
"""Deployment modes without Knative."""
PARTS = ("predictor", "transformer", "explainer")
FRAMEWORKS = (
    "huggingface",
    "lightgbm",
    "onnx",
    "paddle",
    "pmml",
    "pytorch",
    "sklearn",
    "tensorflow",
    "triton",
    "xgboost",
)
"""Fields of a predictor that are a model in the older form."""
MAIN = "kserve-container"
NOT_OF_PODS = frozenset(
    (
        *(
            "annotations",
            "autoScaling",
            "batcher",
            "canaryTrafficPercent",
            "containerConcurrency",
            "deploymentStrategy",
        ),
        *("labels", "logger", "maxReplicas", "minReplicas", "model", "scaleMetric", "scaleMetricType", "scaleTarget"),
        *("storageUris", "timeout", "workerSpec"),
        *FRAMEWORKS,
    )
)
"""Fields of a predictor that are not those of a pod."""
DEFAULT_RESOURCES = {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"cpu": "1", "memory": "2Gi"}}
"""Of a container that names none.

Source: `inferenceService` in the ConfigMap inferenceservice-config
"""
QUEUE = {"name": "queue-proxy", "resources": {"requests": {"cpu": "25m"}}}
"""Of a revision, with the default of `queue-sidecar-cpu-request`.

Source: https://knative.dev/docs/serving/configuration/deployment/
"""


POD_OF_RUNTIME = frozenset(
    ["affinity", "containers", "hostIPC", "imagePullSecrets", "nodeSelector", "tolerations", "volumes"]
)
"""Fields of a ServingRuntime that are those of a pod."""
CONTAINER = frozenset(
    [
        "command",
        "env",
        "envFrom",
        "image",
        "imagePullPolicy",
        "livenessProbe",
        "ports",
        "readinessProbe",
        "resources",
        "securityContext",
        "startupProbe",
        "volumeMounts",
    ]
)
"""Fields of a model that are those of its container."""


def revision_of(one: Object, around: Around) -> bool:
    """Whether Knative runs an InferenceService."""
    found = (one["metadata"].get("annotations") or {}).get(MODE)
    return around.knative if found is None else found not in STANDARD


def model_of(part: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
    """Field and content of a predictor's model, in the older form, too."""
    for key in ("model", *FRAMEWORKS):
        if part.get(key):
            found = part[key]
            return key, found if key == "model" else {"modelFormat": {"name": key}, **found}
    return None


def inference_pods(one: Object, around: Around) -> Iterator[Template]:
    """Predictor, transformer and explainer of an InferenceService.

    Source: https://github.com/kserve/kserve/blob/v0.18.1/pkg/controller/v1beta1/inferenceservice/components/predictor.go
    """
    knative = revision_of(one, around)
    for name in PARTS:
        part = one["spec"].get(name)
        if not part:
            continue
        spec = {key: value for key, value in part.items() if key not in NOT_OF_PODS}
        model = model_of(part)
        path: tuple[str | int, ...] = ("spec", name)
        if model is not None:
            path = ("spec", name, model[0])
            spec = _with_runtime(spec, model[1], around)
        if not spec.get("containers"):
            continue
        spec["containers"] = [
            one if one.get("resources") else {**one, "resources": DEFAULT_RESOURCES} for one in spec["containers"]
        ]
        metadata = {key: part[key] for key in ("labels", "annotations") if key in part}
        pods = max(part.get("minReplicas", 1), 1)
        yield Template(
            spec,
            metadata,
            path,
            ("spec", name),
            pods,
            knative,
            (QUEUE,) if knative else (),
            path if model is not None else None,
        )


def _with_runtime(spec: dict[str, Any], model: Mapping[str, Any], around: Around) -> dict[str, Any]:
    runtime = runtime_for(model, around)
    base = {key: value for key, value in ((runtime or {}).get("spec") or {}).items() if key in POD_OF_RUNTIME}
    own = {key: value for key, value in model.items() if key in CONTAINER}
    own["args"] = [
        *next((one.get("args") or () for one in base.get("containers") or () if one.get("name") == MAIN), ()),
        *(model.get("args") or ()),
    ]
    merged: dict[str, Any] = merge(base, spec)
    merged["containers"] = merge(merged.get("containers") or [], [{**own, "name": MAIN}])
    return merged


def runtime_for(model: Mapping[str, Any], around: Around) -> Object | None:
    """The ServingRuntime that a model names, or that KServe selects for its format; None: there is none.

    Source: https://kserve.github.io/website/docs/concepts/resources/servingruntime
    """
    named = model.get("runtime")
    if named:
        return around.objects.get(("ServingRuntime", named)) or around.objects.get(("ClusterServingRuntime", named))
    found = [
        (kind == "ServingRuntime", priority, name, one)
        for (kind, name), one in around.objects.items()
        if kind in ("ServingRuntime", "ClusterServingRuntime")
        for priority in _priorities(one["spec"], model)
    ]
    return max(found, key=lambda one: one[:3])[3] if found else None


def _priorities(runtime: Mapping[str, Any], model: Mapping[str, Any]) -> Iterator[int]:
    """Priorities of a runtime for a model's format and protocol."""
    wanted, protocol = model.get("modelFormat") or {}, model.get("protocolVersion")
    if runtime.get("disabled") or "workerSpec" in runtime:
        return
    if protocol is not None and protocol not in (runtime.get("protocolVersions") or ["v1"]):
        return
    for one in runtime.get("supportedModelFormats") or ():
        same_version = not wanted.get("version") or str(one.get("version")) == str(wanted["version"])
        if one["name"] == wanted.get("name") and same_version and one.get("autoSelect"):
            yield one.get("priority", 0)
