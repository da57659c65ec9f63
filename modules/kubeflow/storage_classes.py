"""Fields of StorageClasses that cannot change: a release with another value must be replaced, not upgraded.

Deletion protection decides the reclaim policy. Without a replacement, an upgrade of the release fails with "updates to reclaimPolicy
are forbidden", and with it every destroy of a platform, which requires an apply without deletion protection. Existing volumes keep
the policy that they were created with.
Source: https://kubernetes.io/docs/concepts/storage/storage-classes/#reclaim-policy
"""

import json

from modules.kubeflow.chart import LocalChart
from modules.kubeflow.manifest import load

FIXED = ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode")
"""Source: https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/apis/storage/validation/validation.go"""


def fixed_classes(chart: LocalChart) -> dict[str, str]:
    """Name of each StorageClass of a chart of the platform's own objects to its fixed fields; empty: none."""
    if chart.content is None or b"kind: StorageClass" not in chart.content:
        return {}
    return {
        one["metadata"]["name"]: json.dumps({field: one.get(field) for field in FIXED}, sort_keys=True)
        for one in load(chart.content)
        if one["kind"] == "StorageClass"
    }
