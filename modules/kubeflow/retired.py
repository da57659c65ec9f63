"""Discontinued systems of the classic Kubeflow walk-through, and their successors."""

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


RETIRED = {
    "chainer-operator": Retired(
        "Chainer ended in 2019 and its operator with it", "PyTorch, the migration path that Chainer names", "trainer"
    ),
    "mxnet-operator": Retired(
        "MXNet ended in 2023, and MXJob left the training operator in 1.9.0", "PyTorch", "trainer"
    ),
    "fairing": Retired(
        "Kubeflow Fairing is archived",
        "the Kubeflow SDK (TrainerClient) and the KFP SDK, both Python packages",
        "trainer",
    ),
    "metadata": Retired(
        "the Metadata service was replaced", "ML Metadata in Pipelines (lineage) and the model registry", "pipelines"
    ),
    "kfserving": Retired("KFServing was renamed in 2021", "KServe", "kserve"),
    "tf-batch-predict": Retired(
        "TensorFlow batch prediction was removed", "a RayJob or a Spark application, or a step of a pipeline", "kuberay"
    ),
    "spartakus": Retired(
        "usage reports to Google ended",
        "kube-state-metrics in your own Prometheus; no usage data is sent",
        "kube-prometheus-stack",
    ),
    "mpi-job": Retired("it is an object, not a component", "MPIJob v2beta1", "mpi-operator"),
    "tf-operator": Retired(
        "it became part of the training operator in 2021", "TFJob of the training operator", "training-operator"
    ),
    "pytorch-operator": Retired(
        "it became part of the training operator in 2021", "PyTorchJob of the training operator", "training-operator"
    ),
    "xgboost-operator": Retired(
        "it became part of the training operator in 2021", "XGBoostJob of the training operator", "training-operator"
    ),
}
"""Source: kubeflow/training-operator and kubeflow/community-distribution, releases and archived repositories."""
