"""Reasons for parts of the shipped platform whose support has ended or ends soon."""

from collections.abc import Mapping

from modules.kubeflow.upstream import VERSION

_RUNTIME = "the serving runtime of KServe 0.18; it runs only if an InferenceService selects it"
REASONS: Mapping[tuple[str, str], str] = {
    ("Kubeflow Notebooks", "1"): f"Kubeflow {VERSION} contains this version",
    ("TensorFlow Serving", "2.6"): _RUNTIME,
    ("TorchServe", "0.9"): _RUNTIME,
    (
        "TensorBoard's image",
        "2.5",
    ): f"the default of Kubeflow {VERSION}; it runs only for a Tensorboard that a user creates",
}
"""Part and version to the reason; a test compares it with the findings of the shipped platform and the examples."""
