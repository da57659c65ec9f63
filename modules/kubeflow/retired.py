"""Names used by kfctl manifests and ksonnet packages (2018 to 2020), and the catalogue entries that replace them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Retired:
    """A discontinued system."""

    ended: str
    """What happened, with release or date if known."""
    successor: str
    """The maintained successor."""
    entry: str
    """Catalogue entry of the successor; empty if no component is needed."""

    def sentence(self, name: str) -> str:
        """Error message for a selection by its old name."""
        use = f"use the entry {self.entry!r}" if self.entry else "no component is required"
        return f"{name}: {self.ended}; its successor is {self.successor}: {use}"


def _renamed(what: str, entry: str) -> Retired:
    return Retired("the name of kfctl's manifests", what, entry)


CHAINER = Retired(
    "Chainer ended in 2019 and its operator with it", "PyTorch, the migration path that Chainer names", "trainer"
)
MXNET = Retired("MXNet ended in 2023, and MXJob left the training operator in 1.9.0", "PyTorch", "trainer")
BATCH_PREDICTION = Retired(
    "TensorFlow batch prediction was removed",
    "a Job (docs/capabilities/tensorflow-batch-prediction.yaml), a RayJob or a Spark application, or a step of a pipeline",
    "kuberay",
)
IN_TRAINING_OPERATOR = "it became part of the training operator in 2021"
TFJOB = Retired(IN_TRAINING_OPERATOR, "TFJob of the training operator", "training-operator")
PYTORCHJOB = Retired(IN_TRAINING_OPERATOR, "PyTorchJob of the training operator", "training-operator")
SERVING = Retired(
    "the ksonnet package ended with ksonnet in 2019",
    "a KServe InferenceService, which serves SavedModels, too",
    "kserve",
)
METADATA = Retired(
    "the Metadata service was replaced", "ML Metadata in Pipelines (lineage) and the model registry", "pipelines"
)
KFSERVING = Retired("KFServing was renamed in 2021", "KServe", "kserve")
KATIB = _renamed("Katib", "katib")
PIPELINES = _renamed("Pipelines", "pipelines")
NOTEBOOKS = _renamed("the spawner, with notebook-controller", "jupyter-web-app")


RETIRED = {
    "chainer": CHAINER,
    "chainer-job": CHAINER,
    "chainer-operator": CHAINER,
    "mxnet": MXNET,
    "mxnet-job": MXNET,
    "mxnet-operator": MXNET,
    "fairing": Retired(
        "Kubeflow Fairing is archived",
        "the Kubeflow SDK (TrainerClient) and the KFP SDK, both Python packages",
        "trainer",
    ),
    "metadata": METADATA,
    "modeldb": Retired("the ksonnet package ended with ksonnet in 2019", "the model registry", "model-registry"),
    "kfserving": KFSERVING,
    "kfserving-crds": KFSERVING,
    "kfserving-install": KFSERVING,
    "tf-serving": SERVING,
    "tensorflow-serving": SERVING,
    "nvidia-inference-server": SERVING,
    "tf-batch-predict": BATCH_PREDICTION,
    "tf-batch-prediction": BATCH_PREDICTION,
    "spartakus": Retired(
        "usage reports to Google ended",
        "kube-state-metrics in your own Prometheus; no usage data is sent",
        "kube-prometheus-stack",
    ),
    "mpi-job": Retired("it is an object, not a component", "MPIJob v2beta1", "mpi-operator"),
    "openmpi": Retired("the ksonnet package ended with ksonnet in 2019", "MPIJob v2beta1", "mpi-operator"),
    "tf-job": TFJOB,
    "tf-job-crds": TFJOB,
    "tf-job-operator": TFJOB,
    "tf-operator": TFJOB,
    "tf-training": TFJOB,
    "pytorch": PYTORCHJOB,
    "pytorch-job": PYTORCHJOB,
    "pytorch-job-crds": PYTORCHJOB,
    "pytorch-operator": PYTORCHJOB,
    "xgboost-operator": Retired(IN_TRAINING_OPERATOR, "XGBoostJob of the training operator", "training-operator"),
    "argo": Retired(
        "it comes with Pipelines, which has its workflow controller", "Argo Workflows in Pipelines", "pipelines"
    ),
    "seldon": _renamed("Seldon Core", "seldon-core"),
    "seldon-core-operator": _renamed("Seldon Core", "seldon-core"),
    "jupyter": NOTEBOOKS,
    "notebooks": NOTEBOOKS,
    "katib-controller": KATIB,
    "katib-crds": KATIB,
    "katib-db": KATIB,
    "katib-manager": KATIB,
    "katib-ui": KATIB,
    "pipeline": PIPELINES,
    "api-service": PIPELINES,
    "persistent-agent": PIPELINES,
    "pipelines-runner": PIPELINES,
    "pipelines-ui": PIPELINES,
    "pipelines-viewer": PIPELINES,
    "scheduledworkflow": PIPELINES,
    "pipeline-visualization-service": PIPELINES,
    "minio": Retired(
        "object storage is a setting",
        "services.artifacts: S3 by default, InClusterStore() for Pipelines' own",
        "pipelines",
    ),
    "mysql": Retired(
        "the database is a setting",
        "services.database: RDS by default, InClusterDatabase() for Pipelines' own",
        "pipelines",
    ),
    "centraldashboard": _renamed("the dashboard", "central-dashboard"),
    "webhook": _renamed("PodDefaults", "admission-webhook"),
    "credentials-pod-preset": _renamed("PodDefaults", "admission-webhook"),
    "tensorboard": _renamed("TensorBoards, with tensorboard-controller", "tensorboards-web-app"),
    "spark": _renamed("the Spark operator", "spark-operator"),
    "ambassador": Retired("Istio replaced it in Kubeflow 0.6", "the Istio gateway", "istio"),
    "istio-install": _renamed("Istio", "istio"),
    "knative-install": _renamed("Knative Serving", "knative-serving"),
    "knative-serving-crds": _renamed("Knative Serving", "knative-serving"),
    "knative-serving-install": _renamed("Knative Serving", "knative-serving"),
    "dex-auth": _renamed("auth=Dex(…)", "dex"),
    "oidc-authservice": Retired("oauth2-proxy replaced it in Kubeflow 1.8", "auth=… with oauth2-proxy", "oauth2-proxy"),
    "aws-alb-ingress-controller": Retired(
        "it was renamed in 2020", "the AWS Load Balancer Controller", "aws-load-balancer-controller"
    ),
    "istio-ingress": Retired(
        "the address is a setting",
        "exposure=LoadBalancer(…), which the controller serves",
        "aws-load-balancer-controller",
    ),
    "fluentd-cloud-watch": Retired("Fluent Bit replaced it", "AWS for Fluent Bit", "aws-for-fluent-bit"),
    "metacontroller": Retired("upstream removed it after Kubeflow 1.2", "controllers of the components themselves", ""),
    "application": Retired("upstream removed it after Kubeflow 1.2", "the stacks' outputs and state", ""),
    "aws-efs-csi-driver": Retired("it is an EKS add-on", "Addons(aws_efs_csi_driver=Addon())", ""),
    "aws-fsx-csi-driver": Retired("it is an EKS add-on", "Addons(aws_fsx_csi_driver=Addon())", ""),
}
"""Source: kubeflow/manifests v1.0 and kubeflow/kubeflow v0.5 (the names); kubeflow/training-operator and kubeflow/community-distribution, releases and archived repositories."""
