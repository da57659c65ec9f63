"""End-of-support dates of Kubeflow components, their images, and official charts."""

from collections.abc import Iterator
from datetime import date

from modules.aws_data.ends import Advisory, End
from modules.kubeflow.ends.records import ARGO, ARGO_NEXT, KUBEFLOW, MYSQL, PIPELINES, PIPELINES_SQL
from modules.kubeflow.upstream import VERSION

_GITHUB = "https://github.com"
NOTEBOOKS = f"{_GITHUB}/kubeflow/notebooks"
KSERVE = f"{_GITHUB}/kserve/kserve/releases"
SERVING_RUNTIMES = "https://kserve.github.io/website/docs/model-serving/predictive-inference/frameworks/overview"
NEWER_MYSQL = "use RDS (services.database), or set a newer image in Kubeflow.images"
RAISE_IMAGE = "set a supported image in Kubeflow.images, or use another serving runtime"


def _images(*patterns: str) -> tuple[str, ...]:
    return tuple(f"image:{pattern}" for pattern in patterns)


def _unknown(part: str, version: str, source: str, *patterns: str, advisories: tuple[Advisory, ...] = ()) -> End:
    """A version without a published end-of-support date."""
    return End(part, version, _images(*patterns), None, source, advisories=advisories)


def _releases(repository: str) -> str:
    return f"{_GITHUB}/{repository}/releases"


KUBEFLOW_PARTS = (
    End(
        "Kubeflow",
        VERSION,
        (f"entry:kubeflow-roles:{VERSION}",),
        None,
        KUBEFLOW,
        note="releases are supported for about six months",
    ),
    _unknown(
        "Kubeflow Pipelines",
        "2.17",
        PIPELINES,
        "ghcr.io/kubeflow/kfp-*:2.17.*",
        advisories=(PIPELINES_SQL,),
    ),
    _unknown("Argo Workflows", "4.0", ARGO, "quay.io/argoproj/*:v4.0.*", advisories=(ARGO_NEXT,)),
    End(
        "Kubeflow Notebooks",
        "1",
        _images(
            "ghcr.io/kubeflow/notebooks/*:v1.*",
        ),
        date(2027, 1, 1),
        NOTEBOOKS,
        do="plan the move to Notebooks 2",
    ),
    _unknown(
        "Kubeflow Dashboard",
        "2.0",
        _releases("kubeflow/dashboard"),
        "ghcr.io/kubeflow/dashboard/*:v2.0.*",
    ),
    _unknown("Katib", "0.19", _releases("kubeflow/katib"), "ghcr.io/kubeflow/katib/*:v0.19.*"),
    _unknown("Kubeflow Trainer", "2.2", _releases("kubeflow/trainer"), "ghcr.io/kubeflow/trainer/*:v2.2.*"),
    _unknown(
        "Training Operator", "1.9", _releases("kubeflow/trainer"), "ghcr.io/kubeflow/training-v1/training-operator:*"
    ),
    _unknown("MPI Operator", "0.8", _releases("kubeflow/mpi-operator"), "mpioperator/mpi-operator:0.8.*"),
    _unknown("Kueue", "0.19", _releases("kubernetes-sigs/kueue"), "registry.k8s.io/kueue/kueue:v0.19.*"),
    _unknown("JobSet", "0.11", _releases("kubernetes-sigs/jobset"), "registry.k8s.io/jobset/jobset:v0.11.*"),
    _unknown("Spark Operator", "2.5", _releases("kubeflow/spark-operator"), "ghcr.io/kubeflow/spark-operator/*:2.5.*"),
    _unknown("Model Registry", "0.3", _releases("kubeflow/hub"), "ghcr.io/kubeflow/hub/*:v0.3.*"),
    _unknown("KServe", "0.18", KSERVE, "kserve/*:v0.18.*", "ghcr.io/kserve/models-web-app:0.18.*"),
    _unknown("Triton Inference Server", "23.05", SERVING_RUNTIMES, "nvcr.io/nvidia/tritonserver:23.05-*"),
    _unknown("MLServer", "1.5", _releases("SeldonIO/MLServer"), "docker.io/seldonio/mlserver:1.5.*"),
    End(
        "TensorFlow Serving",
        "2.6",
        _images("tensorflow/serving:2.6.*"),
        None,
        "https://github.com/tensorflow/serving/releases",
        do=RAISE_IMAGE,
        ended=True,
    ),
    End(
        "TorchServe",
        "0.9",
        _images("pytorch/torchserve*:0.9.*"),
        None,
        "https://github.com/pytorch/serve",
        do=RAISE_IMAGE,
        ended=True,
    ),
)

BESIDE = (
    End("MySQL", "8.0", _images("*mysql:8.0*"), date(2026, 5, 1), MYSQL, do=NEWER_MYSQL),
    End("MySQL", "8.3", _images("*mysql:8.3*"), date(2024, 4, 11), MYSQL, do=NEWER_MYSQL),
    End("MySQL", "8.4", _images("*mysql:8.4*"), date(2032, 5, 1), MYSQL, do=NEWER_MYSQL),
    _unknown("SeaweedFS", "4", _releases("seaweedfs/seaweedfs"), "ghcr.io/chrislusf/seaweedfs:4.*"),
    _unknown(
        "ML Metadata",
        "1.14",
        _releases("google/ml-metadata"),
        "gcr.io/tfx-oss-public/ml_metadata_store_server:1.14.*",
    ),
    _unknown(
        "Metacontroller",
        "4.16",
        _releases("metacontroller/metacontroller"),
        "ghcr.io/metacontroller/metacontroller:v4.16.*",
    ),
    _unknown("kube-rbac-proxy", "0", _releases("brancz/kube-rbac-proxy"), "quay.io/brancz/kube-rbac-proxy:v0.*"),
    _unknown("kubectl", "1.35", "https://kubernetes.io/releases/", "registry.k8s.io/kubectl:v1.35.*"),
    _unknown("kubectl in an Alpine image", "1.36", "https://hub.docker.com/r/alpine/k8s", "docker.io/alpine/k8s:1.*"),
    _unknown("BusyBox", "1", "https://hub.docker.com/_/busybox", "busybox*", "ghcr.io/containerd/busybox*"),
    _unknown("PyTorch images", "2.10", _releases("pytorch/pytorch"), "pytorch/pytorch:2.10.*"),
    _unknown(
        "JAX images", "25.10", "https://catalog.ngc.nvidia.com/orgs/nvidia/containers/jax", "nvcr.io/nvidia/jax:25.10-*"
    ),
    _unknown("Alpine", "3.23", "https://alpinelinux.org/releases/", "docker.io/alpine:3.*"),
    _unknown("File Browser", "2", _releases("filebrowser/filebrowser"), "filebrowser/filebrowser:v2.*"),
    End(
        "TensorBoard's image",
        "2.5",
        _images("tensorflow/tensorflow:2.5.*"),
        None,
        "https://github.com/tensorflow/tensorflow/releases",
        do="set a newer image in Kubeflow.images",
        ended=True,
    ),
    _unknown("Knative's images", "", _releases("knative/serving"), "gcr.io/knative-releases/*"),
)

CHART_SOURCES = {
    "kuberay-operator": ("1.7.0", _releases("ray-project/kuberay")),
    "seldon-core-operator": ("1.18.2", _releases("SeldonIO/seldon-core")),
    "argo-workflows": ("1.0.18", ARGO),
    "jupyterhub": ("4.4.0", "https://hub.jupyter.org/helm-chart/"),
    "kube-prometheus-stack": ("88.5.3", _releases("prometheus-community/helm-charts")),
    "aws-load-balancer-controller": ("3.5.0", _releases("kubernetes-sigs/aws-load-balancer-controller")),
    "cluster-autoscaler": ("9.59.0", _releases("kubernetes/autoscaler")),
    "karpenter-crd": ("1.14.1", _releases("aws/karpenter-provider-aws")),
    "karpenter": ("1.14.1", _releases("aws/karpenter-provider-aws")),
    "external-dns": ("1.21.1", _releases("kubernetes-sigs/external-dns")),
    "secrets-store-csi-driver": ("1.6.0", _releases("kubernetes-sigs/secrets-store-csi-driver")),
    "secrets-store-csi-driver-provider-aws": ("3.1.1", _releases("aws/secrets-store-csi-driver-provider-aws")),
    "nvidia-device-plugin": ("0.20.0", _releases("NVIDIA/k8s-device-plugin")),
    "gpu-operator": (
        "v26.7.0",
        "https://docs.nvidia.com/datacenter/cloud-native/gpu-operator/latest/platform-support.html",
    ),
    "neuron-helm-chart": ("1.0.0", _releases("aws-neuron/neuron-helm-charts")),
    "aws-efa-k8s-device-plugin": ("v0.5.30", _releases("aws/eks-charts")),
    "aws-for-fluent-bit": ("0.2.0", _releases("aws/aws-for-fluent-bit")),
}
"""Official chart to version and release page; these projects publish no end-of-support dates."""


def _charts() -> Iterator[End]:
    for chart, (version, source) in CHART_SOURCES.items():
        yield End(f"chart {chart}", version, (f"chart:{chart}:{version}",), None, source)


CHARTS = tuple(_charts())
