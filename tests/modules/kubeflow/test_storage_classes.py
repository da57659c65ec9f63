"""Which fields of a StorageClass make its release be replaced."""

import json

from modules.kubeflow.chart import LocalChart
from modules.kubeflow.storage_classes import FIXED, fixed_classes

CLASS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "gp3"},
    "provisioner": "ebs.csi.aws.com",
    "reclaimPolicy": "Retain",
    "allowVolumeExpansion": True,
}
OTHER = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}, "data": {"text": "kind: StorageClass"}}


def test_fixed_fields_are_listed_by_class_and_others_are_not() -> None:
    found = fixed_classes(LocalChart.of("classes", [CLASS, OTHER], "1"))
    assert list(found) == ["gp3"]
    assert json.loads(found["gp3"]) == {
        **dict.fromkeys(FIXED),
        "provisioner": "ebs.csi.aws.com",
        "reclaimPolicy": "Retain",
    }
    expanded = LocalChart.of("classes", [{**CLASS, "allowVolumeExpansion": False}], "1")
    assert fixed_classes(expanded) == found
    assert fixed_classes(LocalChart.of("classes", [{**CLASS, "reclaimPolicy": "Delete"}], "1")) != found


def test_a_chart_without_a_class_has_none() -> None:
    assert fixed_classes(LocalChart.of("other", [OTHER], "1")) == {}
