"""Images of official charts, and the values that set them: charts are rendered only inside Helm.

A test renders each chart with all images replaced and compares.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Form = Literal["registry", "repository", "name", "directory", "text", "pair"]
VERSION_KEYS: Mapping[Form, str] = {
    "registry": "tag",
    "repository": "tag",
    "name": "tag",
    "directory": "version",
    "pair": "defaultImageVersion",
}
"""Form to the key of the tag. A digest follows the tag in the same value; form `text` holds name and tag in one value."""


@dataclass(frozen=True)
class ChartImage:
    """One image of a chart."""

    path: str
    """Dotted path of its mapping in the values; for form `text`, the path of the name."""
    image: str
    """The chart's default image, fully qualified."""
    form: Form = "repository"
    """Format in the values: `registry` and `repository`; `repository` with the host; `name`; `repository` without the last
    part and `image` (directory); one text; `image` and `defaultImageVersion` (pair)."""
    started: bool = True
    """Whether the values here start a pod with it. Other images are replaced, too, but not copied to a mirror."""


def _nvidia(path: str, image: str, started: bool = True) -> ChartImage:
    return ChartImage(path, f"nvcr.io/nvidia/{image}", "directory", started)


def _seldon(server: str, protocol: str, image: str) -> ChartImage:
    return ChartImage(f"predictor_servers.{server}.protocols.{protocol}", image, "pair")


_K8S = "registry.k8s.io"
_NFD = f"{_K8S}/nfd/node-feature-discovery:v0.19.0"

CHART_IMAGES: Mapping[str, tuple[ChartImage, ...]] = {
    "argo-workflows": tuple(
        ChartImage(f"{part}.image", f"quay.io/argoproj/{name}:v4.0.6", "registry")
        for part, name in (("controller", "workflow-controller"), ("executor", "argoexec"), ("server", "argocli"))
    ),
    "aws-efa-k8s-device-plugin": (),  # from the EKS registry in the region
    "aws-for-fluent-bit": (ChartImage("image", "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.2.1"),),
    "aws-load-balancer-controller": (ChartImage("image", "public.ecr.aws/eks/aws-load-balancer-controller:v3.5.0"),),
    # with the tag for the cluster's version, from kubernetes_versions.py
    "cluster-autoscaler": (ChartImage("image", f"{_K8S}/autoscaling/cluster-autoscaler:v1.35.2"),),
    "external-dns": (ChartImage("image", f"{_K8S}/external-dns/external-dns:v0.21.0"),),
    "gpu-operator": (
        _nvidia("operator", "gpu-operator:v26.7.0"),
        _nvidia("validator", "gpu-operator:v26.7.0"),
        _nvidia("nodeStatusExporter", "gpu-operator:v26.7.0"),
        _nvidia("devicePlugin", "k8s-device-plugin:v0.20.0"),
        _nvidia("gfd", "k8s-device-plugin:v0.20.0"),
        _nvidia("dcgm", "cloud-native/dcgm:4.6.0-1-ubuntu24.04"),
        _nvidia("dcgmExporter", "k8s/dcgm-exporter:4.6.0-4.8.3-distroless"),
        _nvidia("migManager", "cloud-native/k8s-mig-manager:v0.15.0"),
        _nvidia("driver", "driver:595.91.07", started=False),
        _nvidia("driver.manager", "cloud-native/k8s-driver-manager:v0.12.0", started=False),
        _nvidia("toolkit", "k8s/container-toolkit:v1.20.0", started=False),
        _nvidia("gds", "cloud-native/nvidia-fs:2.29.4", started=False),
        _nvidia("gdrcopy", "cloud-native/gdrdrv:v2.6", started=False),
        _nvidia("vgpuManager.driverManager", "cloud-native/k8s-driver-manager:v0.12.0", started=False),
        _nvidia("vgpuDeviceManager", "cloud-native/vgpu-device-manager:v0.5.0", started=False),
        _nvidia("vfioManager", "cloud-native/k8s-driver-manager:v0.12.0", started=False),
        _nvidia("vfioManager.driverManager", "cloud-native/k8s-driver-manager:v0.12.0", started=False),
        _nvidia("sandboxDevicePlugin", "kubevirt-gpu-device-plugin:v1.6.0", started=False),
        _nvidia("kataSandboxDevicePlugin", "cloud-native/nvidia-sandbox-device-plugin:v0.0.5", started=False),
        _nvidia("ccManager", "cloud-native/k8s-cc-manager:v0.4.3", started=False),
        ChartImage("node-feature-discovery.image", _NFD),
    ),
    "jupyterhub": (
        ChartImage("hub.image", "quay.io/jupyterhub/k8s-hub:4.4.0", "name"),
        ChartImage("proxy.chp.image", "quay.io/jupyterhub/configurable-http-proxy:5.2.0", "name"),
        ChartImage("singleuser.networkTools.image", "quay.io/jupyterhub/k8s-network-tools:4.4.0", "name"),
        ChartImage("singleuser.image", "quay.io/jupyterhub/k8s-singleuser-sample:4.4.0", "name"),
        ChartImage("scheduling.userScheduler.image", f"{_K8S}/kube-scheduler:v1.30.14", "name"),
        ChartImage("scheduling.userPlaceholder.image", f"{_K8S}/pause:3.10.1", "name"),
        ChartImage("prePuller.pause.image", f"{_K8S}/pause:3.10.1", "name"),
    ),
    "karpenter": (
        ChartImage(
            "controller.image",
            "public.ecr.aws/karpenter/controller:1.14.1@sha256:723130949e4cab989461ff07d1be4cd781d63515432494641b33c235f300ae23",
        ),
    ),
    "karpenter-crds": (),
    "kube-prometheus-stack": tuple(
        ChartImage(path, image, "registry")
        for path, image in (
            ("alertmanager.alertmanagerSpec.image", "quay.io/prometheus/alertmanager:v0.34.0"),
            ("prometheusOperator.admissionWebhooks.patch.image", "ghcr.io/jkroepke/kube-webhook-certgen:1.8.7"),
            ("prometheusOperator.image", "quay.io/prometheus-operator/prometheus-operator:v0.93.1"),
            (
                "prometheusOperator.prometheusConfigReloader.image",
                "quay.io/prometheus-operator/prometheus-config-reloader:v0.93.1",
            ),
            ("prometheusOperator.thanosImage", "quay.io/thanos/thanos:v0.42.4"),
            ("prometheus.prometheusSpec.image", "quay.io/prometheus/prometheus:v3.14.0-distroless"),
            ("prometheus-node-exporter.image", "quay.io/prometheus/node-exporter:v1.12.1-distroless"),
            ("grafana.image", "docker.io/grafana/grafana:13.2.0"),
            ("grafana.testFramework.image", "docker.io/bats/bats:1.14.0"),
            ("grafana.sidecar.image", "quay.io/kiwigrid/k8s-sidecar:2.10.1"),
            ("kube-state-metrics.image", f"{_K8S}/kube-state-metrics/kube-state-metrics:v2.20.0"),
        )
    ),
    "kuberay": (ChartImage("image", "quay.io/kuberay/operator:v1.7.0"),),
    "neuron": (ChartImage("devicePlugin.image", "public.ecr.aws/neuron/neuron-device-plugin:2.22.4.0"),),
    "nvidia-device-plugin": (
        ChartImage("image", "nvcr.io/nvidia/k8s-device-plugin:v0.20.0"),
        ChartImage("nfd.image", _NFD),
    ),
    "secrets-store-csi-driver": (
        ChartImage("linux.image", f"{_K8S}/csi-secrets-store/driver:v1.6.0"),
        ChartImage("linux.crds.image", f"{_K8S}/csi-secrets-store/driver-crds:v1.6.0"),
        ChartImage("linux.registrarImage", f"{_K8S}/sig-storage/csi-node-driver-registrar:v2.16.0"),
        ChartImage("linux.livenessProbeImage", f"{_K8S}/sig-storage/livenessprobe:v2.18.0"),
    ),
    "secrets-store-csi-driver-provider-aws": (
        ChartImage("image", "public.ecr.aws/aws-secrets-manager/secrets-store-csi-driver-provider-aws:3.1.1"),
    ),
    "seldon-core": (
        ChartImage("executor.image", "docker.io/seldonio/seldon-core-executor:1.18.2", "registry"),
        ChartImage("image", "docker.io/seldonio/seldon-core-operator:1.18.2", "registry"),
        ChartImage("storageInitializer.image", "seldonio/rclone-storage-initializer:1.18.2", "text"),
        ChartImage("explainer.image", "seldonio/alibiexplainer:1.18.2", "text"),
        ChartImage("explainer.image_v2", "seldonio/mlserver:1.3.5-alibi-explain", "text"),
        _seldon("MLFLOW_SERVER", "seldon", "seldonio/mlflowserver:1.18.2"),
        _seldon("MLFLOW_SERVER", "v2", "seldonio/mlserver:1.3.5-mlflow"),
        _seldon("SKLEARN_SERVER", "seldon", "seldonio/sklearnserver:1.18.2"),
        _seldon("SKLEARN_SERVER", "v2", "seldonio/mlserver:1.3.5-sklearn"),
        _seldon("TENSORFLOW_SERVER", "seldon", "seldonio/tfserving-proxy:1.18.2"),
        _seldon("TENSORFLOW_SERVER", "tensorflow", "tensorflow/serving:2.1.0"),
        _seldon("XGBOOST_SERVER", "seldon", "seldonio/xgboostserver:1.18.2"),
        _seldon("XGBOOST_SERVER", "v2", "seldonio/mlserver:1.3.5-xgboost"),
        _seldon("TRITON_SERVER", "v2", "nvcr.io/nvidia/tritonserver:21.08-py3"),
        _seldon("HUGGINGFACE_SERVER", "v2", "seldonio/mlserver:1.3.5-huggingface"),
        _seldon("TEMPO_SERVER", "v2", "seldonio/mlserver:1.3.5-slim"),
    ),
}
"""Catalogue entry to the images of its chart."""


def values_of(rows: tuple[ChartImage, ...], moved: Mapping[str, str]) -> dict[str, Any]:
    """Chart values that replace images.

    Args:
        rows: images of a chart.
        moved: image of a row to its full replacement, which may contain Terraform expressions. Other images keep the chart's default.
    """
    values: dict[str, Any] = {}
    for row in rows:
        if row.image not in moved:
            continue
        *parents, last = row.path.split(".")
        place = values
        for key in parents:
            place = place.setdefault(key, {})
        if row.form == "text":
            place[last] = moved[row.image]
        else:
            place.setdefault(last, {}).update(_keys(row, moved[row.image]))
    return values


def _keys(row: ChartImage, new: str) -> dict[str, str]:
    name, version = split(new)
    host, _, rest = name.partition("/")
    directory, _, last = name.rpartition("/")
    keys = {
        "registry": {"registry": host, "repository": rest},
        "repository": {"repository": name},
        "name": {"name": name},
        "directory": {"repository": directory, "image": last},
        "pair": {"image": name},
    }[row.form]
    if version != split(row.image)[1]:
        keys[VERSION_KEYS[row.form]] = version.lstrip(":")
        if "@" in row.image:
            keys |= {VERSION_KEYS[row.form]: version.partition("@")[0].lstrip(":"), "digest": version.partition("@")[2]}
    return keys


def split(image: str) -> tuple[str, str]:
    """Name and version (`:tag`, `@digest` or both) of an image, which may begin with a Terraform expression."""
    directory, slash, last = image.rpartition("/")
    name = last.partition("@")[0].partition(":")[0]
    return f"{directory}{slash}{name}", last.removeprefix(name)
